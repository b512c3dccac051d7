"""The report as tables: for a terminal, a Markdown file, the docs, and a page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from bench.table import number
from stress_test.peers.figures import function_cost, server_dollars, spread, verdicts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stress_test.peers.figures import Contestant, Report

Table = list[list[str]]
"""Lines of cells, the first of them the names of the columns."""

SERVERS = (
    "server",
    "right/s",
    "middle half",
    "p50, ms",
    "p99, ms",
    "start, s",
    "middle half",
    "memory, MiB",
    "sum of peaks, MiB",
    "installed, MiB",
    "$ a million",
)
FUNCTIONS = (
    "handler",
    "cold start, ms",
    "middle half",
    "call p50, ms",
    "call p99, ms",
    "right/s",
    "p50, ms",
    "p99, ms",
    "peak memory, MiB",
    "installed, MiB",
    "function, MB",
    "compute, $ a million",
    "logs",
    "all",
)
CLAIMS = ("ours", "nearest peer", "times better", "claimed", "holds")


def servers(report: Report) -> Table:
    """Return a line a server, the quickest first."""
    ordered = sorted(report["servers"], key=lambda one: -spread(one, "right_per_s").median)
    return [list(SERVERS), *(_server(one) for one in ordered)]


def functions(report: Report) -> Table:
    """Return a line a handler, the quickest start first."""
    ordered = sorted(report["functions"], key=lambda one: spread(one, "cold_ms").median)
    return [list(FUNCTIONS), *(_function(one) for one in ordered)]


def claims(report: Report) -> Table:
    """Return a line a bound, and one more where a bound fails only beside those that predict requests together."""
    lines = [list(CLAIMS)]
    for verdict in verdicts(report):
        lines.append(_claim(verdict.bound.what, verdict.peer, verdict.times, verdict.bound.times))
        if verdict.alone:
            title, times = verdict.alone
            lines.append(_claim(f"{verdict.bound.what}, each by itself", title, times, verdict.bound.times))
    return lines


def notes(report: Report) -> list[str]:
    """Return who is not in the tables, and which rounds failed, a sentence each."""
    missing = [f"No {name}: {reason}." for name, reason in report["skipped"].items()]
    return missing + [f"{one['name']} failed in round {one['round'] + 1}: {one['reason']}." for one in report["faults"]]


def origin(report: Report) -> str:
    """Return on what, with what and how the figures were made."""
    machine, subject, load = report["machine"], report["subject"], report["load"]
    on = f"{machine['cores']} cores, {machine['system']} on {machine['architecture']}, Python {machine['python']}"
    sent = f"{subject['rows']:,} different rows of {subject['origin']}"
    busy = f"begun at a load average of {report['load_average']:.1f}"
    rounds = f"{report['rounds']} round{'' if report['rounds'] == 1 else 's'}"
    how = f"{rounds}, {load['seconds']} s of load over {load['connections']} connections in each"
    return f"{on}; {sent}; {how}; {busy}."


def markdown(table: Table) -> str:
    """Return a table in Markdown, columns padded to one width, figures to the right."""
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    rule = "|".join("-" * (width + 2) if at == 0 else "-" * (width + 1) + ":" for at, width in enumerate(widths))
    first, *rest = ("| " + " | ".join(_padded(line, widths)) + " |" for line in table)
    return "\n".join([first, f"|{rule}|", *rest])


def html(table: Table) -> str:
    """Return a table in HTML."""
    head, *lines = table
    names = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in line)}</tr>" for line in lines)
    return f"<table><thead><tr>{names}</tr></thead><tbody>{rows}</tbody></table>"


def _server(server: Contestant) -> list[str]:
    right, start = spread(server, "right_per_s"), spread(server, "start_ms")
    return [
        server["title"],
        f"{right.median:,.0f}",
        f"{right.low:,.0f} to {right.high:,.0f}",
        number(spread(server, "p50_ms").median),
        number(spread(server, "p99_ms").median),
        f"{start.median / 1000:.2f}",
        f"{start.low / 1000:.2f} to {start.high / 1000:.2f}",
        number(spread(server, "pss_mib").median),
        number(spread(server, "peak_rss_mib").median),
        number(server["installed_mib"]),
        _small(server_dollars(server)),
    ]


def _function(function: Contestant) -> list[str]:
    cold, cost = spread(function, "cold_ms"), function_cost(function)
    times = ("call_p50_ms", "call_p99_ms", "right_per_s", "p50_ms", "p99_ms", "peak_rss_mib")
    return [
        function["title"],
        number(cold.median),
        f"{number(cold.low)} to {number(cold.high)}",
        *(_small(spread(function, metric).median) for metric in times),
        number(function["installed_mib"]),
        str(cost.memory_mb),
        _small(cost.compute_dollars),
        _small(cost.log_dollars),
        number(cost.dollars),
    ]


def _small(value: float) -> str:
    return number(value) if value >= 1 else f"{value:.2g}"


def _claim(what: str, peer: str, times: float, claimed: float) -> list[str]:
    return [what, peer, number(times), f"{claimed:g}", "yes" if times >= claimed else "NO"]


def _padded(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [
        cell.ljust(width) if at == 0 else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(line, widths, strict=True))
    ]

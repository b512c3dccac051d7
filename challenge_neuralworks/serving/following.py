"""The store that follows aliases, and the lines that it leaves in the log; imported only where a store is set."""

from __future__ import annotations

import json
import sys
from time import gmtime, strftime, time

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.settings import LOG_LEVELS, NAMESPACE
from challenge_neuralworks.store.following import FollowingStore
from challenge_neuralworks.store.news import CHANGED, KEPT
from challenge_neuralworks.store.objects import open_objects
from challenge_neuralworks.store.source import Source
from challenge_neuralworks.store.versions import Versions

if TYPE_CHECKING:
    from typing import Any

    from challenge_neuralworks.settings import Settings
    from challenge_neuralworks.store import FolderStore
    from challenge_neuralworks.store.news import News

METRICS = {"model_changes": "Count", "store_failures": "Count"}
"""Metric -> CloudWatch unit, by model; a line where there is something to count."""

_DEFINITION = [{"Name": name, "Unit": unit} for name, unit in METRICS.items()]


def follow(settings: Settings, baked: FolderStore, candidate: str = "") -> FollowingStore:
    """Return the store that settings ask to follow.

    Parameters
    ----------
    baked : the models that came with the code.
    candidate : alias of the models that may come next; "" follows none.

    Raises
    ------
    ConfigurationError : the store's URL is none, or boto3 is needed and not installed.
    """
    source = Source(Versions(open_objects(settings.store)), baked)
    journal = Journal(settings.log_level, metrics=settings.metrics, namespace=settings.metrics_namespace)
    return FollowingStore(source, settings.store_alias, settings.store_ttl_s, journal.tell, candidate)


class Journal:
    """Writes what there is to tell as JSON lines to standard output, beside those of the requests.

    Parameters
    ----------
    log_level : least severe level written: changes are INFO, failures WARNING, or ERROR where nothing is served.
    metrics : also write metric lines.
    namespace : of the metrics.
    """

    def __init__(self, log_level: str, *, metrics: bool, namespace: str = NAMESPACE) -> None:
        self._least = LOG_LEVELS.index(log_level)
        self._metrics = metrics
        self._emf = [{"Namespace": namespace, "Dimensions": [["model"]], "Metrics": _DEFINITION}]

    def tell(self, news: News) -> None:
        """Write the lines of one piece of news; a failure that was told not long ago only counts."""
        level = _level(news)
        lines = []
        if not news.repeated and LOG_LEVELS.index(level) >= self._least:
            lines.append(_line(news, level))
        counts = {"model_changes": int(news.message == CHANGED), "store_failures": int(news.message == KEPT)}
        if self._metrics and any(counts.values()):
            emf = {"Timestamp": int(time() * 1000), "CloudWatchMetrics": self._emf}
            lines.append({"_aws": emf, "model": news.model or "none", **counts})
        try:
            # In one piece: lines of requests come from other threads.
            sys.stdout.write("".join(json.dumps(line) + "\n" for line in lines))
            sys.stdout.flush()
        except (OSError, ValueError, AttributeError):
            # Standard output is closed or gone: nobody listens, but following goes on.
            pass


def _level(news: News) -> str:
    if news.message != KEPT:
        return "INFO"
    return "WARNING" if news.version else "ERROR"


def _line(news: News, level: str) -> dict[str, Any]:
    now = time()
    line: dict[str, Any] = {
        "timestamp": strftime("%Y-%m-%dT%H:%M:%S", gmtime(now)) + f".{int(now * 1000) % 1000:03d}Z",
        "level": level,
        "message": news.message,
        "model": news.model or None,
        "alias": news.alias,
        "version": news.version or None,
    }
    if news.message == CHANGED:
        return {**line, "previous": news.previous or None}
    line["failures"] = news.failures
    if news.message == KEPT:
        line |= {"wanted": news.wanted or None, "error": news.error, "evidence": news.evidence}
    return line

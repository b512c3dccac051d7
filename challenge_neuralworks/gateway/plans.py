"""Usage plans and the keys that belong to them, read strictly from a TOML file."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.errors import ConfigurationError
from challenge_neuralworks.gateway.quotas import PERIODS, Quota
from challenge_neuralworks.gateway.throttling import Throttle

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ACCOUNT = Throttle(Fraction(10_000), 5_000)
"""What an AWS account has in most regions, unless it was raised."""

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
SHA256 = re.compile(r"[0-9a-f]{64}")
MOST = 1_000_000_000
MOST_OFFSET = {"DAY": 0, "WEEK": 6, "MONTH": 27}
"""Largest offset that AWS takes."""


class UsagePlan(NamedTuple):
    """What every key of a plan may do, each for itself; None is without limit."""

    throttle: Throttle | None = None
    quota: Quota | None = None


class PlanKey(NamedTuple):
    """A key of a plan.

    digest : SHA-256 of the key, which itself is nowhere.
    """

    plan: str
    digest: bytes
    enabled: bool = True


class UsagePlans(NamedTuple):
    """Everything that the file says.

    account, stage : for all requests together, with a key or without; no stage throttle where None.
    plans, keys : by name.
    """

    account: Throttle
    stage: Throttle | None
    plans: Mapping[str, UsagePlan]
    keys: Mapping[str, PlanKey]


def read_plans(path: str) -> UsagePlans:
    """Return the usage plans of a file.

    Raises
    ------
    ConfigurationError : it cannot be read, or says what cannot be used; names file, table, entry and what was expected.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise ConfigurationError("usage plans", path, f"a TOML file that can be read ({error.strerror})") from error
    return parse_plans(content, path)


def parse_plans(content: bytes, path: str) -> UsagePlans:
    """Return the usage plans of a file's content; `path` is for messages. Raises as `read_plans`."""
    try:
        document = tomllib.loads(content.decode(), parse_float=Decimal)
    except ValueError as error:
        raise ConfigurationError("usage plans", path, f"TOML ({error})") from error
    top = _Table(path, "", document, ("account", "stage", "plans", "keys"))
    plans = {name: _plan(table) for name, table in top.tables("plans", ("rate", "burst", "quota"))}
    keys = {name: _key(table, plans) for name, table in top.tables("keys", ("plan", "sha256", "enabled"))}
    _check_apart(keys, path)
    account, stage = (top.table(name, ("rate", "burst")) for name in ("account", "stage"))
    return UsagePlans(account.throttle() or ACCOUNT, stage.throttle(), plans, keys)


class _Table:
    """One table of the file, and where it stands."""

    def __init__(self, path: str, name: str, entries: Any, allowed: Iterable[str]) -> None:
        self._path = path
        self._name = name
        if not isinstance(entries, dict):
            raise ConfigurationError(f"{path}: {name}", str(entries), "a table")
        self.entries: dict[str, Any] = entries
        expected = "no other entries than " + ", ".join(allowed)
        for entry in entries:
            if entry not in allowed:
                # What is unknown may be a key in plain text, so its value is not repeated.
                raise self.fault(entry, expected, value="...")

    def fault(self, entry: str, expected: str, value: str | None = None) -> ConfigurationError:
        """Return the error that an entry is not as expected."""
        place = f"{self._path}: [{self._name}] {entry}" if self._name else f"{self._path}: {entry}"
        return ConfigurationError(place, str(self.entries.get(entry, "")) if value is None else value, expected)

    def table(self, name: str, allowed: Iterable[str]) -> _Table:
        """Return a table within this one, empty where it is absent."""
        full = f"{self._name}.{name}" if self._name else name
        return _Table(self._path, full, self.entries.get(name, {}), allowed)

    def tables(self, name: str, allowed: Iterable[str]) -> Iterable[tuple[str, _Table]]:
        """Return the tables of a table that holds nothing else, with their names."""
        entries = self.entries.get(name, {})
        outer = _Table(self._path, name, entries, entries)
        for inner in outer.entries:
            if not NAME.fullmatch(inner):
                raise outer.fault(inner, "a name of up to 64 letters, digits, - and _", value="...")
            yield inner, outer.table(inner, allowed)

    def throttle(self) -> Throttle | None:
        """Return the throttle of the entries rate and burst, None where there is neither."""
        if "rate" not in self.entries and "burst" not in self.entries:
            return None
        rate: Any = self.entries.get("rate")
        # A boolean is no number, and NaN compares with none.
        if type(rate) not in (int, Decimal) or not Decimal(rate).is_finite() or not 0 < rate <= MOST:
            raise self.fault("rate", f"requests a second, a number over 0 and up to {MOST:,}, beside burst")
        return Throttle(Fraction(rate), self.whole("burst", 1, MOST))

    def whole(self, entry: str, least: int, most: int) -> int:
        """Return an entry that is a whole number."""
        number = self.entries.get(entry)
        if type(number) is not int or not least <= number <= most:
            raise self.fault(entry, f"a whole number from {least:,} to {most:,}" if most > least else str(least))
        return number


def _plan(table: _Table) -> UsagePlan:
    if "quota" not in table.entries:
        return UsagePlan(table.throttle())
    quota = table.table("quota", ("limit", "period", "offset"))
    period = quota.entries.get("period")
    if period not in PERIODS:
        raise quota.fault("period", "one of " + ", ".join(PERIODS))
    limit = quota.whole("limit", 1, MOST)
    offset = quota.whole("offset", 0, min(limit, MOST_OFFSET[period])) if "offset" in quota.entries else 0
    return UsagePlan(table.throttle(), Quota(limit, period, offset))


def _key(table: _Table, plans: Mapping[str, UsagePlan]) -> PlanKey:
    plan, digest, enabled = (table.entries.get(entry) for entry in ("plan", "sha256", "enabled"))
    if not isinstance(plan, str) or plan not in plans:
        raise table.fault("plan", "the name of a plan of this file: " + (", ".join(plans) or "it has none"))
    if not isinstance(digest, str) or not SHA256.fullmatch(digest):
        raise table.fault("sha256", "the key's SHA-256, 64 hexadecimal digits in lower case", value="...")
    if "enabled" in table.entries and not isinstance(enabled, bool):
        raise table.fault("enabled", "true or false")
    return PlanKey(plan, bytes.fromhex(digest), enabled is not False)


def _check_apart(keys: Mapping[str, PlanKey], path: str) -> None:
    owners: dict[bytes, str] = {}
    for name, key in keys.items():
        owner = owners.setdefault(key.digest, name)
        if owner != name:
            raise ConfigurationError(f"{path}: [keys.{name}] sha256", "...", f"another key than that of {owner}")

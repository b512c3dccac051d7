"""The file of usage plans."""

from __future__ import annotations

from fractions import Fraction
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from challenge_neuralworks.errors import ConfigurationError
from challenge_neuralworks.gateway.plans import ACCOUNT, PlanKey, UsagePlan, UsagePlans, parse_plans, read_plans
from challenge_neuralworks.gateway.quotas import Quota
from challenge_neuralworks.gateway.throttling import Throttle

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = sha256(b"a").hexdigest()
PLAN = "[plans.p]\n"
KEY = f'{PLAN}[keys.k]\nplan = "p"\nsha256 = "{DIGEST}"\n'


def test_whole_file(tmp_path: Path) -> None:
    """Every table and entry there is, exactly as written: 0.1 is a tenth."""
    path = tmp_path / "plans.toml"
    path.write_text(
        f"""
        [account]
        rate = 100
        burst = 50
        [stage]
        rate = 0.1
        burst = 1
        [plans.free]
        rate = 2.5
        burst = 5
        quota = {{ limit = 1000, period = "WEEK", offset = 6 }}
        [plans.paid]
        [keys.alice]
        plan = "free"
        sha256 = "{DIGEST}"
        [keys.bob]
        plan = "paid"
        sha256 = "{"0" * 64}"
        enabled = false
        """,
        encoding="utf-8",
    )
    assert read_plans(str(path)) == UsagePlans(
        Throttle(Fraction(100), 50),
        Throttle(Fraction(1, 10), 1),
        {"free": UsagePlan(Throttle(Fraction(5, 2), 5), Quota(1000, "WEEK", 6)), "paid": UsagePlan()},
        {"alice": PlanKey("free", sha256(b"a").digest()), "bob": PlanKey("paid", bytes(32), enabled=False)},
    )


def test_empty_file() -> None:
    """What the file leaves out is AWS's default: 10,000 requests a second, a burst of 5,000, nothing else."""
    assert parse_plans(b"", "f") == UsagePlans(ACCOUNT, None, {}, {})
    assert Throttle(Fraction(10_000), 5_000) == ACCOUNT


QUOTA = "[plans.p]\nquota = {{ {} }}\n"
RATE = "requests a second, a number over 0 and up to 1,000,000,000, beside burst"
BURST = "a whole number from 1 to 1,000,000,000"
HEX = "the key's SHA-256, 64 hexadecimal digits in lower case"
OURS = "no other entries than account, stage, plans, keys"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[plan.p]", f"f: plan='...' cannot be used: expected {OURS}"),
        ("plans = 3", "f: plans='3' cannot be used: expected a table"),
        ("[plans]\np = 3", "f: plans.p='3' cannot be used: expected a table"),
        ("[account]\nrate = 1", f"f: [account] burst='' cannot be used: expected {BURST}"),
        ("[account]\nburst = 1", f"f: [account] rate='' cannot be used: expected {RATE}"),
        ("[account]\nrate = 0\nburst = 1", f"f: [account] rate='0' cannot be used: expected {RATE}"),
        ("[stage]\nrate = true\nburst = 1", f"f: [stage] rate='True' cannot be used: expected {RATE}"),
        ("[stage]\nrate = '5'\nburst = 1", f"f: [stage] rate='5' cannot be used: expected {RATE}"),
        ("[stage]\nrate = nan\nburst = 1", f"f: [stage] rate='NaN' cannot be used: expected {RATE}"),
        ("[stage]\nrate = inf\nburst = 1", f"f: [stage] rate='Infinity' cannot be used: expected {RATE}"),
        ("[plans.p]\nrate = 5\nburst = 1.5", f"f: [plans.p] burst='1.5' cannot be used: expected {BURST}"),
        (
            "[plans.p]\nrates = 5",
            "f: [plans.p] rates='...' cannot be used: expected no other entries than rate, burst, quota",
        ),
        (
            "[plans.'a b']\n",
            "f: [plans] a b='...' cannot be used: expected a name of up to 64 letters, digits, - and _",
        ),
        (
            QUOTA.format('limit = 5, period = "YEAR"'),
            "f: [plans.p.quota] period='YEAR' cannot be used: expected one of DAY, WEEK, MONTH",
        ),
        (
            QUOTA.format('limit = 0, period = "DAY"'),
            f"f: [plans.p.quota] limit='0' cannot be used: expected {BURST}",
        ),
        (
            QUOTA.format('limit = 5, period = "DAY", offset = 1'),
            "f: [plans.p.quota] offset='1' cannot be used: expected 0",
        ),
        (
            QUOTA.format('limit = 5, period = "MONTH", offset = 6'),
            "f: [plans.p.quota] offset='6' cannot be used: expected a whole number from 0 to 5",
        ),
        (
            f'[keys.k]\nplan = "p"\nsha256 = "{DIGEST}"',
            "f: [keys.k] plan='p' cannot be used: expected the name of a plan of this file: it has none",
        ),
        (
            KEY.replace('plan = "p"', ""),
            "f: [keys.k] plan='' cannot be used: expected the name of a plan of this file: p",
        ),
        (KEY.replace(DIGEST, "my-secret-key"), f"f: [keys.k] sha256='...' cannot be used: expected {HEX}"),
        (KEY.replace(DIGEST, DIGEST.upper()), f"f: [keys.k] sha256='...' cannot be used: expected {HEX}"),
        (KEY + "enabled = 1", "f: [keys.k] enabled='1' cannot be used: expected true or false"),
        (
            KEY + 'key = "my-secret-key"',
            "f: [keys.k] key='...' cannot be used: expected no other entries than plan, sha256, enabled",
        ),
        (
            KEY + f'[keys.l]\nplan = "p"\nsha256 = "{DIGEST}"',
            "f: [keys.l] sha256='...' cannot be used: expected another key than that of k",
        ),
    ],
)
def test_mistake_is_one_line_that_says_where_and_what(text: str, message: str) -> None:
    """File, table, entry, value and what was expected; never a value that may be a key in plain text."""
    with pytest.raises(ConfigurationError) as caught:
        parse_plans(text.encode(), "f")
    assert str(caught.value) == message


@pytest.mark.parametrize("content", [b"[plans", b"\xff", b"a = 1\na = 2"])
def test_what_is_no_toml(content: bytes) -> None:
    """The parser's own words, after the file's name."""
    with pytest.raises(ConfigurationError, match=r"^usage plans='f' cannot be used: expected TOML \(.+\)$"):
        parse_plans(content, "f")


def test_file_that_is_not_there(tmp_path: Path) -> None:
    """The system's reason is told."""
    with pytest.raises(ConfigurationError, match=r"a TOML file that can be read \(No such file or directory\)$"):
        read_plans(str(tmp_path / "absent.toml"))

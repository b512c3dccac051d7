"""The bill, checked by hand."""

from __future__ import annotations

import pytest

from challenge_neuralworks.deploy.capacity.cost import HEAD_BYTES, Usage, bill, saved_by_http_api, total
from challenge_neuralworks.deploy.capacity.prices import GIB, HTTP_API, MILLION, REST_API, tiered

USAGE = Usage(1.0 * MILLION, 1.2, 1_024, "x86_64", 500, 400)


def test_a_million_requests_item_by_item() -> None:
    """1.2 ms is billed as 2: a million of them at one GB are 2,000 GB-seconds."""
    found = {item.what: item.dollars for item in bill(USAGE)}
    assert found == {
        "API Gateway, REST API": pytest.approx(3.50),
        "Lambda, requests": pytest.approx(0.20),
        "Lambda, compute": pytest.approx(2_000 * 0.0000166667),
        "CloudWatch, log and metric lines": pytest.approx(500 * MILLION / GIB * 0.50),
        "data transfer out": pytest.approx((400 + HEAD_BYTES) * MILLION / GIB * 0.09),
    }
    assert total(bill(USAGE)) == pytest.approx(sum(found.values()))


def test_arm_computes_for_a_fifth_less() -> None:
    """Only the compute differs."""
    arm = {item.what: item.dollars for item in bill(USAGE._replace(architecture="arm64"))}
    intel = {item.what: item.dollars for item in bill(USAGE)}
    assert arm["Lambda, compute"] == pytest.approx(0.8 * intel["Lambda, compute"], rel=1e-4)
    assert {what for what in arm if arm[what] != intel[what]} == {"Lambda, compute"}


@pytest.mark.parametrize(
    ("requests", "dollars"),
    [
        (0, 0.0),
        (333 * MILLION, 333 * 3.5),
        (1_000 * MILLION, 333 * 3.5 + 667 * 2.8),
        (20_001 * MILLION, 333 * 3.5 + 667 * 2.8 + 19_000 * 2.38 + 1.51),
    ],
)
def test_each_tier_has_its_price(requests: float, dollars: float) -> None:
    """A month's requests fill one tier after the other."""
    assert tiered(REST_API, requests) == pytest.approx(dollars)


def test_an_http_api_costs_less() -> None:
    """By how much is the difference of the two prices."""
    assert saved_by_http_api(USAGE) == pytest.approx(2.5)
    assert tiered(HTTP_API, 400 * MILLION) == pytest.approx(300 * 1.0 + 100 * 0.9)

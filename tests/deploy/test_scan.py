"""The scan gate, against moto's ECR over HTTP."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from click.testing import CliRunner

from challenge_neuralworks.deploy.scan import POLL_S, SEVERITIES, Scan, ScanError, main, wait_for_scan
from tests.fronting import moto

NAME = "challenge-neuralworks-dev"
MANIFEST = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
    "config": {
        "mediaType": "application/vnd.docker.container.image.v1+json",
        "size": 1,
        "digest": "sha256:" + "0" * 64,
    },
    "layers": [],
}


class Registry:
    """An ECR with one image, and what its next scan is to find."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client: Any = boto3.client("ecr", endpoint_url=url)
        self.client.create_repository(repositoryName=NAME)
        pushed = self.client.put_image(repositoryName=NAME, imageManifest=json.dumps(MANIFEST), imageTag="a-commit")
        self.digest = pushed["image"]["imageId"]["imageDigest"]

    def scans(self) -> None:
        """Begin the scan, as scan on push does."""
        self.client.start_image_scan(repositoryName=NAME, imageId={"imageDigest": self.digest})

    def finds(self, counts: dict[str, int], status: str = "COMPLETE", **findings: Any) -> None:
        """Have the scan find this."""
        answer = {
            "imageScanFindings": {"findingSeverityCounts": counts, **findings},
            "repositoryName": NAME,
            "imageId": {"imageDigest": self.digest},
            "imageScanStatus": {"status": status, "description": "told by the test"},
        }
        body = json.dumps({"results": [answer], "region": "us-east-1"}).encode()
        asked = urllib.request.Request(  # noqa: S310  # moto, on this machine
            f"{self.url}/moto-api/static/ecr/scan-finding-results", body, {"content-type": "application/json"}
        )
        with urllib.request.urlopen(asked, timeout=10) as answered:  # noqa: S310  # as above
            assert answered.status == 201


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """Yield a registry of this test's own."""
    with moto() as (host, port):
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "us-east-1",
        }.items():
            monkeypatch.setenv(name, value)
        with urllib.request.urlopen(
            urllib.request.Request(f"http://{host}:{port}/moto-api/reset", method="POST"), timeout=10
        ):
            yield Registry(f"http://{host}:{port}")


def gate(registry: Registry, *options: str) -> tuple[int, str]:
    """Return the command's status and what it said."""
    done = CliRunner().invoke(main, ["--repository", NAME, "--digest", registry.digest, "--timeout-s", "0", *options])
    return done.exit_code, done.output


@pytest.mark.parametrize(
    ("counts", "refuse", "status"),
    [
        ({}, "LOW", 0),
        ({"HIGH": 3, "LOW": 1}, "CRITICAL", 0),
        ({"HIGH": 3, "LOW": 1}, "HIGH", 1),
        ({"CRITICAL": 1}, "HIGH", 1),
        ({"MEDIUM": 9}, "HIGH", 0),
        ({"APOCALYPTIC": 1}, "CRITICAL", 1),
    ],
)
def test_what_is_as_bad_as_the_limit_or_worse_stops_a_deploy(
    registry: Registry, counts: dict[str, int], refuse: str, status: int
) -> None:
    """The limit itself counts; so does a severity that nobody has heard of."""
    registry.finds(counts)
    registry.scans()
    assert gate(registry, "--refuse", refuse)[0] == status


def test_findings_are_named_worst_first(registry: Registry) -> None:
    """Basic and enhanced scanning word their findings differently; both are read."""
    registry.finds(
        {"LOW": 1, "CRITICAL": 1, "HIGH": 1},
        "ACTIVE",
        findings=[
            {"name": "CVE-1", "severity": "LOW", "attributes": []},
            {
                "name": "CVE-2",
                "severity": "CRITICAL",
                "attributes": [{"key": "package_name", "value": "zlib"}, {"key": "package_version", "value": "1.2"}],
            },
        ],
        enhancedFindings=[{"title": "CVE-3 - openssl", "severity": "HIGH"}],
    )
    registry.scans()
    status, said = gate(registry)
    assert status == 1
    assert said.splitlines()[:3] == ["CRITICAL CVE-2 zlib 1.2", "HIGH CVE-3 - openssl", "LOW CVE-1"]
    assert said.splitlines()[-1].startswith("Error: 1 of CRITICAL or worse: not deployed.")


def test_a_scan_that_failed_is_not_a_clean_one(registry: Registry) -> None:
    """ECR cannot scan every image; what it could not is refused, with ECR's reason."""
    registry.finds({}, "UNSUPPORTED_IMAGE")
    registry.scans()
    status, said = gate(registry)
    assert (status, said) == (
        1,
        f"Error: ECR could not scan {NAME}@{registry.digest}: UNSUPPORTED_IMAGE: told by the test\n",
    )


def test_an_image_that_nobody_scans_is_refused(registry: Registry) -> None:
    """Without scan on push there never is a result: the message says what to look at."""
    status, said = gate(registry)
    assert status == 1
    assert "within 0 s: is scan on push switched on" in said


def test_a_scan_is_waited_for(registry: Registry) -> None:
    """Asked before ECR has begun, and again every few seconds until it has ended."""
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 2:
            registry.finds({"LOW": 2})
            registry.scans()

    scan = wait_for_scan(registry.client, NAME, registry.digest, timeout_s=60, sleep=sleep)
    assert (scan.counts, slept) == ({"LOW": 2}, [POLL_S, POLL_S])


def test_waiting_ends(registry: Registry) -> None:
    """A scan that never ends holds a deploy up for the time that was given, no longer."""
    registry.finds({}, "IN_PROGRESS")
    registry.scans()
    slept: list[float] = []
    with pytest.raises(ScanError, match="within 11 s"):
        wait_for_scan(registry.client, NAME, registry.digest, timeout_s=11, sleep=slept.append)
    assert slept == [POLL_S] * 3


@pytest.mark.parametrize("severity", SEVERITIES)
def test_each_severity_refuses_itself_and_what_is_worse(severity: str) -> None:
    """The table's order is the rule."""
    scan = Scan(dict.fromkeys(SEVERITIES, 1), ())
    assert scan.refused(severity) == len(SEVERITIES) - SEVERITIES.index(severity)

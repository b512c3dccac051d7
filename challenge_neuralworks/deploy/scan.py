"""The gate between a pushed image and its deploy: what ECR's scan found, and whether that is too bad."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import click

from challenge_neuralworks.errors import NeuralworksError

SEVERITIES = ("UNDEFINED", "UNTRIAGED", "INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL")
"""As ECR names them, the worst last. Source: ECR API reference, `findingSeverityCounts`."""

# Enhanced scanning (Inspector) goes on looking for as long as it is switched on: ACTIVE has results.
DONE = ("COMPLETE", "ACTIVE")
UNDER_WAY = ("IN_PROGRESS", "PENDING", "SCAN_ON_PUSH", "")
POLL_S = 5.0


class Scan(NamedTuple):
    """What a scan found.

    counts : severity -> number of findings.
    names : of the findings, worst first, as far as ECR's first page holds them.
    """

    counts: Mapping[str, int]
    names: tuple[str, ...]

    def refused(self, severity: str) -> int:
        """Return how many findings are of a severity or worse."""
        worse = SEVERITIES[SEVERITIES.index(severity) :]
        # A severity that is new to this table may be the worst of all.
        return sum(count for name, count in self.counts.items() if name in worse or name not in SEVERITIES)


class ScanError(NeuralworksError):
    """There is no result to judge: the scan failed, or has not ended in time."""


def wait_for_scan(
    client: Any,
    repository: str,
    digest: str,
    *,
    timeout_s: float,
    sleep: Callable[[float], None] = time.sleep,
) -> Scan:
    """Return what the scan of an image found, once it has ended.

    Parameters
    ----------
    client : of boto3, ``boto3.client("ecr")``.
    digest : of the image, ``sha256:...``; a tag could come to mean another one.

    Raises
    ------
    ScanError : the scan failed, was not possible, or has not ended within ``timeout_s``.
    """
    waited_s = 0.0
    while True:
        status, said, findings = _ask(client, repository, digest)
        if status in DONE:
            return _read(findings)
        if status not in UNDER_WAY:
            raise ScanError(f"ECR could not scan {repository}@{digest}: {status}: {said}")
        if waited_s >= timeout_s:
            raise ScanError(
                f"no scan of {repository}@{digest} within {timeout_s:g} s: "
                "is scan on push switched on (infra/modules/ecr)?"
            )
        sleep(POLL_S)
        waited_s += POLL_S


def _ask(client: Any, repository: str, digest: str) -> tuple[str, str, Mapping[str, Any]]:
    try:
        answer = client.describe_image_scan_findings(repositoryName=repository, imageId={"imageDigest": digest})
    except client.exceptions.ScanNotFoundException:
        # Just pushed: ECR has not begun.
        return "", "", {}
    status = answer.get("imageScanStatus", {})
    return status.get("status", ""), status.get("description", ""), answer.get("imageScanFindings", {})


def _read(findings: Mapping[str, Any]) -> Scan:
    named = sorted(_named(findings), key=lambda one: -_rank(one[0]))
    return Scan(findings.get("findingSeverityCounts", {}), tuple(f"{severity} {name}" for severity, name in named))


def _named(findings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for one in findings.get("findings", ()):
        details = {entry["key"]: entry.get("value", "") for entry in one.get("attributes", ())}
        package = f"{details.get('package_name', '')} {details.get('package_version', '')}".strip()
        yield one.get("severity", ""), f"{one.get('name', '?')} {package}".strip()
    for one in findings.get("enhancedFindings", ()):
        yield one.get("severity", ""), one.get("title", "?")


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


@click.command()
@click.option("--repository", required=True, help="ECR repository, by its name.")
@click.option("--digest", required=True, help="Image, sha256:...")
@click.option(
    "--refuse",
    type=click.Choice(SEVERITIES),
    default="CRITICAL",
    show_default=True,
    help="Least severity that stops a deploy.",
)
@click.option("--timeout-s", type=click.FloatRange(0), default=300, show_default=True, help="How long to wait.")
def main(repository: str, digest: str, refuse: str, timeout_s: float) -> None:
    """Exit with 1 where ECR's scan of an image found something too bad to deploy, or nothing can be said."""
    import boto3

    try:
        scan = wait_for_scan(boto3.client("ecr"), repository, digest, timeout_s=timeout_s)
    except ScanError as error:
        raise click.ClickException(str(error)) from error
    for name in scan.names:
        click.echo(name)
    click.echo(", ".join(f"{count} {severity}" for severity, count in scan.counts.items()) or "no findings")
    if refused := scan.refused(refuse):
        raise click.ClickException(
            f"{refused} of {refuse} or worse: not deployed. A newer base image may have the fixes."
        )


if __name__ == "__main__":
    main()

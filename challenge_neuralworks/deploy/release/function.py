"""One Lambda function: its versions and aliases. An alias is only moved from where it was last seen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.deploy.release.refusing import AwsError, Refused, SmokeFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from challenge_neuralworks.deploy.release.calling import Calls
    from challenge_neuralworks.deploy.release.code import Code

LATEST = "$LATEST"
SETTINGS = (
    "Architectures",
    "DeadLetterConfig",
    "Environment",
    "EphemeralStorage",
    "FileSystemConfigs",
    "Handler",
    "ImageConfigResponse",
    "KMSKeyArn",
    "Layers",
    "LoggingConfig",
    "MemorySize",
    "Role",
    "Runtime",
    "Timeout",
    "TracingConfig",
)
"""What a version keeps beside its code. SnapStart and VPC are left out: AWS words them differently for $LATEST."""


def percent(share: float) -> str:
    """Return a share as people write it."""
    return f"{100 * share:.4g} %"


class Alias(NamedTuple):
    """Where an alias points.

    weights : further version -> its share of the calls; the rest is the version's.
    revision : what an update must name, so that no other change is overwritten.
    """

    name: str
    version: str
    weights: Mapping[str, float]
    description: str = ""
    revision: str = ""

    @property
    def target(self) -> tuple[str, dict[str, float]]:
        """Version and weights: what callers notice."""
        return self.version, dict(self.weights)

    def __str__(self) -> str:
        if not self.weights:
            return f"version {self.version}"
        rest = 1 - sum(self.weights.values())
        others = "".join(f" and version {version} ({percent(share)})" for version, share in self.weights.items())
        return f"version {self.version} ({percent(rest)}){others}"


class Version(NamedTuple):
    """A version of the function, or ``$LATEST``.

    digest : of its image, ``sha256:...``; of a zip file its SHA-256 in base64.
    repository : of its image; "" for a zip file.
    settings : what it keeps beside its code.
    code_sha256, revision : what publishing must name.
    """

    number: str
    package: str
    digest: str
    repository: str
    settings: Mapping[str, Any]
    state: str
    update: str
    reason: str
    code_sha256: str
    revision: str
    modified: str
    timeout_s: int

    @classmethod
    def of(cls, answer: dict[str, Any]) -> Version:
        """Return what GetFunction answers."""
        told = answer["Configuration"]
        repository, _, digest = answer["Code"].get("ResolvedImageUri", "").partition("@")
        return cls(
            told["Version"],
            told.get("PackageType", "Zip"),
            digest or told["CodeSha256"],
            repository,
            {name: told[name] for name in SETTINGS if told.get(name)},
            told.get("State", "Active"),
            told.get("LastUpdateStatus", "Successful"),
            told.get("StateReason") or told.get("LastUpdateStatusReason") or "AWS gives no reason",
            told["CodeSha256"],
            told.get("RevisionId", ""),
            told["LastModified"],
            told.get("Timeout", 3),
        )


class Function:
    """A Lambda function, by its name."""

    def __init__(self, name: str, calls: Calls) -> None:
        self.name = name
        self._calls = calls
        self.now = calls.now

    def read(self, qualifier: str = LATEST) -> Version:
        """Return a version, or the one that an alias points at."""
        told = self._calls("get_function", self._named(qualifier), FunctionName=self.name, Qualifier=qualifier)
        return Version.of(told)

    def update_code(self, code: Code, revision: str) -> bool:
        """Start to change the code of ``$LATEST``; False where it was, or is being, changed since it was seen."""
        return self._guarded("update_function_code", RevisionId=revision, **code.parameters()) is not None

    def publish(self, latest: Version, description: str) -> str:
        """Return the number of the version that holds ``$LATEST`` as it was seen.

        Raises
        ------
        Refused : it was changed since.
        """
        told = self._guarded(
            "publish_version", CodeSha256=latest.code_sha256, RevisionId=latest.revision, Description=description
        )
        if told is None:
            raise Refused(f"{self.name} was changed meanwhile, by Terraform or by hand: deploy again")
        return str(told["Version"])

    def alias(self, name: str) -> Alias | None:
        """Return an alias, or None where there is none."""
        try:
            told = self._calls("get_alias", self._named(name), FunctionName=self.name, Name=name)
        except AwsError as error:
            if error.aws_code != "ResourceNotFoundException":
                raise
            return None
        return _alias(told)

    def live(self) -> Alias:
        """Return the alias that callers reach.

        Raises
        ------
        Refused : there is none.
        """
        alias = self.alias("live")
        if alias is None:
            raise Refused(f"{self.name} has no alias live, or is not there: apply infra/ first; then it has both")
        return alias

    def create_alias(self, wanted: Alias) -> Alias | None:
        """Create an alias; None where there is one of that name already."""
        try:
            told = self._calls("create_alias", self._named(wanted.name), **self._written(wanted))
        except AwsError as error:
            if error.aws_code != "ResourceConflictException":
                raise
            return None
        return _alias(told)

    def move_alias(self, wanted: Alias) -> Alias | None:
        """Move an alias from where its revision was seen; None where it has been moved since."""
        routing = {"AdditionalVersionWeights": dict(wanted.weights)}
        parameters = {**self._written(wanted), "RoutingConfig": routing, "RevisionId": wanted.revision}
        try:
            told = self._calls("update_alias", self._named(wanted.name), **parameters)
        except AwsError as error:
            if error.aws_code != "PreconditionFailedException":
                raise
            # The client tries again by itself where an answer was lost: the change may be this very one.
            now = self.alias(wanted.name)
            same = now is not None and now.target == wanted.target and now.description == wanted.description
            return now if same else None
        return _alias(told)

    def invoke(self, qualifier: str, event: dict[str, Any]) -> Any:
        """Return what a version, or an alias, answers to an event.

        Raises
        ------
        SmokeFailed : it raised instead, or answers no JSON.
        """
        where = self._named(qualifier)
        payload = json.dumps(event).encode()
        told = self._calls("invoke", where, FunctionName=self.name, Qualifier=qualifier, Payload=payload)
        content = told["Payload"].read()
        try:
            answer = json.loads(content)
        except ValueError as error:
            raise SmokeFailed(where, f"answers no JSON: {content[:100]!r}") from error
        if told.get("FunctionError"):
            raise SmokeFailed(where, f"raises {json.dumps(answer)[:300]}")
        return answer

    def is_provisioned(self, alias: str) -> bool:
        """Return whether concurrency is provisioned for an alias."""
        try:
            self._calls(
                "get_provisioned_concurrency_config", self._named(alias), FunctionName=self.name, Qualifier=alias
            )
        except AwsError as error:
            if error.aws_code != "ProvisionedConcurrencyConfigNotFoundException":
                raise
            return False
        return True

    def _guarded(self, method: str, **parameters: Any) -> dict[str, Any] | None:
        try:
            return self._calls(method, self.name, FunctionName=self.name, **parameters)
        except AwsError as error:
            if error.aws_code not in ("PreconditionFailedException", "ResourceConflictException"):
                raise
            return None

    def _written(self, wanted: Alias) -> dict[str, Any]:
        return {
            "FunctionName": self.name,
            "Name": wanted.name,
            "FunctionVersion": wanted.version,
            "Description": wanted.description,
        }

    def _named(self, qualifier: str) -> str:
        return f"{self.name}:{qualifier}"


def _alias(told: dict[str, Any]) -> Alias:
    weights = (told.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    return Alias(
        told["Name"], told["FunctionVersion"], dict(weights), told.get("Description", ""), told.get("RevisionId", "")
    )

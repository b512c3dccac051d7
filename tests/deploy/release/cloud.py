"""An AWS to deploy to: moto's server, and in front of it what moto leaves out.

moto runs functions only with Docker, so invocations are answered here, by the project's own handler over the models of
the image that the version has. And moto is more lenient than AWS; what AWS documents and moto (5.2) lacks is kept here:

- RevisionId of aliases and of ``$LATEST``: each change makes a new one, an old one is refused with 412.
- CreateAlias of a name that is there: ResourceConflictException (moto says ConflictException).
- PublishVersion with another CodeSha256 is refused; an unchanged function publishes no new version.
- Each version keeps its own image (in moto all of them show the newest); ResolvedImageUri is whole.
- LastUpdateStatus InProgress after an update, State Pending after publishing, for a look or two; what cannot be done
  meanwhile is a ResourceConflictException.
- GetProvisionedConcurrencyConfig, and that provisioned concurrency and weights exclude each other.
- Percentiles of CloudWatch: moto fails on ``p99``, so it is asked for the maximum.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3

from challenge_neuralworks.serving import build
from challenge_neuralworks.settings import Settings
from tests.deploy.release.asked import Answer, Asked, Rules, problem
from tests.making import Context

REGION = "us-east-1"
ACCOUNT = "123456789012"
REPOSITORY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/project"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}
# By its scope moto knows which service is meant; no signature is checked.
AUTHORIZATION = (
    f"AWS4-HMAC-SHA256 Credential=test/20260101/{REGION}/lambda/aws4_request, SignedHeaders=host, Signature=0"
)


class Cloud:
    """The whole of it.

    Attributes
    ----------
    asked : every request since `forget`, in order.
    before, after : called with a request before it has an effect, and before its answer is sent.
    ahead_s : how far its clock is ahead of this machine's.
    """

    def __init__(self, moto: tuple[str, int]) -> None:
        self._moto = moto
        self._clients: dict[str, Any] = {}
        self._rules: dict[str, Rules] = {}
        self._handlers: dict[str, Callable[[Any, Any], Any]] = {}
        self._models: dict[str, str] = {}
        self.asked: list[Asked] = []
        self.before: Callable[[Asked], None] = lambda asked: None
        self.after: Callable[[Asked], None] = lambda asked: None
        self.ahead_s = 0.0
        self.url = ""
        self.role = ""

    def client(self, service: str) -> Any:
        """Return the client of boto3 for it."""
        if service not in self._clients:
            session = boto3.Session("test", "test", region_name=REGION)
            self._clients[service] = session.client(service, endpoint_url=self.url)
        return self._clients[service]

    def close(self) -> None:
        """Close the clients."""
        for client in self._clients.values():
            client.close()

    def push(self, models_dir: Path) -> str:
        """Put an image with models into the registry and return its digest."""
        digest = f"sha256:{secrets.token_hex(32)}"
        media_type = "application/vnd.docker.distribution.manifest.v2+json"
        manifest = {"schemaVersion": 2, "mediaType": media_type, "config": {"size": 7, "digest": digest}, "layers": []}
        self.client("ecr").put_image(
            repositoryName="project", imageManifest=json.dumps(manifest), imageDigest=digest, imageTag=digest[7:19]
        )
        self.hold(digest.removeprefix("sha256:"), models_dir)
        return digest

    def hold(self, code_sha256: str, models_dir: Path) -> None:
        """Note which models code has."""
        self._models[code_sha256] = str(models_dir)

    def serve(self, digest: str, change: Callable[[Any, Callable[[Any], Any]], Any]) -> None:
        """Have an image answer otherwise than its models do.

        Parameters
        ----------
        change : called with an event, and with what answers it as it should be.
        """
        sha = digest.removeprefix("sha256:")
        sound = self._handler(sha)
        self._handlers[sha] = lambda event, context: change(event, lambda event: sound(event, context))

    def create(self, name: str, digest: str, code: Any = None) -> None:
        """Create a function with version 1 and the alias live, as infra/ does."""
        given = {"Runtime": "python3.12", "Handler": "h.h"} if code else {"PackageType": "Image"}
        functions = self.client("lambda")
        functions.create_function(
            FunctionName=name,
            Role=self.role,
            Code=code or {"ImageUri": f"{REPOSITORY}@{digest}"},
            Timeout=10,
            Publish=True,
            **given,
        )
        self.rules(name).pending.clear()
        functions.create_alias(FunctionName=name, Name="live", FunctionVersion="1", Description="What callers reach")
        self.forget()

    def forget(self) -> None:
        """Forget the requests so far, and do nothing at the next ones."""
        self.asked = []
        self.before = self.after = lambda asked: None
        self.ahead_s = 0.0

    def rules(self, function: str) -> Rules:
        """Return what is kept of a function."""
        return self._rules.setdefault(function, Rules())

    def alias(self, function: str, name: str = "live") -> tuple[str, dict[str, float], str]:
        """Return version, weights and description of an alias; of none, empty ones."""
        told = self.pass_on(Asked("GET", f"/2015-03-31/functions/{function}/aliases/{name}", {}, {}, b""))
        if told.status == 404:
            return "", {}, ""
        weights = (told.json["RoutingConfig"] or {}).get("AdditionalVersionWeights") or {}
        return told.json["FunctionVersion"], weights, told.json["Description"]

    def everything(self, function: str) -> Any:
        """Return all that moto and the rules hold of a function."""
        base = f"/2015-03-31/functions/{function}"
        parts = [self.pass_on(Asked("GET", base + path, {}, {}, b"")).json for path in ("", "/versions", "/aliases")]
        rules = self.rules(function)
        return parts, dict(rules.aliases), rules.revision

    def measure(self, function: str, version: str, minutes: int = 0, **values: float) -> None:
        """Put metrics of a version behind live where CloudWatch keeps them; Throttles are the alias's.

        Parameters
        ----------
        minutes : from this one on; CloudWatch knows whole minutes only, each by its beginning.
        """
        at = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=minutes)
        dimensions = [
            {"Name": "FunctionName", "Value": function},
            {"Name": "Resource", "Value": f"{function}:live"},
            {"Name": "ExecutedVersion", "Value": version},
        ]
        for name, value in values.items():
            of = dimensions[:2] if name == "Throttles" else dimensions
            data = [{"MetricName": name, "Dimensions": of, "Value": value, "Timestamp": at}]
            self.client("cloudwatch").put_metric_data(Namespace="AWS/Lambda", MetricData=data)

    def answer(self, asked: Asked) -> Answer:
        """Answer one request."""
        with self.rules(asked.function).lock if asked.function else contextlib.nullcontext():
            return self._answers().get(asked.kind, self.pass_on)(asked)

    def pass_on(self, asked: Asked) -> Answer:
        """Have moto answer."""
        connection = http.client.HTTPConnection(*self._moto, timeout=30)
        query = "&".join(f"{key}={value}" for key, value in asked.query.items())
        headers = {"Authorization": AUTHORIZATION, **asked.headers}
        headers.pop("Content-Length", None)
        try:
            connection.request(asked.method, f"{asked.path}?{query}" if query else asked.path, asked.body, headers)
            told = connection.getresponse()
            kept = [(name, value) for name, value in told.getheaders() if name.lower().startswith("x-amz")]
            kept.append(("Content-Type", told.headers.get("Content-Type", "application/json")))
            return Answer(told.status, told.read(), tuple(kept))
        finally:
            connection.close()

    def _answers(self) -> dict[str, Callable[[Asked], Answer]]:
        return {
            "POST invocations": self._invoke,
            "POST aliases": self._create_alias,
            "PUT aliases": self._update_alias,
            "GET aliases": self._get_alias,
            "PUT code": self._update_code,
            "POST versions": self._publish,
            "GET function": self._get_function,
            "GET provisioned-concurrency": self._provisioned,
            "POST metrics": self._metrics,
        }

    def _invoke(self, asked: Asked) -> Answer:
        rules, qualifier = self.rules(asked.function), asked.query.get("Qualifier", "$LATEST")
        version, weights, _ = ("", {}, "") if qualifier[0] in "$0123456789" else self.alias(asked.function, qualifier)
        version = version or qualifier
        for other, share in weights.items():
            version = other if random.random() < share else version
        if rules.pending.get(version):
            return problem(409, "ResourceConflictException", "the version is pending")
        if rules.state == "Inactive" and version != "$LATEST":
            rules.state = ""
            return problem(409, "ResourceConflictException", "Lambda is initializing your function")
        sha = self._configuration(asked.function, version)["CodeSha256"]
        try:
            return Answer(200, json.dumps(self._handler(sha)(asked.json, Context())).encode())
        # As Lambda's runtime does, whatever a function raises.
        except Exception as error:  # noqa: BLE001
            told = {"errorMessage": str(error), "errorType": type(error).__name__}
            return Answer(200, json.dumps(told).encode(), (("X-Amz-Function-Error", "Unhandled"),))

    def _handler(self, sha: str) -> Callable[[Any, Any], Any]:
        if sha not in self._handlers:
            self._handlers[sha] = build(Settings(models_dir=self._models[sha], log_level="OFF", metrics=False))
        return self._handlers[sha]

    def _configuration(self, function: str, version: str) -> dict[str, Any]:
        path = f"/2015-03-31/functions/{function}/configuration"
        return self.pass_on(Asked("GET", path, {"Qualifier": version}, {}, b"")).json

    def _get_function(self, asked: Asked) -> Answer:
        told = self.pass_on(asked)
        if told.status != 200:
            return told
        rules, document = self.rules(asked.function), told.json
        configuration, version = document["Configuration"], document["Configuration"]["Version"]
        if "ImageUri" in document["Code"]:
            uri = f"{REPOSITORY}@sha256:{configuration['CodeSha256']}"
            document["Code"] |= {"ImageUri": uri, "ResolvedImageUri": uri}
        configuration["RevisionId"] = str(rules.revision)
        configuration |= rules.drift if version == "$LATEST" else {}
        if version == "$LATEST" and rules.updating:
            rules.updating -= 1
            rules.revision += 1 if rules.updating == 0 else 0
            configuration["LastUpdateStatus"] = "InProgress"
        if rules.pending.get(version):
            rules.pending[version] -= 1
            configuration["State"] = "Pending"
        elif rules.state and version != "$LATEST":
            configuration["State"] = rules.state
        return told._replace(body=json.dumps(document).encode())

    def _update_code(self, asked: Asked) -> Answer:
        rules = self.rules(asked.function)
        if refusal := self._refusal(rules, asked):
            return refusal
        told = self.pass_on(asked)
        if told.status == 200:
            rules.revision += 1
            rules.updating = 1
        return told

    def _publish(self, asked: Asked) -> Answer:
        rules = self.rules(asked.function)
        if refusal := self._refusal(rules, asked):
            return refusal
        if asked.json.get("CodeSha256") != self._configuration(asked.function, "$LATEST")["CodeSha256"]:
            return problem(400, "InvalidParameterValueException", "CodeSha256 is another")
        before = self._versions(asked.function)
        told = self.pass_on(asked)
        if told.status == 201 and told.json["Version"] not in before:
            rules.pending[told.json["Version"]] = 2
        return told

    def _refusal(self, rules: Rules, asked: Asked) -> Answer | None:
        if rules.updating:
            return problem(409, "ResourceConflictException", "an update is in progress")
        if asked.json.get("RevisionId", str(rules.revision)) != str(rules.revision):
            return problem(412, "PreconditionFailedException", "the revision id does not match")
        return None

    def _versions(self, function: str) -> list[str]:
        told = self.pass_on(Asked("GET", f"/2015-03-31/functions/{function}/versions", {}, {}, b""))
        return [version["Version"] for version in told.json["Versions"]]

    def _get_alias(self, asked: Asked) -> Answer:
        return self._with_revision(asked.function, self.pass_on(asked))

    def _create_alias(self, asked: Asked) -> Answer:
        told = self.pass_on(asked)
        if told.status == 409:
            return problem(409, "ResourceConflictException", "Alias already exists")
        return self._with_revision(asked.function, told, changed=True)

    def _update_alias(self, asked: Asked) -> Answer:
        rules, document = self.rules(asked.function), asked.json
        weights = (document.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
        if document.get("RevisionId", "") not in ("", f"{asked.name}-{rules.aliases.get(asked.name, 0)}"):
            return problem(412, "PreconditionFailedException", "the revision id does not match")
        known = self._versions(asked.function)
        if (
            len(weights) > 1
            or not set(weights) <= set(known) - {"$LATEST"}
            or document.get("FunctionVersion") in weights
        ):
            return problem(400, "InvalidParameterValueException", "weights are of one other published version")
        if weights and rules.provisioned:
            return problem(400, "InvalidParameterValueException", "provisioned concurrency and weights")
        return self._with_revision(asked.function, self.pass_on(asked), changed=True)

    def _with_revision(self, function: str, told: Answer, *, changed: bool = False) -> Answer:
        if told.status not in (200, 201):
            return told
        document, aliases = told.json, self.rules(function).aliases
        name = document["Name"]
        aliases[name] = aliases.get(name, 0) + changed
        document["RevisionId"] = f"{name}-{aliases[name]}"
        return told._replace(body=json.dumps(document).encode())

    def _provisioned(self, asked: Asked) -> Answer:
        if not self.rules(asked.function).provisioned:
            return problem(404, "ProvisionedConcurrencyConfigNotFoundException")
        return Answer(200, b'{"RequestedProvisionedConcurrentExecutions": 1, "Status": "READY"}')

    def _metrics(self, asked: Asked) -> Answer:
        return self.pass_on(asked._replace(body=asked.body.replace(b"p99", b"Maximum")))

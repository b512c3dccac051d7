"""The models of a live API: what they take, and what they answer."""

from __future__ import annotations

import json
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from challenge_neuralworks.client.answers import Answers, Described, instance_of, printable
from challenge_neuralworks.client.shapes import check_shape
from challenge_neuralworks.errors import (
    ConfigurationError,
    Fault,
    InvalidInstances,
    NeuralworksError,
    UnknownModel,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from challenge_neuralworks.client.calls import Caller, Reply

KEY_VARIABLE = "NEURALWORKS_API_KEY"


class Refused(NeuralworksError):
    """The API answers, but not with what was asked for."""

    code = "refused"


class KeyRefused(Refused):
    """The API wants a key, or another one."""

    code = "key-refused"

    def __init__(self, root: str, *, sent: bool) -> None:
        said = "refuses the key in" if sent else "wants a key: put one into"
        super().__init__(f"{root} {said} {KEY_VARIABLE} (403)")


def read_key(environ: Mapping[str, str]) -> str | None:
    """Return the API key of an environment, or None where it has none.

    Raises
    ------
    ConfigurationError : no header can carry it.
    """
    key = environ.get(KEY_VARIABLE, "").strip()
    if not (key.isascii() and key.isprintable()):
        # The value is not repeated: it is a secret, however odd.
        raise ConfigurationError(KEY_VARIABLE, "...", "printable ASCII letters, which a header can carry")
    return key or None


class Api:
    """One model of a live API, as an `Answerer`.

    Parameters
    ----------
    keyed : whether the caller of `caller` has a key; for messages only.
    threshold, explain : asked of every prediction.

    Attributes
    ----------
    calls : predictions asked for so far, each call once, however often it was tried.
    """

    def __init__(
        self, caller: Caller, model: str, *, keyed: bool, threshold: float | None = None, explain: bool = False
    ) -> None:
        self.calls = 0
        self._classes: int | None = None
        self._lock = Lock()
        self._caller = caller
        self._keyed = keyed
        self._model = model
        self._explain = explain
        asked: dict[str, str] = {} if threshold is None else {"threshold": repr(threshold)}
        asked |= {"explain": "true"} if explain else {}
        self._path = f"/inference/{quote(model, safe='')}" + (f"?{urlencode(asked)}" if asked else "")

    @property
    def retries(self) -> int:
        """Tries after the first so far, of all calls."""
        return self._caller.retries

    def describe(self) -> Described:
        """Return what the model says of itself.

        Raises
        ------
        UnknownModel : there is none of that name; lists those there are.
        KeyRefused, Refused, Unreachable : the API cannot be asked.
        """
        document = self._read(self._caller.call("GET", f"/models/{quote(self._model, safe='')}"))
        try:
            described = Described.of(document)
        except (KeyError, TypeError, IndexError) as error:
            raise self._stranger() from error
        self._classes = len(described.classes)
        return described

    def one(self, instance: Any) -> Answers:
        """Return the answer to a single instance; see `Answerer`."""
        document = self._ask(instance)
        try:
            labels = (document["label"],) if "label" in document else ()
            explanations = (document["explanation"],) if self._explain else ()
            warnings = _faults(document, "warnings")
            answers = Answers(document["version"], (document["prediction"],), labels, explanations, warnings)
            check_shape(answers, self._classes)
        except (KeyError, TypeError, AttributeError) as error:
            raise self._stranger() from error
        return answers

    def many(self, instances: list[Any]) -> Answers:
        """Return the answers to a batch; see `Answerer`."""
        try:
            document = self._ask({"instances": instances})
        except InvalidInstances as error:
            if any((instance_of(fault) or 0) >= len(instances) for fault in error.faults):
                raise self._stranger(400) from error
            raise
        try:
            explanations = document["explanations"] if self._explain else ()
            warnings, labels = _faults(document, "warnings"), document.get("labels", ())
            answers = Answers(document["version"], document["predictions"], labels, explanations, warnings)
            check_shape(answers, self._classes)
            lengths = {len(part) for part in answers[1:4] if part}
        except (KeyError, TypeError, AttributeError) as error:
            raise self._stranger() from error
        if lengths != {len(instances)}:
            told = ", ".join(map(str, sorted(lengths))) or "no"
            raise Refused(f"{self._caller.address.root} answers {told} predictions to {len(instances)} instances")
        return answers

    def _ask(self, document: Any) -> Any:
        with self._lock:
            self.calls += 1
        return self._read(self._caller.call("POST", self._path, json.dumps(document, allow_nan=False).encode()))

    def _read(self, reply: Reply) -> Any:
        document = _json(reply)
        if reply.status == 200:
            return document
        told = document if isinstance(document, dict) else {}
        if told.get("code") == InvalidInstances.code and told.get("errors"):
            raise InvalidInstances(self._errors(reply, told), truncated=bool(told.get("truncated")))
        if told.get("code") == UnknownModel.code:
            raise UnknownModel(self._model, self._models(reply, told))
        if reply.status == 403:
            raise KeyRefused(self._caller.address.root, sent=self._keyed)
        raise self._refused(reply, told)

    def _errors(self, reply: Reply, told: dict[str, Any]) -> tuple[Fault, ...]:
        try:
            return _faults(told, "errors")
        except (KeyError, TypeError) as error:
            raise self._stranger(reply.status) from error

    def _models(self, reply: Reply, told: dict[str, Any]) -> tuple[str, ...]:
        models = told.get("models", [])
        if not (isinstance(models, list) and all(isinstance(name, str) for name in models)):
            raise self._stranger(reply.status)
        return tuple(map(printable, models))

    def _refused(self, reply: Reply, told: dict[str, Any]) -> Refused:
        root, detail = self._caller.address.root, told.get("detail") or told.get("message")
        if 300 <= reply.status < 400:
            to = printable(reply.headers.get("Location", "elsewhere"))
            return Refused(
                f"{root} redirects ({reply.status}) to {to}; the key is not sent there: give the API's own URL"
            )
        if reply.status == 413:
            return Refused(f"{root} refuses a call as too large: {printable(str(detail))}; lower --batch-size")
        if detail and "code" in told and reply.status != 404:
            return Refused(f"{root} answers {reply.status}: {printable(str(detail))}")
        return self._stranger(reply.status)

    def _stranger(self, status: int = 200) -> Refused:
        return Refused(f"{self._caller.address.root} answers {status}, not as this API does; is it the API's root URL?")


def _json(reply: Reply) -> Any:
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError):
        return None


def _faults(document: Any, key: str) -> tuple[Fault, ...]:
    return tuple(Fault(*(printable(str(fault[part])) for part in Fault._fields)) for fault in document.get(key, ()))

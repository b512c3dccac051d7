"""A share of live rows, scored by the candidate as well: what it makes of them is told, never answered.

Imported only where NEURALWORKS_SHADOW is a share. The candidate's turn comes once the answer is made and its latency
taken, and is bounded in rows and in time.
"""

from __future__ import annotations

import sys
from functools import partial
from threading import local
from time import perf_counter
from zlib import crc32

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.application import Application
from challenge_neuralworks.serving.shadow_outcome import Seen, compare, log_line, metric_line
from challenge_neuralworks.settings import LOG_LEVELS, NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.serving.request import Response
    from challenge_neuralworks.serving.shadow_outcome import Outcome, Prediction
    from challenge_neuralworks.serving.telemetry import Telemetry
    from challenge_neuralworks.settings import Settings
    from challenge_neuralworks.signature import Row
    from challenge_neuralworks.store import FolderStore
    from challenge_neuralworks.store.following import FollowingStore

    Find = Callable[[str], Model | None]


def is_chosen(request_id: str, share: float) -> bool:
    """Return whether a request is one of the share; the same id always is, or never."""
    return crc32(request_id.encode()) < share * 2**32


class Shadowed(Application):
    """Answers as `Application`; then a share of the rows is scored by the store's candidate as well.

    Parameters
    ----------
    store : has a ``candidate``.
    telemetry, options : of `Application`.
    share : of the requests, over 0 and up to 1.
    log : whether a log line is written.
    metrics : namespace of the metric line; "" writes none.
    """

    def __init__(
        self,
        store: FollowingStore,
        telemetry: Telemetry,
        *options: Any,
        share: float,
        log: bool = True,
        metrics: str = NAMESPACE,
    ) -> None:
        self._notes = local()
        observing: Any = _Observing(store, self._notes)
        noting: Any = _Noting(telemetry, self._notes)
        super().__init__(observing, noting, *options)
        self._candidate: Find = store.candidate
        self._share = share
        self._log, self._metrics = log, metrics

    def answer(self, event: Any, context: Any) -> dict[str, Any]:
        """Return the answer in the event's own shape; never raises."""
        notes = self._notes
        notes.seen = None
        answer = super().answer(event, context)
        request_id = str(getattr(context, "aws_request_id", ""))
        # What describes a model predicts its example as well, and answers no instance.
        if notes.seen is not None and notes.instances and is_chosen(request_id, self._share):
            self._shadow(notes.seen, request_id)
        return answer

    __call__ = answer

    def _shadow(self, seen: Seen, request_id: str) -> None:
        try:
            candidate = self._candidate(seen.model.name)
            if candidate is not None and candidate.version != seen.model.version:
                started = perf_counter()
                outcome = compare(seen, candidate)
                took_ms = (perf_counter() - started) * 1000
                sys.stdout.write(self._lines(seen.model, candidate, outcome, request_id, took_ms))
                # Whoever promotes or watches reads it as it comes.
                sys.stdout.flush()
        # The answer is made: nothing that happens here may keep it from its caller.
        except Exception:  # noqa: BLE001, S110
            pass

    def _lines(self, model: Model, candidate: Model, outcome: Outcome, request_id: str, took_ms: float) -> str:
        names = {"model": model.name, "version": model.version, "candidate": candidate.version}
        lines = log_line(names, outcome, request_id, took_ms) if self._log else ""
        return lines + (metric_line(names, outcome, self._metrics) if self._metrics else "")


def shadowed(settings: Settings) -> Callable[..., Application]:
    """Return what makes the application that settings ask for, to be called as `Application`."""
    log = LOG_LEVELS.index(settings.log_level) <= LOG_LEVELS.index("INFO")
    metrics = settings.metrics_namespace if settings.metrics else ""
    return partial(Shadowed, share=settings.shadow_share, log=log, metrics=metrics)


class _Noting:
    """Telemetry that notes, for its thread, how many instances were answered."""

    def __init__(self, telemetry: Telemetry, notes: local) -> None:
        self._record = telemetry.record
        self._notes = notes

    def record(self, request_id: str, response: Response, latency_ms: float, *, cold_start: bool) -> None:
        self._notes.instances = response.instances
        self._record(request_id, response, latency_ms, cold_start=cold_start)


class _Observing:
    """A store whose models note what they are asked: all else is the store's own."""

    def __init__(self, store: FolderStore, notes: local) -> None:
        self._store = store
        self._notes = notes
        self._observed: dict[str, _Observed] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def get(self, name: str) -> _Observed:
        model = self._store.get(name)
        observed = self._observed.get(name)
        if observed is None or observed.model is not model:
            observed = self._observed[name] = _Observed(model, self._notes)
        return observed


class _Observed:
    """A model that notes, for its thread, the last rows it predicted: all else is the model's own."""

    def __init__(self, model: Model, notes: local) -> None:
        self.model = model
        self._notes = notes
        # What every request asks for is found at once.
        self.signature, self.check, self.label = model.signature, model.check, model.label

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)

    def predict(self, row: Row) -> Prediction:
        prediction = self.model.predict(row)
        self._notes.seen = Seen(self.model, (row,), (prediction,))
        return prediction

    def predict_many(self, rows: Sequence[Row]) -> Sequence[Prediction]:
        predictions = self.model.predict_many(rows)
        self._notes.seen = Seen(self.model, rows, predictions)
        return predictions

"""Whether a usage plan lets a request pass: throttles first, then the quota.

Source: AWS, "Throttle requests to your REST APIs for better throughput in API Gateway".
"""

from __future__ import annotations

from threading import Lock
from time import monotonic_ns, time
from typing import TYPE_CHECKING

from challenge_neuralworks.gateway.quotas import Counter
from challenge_neuralworks.gateway.refusals import QUOTA_EXCEEDED, THROTTLED
from challenge_neuralworks.gateway.throttling import Bucket

if TYPE_CHECKING:
    from collections.abc import Callable

    from challenge_neuralworks.gateway.access import ApiKey
    from challenge_neuralworks.gateway.plans import UsagePlans
    from challenge_neuralworks.gateway.refusals import Refusal


class Meter:
    """Counts every request of one process.

    Parameters
    ----------
    clock_ns : never goes back; for throttles.
    clock_s : seconds since 1970; for quotas.
    """

    def __init__(
        self, plans: UsagePlans, clock_ns: Callable[[], int] = monotonic_ns, clock_s: Callable[[], float] = time
    ) -> None:
        self._clock_ns = clock_ns
        self._clock_s = clock_s
        self._lock = Lock()
        now_ns, now_s = clock_ns(), clock_s()
        # In AWS's order: the narrowest limit first.
        self._shared = tuple(Bucket(throttle, now_ns) for throttle in (plans.stage, plans.account) if throttle)
        self._buckets: dict[bytes, tuple[Bucket, ...]] = {}
        self._counters: dict[bytes, Counter] = {}
        for key in plans.keys.values():
            throttle, quota = plans.plans[key.plan]
            if throttle is not None:
                self._buckets[key.digest] = (Bucket(throttle, now_ns), *self._shared)
            if quota is not None:
                self._counters[key.digest] = Counter(quota, now_s)

    def refusal(self, key: ApiKey | None) -> Refusal | None:
        """Return why a request with this key is refused, or count it and return None; who is refused takes nothing."""
        digest = key.digest if key else b""
        buckets = self._buckets.get(digest, self._shared)
        counter = self._counters.get(digest)
        with self._lock:
            # Read under the lock, or a thread could arrive with a time that has passed.
            now_ns = self._clock_ns()
            for bucket in buckets:
                if not bucket.has_token(now_ns):
                    return THROTTLED
            if counter is not None:
                if not counter.has_left(self._clock_s()):
                    return QUOTA_EXCEEDED
                counter.take()
            for bucket in buckets:
                bucket.take()
        return None

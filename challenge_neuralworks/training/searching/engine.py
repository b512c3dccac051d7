"""Where fits run: side by side on this machine, or on a Dask cluster."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from joblib import Parallel, delayed, parallel_config

from challenge_neuralworks.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

CONNECT_TIMEOUT_S = 10


class Engine:
    """Runs independent calls and gives back their results in order.

    Parameters
    ----------
    jobs : processes on this machine; -1 is one a core, 1 runs in this process.
    cluster : address of a Dask scheduler, e.g. ``tcp://10.0.0.5:8786``; "" stays on this machine. Its workers need
        this package, of the same version, with the extra ``train``.

    Source: joblib's backends; Dask's is `distributed`'s own.
    """

    def __init__(self, jobs: int = -1, cluster: str = "") -> None:
        self.jobs = jobs
        self.cluster = cluster

    def run(
        self, calls: Sequence[tuple[Callable[..., Any], tuple[Any, ...]]], done: Callable[[int], None] = lambda _: None
    ) -> list[Any]:
        """Return what each call, (function, arguments), returned.

        Parameters
        ----------
        done : is told how many calls have ended, after each.

        Raises
        ------
        ConfigurationError : no scheduler answers at the address, or what speaks to one is not installed.
        """
        results: dict[int, Any] = {}
        with self._backend():
            # One thread each: processes side by side would only wait for one another's.
            parallel = Parallel(n_jobs=self.jobs, return_as="generator_unordered")
            for index, result in parallel(delayed(_numbered)(index, *call) for index, call in enumerate(calls)):
                results[index] = result
                done(len(results))
        return [results[index] for index in range(len(calls))]

    @contextmanager
    def _backend(self) -> Iterator[None]:
        if not self.cluster:
            with parallel_config(backend="loky", inner_max_num_threads=1):
                yield
            return
        with _client(self.cluster), parallel_config(backend="dask"):
            yield


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        expected = "the extra 'cluster', which is not installed: pip install '.[cluster]' in the project's folder"
        raise ConfigurationError("--cluster", address, expected) from error
    try:
        return Client(address, timeout=CONNECT_TIMEOUT_S)  # type: ignore[no-untyped-call]  # It publishes no types.
    except (OSError, TimeoutError, ValueError) as error:
        expected = "the address of a running Dask scheduler, e.g. tcp://127.0.0.1:8786"
        raise ConfigurationError("--cluster", address, f"{expected} ({error})") from error


def _numbered(index: int, function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[int, Any]:
    return index, function(*arguments)

"""Work in independent units, on the cores of this machine or on many machines, by Dask.

A unit is a picklable argument of a picklable function whose result depends on the unit alone. When a worker
is lost its units are given to another one; what was finished is handed over at once, so that the caller can
write it down and leave it out the next time.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from tools.errors import BadInputError

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["MOST_WORKERS", "farm", "farm_out"]

MOST_WORKERS = 256
_WAITING_PER_WORKER = 4  # units handed out ahead, so that no worker waits and none hoards
_CONNECT_S = 20
_LOSSES = 20  # workers that may be lost over one unit before it is taken to be the unit's fault

Unit = TypeVar("Unit")
Result = TypeVar("Result")


@contextmanager
def _client(scheduler: str | None, workers: int) -> "Iterator[Client]":
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError:
        raise BadInputError("dask is not installed; `pip install 'dask[distributed]'` brings it") from None
    with dask.config.set({"distributed.scheduler.allowed-failures": _LOSSES}):
        if scheduler is not None:
            try:
                client = Client(scheduler, timeout=_CONNECT_S)
            except (OSError, ValueError) as error:
                raise BadInputError(f"no Dask scheduler answers at {scheduler} ({error})") from None
            with client:
                yield client
            return
        with (
            LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address="127.0.0.1:0") as cluster,
            Client(cluster) as client,
        ):
            yield client


class _Farm:
    """Workers that stay for several rounds of units."""

    def __init__(self, client: "Client | None", crowd: int) -> None:
        self._client = client
        self._crowd = crowd

    def __call__(
        self, work: Callable[[Unit], Result], units: Iterable[Unit]
    ) -> Iterator[tuple[Unit, Result]]:
        """Do `work` on every unit and yield each with its result as they are finished, in any order."""
        waiting = deque(units)
        if self._client is None:
            for unit in waiting:
                yield unit, work(unit)
            return
        from distributed import wait

        running: dict[Future, Unit] = {}
        while waiting or running:
            while waiting and len(running) < self._crowd * _WAITING_PER_WORKER:
                unit = waiting.popleft()
                running[self._client.submit(work, unit, pure=False)] = unit
            for future in wait(list(running), return_when=FIRST_COMPLETED).done:
                result = future.result()
                yield running.pop(future), result


@contextmanager
def farm(scheduler: str | None = None, workers: int | None = None) -> Iterator[_Farm]:
    """Workers for as many rounds of units as one likes.

    `scheduler` is the address of a running Dask scheduler (`tcp://...`), whose workers need this package;
    without one, `workers` processes (default: one a core) are started here; one alone is this process itself,
    without Dask. Raises BadInputError when no scheduler answers; a round raises what its work raises.
    """
    count = workers or os.cpu_count() or 1
    if scheduler is None and count == 1:
        yield _Farm(None, 1)
        return
    with _client(scheduler, count) as client:
        yield _Farm(client, max(count, len(client.scheduler_info(n_workers=-1)["workers"])))


def farm_out(
    work: Callable[[Unit], Result],
    units: Iterable[Unit],
    scheduler: str | None = None,
    workers: int | None = None,
) -> Iterator[tuple[Unit, Result]]:
    """One round of a `farm`, with no more workers than units."""
    waiting = list(units)
    if not waiting:
        return
    with farm(scheduler, min(workers or os.cpu_count() or 1, len(waiting))) as once:
        yield from once(work, waiting)

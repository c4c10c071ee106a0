"""Converting items on all cores."""

import gc
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing

from pelican_incremental.processes import WorkerPool, count_usable_cores, may_fork

from .items import ItemFiles, Job

MAX_WORKERS = 8

_BATCH = 128
"""Items that are sent to the workers at once; memory holds a few times as many."""

_CHUNK = 8

_LARGE = 20_000
"""From so many items on, one process does all: each worker would take some 60 MB more."""


def map_in_batches(convert: Callable[[Job], ItemFiles], jobs: Iterator[Job], total: int = 0) -> Iterator[ItemFiles]:
    """Yield what `convert` makes of each job, on all cores if that is possible; memory holds a few batches.

    A large export, of `total` items, is converted in this process alone, to save memory.
    """
    workers = min(count_usable_cores(), MAX_WORKERS) if total < _LARGE else 1
    batch = _take(jobs, _BATCH)
    if workers < 2 or len(batch) < 2 * _CHUNK or not may_fork():  # noqa: PLR2004 - several
        yield from map(convert, batch)
        yield from map(convert, jobs)
        return

    def work(job: Job) -> ItemFiles:
        if not gc.isenabled():  # workers of a build, which ends soon, collect no garbage: here it would add up
            gc.freeze()  # what the fork copied is not looked at: the processes go on sharing it
            gc.enable()
        return convert(job)

    with closing(WorkerPool(workers, work)) as pool:
        running = deque([pool.map(batch, _CHUNK)])
        while running:
            if batch := _take(jobs, _BATCH):
                running.append(pool.map(batch, _CHUNK))
            yield from running.popleft()


def _take(jobs: Iterator[Job], count: int) -> list[Job]:
    return [job for _, job in zip(range(count), jobs, strict=False)]

"""Converting items on all cores."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing

from pelican_incremental.processes import WorkerPool, count_usable_cores, may_fork

from .items import ItemFiles
from .wxr_model import RawItem

MAX_WORKERS = 8

_BATCH = 128
"""Items that are sent to the workers at once; memory holds a few times as many."""

_CHUNK = 8


def map_in_batches(convert: Callable[[RawItem], ItemFiles], items: Iterator[RawItem]) -> Iterator[ItemFiles]:
    """Yield what `convert` makes of each item, on all cores if that is possible; memory holds a few batches."""
    workers = min(count_usable_cores(), MAX_WORKERS)
    batch = _take(items, _BATCH)
    if workers < 2 or len(batch) < 2 * _CHUNK or not may_fork():  # noqa: PLR2004 - several
        yield from map(convert, batch)
        yield from map(convert, items)
        return
    with closing(WorkerPool(workers, convert)) as pool:
        running = deque([pool.map(batch, _CHUNK)])
        while running:
            if batch := _take(items, _BATCH):
                running.append(pool.map(batch, _CHUNK))
            yield from running.popleft()


def _take(items: Iterator[RawItem], count: int) -> list[RawItem]:
    return [raw for _, raw in zip(range(count), items, strict=False)]

"""Worker processes for further cores, and a recorder of what is logged."""

import gc
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import Any


def count_usable_cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def may_fork() -> bool:
    """Return whether a fork is safe: no other thread runs but the one that turns Pelican's spinner."""
    others = (t for t in threading.enumerate() if t is not threading.current_thread())
    return hasattr(os, "fork") and all(type(t).__module__.startswith("rich.") for t in others)


class WorkerPool:
    """Forked worker processes that call `work`; they log nothing, and end when this process ends.

    Ctrl-C reaches this process only, which ends the workers. Items and results are pickled; `work` needn't be.
    """

    def __init__(self, size: int, work: Callable[[Any], Any]) -> None:
        self._pool = ProcessPoolExecutor(size, multiprocessing.get_context("fork"), _init_worker, (work,))

    def map(self, items: Iterable[Any], chunk_size: int = 16) -> Iterator[Any]:
        """Yield `work(item)` for each of `items`, in order; raises BrokenProcessPool if a worker was killed."""
        return self._pool.map(_call_work, items, chunksize=chunk_size)

    def close(self) -> None:
        """End the workers and drop the items that are not begun."""
        self._pool.shutdown(cancel_futures=True)


_work: Callable[[Any], Any] = bool  # in a worker, the function to call, which the fork copied


def _init_worker(work: Callable[[Any], Any]) -> None:
    global _work  # noqa: PLW0603 - one for each worker
    _work = work
    gc.disable()
    logging.getLogger().handlers.clear()  # another thread may have held the lock of one at the fork
    logging.lastResort = None
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_with_parent, daemon=True).start()


def _call_work(item: Any) -> Any:
    return _work(item)


def _exit_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


@contextmanager
def collect_warnings(records: list[logging.LogRecord]) -> Iterator[None]:
    """Append to `records` what is logged as a warning or worse, also what Pelican drops as repeated."""
    original = logging.Logger.handle

    def handle(self: logging.Logger, record: logging.LogRecord) -> None:
        records.extend([record] * (record.levelno >= logging.WARNING))
        original(self, record)

    logging.Logger.handle = handle  # type: ignore[method-assign]
    try:
        yield
    finally:
        logging.Logger.handle = original  # type: ignore[method-assign]

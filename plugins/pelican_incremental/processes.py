"""Copies of this process that work on further cores; and what a process reports while it works."""

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


def usable_cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def may_fork() -> bool:
    """Return whether a fork is safe: no thread runs beside this one but the one that turns Pelican's spinner."""
    others = (t for t in threading.enumerate() if t is not threading.current_thread())
    return hasattr(os, "fork") and all(type(t).__module__.startswith("rich.") for t in others)


class Workers:
    """Copies of this process that do `work`; they log nothing, and end when this process does.

    Ctrl-C reaches this process alone, which ends them. Only items and results are handed over, so these must be plain.
    """

    def __init__(self, size: int, work: Callable[[Any], Any]) -> None:
        self._pool = ProcessPoolExecutor(size, multiprocessing.get_context("fork"), _begin, (work,))

    def map(self, items: Iterable[Any], lot: int = 16) -> Iterator[Any]:
        """Give what `work` makes of each of `items`, in order; raises BrokenProcessPool if a copy was ended."""
        return self._pool.map(_do, items, chunksize=lot)

    def close(self) -> None:
        """End the copies; what is not begun is left undone."""
        self._pool.shutdown(cancel_futures=True)


_work: Callable[[Any], Any] = bool
"""In a copy, what it is for: it came along by the fork, and need not be pickled."""


def _begin(work: Callable[[Any], Any]) -> None:
    global _work  # noqa: PLW0603 - one for each copy
    _work = work
    gc.disable()
    logging.getLogger().handlers.clear()  # the lock of one may have been shut by another thread
    logging.lastResort = None
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _do(item: Any) -> Any:
    return _work(item)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


@contextmanager
def hearing(heard: list[logging.LogRecord]) -> Iterator[None]:
    """Fill a list with what is logged as a warning or worse, also what Pelican leaves out as repeated."""
    plain = logging.Logger.handle

    def handle(self: logging.Logger, record: logging.LogRecord) -> None:
        heard.extend([record] * (record.levelno >= logging.WARNING))
        plain(self, record)

    logging.Logger.handle = handle  # type: ignore[method-assign]
    try:
        yield
    finally:
        logging.Logger.handle = plain  # type: ignore[method-assign]

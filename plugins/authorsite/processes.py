"""Other processes that help a build."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.pool import Pool


def pool(size: int, begin: Callable[[], None] | None = None) -> Pool:
    """Return `size` copies of this process, each set up by `begin`."""
    with without_interrupts():
        return multiprocessing.get_context("fork").Pool(size, begin)


@contextmanager
def without_interrupts() -> Iterator[None]:
    """While it lasts, begin processes that Ctrl-C does not reach: it reaches this one alone, which ends them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

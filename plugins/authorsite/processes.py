"""Other processes that help a build."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable
from multiprocessing.pool import Pool


def pool(size: int, begin: Callable[[], None] | None = None) -> Pool:
    """Return `size` copies of this process, each set up by `begin`; Ctrl-C reaches this one alone, which ends them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return multiprocessing.get_context("fork").Pool(size, begin)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

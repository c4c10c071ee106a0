"""Other processes that help a build."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.pool import Pool
from typing import Any

_FEWEST, _LOTS = 4, 2000
"""A lot holds so many items at least, and there are so many lots at most: the numbers of all must fit into a pipe."""


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


def shared_out(
    work: Callable[[Any], Any], items: Sequence[Any], copies: int, begin: Callable[[], None]
) -> Generator[Any, None, None]:
    """Yield what `work` makes of `items`, in any order, made by `copies` of this process and by itself while it waits.

    Each copy is set up by `begin`. What a copy had begun when something ended it is missing.
    """
    size = max(_FEWEST, -(-len(items) // _LOTS))
    lots = [items[start : start + size] for start in range(0, len(items), size)]
    numbers, filled = os.pipe()
    os.write(filled, b"".join(number.to_bytes(4) for number in range(len(lots))))
    os.close(filled)

    def make(number: bytes) -> list[Any]:
        return [work(item) for item in lots[int.from_bytes(number)]]

    def copy(there: Connection, not_its: list[Connection]) -> None:
        for connection in not_its:  # so that it ends when the first process does
            connection.close()
        begin()
        with suppress(OSError):
            while number := os.read(numbers, 4):
                there.send(make(number))

    processes, waiting = multiprocessing.get_context("fork"), list[Connection]()
    at_work = []
    try:
        for _ in range(copies):
            here, there = processes.Pipe(duplex=False)
            waiting.append(here)
            at_work.append(processes.Process(target=copy, args=(there, list(waiting)), daemon=True))
            with without_interrupts():
                at_work[-1].start()
            there.close()
        while True:
            ready: list[Any] = wait(waiting, 0)
            number = b"" if ready else os.read(numbers, 4)
            if number:
                yield from make(number)
            elif not waiting:
                return
            elif not ready:
                ready = wait(waiting)
            for connection in ready:
                try:
                    yield from connection.recv()
                except (EOFError, OSError):  # it has ended, or was ended
                    waiting.remove(connection)
                    connection.close()
    finally:
        os.close(numbers)
        for connection in waiting:
            connection.close()
        for process in at_work:
            process.kill()
            process.join()

"""Posts and lists, written by two processes where there are many: most of what a cold build does after reading.

A copy of this process does what this one does, but of the pages each writes every other one. What the copy could not do
without a word, this process does itself, so that it is said where it is heard.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from pelican import signals

from ..processes import without_interrupts
from .ledger import Ledger, Tally
from .reading import Reading, fall_silent, may_fork
from .writer import IncrementalWriter, Page

MANY = 300
"""So many new bodies are worth another process for their pages."""


@dataclass
class _Turn:
    """Every other page is `mine`; in the copy, `said` counts what was said, and `parent` is the first process."""

    mine: bool
    said: Callable[[], int] = int
    parent: int = 0
    left: list[Page] = field(default_factory=list)
    heard: int = 0

    def comes(self) -> bool:
        """Take turns; a copy whose first process ended goes with it."""
        if self.parent and os.getppid() != self.parent:
            raise SystemExit
        self.mine, mine, self.heard = not self.mine, self.mine, self.said()
        return mine

    def is_spoilt(self) -> bool:
        """Whether something was said of the page."""
        return self.said() != self.heard


def may_share(articles: list[Any], reading: Reading) -> bool:
    """Whether two processes may write the pages of `articles` and their lists: many, and of no concern to a plugin."""
    return (
        reading.converted >= MANY
        and reading.cores > 1
        and reading.objects.memory is None
        and not signals.article_generator_write_article.receivers
        and not any(hasattr(article, "override_save_as") for article in articles)
        and may_fork()
    )


def share(writer: IncrementalWriter, reading: Reading, generate: Callable[[], None]) -> None:
    """Let `generate` write its pages in this process and a copy of it, half of them each."""
    processes = multiprocessing.get_context("fork")
    here, there = processes.Pipe(duplex=False)
    copy = processes.Process(target=_copy, args=(writer, reading, generate, there, os.getpid()), daemon=True)
    made = Ledger(writer.ledger.state, writer.ledger.root)
    with without_interrupts():
        copy.start()
    there.close()
    turn = writer.turn = _Turn(mine=True)
    try:
        generate()
        with suppress(EOFError):
            made.entries, made.tally = here.recv()
    finally:
        writer.turn = None
        copy.kill()
        copy.join()
        here.close()
    writer.take_over(turn.left, made)


def _copy(
    writer: IncrementalWriter, reading: Reading, generate: Callable[[], None], pipe: Connection, parent: int
) -> None:
    fall_silent(reading.objects)
    reading.cache.reopen()
    before = writer.ledger.entries
    writer.ledger = Ledger(writer.ledger.state, writer.ledger.root, Tally(), dict(before))
    writer.turn = _Turn(mine=False, said=reading.objects.said, parent=parent)
    # Whatever ends it, the first process meets too, or makes up for.
    with suppress(BaseException):
        generate()
    entries = writer.ledger.entries
    with suppress(OSError):  # nobody is left to be told
        pipe.send(({name: entries[name] for name in entries.keys() - before.keys()}, writer.ledger.tally))

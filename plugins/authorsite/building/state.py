"""What the last build of a folder wrote: one JSON file, whole or ignored, and a journal of a build under way."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from ..output import replace_file
from .digests import digest

_FORMAT = 1


@dataclass(slots=True)
class Entry:
    """One output file as it was written: its fingerprint, date and size, and for `--explain` the parts of the first.

    `template` is "" for what is not a page. Dates are in nanoseconds.
    """

    fingerprint: str
    mtime: int
    size: int
    template: str = ""
    parts: str = ""


@dataclass
class State:
    """The files of the last build by their place below `output` (POSIX), and those of a build that did not end."""

    file: Path
    output: Path
    entries: dict[str, Entry] = field(default_factory=dict)
    strays: set[str] = field(default_factory=set)
    interrupted: bool = False
    _journal: TextIO | None = None

    @classmethod
    def load(cls, cache: Path, output: Path) -> State:
        """Read the state that `cache` holds for `output`; an absent or damaged one is empty."""
        file = cache / f"pages-{digest(str(output.resolve()))[:12]}.json"
        state = cls(file, output)
        try:
            data = json.loads(file.read_text("utf-8"))
            if data["format"] == _FORMAT:
                state.entries = {name: Entry(*entry) for name, entry in data["files"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            state.entries = {}
        try:
            state.strays = set(state._journal_file.read_text("utf-8").splitlines()[:-1])  # the last may be cut off
            state.interrupted = True
        except (OSError, ValueError):
            pass
        return state

    @property
    def _journal_file(self) -> Path:
        return self.file.with_suffix(".journal")

    def begin(self) -> None:
        """Open the journal: from now on every new file is noted before it is made."""
        if self._journal is None:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self._journal = self._journal_file.open("a", encoding="utf-8")
            self._journal.write("\n")

    def announce(self, name: str) -> None:
        """Note that the file `name` is about to be made, so that a build cut short leaves no stray."""
        if name not in self.entries and name not in self.strays and self._journal is not None:
            self._journal.write(f"{name}\n\n")
            self._journal.flush()
            self.strays.add(name)

    def is_as_written(self, name: str) -> bool:
        """Whether the file `name` still has the date and size with which it was written."""
        entry = self.entries.get(name)
        if entry is None:
            return False
        try:
            stat = os.stat(f"{self.output}/{name}")  # noqa: PTH116 - ten thousand times a build
        except OSError:
            return False
        return stat.st_mtime_ns == entry.mtime and stat.st_size == entry.size

    def save(self, entries: dict[str, Entry]) -> None:
        """Put `entries` in the place of what was known, and close the journal."""
        if entries != self.entries:
            self.entries = dict(sorted(entries.items()))
            files = {n: [e.fingerprint, e.mtime, e.size, e.template, e.parts] for n, e in self.entries.items()}
            text = json.dumps({"format": _FORMAT, "output": str(self.output), "files": files}, ensure_ascii=False)
            replace_file(self.file, lambda temporary: temporary.write_text(text, "utf-8"))
        self.close()
        self._journal_file.unlink(missing_ok=True)
        self.strays, self.interrupted = set(), False

    def close(self) -> None:
        """Close the journal and leave it for the next build."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None

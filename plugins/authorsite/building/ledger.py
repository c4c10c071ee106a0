"""The files of an output folder in one build, and what was done with them."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ..output import create_file, holds, replace_file
from .fingerprints import Fingerprint
from .state import Entry, State


@dataclass
class Tally:
    """What a build did with its files: how many written, unchanged, removed; and for each page why."""

    written: int = 0
    unchanged: int = 0
    removed: int = 0
    pages: int = 0
    reasons: dict[str, str] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, other: Tally) -> None:
        """Count what another process did."""
        self.written += other.written
        self.unchanged += other.unchanged
        self.reasons |= other.reasons
        self.changed += other.changed

    def __str__(self) -> str:
        return f"{self.written} written, {self.unchanged} unchanged, {self.removed} removed"


@dataclass
class Ledger:
    """The files of one output folder in one build: what is there, what goes there, what may stay."""

    state: State
    root: str
    tally: Tally = field(default_factory=Tally)
    entries: dict[str, Entry] = field(default_factory=dict)
    progress: Callable[[int], None] = lambda _: None

    def name(self, path: str) -> str:
        """Return the place of `path` below the output folder."""
        prefix = self.root + "/"
        if path.startswith(prefix):
            return path.removeprefix(prefix)
        return os.path.relpath(os.path.realpath(path), os.path.realpath(self.root))

    def stays(self, name: str, fingerprint: str) -> bool:
        """Note that the file `name` may stay when it was made with this fingerprint and is as it was written."""
        known = self.state.entries.get(name)
        if known is None or known.fingerprint != fingerprint or not self.state.is_as_written(name):
            return False
        self.entries[name] = known
        self.tally.unchanged += 1
        return True

    def put(self, name: str, data: bytes, fingerprint: Fingerprint | None = None, template: str = "") -> None:
        """Write `data` to the file `name`, unless it holds just that."""
        path = f"{self.root}/{name}"
        if name not in self.entries and holds(path, data):
            self.tally.unchanged += 1
        else:
            self.state.announce(name)
            if not create_file(path, data):
                replace_file(Path(path), lambda temporary: temporary.write_bytes(data))
            self.tally.written += 1
            self.tally.changed.append(name)
        stat = os.stat(path)  # noqa: PTH116 - ten thousand times a build
        whole, parts = (fingerprint.whole, fingerprint.parts) if fingerprint else ("", "")
        self.entries[name] = Entry(whole, stat.st_mtime_ns, stat.st_size, template, parts)

    def keep(self, path: str) -> None:
        """Note a file that others wrote in this build."""
        name = self.name(path)
        if name not in self.entries:
            try:
                stat = os.stat(path)  # noqa: PTH116 - hot
            except OSError:
                return
            self.entries[name] = Entry("", stat.st_mtime_ns, stat.st_size)

    def forget(self, path: str) -> str:
        """Let `path` be written whatever is known of it; return its place."""
        name = self.name(path)
        self.state.entries.pop(name, None)
        return name

    def close(self) -> None:
        """Remove what a former build wrote and this one did not, with folders that are empty then; keep the record."""
        gone = (set(self.state.entries) | self.state.strays) - set(self.entries)
        for name in sorted(gone, reverse=True):
            path = Path(self.root, name)
            if not name or not path.resolve().is_relative_to(Path(self.root).resolve()):
                continue
            if path.is_file() or path.is_symlink():
                path.unlink()
                self.tally.removed += 1
                self.tally.changed.append(name)
            _remove_empty(path.parent, Path(self.root))
        if self.state.interrupted:
            for left in Path(self.root).rglob(".*.tmp"):
                left.unlink(missing_ok=True)
        self.state.save(self.entries)


def _remove_empty(folder: Path, root: Path) -> None:
    while folder != root and folder.is_relative_to(root):
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent

"""The files that imports have written: what may be renewed, and what the author has edited or deleted since."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from pelican_incremental.files import atomic_write

from ..problems import CommandError

REPORT = "imported/report.json"
JOURNAL = "imported/journal"
"""A line for each file that is about to be written; after a kill, the next import knows its files by it."""


class Outcome(StrEnum):
    """What became of a file. All but the last three are as the import wants them."""

    NEW = "new"
    RENEWED = "renewed"
    UNCHANGED = "unchanged"
    EDITED = "edited"
    DELETED = "deleted"
    FOREIGN = "foreign"

    @property
    def is_written(self) -> bool:
        """Whether the file has the content of the import."""
        return self in {Outcome.NEW, Outcome.RENEWED, Outcome.UNCHANGED}


EXPLANATIONS = {
    Outcome.EDITED: "you have edited the file since the last import: it stays as it is",
    Outcome.DELETED: "you have deleted the file since the last import: it stays deleted",
    Outcome.FOREIGN: "a file of yours is there already: move it away to import this one",
}


@dataclass(slots=True)
class Entry:
    """A file as it was written: its digest, what it is made of (`owner`, such as "12" or "12 comments"), and from what.

    `source` is a digest of the item and of all else that the file depends on; `facts` is what the inventory says of it.
    """

    digest: str
    owner: str
    source: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return it as the report keeps it."""
        data = {"digest": self.digest, "item": self.owner, "source": self.source, "facts": self.facts}
        return {key: value for key, value in data.items() if value}


class WrittenFiles:
    """Writes the files of an import below `content`; paths are relative to it.

    Nothing that the author has changed is overwritten or deleted. A kill at any moment loses nothing: each file is
    announced in the journal, written beside its place and renamed.
    """

    def __init__(self, content: Path, *, dry_run: bool = False) -> None:
        self.content, self.dry_run = content, dry_run
        self.previous = _load_entries(content / REPORT)
        self.entries: dict[str, Entry] = {}
        self.counts: dict[Outcome, int] = dict.fromkeys(Outcome, 0)
        self._announced = _load_journal(content / JOURNAL)
        self._journal: Any = None
        self.paths_by_owner: dict[str, str] = {entry.owner: path for path, entry in self.previous.items()}

    def resolve(self, path: str) -> Path:
        """Return the absolute path of a file; raises CommandError if a symbolic link leads it out of its folder."""
        file = self.content / path
        top = self.content.parent if path.startswith("../") else self.content
        if not file.parent.resolve().is_relative_to(top.resolve()) or ".." in path.removeprefix("../").split("/"):
            raise CommandError("a symbolic link leads out of the site's folder - remove it", str(file.parent))
        return file

    def find_state(self, path: str, owner: str) -> Outcome | None:
        """Return EDITED, DELETED, FOREIGN or UNCHANGED for what is at `path` now; None if nothing is there, or was."""
        digest = digest_file(self.resolve(path))
        entry = self.previous.get(path)
        known = {entry.digest} if entry and entry.owner == owner else set()
        known |= self._announced.get(path, set())
        if not digest:
            return Outcome.DELETED if entry and entry.owner == owner else None
        if digest in known:
            return Outcome.UNCHANGED
        return Outcome.EDITED if known else Outcome.FOREIGN

    def write(
        self, path: str, content: bytes, owner: str, source: str = "", facts: dict[str, Any] | None = None
    ) -> Outcome:
        """Write a file unless the author has changed it, or has deleted it; return what became of it.

        The owner's former file is deleted if it is elsewhere and unchanged; else it is the one that stays.
        """
        former = self.paths_by_owner.get(owner, path)
        if former != path and (state := self.find_state(former, owner)) in {Outcome.EDITED, Outcome.DELETED}:
            return self._keep(former, state)
        digest = _digest(content)
        state = self.find_state(path, owner)
        if state in {Outcome.EDITED, Outcome.DELETED, Outcome.FOREIGN} and digest_file(self.resolve(path)) != digest:
            return self._keep(path, state)
        outcome = Outcome.RENEWED if state else Outcome.NEW
        if state and digest_file(self.resolve(path)) == digest:
            outcome = Outcome.UNCHANGED
        elif not self.dry_run:
            self._announce(path, digest)
            atomic_write(self.resolve(path), content)
        self.entries[path] = Entry(digest, owner, source, facts or {})
        if former != path:
            self.remove(owner)
        return self._count(outcome)

    def adopt(self, path: str, digest: str, owner: str, outcome: Outcome) -> Outcome:
        """Record a file that is written already (see announce)."""
        self.entries[path] = Entry(digest, owner)
        return self._count(outcome)

    def keep_unchanged(self, path: str) -> Outcome:
        """Record, without its content, that a file would be written as it was last time; return what is there."""
        entry = self.previous[path]
        state = self.find_state(path, entry.owner) or Outcome.DELETED
        if state is not Outcome.UNCHANGED:
            return self._keep(path, state)
        self.entries[path] = entry
        return self._count(Outcome.UNCHANGED)

    def _keep(self, path: str, state: Outcome | None) -> Outcome:
        if entry := self.previous.get(path):
            self.entries[path] = entry
        return self._count(state or Outcome.FOREIGN)

    def _count(self, outcome: Outcome) -> Outcome:
        self.counts[outcome] += 1
        return outcome

    def remove(self, owner: str) -> None:
        """Delete the file that the last import wrote for `owner`, unless the author has changed it."""
        path = self.paths_by_owner.get(owner, "")
        if path and path not in self.entries and self.find_state(path, owner) is Outcome.UNCHANGED:
            if not self.dry_run:
                self.resolve(path).unlink()
            self.previous.pop(path, None)

    def announce(self, path: str, digest: str) -> None:
        """Say in the journal that a file with this digest is about to be written."""
        if not self.dry_run:
            self._announce(path, digest)

    def _announce(self, path: str, digest: str) -> None:
        if self._journal is None:
            file = self.content / JOURNAL
            file.parent.mkdir(parents=True, exist_ok=True)
            self._journal = file.open("a", encoding="utf-8")
        self._journal.write(json.dumps([path, digest]) + "\n")
        self._journal.flush()

    def clear_leftovers(self) -> None:
        """Delete the temporary files that a killed import has left beside those that it announced."""
        folders = {self.resolve(path).parent for path in self._announced if is_safe_path(path)}
        for folder in sorted({*folders, (self.content / REPORT).parent}):
            for file in folder.glob(".????????.tmp"):  # as tempfile.mkstemp() names them
                file.unlink(missing_ok=True)

    def iter_entries(self) -> Iterator[tuple[str, Entry]]:
        """Yield path and entry of every file of this import and of earlier ones, for the report."""
        yield from sorted({**self.previous, **self.entries}.items())

    def close(self, *, finished: bool) -> None:
        """Close the journal; delete it once the report is written."""
        if self._journal is not None:
            self._journal.close()
        if finished and not self.dry_run:
            (self.content / JOURNAL).unlink(missing_ok=True)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def digest_file(file: Path) -> str:
    """Return the SHA-256 digest of a file, "" if there is none."""
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        raise CommandError(f"cannot read the file: {error.strerror}", str(file)) from None


def load_report(file: Path) -> dict[str, Any]:
    """Return the last report, {} if there is none; raises CommandError for one that is damaged."""
    try:
        data = json.loads(file.read_text("utf-8"))
        if isinstance(data, dict) and isinstance(data.get("files"), dict):
            return data
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        pass
    raise CommandError("the report of the last import is damaged - restore it, or delete it to start anew", str(file))


def _load_entries(file: Path) -> dict[str, Entry]:
    entries = {}
    for path, data in load_report(file).get("files", {}).items():
        if isinstance(data, dict) and is_safe_path(path):
            facts = data.get("facts")
            entries[path] = Entry(
                str(data.get("digest")),
                str(data.get("item")),
                str(data.get("source", "")),
                facts if isinstance(facts, dict) else {},
            )
    return entries


def is_safe_path(path: str) -> bool:
    """Return whether a path of a report leads to content/ or to a folder beside it."""
    return not path.startswith("/") and "\\" not in path and ".." not in path.removeprefix("../").split("/")


def _load_journal(file: Path) -> dict[str, set[str]]:
    announced: dict[str, set[str]] = defaultdict(set)
    with suppress(OSError):
        for line in file.read_text("utf-8", "replace").splitlines():
            with suppress(ValueError, TypeError):  # the last one may be cut
                path, digest = json.loads(line)
                announced[path].add(digest)
    return announced

"""A file read whole: its record, its body as HTML, and the lines of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic
from zoneinfo import ZoneInfo

from ..problems import ProblemLog
from ..validation import Model, Place, validate
from . import front_matter


@dataclass(frozen=True, slots=True)
class Source(Generic[Model]):
    """A validated record and its body in Markdown; `body_line` is the body's first line in the file."""

    path: str
    record: Model
    lines: Mapping[Place, int]
    body: str
    body_line: int


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a file says before it is validated: its front matter (None: unreadable) and the faults found in it."""

    found: front_matter.FrontMatter | None
    faults: tuple[tuple[int, str, str], ...]

    def to_json(self) -> list[Any]:
        """Return it as JSON knows it."""
        f = self.found
        lines = [[list(place), line] for place, line in f.lines.items()] if f else []
        head = [f.data, lines, f.body, f.body_line, f.old_style] if f else None
        return [head, [list(fault) for fault in self.faults]]

    @classmethod
    def from_json(cls, given: list[Any]) -> Scanned:
        """Return what `to_json` was called on."""
        head, faults = given
        found = None
        if head is not None:
            data, lines, body, body_line, old_style = head
            places = {tuple(place): line for place, line in lines}
            found = front_matter.FrontMatter(data, places, body, body_line, old_style)
        return cls(found, tuple((line, message, hint) for line, message, hint in faults))


def scan(raw: bytes) -> Scanned:
    """Return what a file that holds `raw` says; depends on nothing else."""
    faults: list[tuple[int, str, str]] = []

    def report(line: int, message: str, hint: str) -> None:
        faults.append((line, message, hint))

    text = front_matter.decode(raw, report)
    found = front_matter.parse(text, report) if text is not None else None
    return Scanned(found, tuple(faults))


def read_source(path: str | Path, model: type[Model], log: ProblemLog, zone: ZoneInfo) -> Source[Model] | None:
    """Read the file at `path` as a `model`; None when it cannot be, with every reason in `log`."""
    return source_of(scan(Path(path).read_bytes()), path, model, log, zone)


def source_of(
    scanned: Scanned, path: str | Path, model: type[Model], log: ProblemLog, zone: ZoneInfo
) -> Source[Model] | None:
    """Return what was `scanned` at `path` as a `model`; None when it cannot be, with every reason in `log`."""
    name, found = str(path), scanned.found
    for line, message, hint in scanned.faults:
        log.error(name, line, message, hint, kind="front-matter")
    if found is None:
        return None
    data: Any = _without_empty(found.data) if found.old_style else found.data
    record = validate(model, data, log, name, found.lines, context={"zone": zone})
    return Source(name, record, found.lines, found.body, found.body_line) if record else None


def _without_empty(data: Mapping[str, Any]) -> dict[str, Any]:
    """Drop headers without a value, as Pelican does."""
    return {key: value for key, value in data.items() if value != ""}

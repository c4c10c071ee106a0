"""A file read whole: its front matter, its record, its body, and the lines of all three."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic
from zoneinfo import ZoneInfo

from ..problems import ProblemLog
from ..validation import Model, Place, validate
from . import front_matter
from .front_matter import FrontMatter, Report
from .markdown import Converter


@dataclass(frozen=True, slots=True)
class Source(Generic[Model]):
    """A validated record and its body in Markdown; `body_line` is the body's first line in the file."""

    path: str
    record: Model
    lines: Mapping[Place, int]
    body: str
    body_line: int


def parse_file(raw: bytes, report: Report) -> FrontMatter | None:
    """Return front matter and body of a file's bytes; None after a report when it cannot be read."""
    text = front_matter.decode(raw, report)
    found = front_matter.parse(text, report) if text is not None else None
    if found is None or not found.old_style:
        return found
    # Headers without a value are dropped, as Pelican does.
    data = {key: value for key, value in found.data.items() if value != ""}
    return FrontMatter(data, found.lines, found.body, found.body_line, old_style=True)


def read_source(path: str | Path, model: type[Model], log: ProblemLog, zone: ZoneInfo) -> Source[Model] | None:
    """Read the file at `path` as a `model`; None when it cannot be, with every reason in `log`."""
    name = str(path)
    found = parse_file(Path(path).read_bytes(), partial(log.error, name, kind="front-matter"))
    if found is None:
        return None
    record: Any = validate(model, found.data, log, name, found.lines, context={"zone": zone})
    return Source(name, record, found.lines, found.body, found.body_line) if record else None


def body_of(source: Source[Any], converter: Converter, log: ProblemLog, prefix: str = "") -> str:
    """Return the body of a book or an event as HTML; what is wrong with it goes to the log."""
    made = converter.convert(source.body, prefix)
    for found in made.found:
        line = source.body_line + found.line - 1 if found.line else 0
        told = log.error if found.kind == "markdown" else log.warning
        told(source.path, line, found.message, found.hint, kind=found.kind)
    return made.html

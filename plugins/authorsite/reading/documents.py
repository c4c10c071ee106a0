"""A file read whole: its record, its body as HTML, and the lines of both."""

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


@dataclass(frozen=True, slots=True)
class Source(Generic[Model]):
    """A validated record and its body in Markdown; `body_line` is the body's first line in the file."""

    path: str
    record: Model
    lines: Mapping[Place, int]
    body: str
    body_line: int


def read_source(path: str | Path, model: type[Model], log: ProblemLog, zone: ZoneInfo) -> Source[Model] | None:
    """Read the file at `path` as a `model`; None when it cannot be, with every reason in `log`."""
    name = str(path)
    report = partial(log.error, name, kind="front-matter")
    text = front_matter.decode(Path(path).read_bytes(), report)
    found = front_matter.parse(text, report) if text is not None else None
    if found is None:
        return None
    data: Any = _without_empty(found.data) if found.old_style else found.data
    record = validate(model, data, log, name, found.lines, context={"zone": zone})
    return Source(name, record, found.lines, found.body, found.body_line) if record else None


def _without_empty(data: Mapping[str, Any]) -> dict[str, Any]:
    """Drop headers without a value, as Pelican does."""
    return {key: value for key, value in data.items() if value != ""}

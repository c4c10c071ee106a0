"""Reading a Markdown file: parse, validate the front matter, and render the body of books and events."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic
from zoneinfo import ZoneInfo

from ..problems import ProblemLog
from ..validation import Loc, Model, validate
from .body_checks import find_inline_styles
from .front_matter import FrontMatter, IssueCallback, decode, parse_front_matter
from .markdown import MarkdownRenderer


@dataclass(frozen=True, slots=True)
class ParsedSource(Generic[Model]):
    """Validated front matter (`record`), the line of each value, and the Markdown body, which starts at `body_line`."""

    path: str
    record: Model
    lines: Mapping[Loc, int]
    body: str
    body_line: int


def parse_file(raw: bytes, report: IssueCallback) -> FrontMatter | None:
    """Parse a file's bytes into front matter and body; None after a report when they are invalid."""
    text = decode(raw, report)
    return parse_front_matter(text, report) if text is not None else None


def read_source(path: str | Path, model: type[Model], log: ProblemLog, zone: ZoneInfo) -> ParsedSource[Model] | None:
    """Read the file at `path` and validate its front matter as `model`; None with every problem in `log`."""
    name = str(path)
    parsed = parse_file(Path(path).read_bytes(), partial(log.error, name, kind="front-matter"))
    if parsed is None:
        return None
    record: Any = validate(model, parsed.data, log, name, parsed.lines, context={"zone": zone})
    return ParsedSource(name, record, parsed.lines, parsed.body, parsed.body_line) if record else None


def render_body(source: ParsedSource[Any], renderer: MarkdownRenderer, log: ProblemLog, prefix: str = "") -> str:
    """Return the body of a book or an event as HTML, with its issues in `log`; ids begin with `prefix`."""
    body = renderer.render(source.body, prefix)
    for issue in (*body.issues, *find_inline_styles(body.html, source.body)):
        add = log.error if issue.kind == "markdown" else log.warning
        add(source.path, issue.get_line_in_file(source.body_line), issue.message, issue.hint, kind=issue.kind)
    return body.html

"""Round-ups: a draft post that sums up a quarter or a year of posts and events."""

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, TemplateError

from .books.model import Book
from .events.model import Event
from .exceptions import find_innermost_frame
from .markup import count_words
from .problems import CommandError, ProblemLog
from .reading.bibliography import Reference, build_bibliography
from .reading.drafts import is_unpublished
from .reading.markdown import MarkdownRenderer
from .reading.schemas import PostMetadata, Status
from .reading.sources import read_source
from .site_build import parse_site_date
from .templating import TEMPLATES
from .validation import InvalidValue

TEMPLATE = "roundup.md"
_PERIOD = re.compile(r"(?P<year>[12]\d{3})(?:-?Q(?P<quarter>[1-4]))?", re.IGNORECASE)
_ORDINALS = ("first", "second", "third", "fourth")
_SLUG = re.compile(r"^slug: *([\w-]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Period:
    """The dates from `start` up to, but not including, `end`; `name` is for people, `slug` for URLs."""

    start: date
    end: date
    name: str
    slug: str

    @property
    def last_day(self) -> date:
        """The last date of the period."""
        return self.end - timedelta(days=1)

    def contains(self, moment: datetime) -> bool:
        """Whether the date of `moment`, in its own time zone, is in the period."""
        return self.start <= moment.date() < self.end


def parse_period(text: str) -> Period:
    """Parse "2018" or "2019Q3"; raise InvalidValue for anything else."""
    match = _PERIOD.fullmatch(text.strip())
    if not match:
        raise InvalidValue(f"`{text}` is neither a year nor a quarter", "write 2018 or 2019Q3")
    year, quarter = int(match["year"]), int(match["quarter"] or 0)
    if not quarter:
        return Period(date(year, 1, 1), date(year + 1, 1, 1), str(year), str(year))
    month = 3 * quarter - 2
    end = date(year, month + 3, 1) if quarter < len(_ORDINALS) else date(year + 1, 1, 1)
    return Period(date(year, month, 1), end, f"{_ORDINALS[quarter - 1]} quarter {year}", f"{year}-q{quarter}")


@dataclass(frozen=True, slots=True)
class PostStats:
    """A post as the template sees it; `link` is relative to the folder of posts."""

    link: str
    metadata: PostMetadata
    category: str
    words: int
    references: tuple[Reference, ...]


def create_roundup(settings: Mapping[str, Any], root: Path, period: str, *, write: bool = False) -> int:
    """Print the draft for `period` ("2018" or "2019Q3"), or save it with the posts; return the exit status.

    `settings` are Pelican's; paths in problems are relative to `root`. An existing file is never overwritten, because
    the author may have edited it.
    """
    log = ProblemLog(root=root)
    try:
        parsed = parse_period(period)
    except InvalidValue as error:
        print(f"{error} - {error.hint}", file=sys.stderr)
        return 1
    posts_folder = Path(settings["PATH"], settings["ARTICLE_PATHS"][0])
    text = _render_draft(settings, root, _collect_variables(settings, posts_folder, parsed, log))
    log.print()
    if log.failed:
        return 1
    if not write:
        print(text, end="")
        return 0
    slug = _SLUG.search(text)
    file = posts_folder / f"{slug[1] if slug else parsed.slug}.md"
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError:
        print(f"{file} already exists - move it away to draft the round-up again", file=sys.stderr)
        return 1
    print(f"{file}: edit it, then remove `status: draft`")
    return 0


def _collect_variables(
    settings: Mapping[str, Any], posts_folder: Path, period: Period, log: ProblemLog
) -> Mapping[str, Any]:
    """Return the template's variables: period; posts and (link, event) pairs by date; the most cited sources first."""
    zone, renderer = ZoneInfo(settings["TIMEZONE"] or "UTC"), MarkdownRenderer()

    now = parse_site_date(settings, log) or datetime.now(zone)

    def is_listed(record: Any) -> bool:
        return record.status is Status.PUBLISHED and not is_unpublished(record, now)

    def make_link(path: Path) -> str:
        return Path(os.path.relpath(path, posts_folder)).as_posix()

    posts = []
    for path in posts_folder.rglob("*.md"):
        source = read_source(path, PostMetadata, log, zone)
        if source and is_listed(source.record) and period.contains(source.record.date):
            body, category = renderer.render(source.body), source.record.category or settings["DEFAULT_CATEGORY"]
            references = tuple(body.references)
            posts.append(PostStats(make_link(path), source.record, category, count_words(body.html), references))
    posts.sort(key=lambda post: (post.metadata.date, post.link))
    files = Path(settings["PATH"], "events").glob("*.md")
    every_event = [(make_link(f), event.record) for f in files if (event := read_source(f, Event, log, zone))]
    events = [(link, e) for link, e in every_event if is_listed(e) and period.contains(e.start.value)]
    events.sort(key=lambda pair: (pair[1].start.value, pair[0]))
    records = sorted(Path(settings["PATH"], "books").glob("*.md"))
    books = [book.record for path in records if (book := read_source(path, Book, log, zone))]
    sources = sorted(build_bibliography(posts, books), key=lambda source: (-len(source.posts), source.reference.text))
    return {"period": period, "posts": posts, "events": events, "sources": sources}


def _render_draft(settings: Mapping[str, Any], root: Path, variables: Mapping[str, Any]) -> str:
    folders = [*(root / folder for folder in settings["THEME_TEMPLATES_OVERRIDES"]), TEMPLATES]
    environment = Environment(  # noqa: S701 - the result is Markdown
        loader=FileSystemLoader(folders), trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters["escape_markdown"] = _escape_markdown
    try:
        return environment.get_template(TEMPLATE).render(variables)
    except TemplateError as error:
        path, line = find_innermost_frame(error, lambda name: name.endswith(TEMPLATE))
        raise CommandError(f"{error} - correct the template", path, line) from error


def _escape_markdown(text: str) -> str:
    r"""Escape the characters that are markup in Markdown: `[` becomes `\[`."""
    return re.sub(r"([\\`*_\[\]<])", r"\\\1", text)

"""Renders the draft of a round-up in Markdown, with every list sorted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ..events.model import Event
from ..reading.bibliography import Reference, build_bibliography
from ..reading.schemas import PostMetadata, Status
from ..validation import InvalidValue

_PERIOD = re.compile(r"(?P<year>[12]\d{3})(?:-?Q(?P<quarter>[1-4]))?", re.IGNORECASE)
_ORDINALS = ("first", "second", "third", "fourth")
_MAX_SOURCES = 10
_CATEGORY = "Housekeeping"
"""The category of round-ups."""


@dataclass(frozen=True, slots=True)
class Period:
    """The dates from `start` up to, but not including, `end`; `name` is for people, `slug` for URLs."""

    start: date
    end: date
    name: str
    slug: str

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
    """A post with what the draft says about it: its relative link, metadata, word count and cited sources."""

    link: str
    metadata: PostMetadata
    words: int
    references: tuple[Reference, ...]


def render_draft(
    period: Period, posts: Sequence[PostStats], events: Sequence[tuple[str, Event]], default_category: str
) -> str:
    """Return a post in Markdown with `status: draft`, dated on the last day of `period`.

    `events` are (relative link, event). Unpublished posts and those outside the period are left out.
    """
    published = [p for p in posts if p.metadata.status is Status.PUBLISHED and period.contains(p.metadata.date)]
    published.sort(key=lambda p: (p.metadata.date, p.link))
    past = sorted((e.start.value, link, e) for link, e in events if period.contains(e.start.value))
    last_day = date.fromordinal(period.end.toordinal() - 1)
    words = sum(p.words for p in published)
    title, slug = f"{_CATEGORY}: {period.name}", f"{_CATEGORY.lower()}-{period.slug}"
    more = f"category: {_CATEGORY}\ntags: [round-up]\nstatus: draft"
    parts = [
        f'---\ntitle: "{title}"\nslug: {slug}\ndate: {last_day}\n{more}\n---',
        f"{_pluralize(len(published), 'post')}, {_pluralize(words, 'word')}.",
        *_render_categories(published, default_category),
        *_render_section("Sources cited most", _list_most_cited(published)),
        *_render_section("Books reviewed", [_format_review(p) for p in published if p.metadata.review_of]),
        *_render_section("Events", [_format_event(event, link) for _, link, event in past]),
        "## Great names for a band\n\n- ",
    ]
    return "\n\n".join(parts) + "\n"


def _render_categories(posts: Sequence[PostStats], default: str) -> list[str]:
    groups: dict[str, list[str]] = {}
    for post in posts:
        groups.setdefault(post.metadata.category or default, []).append(_format_link(post.metadata.title, post.link))
    sections = [_render_section(f"{_escape(name)} ({len(links)})", links) for name, links in sorted(groups.items())]
    return [part for section in sections for part in section]


def _list_most_cited(posts: Sequence[PostStats]) -> list[str]:
    sources = sorted(build_bibliography(posts, ()), key=lambda source: (-len(source.posts), source.reference.text))
    return [f"{s.reference.text} ({_pluralize(len(s.posts), 'post')})" for s in sources[:_MAX_SOURCES]]


def _format_review(post: PostStats) -> str:
    book = post.metadata.review_of
    assert book is not None
    by = f" by {_escape(book.author)}" if book.author else ""
    return f"*{_escape(book.title)}*{by}: {_format_link(post.metadata.title, post.link)}"


def _format_event(event: Event, link: str) -> str:
    return ", ".join(filter(None, [_format_link(event.title, link), _escape(event.place)]))


def _format_link(title: str, link: str) -> str:
    return f"[{_escape(title)}]({link})"


def _render_section(heading: str, lines: Sequence[str]) -> list[str]:
    return [f"## {heading}", "\n".join(f"- {line}" for line in lines)] if lines else []


def _escape(text: str) -> str:
    r"""Escape the characters that are markup in Markdown: `[` becomes `\[`."""
    return re.sub(r"([\\`*_\[\]<])", r"\\\1", text)


def _pluralize(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"

"""A draft from posts and events of a period: pure, and sorted in every part."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ..events.model import Event
from ..reading.bibliography import Reference, collect
from ..reading.schemas import Post, Status
from ..validation import Fault

_PERIOD = re.compile(r"(?P<year>[12]\d{3})(?:-?Q(?P<quarter>[1-4]))?", re.IGNORECASE)
_ORDINALS = ("first", "second", "third", "fourth")
_TOP = 10
_HOME = "Housekeeping"
"""The category of round-ups."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` up to, but without, `end`; `name` in words, `slug` for an address."""

    start: date
    end: date
    name: str
    slug: str

    def holds(self, moment: datetime) -> bool:
        """Whether `moment` lies in it, by the moment's own calendar."""
        return self.start <= moment.date() < self.end


def parse_period(text: str) -> Period:
    """Return the period that "2018" or "2019Q3" names; raises Fault."""
    found = _PERIOD.fullmatch(text.strip())
    if not found:
        raise Fault(f"`{text}` is neither a year nor a quarter", "write 2018 or 2019Q3")
    year, quarter = int(found["year"]), int(found["quarter"] or 0)
    if not quarter:
        return Period(date(year, 1, 1), date(year + 1, 1, 1), str(year), str(year))
    month = 3 * quarter - 2
    end = date(year, month + 3, 1) if quarter < len(_ORDINALS) else date(year + 1, 1, 1)
    return Period(date(year, month, 1), end, f"{_ORDINALS[quarter - 1]} quarter {year}", f"{year}-q{quarter}")


@dataclass(frozen=True, slots=True)
class Written:
    """A post as the draft counts it: where a link leads, its record, its words and the sources it cites."""

    link: str
    record: Post
    words: int
    references: tuple[Reference, ...]


def draft(period: Period, posts: Sequence[Written], events: Sequence[tuple[str, Event]], default: str) -> str:
    """Return a post in Markdown, a draft with the period's last day as date, for the author to edit.

    `default` is the category of posts that name none.
    """
    shown = [p for p in posts if p.record.status is Status.PUBLISHED and period.holds(p.record.date)]
    shown.sort(key=lambda p: (p.record.date, p.link))
    took = sorted((e.start.moment, link, e) for link, e in events if period.holds(e.start.moment))
    last = date.fromordinal(period.end.toordinal() - 1)
    words = sum(p.words for p in shown)
    title, slug = f"{_HOME}: {period.name}", f"{_HOME.lower()}-{period.slug}"
    more = f"category: {_HOME}\ntags: [round-up]\nstatus: draft"
    parts = [
        f'---\ntitle: "{title}"\nslug: {slug}\ndate: {last}\n{more}\n---',
        f"{_count(len(shown), 'post')}, {_count(words, 'word')}.",
        *_by_category(shown, default),
        *_section("Sources cited most", _cited(shown)),
        *_section("Books reviewed", [_review(p) for p in shown if p.record.review_of]),
        *_section(
            "Events", [", ".join(filter(None, [f"[{_text(e.title)}]({link})", _text(e.place)])) for _, link, e in took]
        ),
        "## Great names for a band\n\n- ",
    ]
    return "\n\n".join(parts) + "\n"


def _by_category(posts: Sequence[Written], default: str) -> list[str]:
    groups: dict[str, list[str]] = {}
    for post in posts:
        groups.setdefault(post.record.category or default, []).append(f"[{_text(post.record.title)}]({post.link})")
    return [part for name in sorted(groups) for part in _section(f"{_text(name)} ({len(groups[name])})", groups[name])]


def _cited(posts: Sequence[Written]) -> list[str]:
    most = sorted(collect(posts, ()), key=lambda source: (-len(source.posts), source.reference.text))[:_TOP]
    return [f"{source.reference.text} ({_count(len(source.posts), 'post')})" for source in most]


def _review(post: Written) -> str:
    book = post.record.review_of
    assert book is not None
    by = f" by {_text(book.author)}" if book.author else ""
    return f"*{_text(book.title)}*{by}: [{_text(post.record.title)}]({post.link})"


def _section(heading: str, lines: Sequence[str]) -> list[str]:
    return [f"## {heading}", "\n".join(f"- {line}" for line in lines)] if lines else []


def _text(text: str) -> str:
    r"""Return `text` with the characters that Markdown would take for markup written as \[."""
    return re.sub(r"([\\`*_\[\]<])", r"\\\1", text)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"

"""Checks of books against each other, and of the posts about them."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ..problems import ProblemLog
from ..reading.parsed import get_post_record
from ..reading.sources import ParsedSource, parse_file
from ..validation import did_you_mean, find_line_for_loc
from .model import Book, Edition

_PLACEHOLDER = re.compile(r"n/?a|none|null|nil|tb[acd]|unknown|not (?:applicable|available)|[-–—?.]+", re.IGNORECASE)
"""What people write when they have nothing to write."""

Loc = tuple[str | int, ...]


def check_unique_isbns(sources: Sequence[ParsedSource[Book]], log: ProblemLog) -> None:
    """Report every ISBN that another edition uses, whether of the same book or of another."""
    first: dict[str, tuple[ParsedSource[Book], Edition]] = {}
    for source in sources:
        for index, edition in enumerate(source.record.editions):
            other, twin = first.setdefault(edition.isbn, (source, edition)) if edition.isbn else (source, edition)
            if twin is not edition:
                user = f"the {twin.format}" if other is source else log.get_display_path(other.path)
                line = find_line_for_loc(("editions", index, "isbn"), source.lines)
                message = f"duplicate ISBN: {user} has it too"
                log.error(source.path, line, message, "give each edition its own", kind="book")


def _find_key(post: Any, key: str) -> int:
    """Return the line of a key in a post, whose metadata has no line numbers any more."""
    parsed = parse_file(Path(post.source_path).read_bytes(), lambda *_: None)
    return find_line_for_loc((key,), parsed.lines) if parsed else 0


def check_post_books(posts: Sequence[Any], slugs: Sequence[str], main_slug: str, log: ProblemLog) -> None:
    """Report posts about a book that does not exist, and about a chapter if there is no book at all."""
    for post in posts:
        record = get_post_record(post)
        if record.book and record.book not in slugs and not log.is_consequence(record.book, post.source_path):
            hint = did_you_mean(record.book, slugs, "use the name of a file in content/books, without .md")
            message = f"there is no book `{record.book}`"
            log.error(post.source_path, _find_key(post, "book"), message, hint, kind="book")
        elif record.chapter is not None and not record.book and not main_slug:
            message, hint = "there is no book that has this chapter", "add the book to content/books"
            log.error(post.source_path, _find_key(post, "chapter"), message, hint, kind="book")


def check_chapters(posts: Sequence[Any], book: Book, log: ProblemLog) -> None:
    """Report posts that name a chapter which the book does not have."""
    numbers = {chapter.number for chapter in book.chapters}
    for post in posts:
        chapter = get_post_record(post).chapter
        if chapter is not None and chapter not in numbers:
            line = _find_key(post, "chapter")
            numbered = ", ".join(map(str, sorted(numbers)))
            hint = f"use one of: {numbered}" if numbered else "add `chapters` to the book"
            log.error(post.source_path, line, f"{book.title} has no chapter {chapter}", hint, kind="book")


def check_series(source: ParsedSource[Book], slugify: Callable[[str], str], log: ProblemLog) -> None:
    """Warn of a series whose name makes no URL: it has no page."""
    series = source.record.series
    if series and not slugify(series.name):
        line = find_line_for_loc(("series",), source.lines)
        message = f"the series `{series.name}` has no page: its name makes no URL"
        log.warning(source.path, line, message, "use letters or digits in it", kind="book")


def _iter_texts(value: Any, loc: Loc = ()) -> Iterator[tuple[Loc, str]]:
    """Yield every text of a record with its place: ("editions", 0, "imprint")."""
    if isinstance(value, str):
        yield loc, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _iter_texts(item, (*loc, key))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _iter_texts(item, (*loc, index))


def check_trade_faults(source: ParsedSource[Book], log: ProblemLog) -> None:
    """Warn of what the book trade would reject, or show as it is; sources in tests/unit/books/test_onix_faults.py."""
    book, path = source.record, source.path

    def warn(loc: Loc, message: str, hint: str) -> None:
        log.warning(path, find_line_for_loc(loc, source.lines), message, hint, kind="book")

    for loc, text in _iter_texts(book.model_dump(exclude={"title", "subjects", "chapters"})):
        if _PLACEHOLDER.fullmatch(text):
            name = next(part for part in reversed(loc) if isinstance(part, str))
            warn(loc, f"`{name}` is `{text}`", "remove it: what a record lacks is not shown")
    series = book.series.name if book.series else ""
    if series and re.search(rf"[(\[].*{re.escape(series)}", f"{book.title} {book.subtitle}", re.IGNORECASE):
        warn(("title",), "title or subtitle has the series in it", "keep the title as it is on the title page")
    if book.subtitle and book.title.lower().endswith(book.subtitle.lower()):
        warn(("subtitle",), "the title has the subtitle in it", "keep them apart")
    codes = [code for code in book.subject_codes if code.scheme != "10"]
    if codes and not any(code.scheme == "93" for code in codes):
        warn(
            ("subjects",),
            f"{codes[0].code} of Thema only qualifies a subject",
            "add the subject too, as in {thema: WQH}",
        )
    if any(code.code == "NON000000" for code in book.subject_codes):
        warn(
            ("subjects",),
            "NON000000 says that the book has no subject",
            "choose a code of BISAC that says what it is about",
        )

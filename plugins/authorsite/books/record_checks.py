"""Checks of books against each other, and of the posts about them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..problems import ProblemLog
from ..reading.parsed import get_post_record
from ..reading.sources import ParsedSource, parse_file
from ..validation import did_you_mean, find_line_for_loc
from .model import Book, Edition


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

"""Checks of a book's record against the shops, the other books, and the posts about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..problems import ProblemLog
from ..reading.parsed import get_post_record
from ..reading.sources import ParsedSource, parse_file
from ..validation import did_you_mean, line_for_loc
from .model import Book, Edition
from .shops import Shop, is_country


def check_unique_isbns(sources: Sequence[ParsedSource[Book]], log: ProblemLog) -> None:
    """Report every ISBN that another edition uses, whether of the same book or of another."""
    first: dict[str, tuple[ParsedSource[Book], Edition]] = {}
    for source in sources:
        for index, edition in enumerate(source.record.editions):
            other, twin = first.setdefault(edition.isbn, (source, edition)) if edition.isbn else (source, edition)
            if twin is not edition:
                user = f"the {twin.format}" if other is source else log.display_path(other.path)
                line = line_for_loc(("editions", index, "isbn"), source.lines)
                message = f"duplicate ISBN: {user} has it too"
                log.error(source.path, line, message, "give each edition its own", kind="book")


def check_offers(source: ParsedSource[Book], shops: Mapping[str, Shop], log: ProblemLog) -> None:
    """Report unknown shops and countries, and offers by the author that have no URL."""

    def error(index: int, key: str, message: str, hint: str) -> None:
        log.error(source.path, line_for_loc(("offers", index, key), source.lines), message, hint, kind="book")

    for index, offer in enumerate(source.record.offers):
        if offer.shop not in shops:
            hint = did_you_mean(offer.shop, shops, "use a built-in shop, or define this one in content/data/shops.yaml")
            if not log.is_consequence(offer.shop, source.path):
                error(index, "shop", f"unknown shop `{offer.shop}`", hint)
        elif offer.shop == "author" and not offer.url:
            error(index, "shop", "an offer by `author` needs a URL", "add `url: https://…`")
        if offer.country and not is_country(offer.country):
            message = f"`{offer.country}` is not a country code"
            error(index, "country", message, "use two letters of ISO 3166: US, GB, DE")


def check_chapters(posts: Sequence[Any], book: Book, log: ProblemLog) -> None:
    """Report posts that name a chapter which the book does not have."""
    numbers = {chapter.number for chapter in book.chapters}
    for post in posts:
        chapter = get_post_record(post).chapter
        if chapter is not None and chapter not in numbers:
            # Metadata has no line numbers any more: parse the file again to find the line.
            parsed = parse_file(Path(post.source_path).read_bytes(), lambda *_: None)
            line = line_for_loc(("chapter",), parsed.lines) if parsed else 0
            numbered = ", ".join(map(str, sorted(numbers)))
            hint = f"use one of: {numbered}" if numbered else "add `chapters` to the book"
            log.error(post.source_path, line, f"{book.title} has no chapter {chapter}", hint, kind="book")

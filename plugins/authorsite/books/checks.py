"""What is wrong between a record, the catalogue, the other books, and the posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..problems import ProblemLog
from ..reading.sources import Source, parse_file
from ..validation import did_you_mean, line_of
from .model import Book, Edition
from .shops import Shop, is_country


def check_apart(sources: Sequence[Source[Book]], log: ProblemLog) -> None:
    """Report an ISBN that another edition has, of this book or another."""
    first: dict[str, tuple[Source[Book], Edition]] = {}
    for source in sources:
        for number, edition in enumerate(source.record.editions):
            other, twin = first.setdefault(edition.isbn, (source, edition)) if edition.isbn else (source, edition)
            if twin is not edition:
                who = f"the {twin.format}" if other is source else log.shown(other.path)
                line = line_of(("editions", number, "isbn"), source.lines)
                log.error(source.path, line, f"{who} has this ISBN too", "each edition has its own", kind="book")


def check_offers(source: Source[Book], shops: Mapping[str, Shop], log: ProblemLog) -> None:
    """Report shops and countries that nobody knows."""

    def error(number: int, key: str, message: str, hint: str) -> None:
        log.error(source.path, line_of(("offers", number, key), source.lines), message, hint, kind="book")

    for number, offer in enumerate(source.record.offers):
        if offer.shop not in shops:
            hint = did_you_mean(
                offer.shop, shops, "name one of the catalogue, or describe it in content/data/shops.yaml"
            )
            error(number, "shop", f"unknown shop `{offer.shop}`", hint)
        elif offer.shop == "author" and not offer.url:
            error(number, "shop", "an offer from the author needs an address", "add url: https://…")
        if offer.country and not is_country(offer.country):
            error(number, "country", f"`{offer.country}` is not a country", "use two letters of ISO 3166: US, GB, DE")


def check_chapters(posts: Sequence[Any], book: Book, log: ProblemLog) -> None:
    """Report posts that carry on a chapter that the book does not have."""
    known = {chapter.number for chapter in book.chapters}
    for post in posts:
        chapter = post.record.chapter
        if chapter is not None and chapter not in known:
            # Only what is faulty is read again, for its line.
            found = parse_file(Path(post.source_path).read_bytes(), lambda *_: None)
            line = line_of(("chapter",), found.lines) if found else 0
            hint = f"it has: {', '.join(map(str, sorted(known))) or 'none'}"
            log.error(post.source_path, line, f"{book.title} has no chapter {chapter}", hint, kind="book")

"""Find book records that are out of date: expired offers, and published editions still marked as forthcoming."""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from ..books.model import Book
from ..problems import ProblemLog
from ..reading.sources import ParsedSource, read_source

_FORTHCOMING = ("announced", "preorder")


def check_stale_records(books: Path, today: date, log: ProblemLog) -> None:
    """Warn about expired offers and about editions marked as forthcoming after their publication date."""
    for path in sorted(books.glob("*.md")):
        # Other problems of the record have already been reported by the build.
        source: ParsedSource[Book] | None = read_source(path, Book, ProblemLog(), ZoneInfo("UTC"))
        if source is not None:
            _check_book(source, today, log)


def _check_book(source: ParsedSource[Book], today: date, log: ProblemLog) -> None:
    book = source.record
    for number, offer in enumerate(book.offers):
        if offer.valid_until and offer.valid_until < today:
            line = source.lines.get(("offers", number, "valid_until"), source.lines.get(("offers", number), 0))
            message = f"the offer of {offer.shop} expired on {offer.valid_until}"
            log.warning(source.path, line, message, "set a later date, or remove the offer", kind="claim")
    for number, edition in enumerate(book.editions):
        published = edition.published or book.published
        if edition.availability in _FORTHCOMING and published and published <= today:
            line = source.lines.get(("editions", number, "availability"), source.lines.get(("editions", number), 0))
            message = f"the {edition.format} is marked `{edition.availability}`, but was published on {published}"
            log.warning(source.path, line, message, "write `availability: available`, or a later date", kind="claim")

"""What a book's record says that time has overtaken."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from ..books.model import Book
from ..problems import ProblemLog
from ..reading.sources import Source, read_source

_EARLY = ("announced", "preorder")


def check_claims(books: Path, today: date, log: ProblemLog) -> None:
    """Warn of offers past their date, and of editions still called forthcoming after theirs."""
    for path in sorted(books.glob("*.md")):
        # Whatever else is wrong with the record, the build has said.
        source: Source[Book] | None = read_source(path, Book, ProblemLog(), ZoneInfo("UTC"))
        if source is not None:
            _check(source, today, log)


def _check(source: Source[Book], today: date, log: ProblemLog) -> None:
    book = source.record
    for number, offer in enumerate(book.offers):
        if offer.valid_until and offer.valid_until < today:
            line = source.lines.get(("offers", number, "valid_until"), source.lines.get(("offers", number), 0))
            what = f"the offer of {offer.shop} ended on {offer.valid_until}"
            log.warning(source.path, line, what, "give it a new date, or remove it", kind="claim")
    for number, edition in enumerate(book.editions):
        out = edition.published or book.published
        if edition.availability in _EARLY and out and out <= today:
            line = source.lines.get(("editions", number, "availability"), source.lines.get(("editions", number), 0))
            what = f"the {edition.format} is still called `{edition.availability}`, and came out on {out}"
            log.warning(source.path, line, what, "write `availability: available`, or a later date", kind="claim")

"""What machines and printers read about a book, as files beside its pages."""

from __future__ import annotations

from collections.abc import Mapping

from ..views import BookView
from . import citations, codes
from .onix import Sender, onix


def files(book: BookView, sender: Sender) -> Mapping[str, str]:
    """Return the texts of a book's files by where they stand below the output folder."""
    item = citations.csl_item(book, sender.url)
    made = {
        f"{book.url}cite.json": citations.csl_json(item),
        f"{book.url}cite.bib": citations.bibtex(item),
        f"{book.url}cite.ris": citations.ris(item),
        f"{book.go_url}qr.svg": codes.qr(f"{sender.url}/{book.go_url}", book.title),
    }
    if book.told_on and book.editions:
        made[f"{book.url}onix.xml"] = onix(book, sender, book.told_on)
    for edition in book.editions:
        if edition.barcode:
            made[edition.barcode] = codes.ean13(str(edition.record.isbn), f"ISBN {edition.record.isbn_text}")
    for offer in book.shops:
        made[f"{offer.go_url}qr.svg"] = codes.qr(f"{sender.url}/{offer.go_url}", f"{book.title}: {offer.name}")
    return made

"""What machines and printers read about a book, as files beside its pages."""

from __future__ import annotations

from collections.abc import Mapping

from ..views import BookView
from . import barcodes, citations


def files(book: BookView, site_url: str) -> Mapping[str, str]:
    """Return the texts of a book's citations and codes by where they stand below the output folder."""
    items = citations.csl_items(book, site_url)
    made = {
        f"{book.url}cite.json": citations.csl_json(items),
        f"{book.url}cite.bib": citations.bibtex(items),
        f"{book.url}cite.ris": citations.ris(items),
        f"{book.go_url}qr.svg": barcodes.qr(f"{site_url}/{book.go_url}", book.title),
    }
    for edition in book.editions:
        if edition.barcode:
            made[edition.barcode] = barcodes.ean13(str(edition.record.isbn), f"ISBN {edition.record.isbn_text}")
    for offer in book.shops:
        made[f"{offer.go_url}qr.svg"] = barcodes.qr(f"{site_url}/{offer.go_url}", f"{book.title}: {offer.name}")
    return made

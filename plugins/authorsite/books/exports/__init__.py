"""Files about a book for other programs and for print: citations, barcodes and QR codes."""

from collections.abc import Mapping

from ...cached_files import CachedTexts
from ..views import BookView
from . import barcodes, citations


def build_export_files(book: BookView, site_url: str, texts: CachedTexts) -> Mapping[str, str]:
    """Return the texts of a book's citation files, barcodes and QR codes by their paths below the output folder."""

    def make_qr(url: str, title: str) -> str:
        return texts.get(barcodes.render_qr, url, title)  # each takes 10 ms

    items = citations.build_csl_items(book, site_url)
    files = {
        f"{book.url}cite.json": citations.format_csl_json(items),
        f"{book.url}cite.bib": citations.format_bibtex(items),
        f"{book.url}cite.ris": citations.format_ris(items),
        f"{book.go_url}qr.svg": make_qr(f"{site_url}/{book.go_url}", book.title),
    }
    for edition in book.editions:
        if edition.barcode:
            caption = f"ISBN {edition.record.isbn_text}"
            files[edition.barcode] = barcodes.render_ean13(str(edition.record.isbn), caption)
    for offer in book.shop_offers:
        title = f"{book.title}: {offer.name}"
        files[f"{offer.go_url}qr.svg"] = make_qr(f"{site_url}/{offer.go_url}", title)
    return files

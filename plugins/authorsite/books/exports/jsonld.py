"""JSON-LD of a book (schema.org/Book): the work, its editions, and their offers."""

from typing import Any

from ...audio import build_audio_jsonld
from ...templating import json_ld
from ..offer_views import EditionView
from ..series import SeriesView
from ..views import BookView

_FORMATS = {"paperback": "Paperback", "hardcover": "Hardcover", "ebook": "EBook", "audiobook": "AudiobookFormat"}
_AVAILABILITY = {"available": "InStock", "out of print": "OutOfStock"}
_ROLES = ("author", "editor", "illustrator", "translator")


def build_book_jsonld(book: BookView, site_url: str, site_author: str) -> str:
    """Return JSON-LD for a script element; a contributor named `site_author` is linked to the site's own Person."""
    record, series = book.record, book.record.series
    series_id = f"{site_url}/{book.series_url}#series" if book.series_url else ""
    people: dict[str, list[dict[str, Any]]] = {}
    for person in record.contributors:
        role = person.role.lower() if person.role.lower() in _ROLES else "contributor"
        id_ = f"{site_url}/#author" if person.name == site_author else ""
        people.setdefault(role, []).append({"@type": "Person", "@id": id_, "name": person.name, "url": person.url})
    work = {
        "@context": "https://schema.org",
        "@type": "Book",
        "@id": f"{site_url}/{book.url}#work",
        "name": book.record.title,
        "alternateName": book.record.subtitle,
        **people,
        "url": f"{site_url}/{book.url}",
        "image": book.cover.url if book.cover else "",
        "inLanguage": record.language,
        "description": record.description or book.tagline,
        "datePublished": book.published and book.published.isoformat(),
        "isPartOf": {"@type": "BookSeries", "@id": series_id, "name": series.name} if series else None,
        "position": series.number if series else None,
        "about": record.keywords,
        "sameAs": [url for _, url in record.links.named],
        "award": [*map(str, record.awards)],
        "audio": build_audio_jsonld(book.audio),
        "workExample": [_build_edition(edition, book, site_url) for edition in book.editions],
    }
    return json_ld(work)


def build_series_jsonld(series: SeriesView, site_url: str) -> str:
    """Return JSON-LD of a series (schema.org/BookSeries) with its books on this site."""
    parts = [
        {
            "@type": "Book",
            "@id": f"{site_url}/{book.url}#work",
            "name": book.record.title,
            "url": f"{site_url}/{book.url}",
        }
        | ({"position": book.record.series.number} if book.record.series else {})
        for book in series.books
    ]
    url = f"{site_url}/{series.url}"
    data = {"@type": "BookSeries", "@id": f"{url}#series", "name": series.name, "url": url, "hasPart": parts}
    return json_ld({"@context": "https://schema.org", **data})


def _build_edition(edition: EditionView, book: BookView, site_url: str) -> dict[str, Any]:
    record = edition.record
    offer = {
        "@type": "Offer",
        "availability": f"https://schema.org/{_AVAILABILITY.get(record.availability, 'PreOrder')}",
    }
    list_offer = {**offer, "url": f"{site_url}/{book.buy_url}"}
    list_prices = [{**list_offer, "price": amount, "priceCurrency": currency} for currency, amount in edition.prices]
    shop_offers = [
        {
            **offer,
            "url": shop.url,
            "price": amount,
            "priceCurrency": currency,
            "seller": {"@type": "Organization", "name": shop.name},
            "eligibleRegion": shop.countries,
            "priceValidUntil": shop.valid_until and shop.valid_until.isoformat(),
        }
        for shop in edition.offers
        if not shop.broken
        for currency, amount in shop.prices
    ]
    return {
        "@type": "Book",
        "@id": f"{site_url}/{book.url}#{edition.key}",
        "name": book.record.title,
        "isbn": record.isbn,
        "bookFormat": f"https://schema.org/{_FORMATS[record.format]}",
        "numberOfPages": record.pages,
        "datePublished": edition.published and edition.published.isoformat(),
        "publisher": {"@type": "Organization", "name": record.imprint} if record.imprint else None,
        "inLanguage": book.record.language,
        "offers": list_prices + shop_offers,
    }

"""A book as schema.org has it: the work, its editions, and their offers."""

from __future__ import annotations

import json
from typing import Any

from ..views import BookView, EditionView, OfferView

_FORMATS = {"paperback": "Paperback", "hardcover": "Hardcover", "ebook": "EBook", "audiobook": "AudiobookFormat"}
_AVAILABILITY = {
    "announced": "PreOrder",
    "preorder": "PreOrder",
    "available": "InStock",
    "out of print": "OutOfStock",
}


_ROLES = {"author": "author", "editor": "editor", "illustrator": "illustrator", "translator": "translator"}


def book_jsonld(book: BookView, site_url: str, site_author: str = "") -> str:
    """Return JSON-LD for a script element: `<` is escaped, so that no text can end the element.

    `site_author` is the person whom the site's own JSON-LD describes.
    """
    people: dict[str, list[dict[str, Any]]] = {}
    for person in book.record.contributors:
        role = _ROLES.get(person.role.lower(), "contributor")
        known = {"@id": f"{site_url}/#author"} if person.name == site_author else {}
        people.setdefault(role, []).append(
            _without_empty({"@type": "Person", **known, "name": person.name, "url": person.url or ""})
        )
    work = {
        "@context": "https://schema.org",
        "@type": "Book",
        "@id": f"{site_url}/{book.url}#work",
        "name": book.title,
        "alternateName": book.subtitle,
        **people,
        "url": f"{site_url}/{book.url}",
        "image": book.cover.url if book.cover else "",
        "inLanguage": book.record.language,
        "description": book.record.description or book.hook,
        "datePublished": book.published.isoformat() if book.published else "",
        "isPartOf": {"@type": "BookSeries", "name": book.record.series.name} if book.record.series else None,
        "position": book.record.series.number if book.record.series else None,
        "about": list(book.record.subjects),
        "award": [f"{award.name}, {award.year}" if award.year else award.name for award in book.record.awards],
        "workExample": [_edition(edition, book, site_url) for edition in book.editions],
    }
    return json.dumps(_without_empty(work), ensure_ascii=False, indent=1).replace("<", "\\u003c")


def _edition(edition: EditionView, book: BookView, site_url: str) -> dict[str, Any]:
    return _without_empty(
        {
            "@type": "Book",
            "@id": f"{site_url}/{book.url}#{edition.key}",
            "name": book.title,
            "isbn": edition.record.isbn or "",
            "bookFormat": f"https://schema.org/{_FORMATS[edition.record.format]}",
            "numberOfPages": edition.record.pages,
            "datePublished": edition.published.isoformat() if edition.published else "",
            "publisher": {"@type": "Organization", "name": edition.record.imprint} if edition.record.imprint else None,
            "inLanguage": book.record.language,
            "offers": [
                *(_list_price(price, edition, f"{site_url}/{book.buy_url}") for price in edition.prices),
                *(_offer(offer, edition) for offer in edition.offers if offer.amount and not offer.dead),
            ],
        }
    )


def _list_price(price: tuple[str, str], edition: EditionView, url: str) -> dict[str, Any]:
    currency, amount = price
    availability = f"https://schema.org/{_AVAILABILITY[edition.record.availability]}"
    return {"@type": "Offer", "url": url, "price": amount, "priceCurrency": currency, "availability": availability}


def _offer(offer: OfferView, edition: EditionView) -> dict[str, Any]:
    return _without_empty(
        {
            "@type": "Offer",
            "url": offer.url,
            "price": offer.amount,
            "priceCurrency": offer.currency,
            "availability": f"https://schema.org/{_AVAILABILITY[edition.record.availability]}",
            "seller": {"@type": "Organization", "name": offer.name},
            "eligibleRegion": list(offer.countries),
            "priceValidUntil": offer.valid_until.isoformat() if offer.valid_until else "",
        }
    )


def _without_empty(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if value not in ("", [], None)}

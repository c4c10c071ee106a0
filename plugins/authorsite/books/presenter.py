"""From a record to what templates see of its editions and offers, said in the site's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency, get_territory_currencies

from ..settings import SiteSettings
from .model import Book, Edition, Offer
from .shops import Shop, address
from .views import EditionView, OfferView

_FEW = 3


@dataclass(frozen=True, slots=True)
class Desk:
    """What views are made with: the site's settings, its date, the catalogue, and what the link check found."""

    site: SiteSettings
    today: date
    shops: Mapping[str, Shop]
    links: Mapping[str, Mapping[str, Any]]

    def editions(self, book: Book, slug: str) -> tuple[EditionView, ...]:
        """Return the book's editions with their offers; dead links go below, expired prices go."""
        formats = [edition.format for edition in book.editions]
        keys = [f"{f}-{n}" if (n := formats[: place + 1].count(f)) > 1 else f for place, f in enumerate(formats)]
        return tuple(self._edition(book, slug, *pair) for pair in zip(book.editions, keys, strict=True))

    def _edition(self, book: Book, slug: str, edition: Edition, key: str) -> EditionView:
        sellers = [offer for offer in book.offers if self._belongs(book, offer, edition)]
        lenders = [
            Offer(shop=name)
            for name, shop in self.shops.items()
            if shop.kind == "borrow" and edition.format in shop.formats
        ]
        offers, borrow = (self._offers(book, slug, edition, named) for named in (sellers, lenders))
        published = edition.published or book.published
        price = " / ".join(self._said(amount, currency) for currency, amount in edition.price.items())
        return EditionView(
            record=edition,
            key=key,
            name=self.site.word(edition.name),
            published=published,
            price=price,
            prices=tuple((currency, f"{amount:.2f}") for currency, amount in sorted(edition.price.items())),
            offers=offers,
            borrow=borrow,
            facts=tuple(filter(None, self._facts(edition, published, price))) or (self.site.word("available"),),
            barcode=f"books/{slug}/{key}-ean.svg" if edition.isbn else "",
        )

    def _facts(self, edition: Edition, published: date | None, price: str) -> list[str]:
        word, trim = self.site.word, edition.trim
        return [
            edition.imprint,
            format_date(published, "long", locale=self.site.locale) if published else "",
            f"{edition.pages} {word('pages')}" if edition.pages else "",
            edition.duration,
            f"{trim.width} × {trim.height} {word('inches') if trim.unit == 'in' else 'mm'}" if trim else "",
            price,
            f"ISBN {edition.isbn_text}" if edition.isbn else "",
            f"ISBN-10 {edition.isbn10}" if edition.isbn10 else "",
            word(edition.availability) if edition.availability != "available" else "",
        ]

    def _belongs(self, book: Book, offer: Offer, edition: Edition) -> bool:
        """Say whether an offer is of this edition: the first in print of the formats that it may mean."""
        shop = self.shops.get(offer.shop)
        if shop is None or shop.kind != "buy":
            return False
        forms = (offer.edition,) if offer.edition else shop.formats
        fitting = [e for e in book.editions if e.format in forms]
        current = [e for e in fitting if e.availability != "out of print"] or fitting
        return bool(current) and edition is current[0]

    def _offers(self, book: Book, slug: str, edition: Edition, named: Sequence[Offer]) -> tuple[OfferView, ...]:
        made = [self._offer(book, slug, edition, offer) for offer in named]
        return tuple(sorted((view for view in made if view), key=lambda view: view.dead))

    def _offer(self, book: Book, slug: str, edition: Edition, offer: Offer) -> OfferView | None:
        shop = self.shops[offer.shop]
        url = address(shop, book, edition, offer)
        if not url:
            return None
        countries = (offer.country,) if offer.country else shop.countries
        territories = Locale.parse(self.site.locale).territories
        names = tuple(territories.get(code, code) for code in countries)
        few = len(names) <= _FEW
        places = format_list(names, locale=self.site.locale) if few else f"{len(names)} {self.site.word('countries')}"
        price, currency = self._price(edition, offer, countries) if shop.kind == "buy" else (None, "")
        said = self._said(price, currency) if price is not None else ""
        label = f"{self.site.word(edition.name)} {self.site.word('at')} {shop.name}"
        whole = ", ".join(filter(None, [label, places]))
        status = self.links.get(url, {})
        worked = status.get("worked")
        return OfferView(
            shop=offer.shop,
            name=shop.name,
            countries=countries,
            country_names=names,
            places=places,
            url=url,
            go_url=f"go/{slug}/{offer.shop}/",
            label=whole,
            short=", ".join(filter(None, [label, said])),
            trouble=self._trouble(slug, whole, url),
            price=said,
            amount=f"{price:.2f}" if price is not None else "",
            currency=currency,
            valid_until=offer.valid_until,
            checked=datetime.fromisoformat(worked).date() if worked else None,
            dead=bool(status.get("dead")),
        )

    def _price(self, edition: Edition, offer: Offer, countries: Sequence[str]) -> tuple[Decimal | None, str]:
        """Return what the offer costs, in the currency of its countries, and that currency; (None, "") if unknown."""
        expired = offer.valid_until is not None and offer.valid_until < self.today
        # A list price is not what a shop that sells everywhere asks.
        price = {} if expired or not (offer.price or countries) else offer.price or edition.price
        local = (c for country in countries for c in get_territory_currencies(country, self.today) if c in price)
        only = next(iter(price), "") if len(price) == 1 and not countries else ""
        currency = next(local, only)
        return price.get(currency), currency

    def _said(self, amount: Decimal, currency: str) -> str:
        return format_currency(amount, currency, locale=self.site.locale)

    def _trouble(self, slug: str, label: str, url: str) -> str:
        """Return the mailto: address of a mail that names edition, shop and page already; "" without a contact."""
        word, page = self.site.word, f"{self.site.url}/books/{slug}/buy/"
        lines = [label, f"{word('Link')}: {url}", f"{word('Page')}: {page}", "", word("What happened:"), ""]
        subject, body = quote(f"{word('Trouble buying')}: {label}", safe=""), quote("\r\n".join(lines), safe="")
        return f"mailto:{self.site.contact}?subject={subject}&body={body}" if self.site.contact else ""

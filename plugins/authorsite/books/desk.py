"""From a record to what templates see of its editions and offers, said in the site's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Any
from urllib.parse import quote

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, get_territory_currencies

from .model import Availability, Book, Edition, Offer
from .shops import Shop, address
from .views import EditionView, OfferView, places_in_words


@dataclass(frozen=True, slots=True)
class Desk:
    """What views are made with: the site's language and address, its date, the catalogue, and link check results."""

    locale: str
    site_url: str
    today: date
    shops: Mapping[str, Shop]
    contact: str = ""
    links: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def editions(self, book: Book, slug: str) -> tuple[EditionView, ...]:
        """Return the book's editions with their offers; dead links go below, expired prices go."""
        formats = [edition.format.value for edition in book.editions]
        keys = [f"{f}-{n}" if (n := formats[: place + 1].count(f)) > 1 else f for place, f in enumerate(formats)]
        return tuple(self._edition(book, slug, *pair) for pair in zip(book.editions, keys, strict=True))

    def _edition(self, book: Book, slug: str, edition: Edition, key: str) -> EditionView:
        def at(kind: str, named: Sequence[tuple[str, Offer]]) -> tuple[OfferView, ...]:
            shops = [(key, self.shops[key], offer) for key, offer in named if key in self.shops]
            made = [self._offer(book, slug, edition, *shop) for shop in shops if shop[1].kind == kind]
            return tuple(sorted((view for view in made if view), key=lambda view: view.dead))

        offers = at("buy", [(o.shop, o) for o in book.offers if self._belongs(book, o, edition)])
        lenders = [(key, Offer(shop=key)) for key, shop in self.shops.items() if edition.format in shop.formats]
        orderable = edition.availability in (Availability.AVAILABLE, Availability.PREORDER)
        return EditionView(
            record=edition,
            key=key,
            published=edition.published or book.published,
            price=" / ".join(self._said(amount, currency) for currency, amount in edition.price.items()),
            prices=tuple((currency, f"{amount:.2f}") for currency, amount in sorted(edition.price.items())),
            offered=orderable and any(not offer.dead for offer in offers),
            offers=offers,
            borrow=at("borrow", lenders),
            barcode=f"books/{slug}/{key}-ean.svg" if edition.isbn else "",
        )

    def _belongs(self, book: Book, offer: Offer, edition: Edition) -> bool:
        """Say whether an offer is of this edition: the first in print of the formats that it may mean."""
        shop = self.shops.get(offer.shop)
        forms = {offer.edition} if offer.edition else set(shop.formats if shop else ())
        fitting = [e for e in book.editions if e.format in forms]
        current = [e for e in fitting if e.availability is not Availability.OUT_OF_PRINT] or fitting
        return bool(current) and edition is current[0]

    def _offer(self, book: Book, slug: str, edition: Edition, key: str, shop: Shop, offer: Offer) -> OfferView | None:
        url = address(shop, book, edition, offer)
        if not url:
            return None
        countries = (offer.country,) if offer.country else shop.countries
        territories = Locale.parse(self.locale).territories
        names = tuple(territories.get(code, code) for code in countries)
        price, currency = self._price(edition, offer, countries) if shop.kind == "buy" else (None, "")
        said = self._said(price, currency) if price is not None else ""
        where = ", ".join(filter(None, [shop.name, places_in_words(names)]))
        status = self.links.get(url, {})
        worked = status.get("worked")
        return OfferView(
            shop=key,
            name=shop.name,
            countries=tuple(countries),
            country_names=names,
            url=url,
            go_url=f"go/{slug}/{key}/",
            label=f"{edition.name} at {where}",
            short=", ".join(filter(None, [f"{edition.name} at {shop.name}", said])),
            trouble=self._trouble(slug, edition.name, where, url),
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
        return format_currency(amount, currency, locale=self.locale)

    def _trouble(self, slug: str, edition: str, shop: str, url: str) -> str:
        """Return the mailto: address of a mail that names edition, shop and page already; "" without a contact."""
        page = f"{self.site_url}/books/{slug}/buy/"
        lines = [f"Edition: {edition}", f"Shop: {shop}", f"Link: {url}", f"Page: {page}", "", "What happened:", ""]
        subject, body = (quote(text, safe="") for text in (f"Trouble buying: {edition} at {shop}", "\r\n".join(lines)))
        return f"mailto:{self.contact}?subject={subject}&body={body}" if self.contact else ""

    def with_facts(self, html: str, editions: Sequence[EditionView]) -> str:
        """Return a description with the facts of each edition in a list below it, for feeds."""
        lines = []
        for edition in editions:
            day = format_date(edition.published, "long", locale=self.locale) if edition.published else ""
            number = f"ISBN {edition.record.isbn_text}" if edition.record.isbn else ""
            lines.append(escape(", ".join(filter(None, [edition.record.name, day, edition.price, number]))))
        return html + (f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>" if lines else "")

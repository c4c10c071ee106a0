"""The catalogue of shops, and the address at which one of them sells an edition."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlsplit

import yaml
from babel import Locale
from pydantic import field_validator
from stdnum import isbn
from stdnum.exceptions import ValidationError

from ..problems import ProblemLog
from ..reading.front_matter import parse
from ..validation import Fault, Record, did_you_mean, validate
from .model import Book, Edition, Format, Offer

CATALOGUE = Path(__file__).parent / "shops.yaml"
_TERRITORIES = Locale("en").territories


class Shop(Record):
    """Where books are bought or borrowed; an address is made by the first pattern that fits the edition.

    No countries means everywhere.
    """

    name: str
    kind: Literal["buy", "borrow"] = "buy"
    countries: tuple[str, ...] = ()
    formats: tuple[Format, ...] = tuple(Format)
    asin: str = ""
    isbn10: str = ""
    isbn13: str = ""
    search: str = ""
    affiliate: str = ""

    @field_validator("countries")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for number, country in enumerate(value):
            if not is_country(country):
                raise Fault(f"`{country}` is not a country", "use two letters of ISO 3166: US, GB, DE", (number,))
        return value


def is_country(code: str) -> bool:
    """Say whether `code` is a country's two letters."""
    return len(code) == 2 and code.isalpha() and code.isupper() and code in _TERRITORIES  # noqa: PLR2004 - two letters


@cache
def catalogue() -> Mapping[str, Shop]:
    """Return the package's own shops by key."""
    data = yaml.safe_load(CATALOGUE.read_text("utf-8"))
    return {key: Shop.model_validate(shop) for key, shop in data.items()}


def with_own_shops(path: Path, log: ProblemLog) -> Mapping[str, Shop]:
    """Return the catalogue with the author's `path` (content/data/shops.yaml) laid over it, where there is one."""
    if not path.is_file():
        return catalogue()

    def report(line: int, message: str, hint: str) -> None:
        log.error(str(path), max(line - 1, 0), message, hint, kind="book")

    # Read as front matter is, so that every value knows its line.
    found = parse(f"---\n{path.read_text('utf-8')}\n---\n", report)
    shops = dict(catalogue())
    for key, given in (found.data if found else {}).items():
        base: Any = shops[key].model_dump() if key in shops else {}
        lines = {place[1:]: line - 1 for place, line in found.lines.items() if place[:1] == (key,)} if found else {}
        shop = validate(Shop, {**base, **given} if isinstance(given, dict) else given, log, str(path), lines)
        # A faulty one is known by name all the same: it is not the offers that are at fault.
        shops[key] = shop or shops.get(key) or Shop(name=key)
    return shops


def unknown_shop(key: str, shops: Mapping[str, Shop]) -> tuple[str, str]:
    """Return message and hint for an offer whose shop is not in the catalogue."""
    hint = did_you_mean(key, shops, "name one of the catalogue, or describe it in content/data/shops.yaml")
    return f"unknown shop `{key}`", hint


def address(shop: Shop, book: Book, edition: Edition | None, offer: Offer | None = None) -> str:
    """Return where `shop` sells `edition`: the offer's own address, else made from ASIN, ISBN, or title and author.

    "" when the shop's patterns give none. The affiliate tag goes where the shop wants it.
    """
    url = str(offer.url) if offer and offer.url else _made(shop, book, edition)
    if url and offer and offer.affiliate and shop.affiliate:
        url += f"{'&' if urlsplit(url).query else '?'}{shop.affiliate}={quote(offer.affiliate, safe='')}"
    return url


def _made(shop: Shop, book: Book, edition: Edition | None) -> str:
    number = edition.isbn if edition else None
    if shop.asin and edition and edition.asin:
        return shop.asin.format(asin=quote(edition.asin, safe=""))
    if shop.isbn10 and number and isbn10(number):
        return shop.isbn10.format(isbn10=isbn10(number))
    if shop.isbn13 and number:
        return shop.isbn13.format(isbn13=number)
    return shop.search.format(query=quote(" ".join([book.title, *book.authors[:1]]), safe=""))


def isbn10(number: str) -> str:
    """Return the ISBN-10 of a 13-digit ISBN; "" for one that has none (979)."""
    try:
        return str(isbn.to_isbn10(number)).replace("-", "")
    except ValidationError:
        return ""


def hyphenated(number: str) -> str:
    """Return a 13-digit ISBN as people read it."""
    return str(isbn.format(number))

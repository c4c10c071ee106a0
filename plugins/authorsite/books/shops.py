"""The catalogue of shops, and the address at which one of them sells an edition."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import quote, urlsplit

import yaml
from babel import Locale
from pydantic import ValidationInfo, field_validator

from ..problems import ProblemLog
from ..reading.front_matter import parse
from ..validation import Fault, Record, validate
from .model import PRINTED, Book, Edition, Format, Offer

CATALOGUE = Path(__file__).parent / "shops.yaml"
_TERRITORIES = Locale("en").territories


class Shop(Record):
    """Where books are bought or borrowed; an address is made by the first pattern that fits the edition.

    No countries means everywhere. `affiliate` is the query parameter for the author's tag, or an address of {tag} and
    {isbn13}.
    """

    name: str
    kind: Literal["buy", "borrow"] = "buy"
    countries: tuple[str, ...] = ()
    formats: tuple[Format, ...] = get_args(Format)
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

    @field_validator("asin", "isbn10", "isbn13", "search")
    @classmethod
    def _with_a_place(cls, value: str, info: ValidationInfo) -> str:
        place = "{query}" if info.field_name == "search" else f"{{{info.field_name}}}"
        if value and (place not in value or not value.startswith(("http://", "https://"))):
            raise Fault(f"`{value}` does not say where {place} belongs", f"write it as https://shop.example/{place}")
        return value


def is_country(code: str) -> bool:
    """Say whether `code` is a country's two letters."""
    return code.isalpha() and code in _TERRITORIES


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


def address(shop: Shop, book: Book, edition: Edition, offer: Offer | None = None) -> str:
    """Return where `shop` sells `edition`: the offer's own address, else made from ASIN, ISBN, or title and author.

    "" when the shop's patterns give none. The affiliate tag goes where the shop wants it.
    """
    tag = quote(offer.affiliate, safe="") if offer else ""
    if offer and offer.url:
        url = str(offer.url)
    else:
        # A shop that has numbers of its own knows nothing but print by ISBN.
        number = edition.isbn if edition.format in PRINTED or not shop.asin else None
        if tag and number and "{tag}" in shop.affiliate:
            return shop.affiliate.replace("{tag}", tag).replace("{isbn13}", number)
        url = _made(shop, book, edition, number)
    if url and tag and shop.affiliate.isidentifier():
        url += f"{'&' if urlsplit(url).query else '?'}{shop.affiliate}={tag}"
    return url


def _made(shop: Shop, book: Book, edition: Edition, number: str | None) -> str:
    if shop.asin and edition.asin:
        return shop.asin.replace("{asin}", quote(edition.asin, safe=""))
    if shop.isbn10 and number and edition.isbn10:
        return shop.isbn10.replace("{isbn10}", edition.isbn10)
    if shop.isbn13 and number:
        return shop.isbn13.replace("{isbn13}", number)
    return shop.search.replace("{query}", quote(" ".join([book.title, *book.authors[:1]]), safe=""))

"""Shops: the built-in ones, the author's own, and the URL at which a shop sells an edition."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import quote, urlsplit

import yaml
from pydantic import ValidationInfo, field_validator

from ..i18n import gettext_noop
from ..problems import ProblemLog
from ..reading.front_matter import parse_front_matter
from ..reading.sources import ParsedSource
from ..strict_model import StrictModel
from ..urls import encode_url, is_web_url
from ..validation import InvalidValue, did_you_mean, find_line_for_loc, validate
from .field_types import CountryCode
from .model import PRINTED, Book, Edition, Format, Offer

BUILTIN_SHOPS_FILE = Path(__file__).parent / "shops.yaml"
AUTHOR_NAME = gettext_noop("The author")
TRANSLATED_NAMES = (AUTHOR_NAME, gettext_noop("A library near you (WorldCat)"))
"""The names of built-in shops that are not proper names."""


class Shop(StrictModel):
    """Where books are bought or borrowed; the first URL pattern that the edition has a number for makes the URL.

    At a shop of the kind "direct" the author sells. Without `countries` a shop sells worldwide. `affiliate` is the
    name of the query parameter for the author's tag, or a URL pattern with {tag} and {isbn13}.
    """

    name: str
    kind: Literal["buy", "direct", "borrow"] = "buy"
    countries: tuple[CountryCode, ...] = ()
    formats: tuple[Format, ...] = get_args(Format)
    asin: str = ""
    isbn10: str = ""
    isbn13: str = ""
    search: str = ""
    affiliate: str = ""

    @property
    def is_author(self) -> bool:
        """Whether this is the author in person, under no name of a shop."""
        return self.kind == "direct" and self.name == AUTHOR_NAME

    @property
    def has_pattern(self) -> bool:
        """Whether a URL can be made for any book."""
        return any((self.asin, self.isbn10, self.isbn13, self.search))

    @field_validator("asin", "isbn10", "isbn13", "search")
    @classmethod
    def _check_placeholder(cls, value: str, info: ValidationInfo) -> str:
        return value and _parse_pattern(value, "{query}" if info.field_name == "search" else f"{{{info.field_name}}}")

    @field_validator("affiliate")
    @classmethod
    def _check_affiliate(cls, value: str) -> str:
        return value if _is_parameter(value) else _parse_pattern(value, "{tag}", "{isbn13}")


_is_key = re.compile("[a-z0-9]+(?:[._-][a-z0-9]+)*").fullmatch
_is_parameter = re.compile(r"[\w.~-]*", re.ASCII).fullmatch


def _parse_pattern(pattern: str, *placeholders: str) -> str:
    """Return a URL pattern, percent-encoded; raises InvalidValue if it lacks one of `placeholders` after the host."""
    rest = re.sub("|".join(map(re.escape, placeholders)), "", pattern)
    if not is_web_url(pattern) or re.search("[{}]", rest) or not all(name in pattern for name in placeholders):
        hint = f"write it as https://shop.example/{'/'.join(placeholders)}"
        raise InvalidValue(f"`{pattern}` is not a URL with {' and '.join(placeholders)} in it", hint)
    return encode_url(pattern, "{}")


@cache
def load_builtin_shops() -> Mapping[str, Shop]:
    """Load the shops of the package's shops.yaml, by key."""
    data = yaml.safe_load(BUILTIN_SHOPS_FILE.read_text("utf-8"))
    return {key: Shop.model_validate(shop) for key, shop in data.items()}


def load_shops(path: Path, log: ProblemLog) -> Mapping[str, Shop]:
    """Return the built-in shops, extended and overridden by the author's file `path` if it exists.

    `path` is content/data/shops.yaml; problems in it are reported to `log`.
    """
    if not path.is_file():
        return load_builtin_shops()

    def report(line: int, message: str, hint: str) -> None:
        log.error(str(path), max(line - 1, 0), message, hint, kind="book")

    # Parsed like front matter, because that keeps the line of every value.
    parsed = parse_front_matter(f"---\n{path.read_text('utf-8')}\n---\n", report)
    shops = dict(load_builtin_shops())
    for key, fields in (parsed.data if parsed else {}).items():
        if not _is_key(key):
            hint = "use lowercase letters, digits and hyphens: the key is part of the shop's short link"
            report(parsed.lines[key,] if parsed else 0, f"`{key}` cannot be the key of a shop", hint)
            continue
        base: Any = shops[key].model_dump() if key in shops else {}
        lines = {loc[1:]: line - 1 for loc, line in parsed.lines.items() if loc[:1] == (key,)} if parsed else {}
        shop = validate(Shop, {**base, **fields} if isinstance(fields, dict) else fields, log, str(path), lines)
        # Keep an invalid shop, with a pattern, so that the offers that use it are not reported as well.
        shops[key] = shop or shops.get(key) or Shop(name=key, search="https://shop.example/{query}")
    return shops


def check_offers(source: ParsedSource[Book], shops: Mapping[str, Shop], log: ProblemLog) -> None:
    """Report unknown shops, and offers without a URL at shops that have no pattern for one."""
    for index, offer in enumerate(source.record.offers):
        if offer.shop not in shops and not log.is_consequence(offer.shop, source.path):
            message = f"unknown shop `{offer.shop}`"
            hint = did_you_mean(offer.shop, shops, "use a built-in shop, or define this one in content/data/shops.yaml")
        elif offer.shop in shops and not shops[offer.shop].has_pattern and not offer.url:
            message, hint = f"an offer by `{offer.shop}` needs a URL", "add `url: https://…`"
        else:
            continue
        log.error(source.path, find_line_for_loc(("offers", index, "shop"), source.lines), message, hint, kind="book")


def make_shop_url(shop: Shop, book: Book, edition: Edition, offer: Offer | None = None) -> str:
    """Return the URL at which `shop` sells `edition`: the offer's own, or one made from ASIN, ISBN or a search.

    The affiliate tag is put where the shop expects it. Returns "" if the shop has no pattern that fits.
    """
    tag = quote(offer.affiliate, safe="") if offer else ""
    if offer and offer.url:
        url = str(offer.url)
    else:
        # A shop with its own numbers (ASIN) finds only printed editions by ISBN.
        isbn13 = edition.isbn if edition.format in PRINTED or not shop.asin else None
        if tag and isbn13 and "{tag}" in shop.affiliate:
            return shop.affiliate.replace("{tag}", tag).replace("{isbn13}", isbn13)
        url = _fill_pattern(shop, book, edition, isbn13)
    if url and tag and shop.affiliate and _is_parameter(shop.affiliate):
        url += f"{'&' if urlsplit(url).query else '?'}{shop.affiliate}={tag}"
    return url


def _fill_pattern(shop: Shop, book: Book, edition: Edition, isbn13: str | None) -> str:
    if shop.asin and edition.asin:
        return shop.asin.replace("{asin}", quote(edition.asin, safe=""))
    if shop.isbn10 and isbn13 and edition.isbn10:
        return shop.isbn10.replace("{isbn10}", edition.isbn10)
    if shop.isbn13 and isbn13:
        return shop.isbn13.replace("{isbn13}", isbn13)
    return shop.search.replace("{query}", quote(" ".join([book.title, *book.authors[:1]]), safe=""))

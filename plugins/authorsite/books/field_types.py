"""Types of a record's fields: dates, prices, countries, trim sizes and durations, parsed and checked."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.numbers import is_currency
from pydantic import BeforeValidator, ValidationInfo, model_validator

from ..reading.dates import parse_date
from ..strict_model import Paragraphs, StrictModel, require
from ..urls import WebUrl
from ..validation import InvalidValue


def _parse_date(value: Any, info: ValidationInfo) -> date:
    if isinstance(value, date):
        return value
    if value is None:
        raise InvalidValue(f"`{info.field_name}` is empty", "write a date as 2019-03-01, or remove the line")
    return parse_date(str(value), ZoneInfo("UTC")).date()


Date = Annotated[date, BeforeValidator(_parse_date)]
"""A date; a time written after it is ignored."""


def _parse_prices(value: Any) -> dict[str, Decimal]:
    if not isinstance(value, dict):
        raise InvalidValue(f"the price {value} has no currency", "write it as {USD: 19.95}")
    for currency, amount in value.items():
        if not is_currency(currency):
            hint = "use three letters of ISO 4217: USD, EUR, GBP"
            raise InvalidValue(f"`{currency}` is not a currency code", hint, (currency,))
        if not re.fullmatch(r"\d+(\.\d+)?", str(amount)):
            raise InvalidValue(f"`{amount}` is not a price", "write digits and a point: 19.95", (currency,))
    return {currency: Decimal(str(amount)) for currency, amount in value.items()}


Prices = Annotated[dict[str, Decimal], BeforeValidator(_parse_prices)]
"""Amounts by currency (ISO 4217)."""


def _is_country(code: str) -> bool:
    return not code or (code.isalpha() and code in Locale("en").territories)


CountryCode = Annotated[str, require(_is_country, "a country code", "use two letters of ISO 3166: US, GB, DE")]
"""A country code of two letters (ISO 3166-1 alpha-2), or nothing."""


class TrimSize(StrictModel):
    """The size of a printed page, written as 6x9in or 152x229mm; `unit` is in or mm."""

    width: str
    height: str
    unit: str

    @model_validator(mode="before")
    @classmethod
    def _parse(cls, value: Any) -> Any:
        pattern = r"(?P<width>\d+(\.\d+)?)\s*[x×]\s*(?P<height>\d+(\.\d+)?)\s*(?P<unit>in|mm)"
        match = re.fullmatch(pattern, str(value).strip())
        if not match:
            raise InvalidValue(f"`{value}` is not a trim size", "write width, height and unit: 6x9in or 152x229mm")
        return match.groupdict()


@dataclass(frozen=True, slots=True)
class SubjectCode:
    """A subject as a code of the book trade; `scheme` is its number in ONIX (code list 27)."""

    scheme: str
    code: str


def _parse_subject(value: Any) -> str | SubjectCode:
    if not isinstance(value, dict):
        if ";" in str(value):
            raise InvalidValue(f"`{value}` is more than one keyword", "make each an item of its own: [Ladders, Rungs]")
        return str(value)
    ((name, code), *more) = value.items()
    if more or name not in _SUBJECT_SCHEMES:
        raise InvalidValue(f"`{value}` is not a subject", "write a keyword, {thema: KNTP} or {bisac: BUS070060}")
    scheme, pattern, hint = _SUBJECT_SCHEMES[name]
    if not re.fullmatch(pattern, str(code)):
        raise InvalidValue(f"`{code}` is not a code of {name.upper()}", hint)
    # Thema's qualifiers have a scheme each: 94 for places, which begin with 1, to 99 for styles, with 6.
    return SubjectCode(str(93 + int(code[0])) if name == "thema" and code[0].isdigit() else scheme, code)


_SUBJECT_SCHEMES = {
    "thema": ("93", r"[A-Y][A-Z0-9]*|[1-6][A-Z][A-Z0-9-]*", "write capitals and digits, as in Thema's list: KNTP"),
    "bisac": ("10", r"[A-Z]{3}\d{6}", "write three letters and six digits, as in BISAC's list: BUS070060"),
}
Subject = Annotated[str | SubjectCode, BeforeValidator(_parse_subject)]
"""A keyword, or a code of Thema or BISAC."""


class Press(StrictModel):
    """What the press kit has besides the rest of the record."""

    quotes: tuple[Paragraphs, ...] = ()
    questions: tuple[str, ...] = ()


class ReaderLinks(StrictModel):
    """The book's pages at sites of readers."""

    goodreads: WebUrl | None = None
    storygraph: WebUrl | None = None
    librarything: WebUrl | None = None
    openlibrary: WebUrl | None = None

    @property
    def named(self) -> tuple[tuple[str, str], ...]:
        """The links as (the site's name, URL)."""
        urls = ((name, getattr(self, key)) for key, name in READER_SITES.items())
        return tuple((name, url) for name, url in urls if url)


READER_SITES = {
    "goodreads": "Goodreads",
    "storygraph": "StoryGraph",
    "librarything": "LibraryThing",
    "openlibrary": "Open Library",
}


_is_duration = re.compile(r"(\d+h)?\s*(\d+m)?").fullmatch
Duration = Annotated[str, require(_is_duration, "a duration", "write hours and minutes: 7h35m")]
"""How long an audiobook plays: 7h35m."""

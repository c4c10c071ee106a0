"""What an author writes for dates, numbers, prices and sizes, read as what it is."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from babel.numbers import is_currency
from pydantic import AfterValidator, BeforeValidator, ValidationInfo
from stdnum import ean, isbn
from stdnum.exceptions import InvalidChecksum, ValidationError

from ..reading.dates import parse_date
from ..validation import Fault, Record


def _day(value: Any, info: ValidationInfo) -> date:
    if isinstance(value, date):
        return value
    if value is None:
        raise Fault(f"`{info.field_name}` is empty", "write a date as 2019-03-01, or remove the line")
    return parse_date(str(value), ZoneInfo("UTC")).date()


Day = Annotated[date, BeforeValidator(_day)]


def _isbn(value: str) -> str:
    number = isbn.compact(value)
    try:
        isbn.validate(number)
    except InvalidChecksum:
        weighed = sum(weight * int(digit) for weight, digit in enumerate(number[:9], 1))
        right = ean.calc_check_digit(number[:-1]) if len(number) == 13 else "0123456789X"[weighed % 11]  # noqa: PLR2004
        raise Fault(f"ISBN {value} has a wrong check digit", f"it should end in {right}") from None
    except ValidationError:
        raise Fault(f"`{value}` is not an ISBN", "write its 13 digits, with or without hyphens") from None
    return str(isbn.compact(isbn.to_isbn13(number)))


Isbn = Annotated[str, AfterValidator(_isbn)]
"""An ISBN as 13 digits; an ISBN-10 is converted."""


def _prices(value: Any) -> dict[str, Decimal]:
    if not isinstance(value, dict):
        raise Fault(f"the price {value} has no currency", "write it as {USD: 19.95}")
    for currency, amount in value.items():
        if not is_currency(currency):
            hint = "use the three letters of ISO 4217: USD, EUR, GBP"
            raise Fault(f"`{currency}` is not a currency", hint, (currency,))
        if not re.fullmatch(r"\d+(\.\d+)?", str(amount)):
            raise Fault(f"`{amount}` is not a price", "write digits and a point: 19.95", (currency,))
    return {currency: Decimal(str(amount)) for currency, amount in value.items()}


Prices = Annotated[dict[str, Decimal], BeforeValidator(_prices)]
"""Amounts by currency, in ISO 4217 letters."""


class Trim(Record):
    """The size of a printed page; `unit` is in or mm."""

    width: str
    height: str
    unit: str


def _size(value: Any) -> Any:
    found = re.fullmatch(
        r"(?P<width>\d+(\.\d+)?)\s*[x×]\s*(?P<height>\d+(\.\d+)?)\s*(?P<unit>in|mm)", str(value).strip()
    )
    if not found:
        raise Fault(f"`{value}` is not a trim size", "write width, height and unit: 6x9in or 152x229mm")
    return found.groupdict()


TrimSize = Annotated[Trim, BeforeValidator(_size)]


def _duration(value: str) -> str:
    if not re.fullmatch(r"(\d+h)?\s*(\d+m)?", value):
        raise Fault(f"`{value}` is not a duration", "write hours and minutes: 7h35m")
    return value


Duration = Annotated[str, AfterValidator(_duration)]
"""How long an audiobook plays, as 7h35m."""

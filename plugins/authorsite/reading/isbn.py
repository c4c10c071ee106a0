"""The type of an ISBN in a record: checked, and without hyphens."""

from typing import Annotated

from pydantic import AfterValidator
from stdnum import ean, isbn
from stdnum.exceptions import InvalidChecksum, ValidationError

from ..validation import InvalidValue


def _normalize_isbn(value: str) -> str:
    number = isbn.compact(value)
    try:
        isbn.validate(number)
    except InvalidChecksum:
        checksum = sum(weight * int(d) for weight, d in enumerate(number[:9], 1))
        digit = ean.calc_check_digit(number[:-1]) if len(number) == 13 else "0123456789X"[checksum % 11]  # noqa: PLR2004
        raise InvalidValue(f"ISBN {value} has a wrong check digit", f"it should end in {digit}") from None
    except ValidationError:
        raise InvalidValue(f"`{value}` is not an ISBN", "write its 13 digits, with or without hyphens") from None
    return str(isbn.compact(isbn.to_isbn13(number)))


Isbn = Annotated[str, AfterValidator(_normalize_isbn)]
"""An ISBN-13 without hyphens; an ISBN-10 is converted."""

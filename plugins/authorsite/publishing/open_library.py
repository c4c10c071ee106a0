"""Look a book up in Open Library, for the draft of its record (Open Library's "Books API", `jscmd=data`)."""

import json
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx
from stdnum import isbn
from stdnum.exceptions import ValidationError

from ..problems import CommandError
from ..strict_model import CONTROL_CHARACTER

URL = "https://openlibrary.org/api/books"
_TIMEOUT = 20.0
_MAX_BYTES = 1_000_000
_DATE_FORMATS = ("%Y-%m-%d", "%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%m/%d/%Y")
"""How Open Library writes whole dates; it has many that are only a year or a month, which are left out."""

_FORMATS = {"hard": "hardcover", "electronic": "ebook", "ebook": "ebook", "audio": "audiobook", "cd": "audiobook"}
"""Words in Open Library's descriptions of formats, and ours; without any of them the book is taken for a paperback."""


def fetch_book(number: str, url: str = "") -> dict[str, Any]:
    """Return what Open Library knows of the book with this ISBN-10 or ISBN-13, as fields of a book's record.

    One request. Raises CommandError if the ISBN is not valid, the answer is none, or the book is not there.
    """
    try:
        compact = str(isbn.to_isbn13(isbn.validate(number)))
    except ValidationError:
        raise CommandError(f"`{number}` is not an ISBN - copy its 13 digits from the back of the book") from None
    key = f"ISBN:{compact}"
    try:
        data = json.loads(_fetch(url or URL, {"bibkeys": key, "format": "json", "jscmd": "data"}))
        found = data.get(key) if isinstance(data, dict) else None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
        reason = (str(error) or type(error).__name__).partition("\n")[0]
        hint = "try again later, or leave out --isbn and fill in the record by hand"
        raise CommandError(f"Open Library did not answer: {reason} - {hint}") from None
    if not isinstance(found, dict) or not _text(found.get("title")):
        raise CommandError(
            f"Open Library has no book with the ISBN {compact} - leave out --isbn and fill in the record"
        )
    return make_record(found, compact)


def _fetch(url: str, parameters: Mapping[str, str]) -> bytes:
    """Return the body of an answer; raises ValueError for one that has no end."""
    body, deadline = bytearray(), time.monotonic() + _TIMEOUT
    with httpx.stream("GET", url, params=parameters, timeout=_TIMEOUT) as answer:
        for chunk in answer.raise_for_status().iter_bytes():
            body += chunk
            if len(body) > _MAX_BYTES or time.monotonic() > deadline:
                raise ValueError("its answer is too long")
    return bytes(body)


def make_record(found: Mapping[str, Any], number: str) -> dict[str, Any]:
    """Return the fields of a record from Open Library's description of an edition; what is missing is left out."""
    described = _text(found.get("physical_format")).lower()
    edition = {
        "format": next((name for word, name in _FORMATS.items() if word in described), "paperback"),
        "isbn": str(isbn.format(number)),
        "imprint": next(iter(_names(found.get("publishers"))), ""),
        "pages": pages if type(pages := found.get("number_of_pages")) is int and pages > 0 else None,
    }
    record: dict[str, Any] = {
        "title": _text(found.get("title")),
        "subtitle": _text(found.get("subtitle")),
        "contributors": [{"name": name, "role": "author"} for name in _names(found.get("authors"))],
        "subjects": _names(found.get("subjects"))[:5],
        "published": _parse_date(_text(found.get("publish_date"))),
        "editions": [{key: value for key, value in edition.items() if value}],
    }
    return {key: value for key, value in record.items() if value}


def _text(value: object) -> str:
    """Return a text in one line; "" for anything else."""
    return " ".join(CONTROL_CHARACTER.sub("", value).split()) if isinstance(value, str) else ""


def _names(values: object) -> list[str]:
    """Return the names of Open Library's list of authors, publishers or subjects, each once."""
    names = (
        [_text(value.get("name")) for value in values if isinstance(value, dict)] if isinstance(values, list) else []
    )
    return [name for name in dict.fromkeys(names) if name]


def _parse_date(text: str) -> Any:
    """Return the date of a text that names a whole one, else None."""
    for form in _DATE_FORMATS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a date has no zone
        except ValueError:
            continue
    return None

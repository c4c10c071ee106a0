"""Names, addresses and dates as WordPress writes them."""

import re
from datetime import datetime
from html import unescape
from urllib.parse import unquote, urlsplit

from pydantic import TypeAdapter, ValidationError

from ..urls import MAX_NAME_BYTES, SitePath

_SITE_PATH: TypeAdapter[str] = TypeAdapter(SitePath)
_TAG = re.compile(r"<[^<>]*>")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?")
_MAX_DIGITS = 20
_RFC_DATE = "%a, %d %b %Y %H:%M:%S %z"


def clean_name(text: str) -> str:
    """Return a title or name as plain text on one line: no tags, no entities."""
    text = unescape(text)
    if "<" in text:
        text = unescape(_TAG.sub("", text))
    return " ".join(text.split())


def get_host(url: str) -> str:
    """Return the host of a URL in lowercase, with a port that is named; "" if it has none."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def get_path(url: str) -> str:
    """Return the path of a URL, decoded, with a slash at the start; "" for none."""
    try:
        path = unquote(urlsplit(url).path)
    except ValueError:
        return ""
    return f"/{path.lstrip('/')}" if path.strip("/") else ""


def normalize_path(path: str) -> str:
    """Return a path of the site for comparisons: without slashes around it, in lowercase, decoded."""
    return unquote(path).strip("/").lower()


def is_alias(path: str) -> bool:
    """Return whether `path` can be an alias in front matter."""
    try:
        _SITE_PATH.validate_python(path)
    except ValidationError:
        return False
    return not set("?#%*") & set(path)


def clean_slug(text: str) -> str:
    """Return `text` as a slug that front matter accepts, "" if nothing is left of it."""
    text = re.sub(r"[^\w.]+|_+", "-", text[:1_000].lower())
    text = re.sub(r"[-.]*-[-.]*|\.{2,}", "-", text).strip("-.")
    while len(text.encode()) > MAX_NAME_BYTES - 20:  # room for -2 and -page
        text = text[:-1].rstrip("-.")
    return text


def parse_number(text: str) -> int | None:
    """Return the number that `text` is, None if it is none: WordPress's have at most 20 digits."""
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) <= _MAX_DIGITS else None


def parse_date(*texts: str) -> datetime | None:
    """Return the first of `texts` that is a date, without a zone; None if none is: drafts have 0000-00-00 00:00:00."""
    for text in texts:
        match = _DATE.fullmatch(text.strip())
        try:
            if match:
                return datetime(*(int(part or 0) for part in match.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
            return datetime.strptime(text.strip(), _RFC_DATE).replace(tzinfo=None)  # noqa: DTZ007 - the same
        except ValueError:
            continue
    return None

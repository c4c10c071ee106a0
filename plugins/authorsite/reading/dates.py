"""Parsing of dates in front matter: ISO 8601, with or without time and zone."""

import re
from calendar import monthrange
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..validation import InvalidValue

_ISO = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})"
    r"(?:[T ](?P<time>\d{1,2}:\d{2}(?::\d{2})?)(?:(?<=:\d\d:\d\d)[.,]\d+)?\s*"
    r"(?P<zone>Z|[+-]\d{2}:?\d{2}|[A-Za-z_]+(?:/[A-Za-z_+-]+)*)?)?"
)
_MONTHS = "january february march april may june july august september october november december".split()


def parse_date(text: str, default_zone: ZoneInfo) -> datetime:
    """Return the time that `text` names, to the second, in `default_zone`; midnight if it has no time of day.

    Raises InvalidValue for anything but an ISO date, with an example of what to write.
    """
    text = str(text).strip()
    match = _ISO.fullmatch(text)
    if not match:
        raise InvalidValue(*_suggest_iso_date(text))
    try:
        day = date.fromisoformat(match["date"])
    except ValueError:
        raise InvalidValue(f"{text} is not a date", _make_date_hint(match["date"])) from None
    try:
        hour, _, minutes = (match["time"] or "00:00").partition(":")
        time = datetime.fromisoformat(f"{day}T{hour:0>2}:{minutes}")
    except ValueError:
        raise InvalidValue(f"{text} is not a time", "check the hours and the minutes") from None
    zone = match["zone"]
    if not zone:
        return time.replace(tzinfo=default_zone)
    try:
        if zone == "Z" or zone[0] in "+-":
            return datetime.fromisoformat(time.isoformat() + zone).astimezone(default_zone)
        return time.replace(tzinfo=ZoneInfo(zone)).astimezone(default_zone)
    except OverflowError:
        raise InvalidValue(f"{text} is outside the calendar", "check the year") from None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = "write an offset such as -06:00 or a name such as America/Chicago"
        raise InvalidValue(f"`{zone}` is not a time zone", hint) from None


def _make_date_hint(iso_date: str) -> str:
    year, month, day = map(int, iso_date.split("-"))
    if 1 <= month <= len(_MONTHS) and day > (days := monthrange(year, month)[1]):
        return f"{_MONTHS[month - 1].capitalize()} {year} has {days} days"
    return "check the month and the day"


def _suggest_iso_date(text: str) -> tuple[str, str]:
    """Return message and hint for a date that is not ISO; the hint is the ISO date where it can be guessed."""
    lowered = text.lower()
    month = next((n for n, name in enumerate(_MONTHS, 1) if name[:3] in lowered), None)
    year = re.search(r"\b(?:19|20)\d\d\b", text)
    if month and not re.search(r"\d", text.replace(year[0], "") if year else text):
        return f"`{text}` is ambiguous", f"write {year[0] if year else '2019'}-{month:02}-01"
    if month and year:
        day = re.search(r"\b(\d{1,2})\b", text.replace(year[0], ""))
        return f"`{text}` is not an ISO date", f"write {year[0]}-{month:02}-{int(day[1]) if day else 1:02}"
    return f"`{text}` is not an ISO date", "write year, month and day as 2019-03-01, or 2019-03-01T09:30"

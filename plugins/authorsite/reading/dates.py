"""Dates as authors may write them: ISO, with or without time and zone."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..validation import Fault

_ISO = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})"
    r"(?:[T ](?P<time>\d{1,2}:\d{2}(?::\d{2})?)\s*(?P<zone>Z|[+-]\d{2}:?\d{2}|[A-Za-z_]+(?:/[A-Za-z_+-]+)*)?)?"
)
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]


def parse_date(text: str, default_zone: ZoneInfo) -> datetime:
    """Return the moment that `text` names, in `default_zone`; midnight there when it names no time.

    Raises Fault for anything but an ISO date, with an example of what to write.
    """
    text = str(text).strip()
    found = _ISO.fullmatch(text)
    if not found:
        raise Fault(*_not_iso(text))
    try:
        day = date.fromisoformat(found["date"])
        clock = found["time"]
        moment = datetime.fromisoformat(f"{day}T{clock:0>5}" if clock else f"{day}T00:00")
    except ValueError:
        what = "date" if not _is_day(found["date"]) else "time"
        raise Fault(f"{text} is not a {what}", "check the day, the month and the hour") from None
    zone = found["zone"]
    if not zone:
        return moment.replace(tzinfo=default_zone)
    if zone == "Z" or zone[0] in "+-":
        return datetime.fromisoformat(moment.isoformat() + zone).astimezone(default_zone)
    try:
        return moment.replace(tzinfo=ZoneInfo(zone)).astimezone(default_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Fault(f"`{zone}` is not a time zone", "write an offset (-06:00) or a name (America/Chicago)") from None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _not_iso(text: str) -> tuple[str, str]:
    lowered = text.lower()
    month = next((n for n, name in enumerate(_MONTHS, 1) if name[:3] in lowered), None)
    year = re.search(r"\b(?:19|20)\d\d\b", text)
    if month and not re.search(r"\d", text.replace(year[0], "") if year else text):
        return f"`{text}` is ambiguous", f"write {year[0] if year else '2019'}-{month:02}-01"
    if month and year:
        day = re.search(r"\b(\d{1,2})\b", text.replace(year[0], ""))
        return f"`{text}` is not an ISO date", f"write {year[0]}-{month:02}-{int(day[1]) if day else 1:02}"
    return f"`{text}` is not an ISO date", "write year, month and day as 2019-03-01, or 2019-03-01T09:30"

"""An event as templates see it: plain, frozen, and said in the site's language."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.dates import format_date, format_skeleton, format_time

from ..images.picture import Picture
from .model import Event, When


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture of what happened, with the words below it."""

    picture: Picture
    caption: str


@dataclass(frozen=True, slots=True)
class EventView:
    """Everything that a page says of an event; addresses are below the site's root, without a leading slash.

    `when` is in words, `post` is the title and address of the post about it (("", "") without one), `calendar` the
    address of its .ics file ("" when no day is known), `structured` its JSON-LD.
    """

    record: Event
    slug: str
    url: str
    guid: str
    title: str
    summary: str
    html: str
    start: datetime
    when: str
    past: bool
    place: str
    address: str
    pictures: tuple[Shown, ...]
    post: tuple[str, str]
    calendar: str
    structured: str
    source_path: str


def in_words(start: When, end: When | None, locale: str) -> str:
    """Return when an event is, in the language of `locale`: "Friday, June 1, 2018, 5:00 – 9:00 PM CDT"."""
    first, last = _day(start, locale), _day(end or start, locale)
    if start.precision != "time":
        return first if last == first else f"{first} – {last}"
    begins, zone = format_time(start.moment.time(), "short", locale=locale), start.moment.tzname()
    if not end or end.precision != "time":
        return f"{first}, {begins} {zone}" + ("" if last == first else f" – {last}")
    ends, until = format_time(end.moment.time(), "short", locale=locale), end.moment.tzname()
    begins = begins if until == zone else f"{begins} {zone}"
    return f"{first}, {begins} – {ends} {until}" if last == first else f"{first}, {begins} – {last}, {ends} {until}"


def _day(when: When, locale: str) -> str:
    if when.precision == "month":
        return format_skeleton("yMMMM", when.moment, locale=locale)
    return format_date(when.moment, "full", locale=locale)


def event_jsonld(event: Event, url: str, site_url: str) -> str:
    """Return schema.org's Event for a script element: `<` is escaped, so that no text can end the element."""
    places: list[dict[str, Any]] = []
    if event.place or event.address:
        places.append({"@type": "Place", "name": event.place or event.address, "address": event.address})
    if event.online:
        places.append({"@type": "VirtualLocation", "url": event.online})
    mode = "Mixed" if len(places) > 1 else "Online" if event.online else "Offline"
    body = {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": f"{url}#event",
        "name": event.title,
        "url": url,
        "description": event.summary,
        "startDate": written(event.start),
        "endDate": written(event.end) if event.end else "",
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": f"https://schema.org/{mode}EventAttendanceMode",
        "location": [{k: v for k, v in place.items() if v} for place in places],
        "image": [f"{site_url}/{picture.src.lstrip('/')}" for picture in event.pictures],
        "sameAs": event.url or "",
        "recordedIn": {"@type": "CreativeWork", "url": event.recording} if event.recording else "",
    }
    filled = {key: value for key, value in body.items() if value not in ("", [])}
    return json.dumps(filled, ensure_ascii=False, indent=1).replace("<", "\\u003c")


def written(when: When) -> str:
    """Return ISO 8601, as exact as the author was: 2018-10, 2018-10-20, or with time and offset."""
    if when.precision == "time":
        return when.moment.isoformat()
    return when.moment.strftime("%Y-%m" if when.precision == "month" else "%Y-%m-%d")

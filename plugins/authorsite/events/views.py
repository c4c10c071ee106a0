"""An event as templates see it: plain, frozen, and said in the site's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from babel.dates import format_date, format_skeleton, format_time

from ..images.picture import Picture
from ..templating import json_ld
from .model import Event, When


@dataclass(frozen=True, slots=True)
class EventView:
    """Everything that a page says of an event; addresses are below the site's root, without a leading slash.

    `when` is in words, `pictures` have their captions, `post` is the title and address of the post about it (("", "")
    without one), `calendar` the address of its .ics file ("" when no day is known).
    """

    record: Event
    slug: str
    url: str
    guid: str
    html: str
    when: str
    past: bool
    pictures: tuple[tuple[Picture, str], ...]
    post: tuple[str, str]
    calendar: str
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


def event_jsonld(view: EventView, site_url: str) -> str:
    """Return schema.org's Event for a script element."""
    event, url = view.record, f"{site_url}/{view.url}"
    places: list[dict[str, Any]] = []
    if event.place or event.address:
        places.append({"@type": "Place", "name": event.place or event.address, "address": event.address})
    if event.online:
        places.append({"@type": "VirtualLocation", "url": event.online})
    mode = "Mixed" if len(places) > 1 else "Online" if event.online else "Offline"
    return json_ld(
        {
            "@context": "https://schema.org",
            "@type": "Event",
            "@id": f"{url}#event",
            "name": event.title,
            "url": url,
            "description": event.summary,
            "startDate": written(event.start),
            "endDate": event.end and written(event.end),
            "eventStatus": "https://schema.org/EventScheduled",
            "eventAttendanceMode": f"https://schema.org/{mode}EventAttendanceMode",
            "location": places,
            "image": [f"{site_url}/{picture.src.lstrip('/')}" for picture in event.pictures],
            "sameAs": event.url,
            "recordedIn": {"@type": "CreativeWork", "url": event.recording} if event.recording else None,
        }
    )


def written(when: When) -> str:
    """Return ISO 8601, as exact as the author was: 2018-10, 2018-10-20, or with time and offset."""
    if when.precision == "time":
        return when.moment.isoformat()
    return when.moment.strftime("%Y-%m" if when.precision == "month" else "%Y-%m-%d")

"""An event as templates see it: its dates in the site's language, and its JSON-LD."""

from dataclasses import dataclass
from typing import Any

from babel.dates import format_date, format_skeleton, format_time

from ..audio import Audio, build_audio_jsonld
from ..images.picture import Picture
from ..templating import json_ld
from .model import Event, PartialDate


@dataclass(frozen=True, slots=True)
class EventView:
    """An event for templates; URLs are relative to the site's root, without a leading slash.

    `title` has typographic marks, for people; that of `record` is for programs. `when` is text, `notice` says that the
    event is cancelled or postponed ("": neither), `pictures` are pairs of a picture and its caption, `post` is the
    title and URL of the post about the event (two empty strings: none), `calendar` is the URL of its .ics file ("" if
    the day is unknown), `audio` is what there is to hear.
    """

    record: Event
    title: str
    slug: str
    url: str
    guid: str
    html: str
    when: str
    notice: str
    past: bool
    pictures: tuple[tuple[Picture, str], ...]
    post: tuple[str, str]
    calendar: str
    source_path: str
    audio: Audio | None = None


def format_when(start: PartialDate, end: PartialDate | None, locale: str) -> str:
    """Format the time of an event in the language of `locale`: "Friday, June 1, 2018, 5:00 PM – 9:00 PM CDT"."""
    first, last = _format_day(start, locale), _format_day(end or start, locale)
    if start.precision != "time":
        return first if last == first else f"{first} – {last}"
    start_time, start_zone = format_time(start.value.time(), "short", locale=locale), start.value.tzname()
    if not end or end.precision != "time":
        return f"{first}, {start_time} {start_zone}" + ("" if last == first else f" – {last}")
    end_time, end_zone = format_time(end.value.time(), "short", locale=locale), end.value.tzname()
    start_time = start_time if end_zone == start_zone else f"{start_time} {start_zone}"
    until = f"{end_time} {end_zone}" if last == first else f"{last}, {end_time} {end_zone}"
    return f"{first}, {start_time} – {until}"


def _format_day(when: PartialDate, locale: str) -> str:
    if when.precision == "month":
        return format_skeleton("yMMMM", when.value, locale=locale)
    return format_date(when.value, "full", locale=locale)


def build_event_jsonld(view: EventView, site_url: str) -> str:
    """Return the event as JSON-LD (https://schema.org/Event) for a `<script>` element."""
    event, url = view.record, f"{site_url}/{view.url}"
    locations: list[dict[str, Any]] = []
    if event.place or event.address:
        locations.append({"@type": "Place", "name": event.place or event.address, "address": event.address})
    if event.online:
        locations.append({"@type": "VirtualLocation", "url": event.online})
    mode = "Mixed" if len(locations) > 1 else "Online" if event.online else "Offline"
    recording = {"@type": "CreativeWork", "url": event.recording} if event.recording else None
    return json_ld(
        {
            "@context": "https://schema.org",
            "@type": "Event",
            "@id": f"{url}#event",
            "name": event.title,
            "url": url,
            "description": event.summary,
            "startDate": format_iso(event.start),
            "endDate": event.end and format_iso(event.end),
            "eventStatus": f"https://schema.org/Event{event.notice or 'Scheduled'}",
            "eventAttendanceMode": f"https://schema.org/{mode}EventAttendanceMode",
            "location": locations,
            "image": [f"{site_url}/{picture.src.lstrip('/')}" for picture in event.pictures],
            "sameAs": event.url,
            "recordedIn": recording or build_audio_jsonld(view.audio),
        }
    )


def format_iso(when: PartialDate) -> str:
    """Format a date in ISO 8601 with its own precision: 2018-10, 2018-10-20, or with time and offset."""
    if when.precision == "time":
        return when.value.isoformat()
    return when.value.strftime("%Y-%m" if when.precision == "month" else "%Y-%m-%d")

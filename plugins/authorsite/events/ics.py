"""Events as iCalendar files (RFC 5545); the same events give the same bytes."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

from .views import EventView


def render_calendar(events: Sequence[EventView], name: str, site_url: str) -> bytes:
    """Return a calendar of `events` with a VTIMEZONE for each time zone in use.

    Events with a month but no day are left out: iCalendar cannot express them.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//authorsite//events//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    dated = [event for event in events if event.record.start.precision != "month"]
    for event in sorted(dated, key=lambda event: (event.record.start.value.astimezone(UTC), event.guid)):
        calendar.add_component(_make_vevent(event, site_url))
    if dated:
        # Only the rules of these years: all since 1970 would fill pages.
        years = [event.record.start.value.year for event in dated]
        calendar.add_missing_timezones(date(min(years), 1, 1), date(max(years) + 2, 1, 1))
    data: bytes = calendar.to_ical()
    return data


def _make_vevent(event: EventView, site_url: str) -> Any:
    record = event.record
    vevent = icalendar.Event()
    vevent.add("uid", event.guid)
    # Not the time of the build: its output must be reproducible.
    vevent.add("dtstamp", (record.modified or record.announced_at).astimezone(UTC))
    if record.start.precision == "day":
        vevent.add("dtstart", record.start.value.date())
        # DTEND is exclusive: the day after the last (RFC 5545, section 3.6.1).
        vevent.add("dtend", (record.ends_at - timedelta.resolution).date() + timedelta(days=1))
    else:
        vevent.add("dtstart", _to_named_zone(record.start.value))
        vevent.add("dtend", _to_named_zone(record.ends_at))
    vevent.add("summary", record.title)
    location = ", ".join(filter(None, (record.place, record.address))) or record.online or ""
    description = "\n\n".join(filter(None, (record.summary, record.online, record.recording)))
    for key, value in (("description", description), ("location", location), ("url", f"{site_url}/{event.url}")):
        if value:
            vevent.add(key, value)
    return vevent


def _to_named_zone(time: datetime) -> datetime:
    """Return `time` as it is if it has a named time zone, else in UTC: an offset has no VTIMEZONE."""
    return time if isinstance(time.tzinfo, ZoneInfo) and time.tzinfo.key != "UTC" else time.astimezone(UTC)

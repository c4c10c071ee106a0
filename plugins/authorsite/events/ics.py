"""Events as iCalendar (RFC 5545), the same bytes for the same events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

from .views import EventView


def calendar(events: Sequence[EventView], name: str, site_url: str) -> bytes:
    """Return a calendar of `events` with the VTIMEZONE of each zone that it names.

    An event of which only the month is known has no place in a calendar, and is left out.
    """
    made = icalendar.Calendar()
    made.add("prodid", "-//authorsite//events//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    shown = [event for event in events if event.record.start.precision != "month"]
    for event in sorted(shown, key=lambda event: (event.record.start.moment.astimezone(UTC), event.guid)):
        made.add_component(_component(event, site_url))
    if shown:
        # A zone's rules for the years in question; all of them since 1970 would fill pages.
        years = [event.record.start.moment.year for event in shown]
        made.add_missing_timezones(date(min(years), 1, 1), date(max(years) + 2, 1, 1))
    data: bytes = made.to_ical()
    return data


def _component(event: EventView, site_url: str) -> Any:
    record = event.record
    made = icalendar.Event()
    made.add("uid", event.guid)
    # When it was written, not when this file was: builds repeat.
    made.add("dtstamp", (record.modified or record.announced).astimezone(UTC))
    if record.start.precision == "day":
        made.add("dtstart", record.start.moment.date())
        # The day after the last, which is not over before its midnight.
        made.add("dtend", (record.over - timedelta.resolution).date() + timedelta(days=1))
    else:
        made.add("dtstart", _zoned(record.start.moment))
        made.add("dtend", _zoned(record.end.over if record.end else record.start.moment + timedelta(hours=1)))
    made.add("summary", record.title)
    place = ", ".join(filter(None, (record.place, record.address))) or record.online or ""
    details = "\n\n".join(filter(None, (record.summary, record.online, record.recording)))
    for key, value in (("description", details), ("location", place), ("url", f"{site_url}/{event.url}")):
        if value:
            made.add(key, value)
    return made


def _zoned(moment: datetime) -> datetime:
    """Return `moment` in its named zone, or in UTC when it has but an offset, for which there is no VTIMEZONE."""
    return moment if isinstance(moment.tzinfo, ZoneInfo) and moment.tzinfo.key != "UTC" else moment.astimezone(UTC)

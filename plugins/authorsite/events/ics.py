"""Events as iCalendar files (RFC 5545); the same events give the same bytes."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

from .views import EventView

_MINUTE = timedelta(minutes=1)


def render_calendar(events: Sequence[EventView], name: str, site_url: str) -> bytes:
    """Return a calendar of `events` with a VTIMEZONE for each time zone in use.

    Events with a month but no day are left out: iCalendar cannot express them.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//authorsite//events//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    dated = [event for event in events if event.record.start.precision != "month"]
    for event in sorted(dated, key=lambda event: (event.record.start.value.astimezone(UTC), event.guid)):
        calendar.add_component(_make_vevent(event, site_url))
    if dated:
        years = [event.record.start.value.year for event in dated]
        for key in sorted(calendar.get_missing_tzids()):
            # Only the rules of these years: all since 1970 would fill pages.
            calendar.subcomponents.insert(0, make_vtimezone(ZoneInfo(key), min(years) - 1, max(years) + 2))
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
        if record.end:
            # DTEND is exclusive: the day after the last (RFC 5545, section 3.6.1).
            vevent.add("dtend", (record.ends_at - timedelta.resolution).date() + timedelta(days=1))
    else:
        vevent.add("dtstart", _to_named_zone(record.start.value))
        if record.end:
            vevent.add("dtend", _to_named_zone(record.ends_at))
    if record.notice:
        vevent.add("status", "CANCELLED" if record.cancelled else "TENTATIVE")
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


def make_vtimezone(zone: ZoneInfo, first_year: int, last_year: int) -> Any:
    """Return a VTIMEZONE with the changes of `zone` in these years.

    Each change is a component of its own, as some readers take only the first of several in an RDATE. A change starts
    at the local time before it (RFC 5545, section 3.6.5).
    """
    vtimezone = icalendar.Timezone()
    vtimezone.add("tzid", zone.key)
    start = datetime(first_year, 1, 1, tzinfo=UTC)
    # The first line is what holds before the first change.
    changes = [(start.astimezone(zone), datetime.fromisoformat("1970-01-01"))]
    changes += [(at.astimezone(zone), _shift(at, zone)) for at in _list_changes(zone, start, last_year)]
    before = changes[0][0].utcoffset()
    for after, local in changes:
        component = icalendar.TimezoneDaylight() if after.dst() else icalendar.TimezoneStandard()
        component.add("dtstart", local)
        component.add("tzoffsetfrom", before)
        component.add("tzoffsetto", after.utcoffset())
        component.add("tzname", after.tzname())
        vtimezone.add_component(component)
        before = after.utcoffset()
    return vtimezone


def _list_changes(zone: ZoneInfo, start: datetime, last_year: int) -> Iterator[datetime]:
    """Yield the times (UTC, to the minute) at which the offset of `zone` changes."""
    week = timedelta(days=7)
    while start.year <= last_year:
        low, high = start, start + week
        if low.astimezone(zone).utcoffset() != high.astimezone(zone).utcoffset():
            while high - low > _MINUTE:
                middle = low + (high - low) // 2 // _MINUTE * _MINUTE
                is_before = middle.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset()
                low, high = (middle, high) if is_before else (low, middle)
            yield high
        start += week


def _shift(time: datetime, zone: ZoneInfo) -> datetime:
    """Return the local time at `time` (UTC) by the offset that held a minute before, without a time zone."""
    return (time + ((time - _MINUTE).astimezone(zone).utcoffset() or timedelta())).replace(tzinfo=None)

"""Dates of events, iCalendar files and annual dates."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from authorsite.events.annual_dates import compute_annual_date, parse_rule
from authorsite.events.ics import make_vtimezone, render_calendar
from authorsite.events.model import Event, parse_partial_date
from authorsite.events.views import EventView, build_event_jsonld, format_iso, format_when
from authorsite.problems import ProblemLog
from authorsite.validation import InvalidValue, validate

HOME = ZoneInfo("America/Chicago")


@pytest.mark.parametrize(
    ("text", "iso", "words", "end"),
    [
        (
            "2018-06-01T17:00",
            "2018-06-01T17:00:00-05:00",
            "Friday, June 1, 2018, 5:00 PM CDT",
            "2018-06-01T17:00:00-05:00",
        ),
        ("2018-10-20", "2018-10-20", "Saturday, October 20, 2018", "2018-10-21T00:00:00-05:00"),
        ("2018-10", "2018-10", "October 2018", "2018-11-01T00:00:00-05:00"),
        ("2018-12", "2018-12", "December 2018", "2019-01-01T00:00:00-06:00"),
        ("2020-04-02T18:00+02:00", "2020-04-02T18:00:00+02:00", "Thursday, April 2, 2020, 6:00 PM UTC+02:00", None),
        ("2020-04-02T18:00 Europe/Berlin", "2020-04-02T18:00:00+02:00", "Thursday, April 2, 2020, 6:00 PM CEST", None),
    ],
)
def test_date_keeps_its_precision_and_time_zone(text, iso, words, end):
    when = parse_partial_date(text, HOME)
    assert format_iso(when) == iso
    assert format_when(when, None, "en_US").replace("\u202f", " ") == words
    if end:
        assert when.ends_at.isoformat() == end


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"start": "2018-13"}, "2018-13 is not a month"),
        ({"start": "June 2018"}, "`June 2018` is ambiguous"),
        ({"start": "2018-06-01", "zone": "Urbana"}, "`Urbana` is not a time zone"),
        ({"start": "2018-06-02", "end": "2018-06-01"}, "the event ends before it starts"),
        ({"start": "2018-06-02T19:00", "end": "2018-06-02T18:59"}, "the event ends before it starts"),
        ({"start": "2018-06-02T19:00", "end": "2018-06-01"}, "the event ends before it starts"),
        ({"start": "2018-06-01", "online": "zoom"}, "`zoom` is not a URL"),
    ],
)
def test_invalid_event_is_reported(data, message):
    log = ProblemLog()
    assert validate(Event, {"title": "t", **data}, log, "e.md", context={"zone": HOME}) is None
    assert message in next(iter(log)).message


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2020-06-01T19:00", "2020-06-01T21:00", "Monday, June 1, 2020, 7:00 PM – 9:00 PM CDT"),
        ("2020-06-01T19:00", "2020-06-01", "Monday, June 1, 2020, 7:00 PM CDT"),
        ("2020-06-01T19:00", "2020-06-02", "Monday, June 1, 2020, 7:00 PM CDT – Tuesday, June 2, 2020"),
        (
            "2020-06-01T19:00",
            "2020-06-02T01:00",
            "Monday, June 1, 2020, 7:00 PM – Tuesday, June 2, 2020, 1:00 AM CDT",
        ),
        (
            "2020-10-31T19:00",
            "2020-11-01T19:00",
            "Saturday, October 31, 2020, 7:00 PM CDT – Sunday, November 1, 2020, 7:00 PM CST",
        ),
        ("2020-02-28", "2020-03-01", "Friday, February 28, 2020 – Sunday, March 1, 2020"),
        ("2020-06-01", "2020-06-02T19:00", "Monday, June 1, 2020 – Tuesday, June 2, 2020"),
        ("2020-06", "2020-08", "June 2020 – August 2020"),
        ("2020-06", "2020-06", "June 2020"),
    ],
)
def test_start_and_end_are_formatted_with_their_precision(start, end, words):
    event = validate(Event, {"title": "t", "start": start, "end": end}, ProblemLog(), "e.md", context={"zone": HOME})
    assert format_when(event.start, event.end, "en_US").replace("\u202f", " ") == words


def make_view(slug="talk", **data):
    log = ProblemLog()
    event = validate(Event, {"title": "A talk; here, and “there”", **data}, log, "e.md", context={"zone": HOME})
    assert event, list(log)
    guid = f"https://example.org/events/{slug}/"
    return EventView(event, event.title, slug, f"events/{slug}/", guid, "", "", "", False, (), ("", ""), "", "")


EVENTS = [
    make_view("a", start="2018-06-01T17:00", end="2018-06-01T21:00", place="Corner Bookshop", address="1 Example St"),
    make_view("b", start="2019-11-03T00:30", zone="America/New_York"),
    make_view("c", start="2020-04-02T18:00+02:00", online="https://example.org/talk"),
    make_view("d", start="2021-05-01", end="2021-05-03", summary="Long " * 40),
    make_view("e", start="2018-10"),
    make_view("f", start="2021-05-01", end="2021-05-02T19:00"),
]


def parse_only_event(view):
    (vevent,) = icalendar.Calendar.from_ical(render_calendar([view], "Ann", "https://example.org")).walk("VEVENT")
    return vevent


def test_calendar_has_all_time_zones_and_is_reproducible():
    data = render_calendar(EVENTS, "Ann", "https://example.org")
    parsed = icalendar.Calendar.from_ical(data)
    assert parsed.get_missing_tzids() == set()
    assert parsed.get_used_tzids() == {"America/Chicago", "America/New_York"}
    assert data == render_calendar(list(reversed(EVENTS)), "Ann", "https://example.org")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert b"\n" not in data.replace(b"\r\n", b"")


def test_properties_of_calendar_events():
    vevents = {
        str(e["uid"]): e
        for e in icalendar.Calendar.from_ical(render_calendar(EVENTS, "Ann", "https://example.org")).walk("VEVENT")
    }
    a, b, c, d, f = (vevents[f"https://example.org/events/{slug}/"] for slug in "abcdf")
    assert a.decoded("dtstart") == datetime(2018, 6, 1, 17, tzinfo=HOME)
    assert a.decoded("dtend").astimezone(UTC) == datetime(2018, 6, 2, 2, tzinfo=UTC)
    assert str(a["location"]) == "Corner Bookshop, 1 Example St"
    assert a.decoded("dtstamp") == datetime(2018, 5, 4, 22, tzinfo=UTC)
    assert b.decoded("dtstart").utcoffset().total_seconds() == -4 * 3600
    assert c.decoded("dtstart") == datetime(2020, 4, 2, 16, tzinfo=UTC)
    assert (d.decoded("dtstart"), d.decoded("dtend")) == (date(2021, 5, 1), date(2021, 5, 4))
    assert (f.decoded("dtstart"), f.decoded("dtend")) == (date(2021, 5, 1), date(2021, 5, 3))
    assert str(a["summary"]) == "A talk; here, and “there”"
    assert len(vevents) == 5, "an event without a day is not in the calendar"


@pytest.mark.parametrize(
    ("dates", "ends_at"),
    [
        ({"start": "2018-06-01T17:00", "end": "2018-06-01T17:30"}, "2018-06-01T17:30:00-05:00"),
        ({"start": "2018-06-01T17:00", "end": "2018-06-01"}, "2018-06-02T00:00:00-05:00"),
        ({"start": "2018-06-01", "end": "2018-06-02"}, "2018-06-03T00:00:00-05:00"),
    ],
)
def test_event_is_past_when_its_calendar_entry_ends(dates, ends_at):
    view = make_view(**dates)
    assert view.record.ends_at.isoformat() == ends_at
    vevent = parse_only_event(view)
    end = vevent.decoded("dtend")
    assert (end if isinstance(end, datetime) else datetime(*end.timetuple()[:3], tzinfo=HOME)) == view.record.ends_at


@pytest.mark.parametrize(
    ("start", "ends_at"),
    [("2018-06-01T17:00", "2018-06-01T18:00:00-05:00"), ("2018-06-01", "2018-06-02T00:00:00-05:00")],
)
def test_no_end_is_made_up_for_calendars(start, ends_at):
    view = make_view(start=start)
    assert view.record.ends_at.isoformat() == ends_at, "from then on it counts as past"
    assert not {"DTEND", "DURATION"} & parse_only_event(view).keys()
    assert "endDate" not in build_event_jsonld(view, "https://example.org")


@pytest.mark.parametrize(
    ("data", "status", "schema"),
    [
        ({}, None, "EventScheduled"),
        ({"cancelled": True}, "CANCELLED", "EventCancelled"),
        ({"postponed": True}, "TENTATIVE", "EventPostponed"),
    ],
)
def test_cancelled_and_postponed_events_say_so(data, status, schema):
    view = make_view(start="2018-06-01T17:00", **data)
    assert parse_only_event(view).get("status") == status
    assert f"https://schema.org/{schema}" in build_event_jsonld(view, "https://example.org")


@pytest.mark.parametrize(
    "name",
    [
        "America/Chicago", "Europe/Berlin", "Europe/Dublin", "Asia/Kolkata", "Australia/Lord_Howe",
        "Africa/Casablanca", "America/St_Johns", "Australia/Sydney",
    ],
)  # fmt: skip
def test_time_zone_component_gives_the_right_time_for_every_hour(name):
    zone = ZoneInfo(name)
    rules = [
        (rule.decoded("dtstart"), rule.decoded("tzoffsetfrom"), rule.decoded("tzoffsetto"))
        for rule in make_vtimezone(zone, 2018, 2019).subcomponents
    ]
    assert len({start for start, _, _ in rules}) == len(rules)
    for hour in range(2 * 365 * 24):
        local = datetime.fromisoformat("2018-01-01T00:30") + timedelta(hours=hour)
        aware = local.replace(tzinfo=zone)
        if aware.utcoffset() != aware.replace(fold=1).utcoffset():
            continue  # it happens twice, or never
        # RFC 5545, section 3.6.5: the last rule whose onset, a time by the offset before it, is not after the time
        _, _, offset = max((rule for rule in rules if rule[0] <= local), key=lambda rule: rule[0])
        assert offset == aware.utcoffset(), local


def test_calendar_promises_nothing_that_it_does_not_have():
    data = render_calendar(EVENTS, "Ann", "https://example.org")
    assert b"METHOD" not in data, "PUBLISH needs an ORGANIZER (RFC 5546, section 3.2.1)"
    assert b"RDATE" not in data


@pytest.mark.parametrize(
    ("rule", "today", "dates", "running"),
    [
        ("4 January", "2020-01-04", ["2020-01-04", "2021-01-04"], True),
        ("January 4th", "2020-01-05", ["2021-01-04", "2022-01-04"], False),
        ("4 January", "2020-01-03", ["2020-01-04", "2021-01-04"], False),
        ("January", "2020-01-31", ["2020-01-01", "2021-01-01"], True),
        ("January", "2020-02-01", ["2021-01-01", "2022-01-01"], False),
        ("December", "2019-12-31", ["2019-12-01", "2020-12-01"], True),
        ("last Thursday of January", "2020-01-30", ["2020-01-30", "2021-01-28"], True),
        ("the first Monday of September", "2020-09-08", ["2021-09-06", "2022-09-05"], False),
        ("29 February", "2020-03-01", ["2024-02-29", "2028-02-29"], False),
    ],
)
def test_next_dates_of_an_annual_date(rule, today, dates, running):
    annual_date = compute_annual_date("Day", parse_rule(rule), date.fromisoformat(today), "en_US")
    assert [day.isoformat() for day in annual_date.dates[:2]] == dates
    assert annual_date.running is running


def test_annual_dates_are_formatted_in_the_sites_language():
    assert compute_annual_date("M", parse_rule("January"), date(2020, 5, 1), "de").words[0] == "Januar 2021"
    assert compute_annual_date("D", parse_rule("4 January"), date(2020, 5, 1), "en_US").words[0] == "January 4, 2021"


@pytest.mark.parametrize(
    ("rule", "hint"),
    [("4 Janury", "did you mean `january`?"), ("31 February", "check the day"), ("whenever", "write `4 January`")],
)
def test_invalid_rule_raises_with_hint(rule, hint):
    with pytest.raises(InvalidValue) as caught:
        parse_rule(rule)
    assert hint in caught.value.hint

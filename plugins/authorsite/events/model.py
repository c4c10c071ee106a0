"""The front matter of an event, and dates of which an author knows only the day or the month."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from ..audio import AudioSource
from ..i18n import gettext_noop
from ..reading.dates import parse_date
from ..reading.schemas import Status, ZonedDatetime
from ..strict_model import Paragraphs, StrictModel
from ..urls import SitePath, Slug, WebUrl
from ..validation import InvalidValue

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_ZONE_NAME = re.compile(r"[A-Za-z]+(?:/[A-Za-z_+-]+)+$")
_OFFSET = re.compile(r"[+-]\d{2}:?\d{2}$")
_ANNOUNCEMENT_LEAD = timedelta(days=28)
_DEFAULT_DURATION = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as precise as the author knows it: `precision` is "time", "day" or "month".

    `value` is in the event's own time zone; for a day or a month it is the first midnight.
    """

    value: datetime
    precision: str

    @property
    def ends_at(self) -> datetime:
        """The end (exclusive) of the day or the month; a time is its own end."""
        if self.precision == "time":
            return self.value
        if self.precision == "day":
            return self.value + timedelta(days=1)
        return (self.value + timedelta(days=31)).replace(day=1)


def parse_partial_date(text: str, zone: ZoneInfo) -> PartialDate:
    """Parse 2018-10, 2018-10-20 or 2018-10-20T19:00, in `zone` unless a time is followed by a zone or an offset.

    Raises InvalidValue for anything else.
    """
    text = text.strip()
    if month := _MONTH.fullmatch(text):
        if not 1 <= int(month[2]) <= 12:  # noqa: PLR2004 - months
            raise InvalidValue(f"{text} is not a month", "write year and month as 2018-10")
        return PartialDate(datetime(int(month[1]), int(month[2]), 1, tzinfo=zone), "month")
    precision = "time" if re.search(r"\d[T ]\d", text) else "day"
    if precision == "time" and (name := _ZONE_NAME.search(text)):
        return PartialDate(parse_date(text, _get_zone(name[0])), precision)
    value = parse_date(text, zone)
    if precision == "time" and (offset := _OFFSET.search(text)):
        value = value.astimezone(datetime.strptime(offset[0], "%z").tzinfo)
    return PartialDate(value, precision)


def _get_zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidValue(f"`{name}` is not a time zone", "write a name such as America/Chicago") from None


def _validate_partial_date(value: Any, info: ValidationInfo) -> PartialDate:
    if isinstance(value, PartialDate):
        return value
    if value is None:
        raise InvalidValue(f"`{info.field_name}` is empty", "write a date as 2018-06-01T17:00")
    name, default = info.data.get("zone"), (info.context or {}).get("zone") or ZoneInfo("UTC")
    return parse_partial_date(str(value), _get_zone(name) if name else default)


_PartialDate = Annotated[PartialDate, BeforeValidator(_validate_partial_date)]
_Zone = Annotated[str, AfterValidator(lambda name: name and _get_zone(name).key)]


class EventPhoto(StrictModel):
    """A photo of the event; `src` is its path below content/."""

    src: str
    alt: str
    caption: Paragraphs = ""


class Event(StrictModel):
    """An event at a place or online; `date` is when it was announced.

    `post` names the post about it, `book` the book that it is about ("": the main book).
    `postponed` means that the new date is not known yet: afterwards, it is `start`.
    """

    title: Annotated[str, Field(min_length=1)]
    slug: Slug | None = None
    status: Status = Status.PUBLISHED
    zone: _Zone = ""
    start: _PartialDate
    end: _PartialDate | None = None
    cancelled: bool = False
    postponed: bool = False
    date: ZonedDatetime | None = None
    modified: ZonedDatetime | None = None
    place: str = ""
    address: str = ""
    online: WebUrl | None = None
    url: WebUrl | None = None
    recording: WebUrl | None = None
    audio: AudioSource | None = None
    pictures: tuple[EventPhoto, ...] = ()
    post: str = ""
    book: str = ""
    summary: Paragraphs = ""
    guid: str = ""
    aliases: tuple[SitePath, ...] = ()

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        # An `end` without a time lasts until midnight: from 7 PM to the same day is in order.
        if self.end and self.end.value < self.start.value >= self.end.ends_at:
            raise InvalidValue("the event ends before it starts", "check `start`, `end` and their time zones", ("end",))
        return self

    def get_book(self, main_book: str) -> str:
        """Return the slug of the book that it is about: `main_book` unless it names another."""
        return self.book or main_book

    @property
    def notice(self) -> str:
        """What readers must know of the event, in English: "Cancelled", "Postponed" or ""."""
        return gettext_noop("Cancelled") if self.cancelled else gettext_noop("Postponed") if self.postponed else ""

    @property
    def ends_at(self) -> datetime:
        """The time from which the event is past; one with a time but no end is taken to last an hour."""
        if self.end or self.start.precision != "time":
            return (self.end or self.start).ends_at
        return self.start.value + _DEFAULT_DURATION

    @property
    def announced_at(self) -> datetime:
        """When it appears in the feed: its `date`, else four weeks before it starts, whenever the site is built."""
        return self.date or self.start.value - _ANNOUNCEMENT_LEAD

"""What the front matter of an event may hold, and when it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from ..reading.dates import parse_date
from ..reading.schemas import Moment, SiteAddress, Slug, Status, WebAddress
from ..validation import Fault, Record

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_ZONE = re.compile(r"[A-Za-z]+(?:/[A-Za-z_+-]+)+$")
_OFFSET = re.compile(r"[+-]\d{2}:?\d{2}$")
_LEAD = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class When:
    """A moment as exactly as the author knows it: `precision` is "time", "day" or "month".

    `moment` has the event's own zone; for a day or a month it is the first midnight.
    """

    moment: datetime
    precision: str

    @property
    def over(self) -> datetime:
        """The end of the day, the month, or for a time the moment itself."""
        if self.precision == "time":
            return self.moment
        if self.precision == "day":
            return self.moment + timedelta(days=1)
        return (self.moment + timedelta(days=31)).replace(day=1)


def parse_when(text: str, zone: ZoneInfo) -> When:
    """Return what `text` names: 2018-10, 2018-10-20 or 2018-10-20T19:00, in `zone` or the zone that it names itself.

    Raises Fault for anything else.
    """
    text = text.strip()
    if month := _MONTH.fullmatch(text):
        if not 1 <= int(month[2]) <= 12:  # noqa: PLR2004 - months
            raise Fault(f"{text} is not a month", "write year and month as 2018-10")
        return When(datetime(int(month[1]), int(month[2]), 1, tzinfo=zone), "month")
    precision = "time" if re.search(r"\d[T ]\d", text) else "day"
    if precision == "time" and (name := _ZONE.search(text)):
        return When(parse_date(text, _zone(name[0])), precision)
    moment = parse_date(text, zone)
    if precision == "time" and (offset := _OFFSET.search(text)):
        moment = moment.astimezone(datetime.strptime(offset[0], "%z").tzinfo)
    return When(moment, precision)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Fault(f"`{name}` is not a time zone", "write a name such as America/Chicago") from None


def _when(value: Any, info: ValidationInfo) -> When:
    if isinstance(value, When):
        return value
    if value is None:
        raise Fault(f"`{info.field_name}` is empty", "write a date as 2018-06-01T17:00")
    given = info.data.get("zone") or ""
    return parse_when(str(value), _zone(given) if given else (info.context or {}).get("zone") or ZoneInfo("UTC"))


Time = Annotated[When, BeforeValidator(_when)]
_Zone = Annotated[str, AfterValidator(lambda name: name and _zone(name).key)]


class Photograph(Record):
    """A picture of what happened, below content/."""

    src: str
    alt: str
    caption: str = ""


class Event(Record):
    """Something that happens at a place or on line; `date` is when it was announced, `post` the post about it."""

    title: Annotated[str, Field(min_length=1)]
    slug: Slug | None = None
    status: Status = Status.PUBLISHED
    zone: _Zone = ""
    start: Time
    end: Time | None = None
    date: Moment | None = None
    modified: Moment | None = None
    place: str = ""
    address: str = ""
    online: WebAddress | None = None
    url: WebAddress | None = None
    recording: WebAddress | None = None
    pictures: tuple[Photograph, ...] = ()
    post: str = ""
    summary: str = ""
    guid: str = ""
    aliases: tuple[SiteAddress, ...] = ()

    @field_validator("status", mode="before")
    @classmethod
    def _lowered(cls, value: Any) -> Any:
        return value.strip().lower() if isinstance(value, str) else value

    @model_validator(mode="after")
    def _in_order(self) -> Event:
        # A day or a month ends when it is over: from 7 PM "to the same day" is in order.
        if self.end and self.end.moment < self.start.moment >= self.end.over:
            raise Fault("it ends before it starts", "check both dates, and their zones", ("end",))
        return self

    @property
    def over(self) -> datetime:
        """The moment from which it is past."""
        return self.end.over if self.end else self.start.over

    @property
    def announced(self) -> datetime:
        """When subscribers hear of it: the `date` given, else four weeks before; never a date that is not written."""
        return self.date or self.start.moment - _LEAD

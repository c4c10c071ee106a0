"""Days and months that come round every year, by rule: "4 January", "January", "last Thursday of January"."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from babel.dates import format_date, format_skeleton

from ..validation import Fault, did_you_mean

# English on purpose, and no locale's: this is what the author writes.
_MONTHS = (
    "january february march april may june july august september october november december".split()  # the year's order
)
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}


@dataclass(frozen=True, slots=True)
class Rule:
    """A yearly rule: a whole month; its `day`; or its `nth` (0 the first, -1 the last) `weekday` (0 Monday)."""

    month: int
    day: int = 0
    weekday: int = -1
    nth: int = 0

    def days(self, year: int) -> list[date]:
        """Return its days in `year`; none when that year has no such day."""
        days = [date(year, self.month, day + 1) for day in range(calendar.monthrange(year, self.month)[1])]
        if self.weekday >= 0:
            return [[day for day in days if day.weekday() == self.weekday][self.nth]]
        return days[self.day - 1 : self.day] if self.day else days

    def coming(self, today: date) -> Iterator[date]:
        """Yield the first days of those that are running or to come, for the rest of the calendar."""
        # From this year on: nothing lasts beyond its year.
        for year in range(today.year, date.max.year):
            days = self.days(year)
            if days and days[-1] >= today:
                yield days[0]


def parse_rule(text: str) -> Rule:
    """Return the rule that `text` writes; raises Fault with the three ways to write one."""
    words = re.sub(r"[,.]|(?<=\d)(?:st|nd|rd|th)\b", "", text.lower()).replace(" of ", " ").replace("the ", "").split()
    months = [_MONTHS.index(word) + 1 for word in words if word in _MONTHS]
    rest = [word for word in words if word not in _MONTHS]
    match len(months), rest:
        case 1, []:
            return Rule(months[0])
        case 1, [day] if day.isdecimal():
            # 2000 was a leap year.
            if 1 <= int(day) <= calendar.monthrange(2000, months[0])[1]:
                return Rule(months[0], int(day))
            raise Fault(f"`{text}` is no day of the calendar", "check the day")
        case 1, [which, weekday] if which in _ORDINALS and weekday in _DAYS:
            return Rule(months[0], 0, _DAYS.index(weekday), _ORDINALS[which])
    forms = "write `4 January`, `January` or `last Thursday of January`"
    strange = next((w for w in words if w not in {*_MONTHS, *_DAYS, *_ORDINALS} and not w.isdecimal()), "")
    raise Fault(f"`{text}` is not a yearly date", did_you_mean(strange, [*_MONTHS, *_DAYS, *_ORDINALS], forms))


@dataclass(frozen=True, slots=True)
class Observance:
    """An observance as pages show it: the first days of the next ones (a running one included), and those in words."""

    name: str
    url: str
    text: str
    running: bool
    dates: tuple[date, ...]
    words: tuple[str, ...]


def observe(
    name: str, rule: Rule, today: date, locale: str, url: str = "", text: str = "", count: int = 3
) -> Observance:
    """Return what pages say of an observance on the day `today`, its dates in the language of `locale`."""
    dates = tuple(islice(rule.coming(today), count))
    whole_month = not rule.day and rule.weekday < 0
    words = tuple(
        format_skeleton("yMMMM", day, locale=locale) if whole_month else format_date(day, "long", locale=locale)
        for day in dates
    )
    return Observance(name, url, text, dates[0] <= today, dates, words)

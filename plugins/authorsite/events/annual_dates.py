"""Annual dates by rule, such as awareness days: "4 January", "January", "last Thursday of January"."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from babel.dates import format_date, format_skeleton

from ..validation import InvalidValue, did_you_mean

# English in every locale: these are the words of the settings.
_MONTHS = "january february march april may june july august september october november december".split()
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}


@dataclass(frozen=True, slots=True)
class AnnualRule:
    """A whole month; its `day` (0: none); or its `nth` (0: first, -1: last) `weekday` (0: Monday, -1: none)."""

    month: int
    day: int = 0
    weekday: int = -1
    nth: int = 0

    def days(self, year: int) -> list[date]:
        """Return the days in `year`; none for 29 February in a common year."""
        days = [date(year, self.month, day + 1) for day in range(calendar.monthrange(year, self.month)[1])]
        if self.weekday >= 0:
            return [[day for day in days if day.weekday() == self.weekday][self.nth]]
        return days[self.day - 1 : self.day] if self.day else days

    def upcoming(self, today: date) -> Iterator[date]:
        """Yield the first day of each period that has not ended, from this year to the last that `date` supports."""
        for year in range(today.year, date.max.year):
            days = self.days(year)
            if days and days[-1] >= today:
                yield days[0]


def parse_rule(text: str) -> AnnualRule:
    """Parse a rule from the settings; raises InvalidValue with the three forms of a rule."""
    words = re.sub(r"[,.]|(?<=\d)(?:st|nd|rd|th)\b", "", text.lower()).replace(" of ", " ").replace("the ", "").split()
    months = [_MONTHS.index(word) + 1 for word in words if word in _MONTHS]
    rest = [word for word in words if word not in _MONTHS]
    match len(months), rest:
        case 1, []:
            return AnnualRule(months[0])
        case 1, [day] if day.isdecimal():
            # 29 February is valid: 2000 was a leap year.
            if 1 <= int(day) <= calendar.monthrange(2000, months[0])[1]:
                return AnnualRule(months[0], int(day))
            raise InvalidValue(f"`{text}` is not a date", "check the day")
        case 1, [ordinal, weekday] if ordinal in _ORDINALS and weekday in _DAYS:
            return AnnualRule(months[0], 0, _DAYS.index(weekday), _ORDINALS[ordinal])
    valid_words = [*_MONTHS, *_DAYS, *_ORDINALS]
    unknown = next((word for word in words if word not in valid_words and not word.isdecimal()), "")
    hint = did_you_mean(unknown, valid_words, "write `4 January`, `January` or `last Thursday of January`")
    raise InvalidValue(f"`{text}` is not an annual date", hint)


@dataclass(frozen=True, slots=True)
class AnnualDate:
    """An annual date as templates see it.

    `dates` are the first days of the next periods, including one that is `running`; `words` are these dates as text.
    """

    name: str
    url: str
    text: str
    running: bool
    dates: tuple[date, ...]
    words: tuple[str, ...]


def compute_annual_date(
    name: str, rule: AnnualRule, today: date, locale: str, url: str = "", text: str = "", count: int = 3
) -> AnnualDate:
    """Return the annual date with its next `count` dates on the day `today`, in the language of `locale`."""
    dates = tuple(islice(rule.upcoming(today), count))
    is_month = not rule.day and rule.weekday < 0
    words = tuple(
        format_skeleton("yMMMM", day, locale=locale) if is_month else format_date(day, "long", locale=locale)
        for day in dates
    )
    return AnnualDate(name, url, text, dates[0] <= today, dates, words)

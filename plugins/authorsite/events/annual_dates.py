"""Annual dates by rule, such as awareness days: "4 January", "January", "last Thursday of January"."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice

from babel.dates import format_date, format_skeleton
from dateutil.rrule import YEARLY, rrule, weekdays
from dateutil.rrule import weekday as Weekday  # noqa: N812 - a class

from ..validation import InvalidValue, did_you_mean

# English in every locale: these are the words of the settings.
_MONTHS = "january february march april may june july august september october november december".split()
_DAYS = dict(zip("monday tuesday wednesday thursday friday saturday sunday".split(), weekdays, strict=True))
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}


@dataclass(frozen=True, slots=True)
class AnnualRule:
    """A day of a month; an nth weekday, such as TH(-1), the last Thursday; or with neither, the whole month."""

    month: int
    day: int | None = None
    weekday: Weekday | None = None

    @property
    def is_month(self) -> bool:
        """Whether it is a whole month."""
        return self.day is None and self.weekday is None

    def upcoming(self, today: date, count: int) -> tuple[date, ...]:
        """Return the first days of the next `count` periods, including one that has not ended on the day `today`."""
        first = datetime.combine(today.replace(day=1) if self.is_month else today, time())
        day = 1 if self.is_month else self.day
        days = rrule(YEARLY, dtstart=first, bymonth=self.month, bymonthday=day, byweekday=self.weekday)
        return tuple(day.date() for day in islice(days, count))


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
            return AnnualRule(months[0], weekday=_DAYS[weekday](_ORDINALS[ordinal]))
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
    dates = rule.upcoming(today, count)
    words = tuple(
        format_skeleton("yMMMM", day, locale=locale) if rule.is_month else format_date(day, "long", locale=locale)
        for day in dates
    )
    return AnnualDate(name, url, text, dates[0] <= today, dates, words)

"""The filters for all templates, by name."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from markupsafe import Markup
from pelican_incremental.purity import pure

from . import markup
from .i18n import get_direction, is_right_to_left
from .page_language import PageLanguage
from .settings import SiteSettings


@lru_cache(10_000)
def _format_day(day: date, form: str, locale: str) -> str:
    return format_date(day, form, locale=locale)


def make_filters(site: SiteSettings, language: PageLanguage) -> dict[str, Callable[..., Any]]:
    """Return the filters by name. Dates and lists are formatted in the language of the page."""

    def format_day(day: date, form: str) -> str:
        return _format_day(day, form, language.locale)

    def long_date(value: date | datetime) -> str:
        """Format a date as "1 June 2018", in the language of the page."""
        return format_day(value.date() if isinstance(value, datetime) else value, "long")

    def short_date(value: date | datetime) -> str:
        return format_day(value.date() if isinstance(value, datetime) else value, "medium")

    def period_name(numbers: Sequence[int]) -> str:
        """Format the numbers of a year, of a month or of a day: "2018", "June 2018", "1 June 2018"."""
        day = date(*numbers, *(1, 1)[len(numbers) - 1 :])
        if len(numbers) > 2:  # noqa: PLR2004 - year and month
            return format_day(day, "long")
        return format_skeleton("yMMMM", day, locale=language.locale) if len(numbers) > 1 else str(day.year)

    def iso(value: date | datetime) -> str:
        return value.isoformat()

    def absolute(path: str) -> str:
        """Return the absolute URL for a path such as "/books/" or "books/"; an absolute URL is returned unchanged."""
        return path if "://" in path else f"{site.url}/{path.lstrip('/')}"

    def join_list(names: Sequence[str]) -> str:
        """Join names as "A, B, and C", in the language of the page; the result is safe HTML if the names are."""
        joined = format_list(names, locale=language.locale)
        return Markup(joined) if all(isinstance(name, Markup) for name in names) else joined  # noqa: S704 - it was safe

    def lang_attributes(own: str) -> Markup:
        """Return `lang` and, if it differs from the page's, `dir` for an element in this language; "" is the site's."""
        if language.current != site.language:
            own = "" if own == language.current else own or site.language
        if not own:
            return Markup()
        turns = is_right_to_left(own) != language.is_right_to_left
        direction = Markup(' dir="{}"').format(get_direction(own)) if turns else ""
        return Markup(' lang="{}"{}').format(own, direction)

    functions: dict[str, Any] = {
        "lang_attributes": lang_attributes,
        "is_right_to_left": is_right_to_left,
        "join_list": join_list,
        "long_date": long_date,
        "short_date": short_date,
        "period_name": period_name,
        "iso": iso,
        "absolute": absolute,
        "text_content": markup.text_content,
        "split_first_paragraph": markup.split_first_paragraph,
    }
    return {name: pure(function) for name, function in functions.items()}

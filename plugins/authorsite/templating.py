"""What every template may use: the package's own templates, and filters that depend on their arguments alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.lists import format_list
from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, Template
from pelican_incremental.code import pure

from . import markup
from .settings import SiteSettings, site_of

ENVIRONMENT = "AUTHORSITE_ENVIRONMENT"
"""The name, in Pelican's context, of the Jinja environment of a build."""

TEMPLATES = Path(__file__).parent / "templates"


def filters(site: SiteSettings) -> dict[str, Callable[..., Any]]:
    """Return the filters by name; dates and lists are written in the site's language."""
    locale = site.locale

    @lru_cache(10_000)
    def written(day: date, form: str) -> str:
        return format_date(day, form, locale=locale)

    def long_date(value: date | datetime) -> str:
        """1 June 2018, as the language has it."""
        return written(value.date() if isinstance(value, datetime) else value, "long")

    def short_date(value: date | datetime) -> str:
        return written(value.date() if isinstance(value, datetime) else value, "medium")

    def iso(value: date | datetime) -> str:
        return value.isoformat()

    def absolute(address: str) -> str:
        """Make an address of this site ("/books/" or "books/") whole; a whole one stays as it is."""
        return address if "://" in address else f"{site.url}/{address.lstrip('/')}"

    def listed(names: Sequence[str]) -> str:
        """A, B, and C, as the language has it."""
        return format_list(names, locale=locale)

    given: dict[str, Any] = {
        "listed": listed,
        "long_date": long_date,
        "short_date": short_date,
        "iso": iso,
        "absolute": absolute,
        "plain": markup.plain,
    }
    return {name: pure(function) for name, function in given.items()}


def add_filters(pelican: Any) -> None:
    """Give Pelican's environments the filters, and `word` (signal: initialized, after the settings are validated)."""
    settings = pelican.settings
    # No filter: Jinja would put the words of one site into what it compiles, which others may share.
    settings["JINJA_GLOBALS"] = {**settings["JINJA_GLOBALS"], "word": site_of(settings).word}
    settings["JINJA_FILTERS"] = {**settings["JINJA_FILTERS"], **filters(site_of(settings))}


def add_templates(generator: Any) -> None:
    """Let a generator fall back on the package's templates where the theme has none (signal: generator_init).

    All generators of a build share one environment, so that each template is compiled once. Those of TEMPLATE_PAGES
    have templates of their own, under names that may be the theme's.
    """
    environment = generator.env
    loaders: list[BaseLoader] = list(environment.loader.loaders)
    environment.loader = ChoiceLoader([*loaders, FileSystemLoader(TEMPLATES)])
    if type(generator).__name__ == "TemplatePagesGenerator":
        return
    if ENVIRONMENT not in generator.context:
        get = environment.get_template

        def get_template(name: Any, *more: Any, **named: Any) -> Any:
            """Templates that refer to others name themselves, too."""
            return get(name, *more, **named) if more or named else _Template(environment, get, name)

        environment.get_template = get_template
    generator.env = generator.context.setdefault(ENVIRONMENT, environment)


class _Template:
    """A template by its name, compiled when the first page of it is rendered: most builds skip most pages."""

    def __init__(self, environment: Environment, get: Callable[[str], Template], name: str) -> None:
        loader = environment.loader
        assert loader is not None
        loader.get_source(environment, name)  # raises TemplateNotFound
        self.environment, self.name, self._get = environment, name, get

    def __getattr__(self, attribute: str) -> Any:
        return getattr(self._get(self.name), attribute)


def json_ld(thing: dict[str, Any]) -> str:
    """Return JSON-LD for a script element: empty values are left out, `<` is written so that no script ends early."""
    return json.dumps(_full(thing), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _full(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _full(item) for key, item in value.items() if item not in ("", None, (), [], {})}
    return [_full(item) for item in value] if isinstance(value, (list, tuple)) else value

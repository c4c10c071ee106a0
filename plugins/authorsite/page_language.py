"""The language of the page that is being rendered: that of its frame, in which templates, dates and lists are written.

It is one of the site's languages: a post in another one has a frame in the site's main language.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from pelican_incremental.purity import pure

from .i18n import Translator, is_right_to_left
from .settings import SiteSettings

PAGE_LANGUAGE = "page_language"
"""The name of the language in the context of a page; the template of a list finds it there, too."""


class PageLanguage:
    """The languages of a site, and the one of the page that is being rendered: between pages, the main one.

    Filters and globals that use it are pure for the build engine: a page has one language all the time, and its post,
    or its context, is among its dependencies.
    """

    def __init__(self, site: SiteSettings) -> None:
        self._site = site
        self.current = site.language

    @contextmanager
    def use(self, context: Mapping[str, Any]) -> Iterator[str]:
        """Set the current language to that of the page with this context, and yield it."""
        before, self.current = self.current, self.find(context)
        try:
            yield self.current
        finally:
            self.current = before

    def find(self, context: Mapping[str, Any]) -> str:
        """Return the language of the page with this context: its `page_language`, else that of its post or page."""
        if language := context.get(PAGE_LANGUAGE):
            return str(language)
        record = getattr(context.get("article") or context.get("page"), "record", None)
        return self._site.choose_language(getattr(record, "lang", ""))

    @property
    def locale(self) -> str:
        """The current language in Babel's spelling: "en_GB"."""
        return self.current.replace("-", "_")

    @property
    def is_right_to_left(self) -> bool:
        """Whether the page is written from right to left."""
        return is_right_to_left(self.current)

    @cached_property
    def translate(self) -> Any:
        """Return the global `translate`: see Translator."""

        @pure
        def translate(english: str, plural: str = "", /, **values: Any) -> str:
            return self.translator(english, plural, **values)

        return translate

    @property
    def translator(self) -> Translator:
        """The translator to the current language."""
        return self._site.get_translator(self.current)

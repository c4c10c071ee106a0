"""Pelican's organising without its quadratic steps, and Content objects made cheaply; what comes out is the same."""

from __future__ import annotations

import fnmatch
import functools
import os
import re
from collections.abc import Callable, Iterable
from typing import Any

from pelican.generators import ArticlesGenerator, PagesGenerator

from .objects import may_link
from .reading import Reading, teach
from .sharing import may_share, share
from .shortcuts import quick_join
from .two_steps import TwoStep
from .writer import IncrementalWriter


class _Ready:
    """A generator that makes its files ready before it reads them, in one order."""

    reading: Reading
    salt: str

    def get_files(self, paths: Any, exclude: Any = None, extensions: Any = None) -> list[str]:
        """Return the files of `paths`, sorted; bodies that are not kept begin to be converted on all cores."""
        if extensions is not None and not extensions and extensions is not False:
            return []  # asked for the files of readers that are switched off: there are none
        found = sorted(super().get_files(paths, exclude, extensions))  # type: ignore[misc]  # of the class beside it
        if extensions is None:
            self._expect(found)
        return found

    def _include_path(self, path: str, extensions: Any = None) -> bool:
        """Whether Pelican takes the file `path`: by its name, and by its extension (None: what readers know)."""
        this: Any = self
        ignored = _ignored(tuple(this.settings["IGNORE_FILES"]))
        name = path.rpartition(os.sep)[2]
        if ignored.match(name):
            return False
        return extensions is False or os.path.splitext(name)[1][1:] in (extensions or this.readers.extensions)  # noqa: PTH122

    def get_cached_data(self, filename: str, default: Any = None) -> Any:
        """Return the object of this process's last build, as it was when read, or what Pelican's own cache holds."""
        this: Any = self
        path = os.path.join(this.path, filename)  # noqa: PTH118 - hot
        found = self.reading.objects.take(path, this.context, this.settings)
        if found is None and this._cache:  # noqa: SLF001 - this is self
            return super().get_cached_data(filename, default)  # type: ignore[misc]
        return default if found is None else found

    def cache_data(self, filename: str, data: Any) -> None:
        """Keep `data` for the next build of this process, and hand it to Pelican's own cache where that is in use."""
        this: Any = self
        fields = [data.metadata.get(name) for name in this.settings["FORMATTED_FIELDS"]]
        linked = any(may_link(this.settings, str(text)) for text in (data._content, *fields))  # noqa: SLF001 - Pelican's
        self.reading.objects.keep(os.path.join(this.path, filename), data, linked=linked)  # noqa: PTH118 - hot
        if this._cache_data_policy:  # noqa: SLF001 - this is self
            super().cache_data(filename, data)  # type: ignore[misc]

    def _expect(self, files: list[str]) -> None:
        this: Any = self
        taught = teach(this.readers, self.reading, self.salt)
        by_reader: dict[int, tuple[TwoStep, list[str]]] = {}
        join = quick_join(lambda base, name: os.path.abspath(f"{base}/{name}"))  # noqa: PTH100 - as Pelican writes it
        for name in files:
            reader = taught.get(os.path.splitext(name)[1][1:])  # noqa: PTH122 - hot
            if reader is not None:
                path = join(this.path, name)
                by_reader.setdefault(id(reader), (reader, []))[1].append(path)
        for reader, wanted in by_reader.values():
            self.reading.expect(reader, wanted)


@functools.cache
def _ignored(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(fnmatch.translate(os.path.normcase(pattern)) for pattern in patterns) or r"(?!)")


class Articles(_Ready, ArticlesGenerator):
    """Pelican's articles, listed in linear time."""

    dates: list[Any]

    def _build_period_archives(self, sorted_articles: Any, articles: Any, settings: Any) -> Any:
        archives = super()._build_period_archives(sorted_articles, [], settings)
        rank = {id(article): number for number, article in enumerate(articles)}
        for periods in archives.values():
            for archive in periods:
                archive["articles"] = _ranked(archive["dates"], rank, articles)
        return archives

    def generate_pages(self, writer: Any) -> None:
        """Write posts and lists, two processes sharing them where there is much to do."""
        this: Any = self
        lists = (this.articles, this.translations, this.drafts, this.drafts_translations)
        articles = [a for some in (*lists, this.hidden_articles, this.hidden_translations) for a in some]
        if isinstance(writer, IncrementalWriter) and may_share(articles, self.reading):
            share(writer, self.reading, functools.partial(super().generate_pages, writer))
        else:
            super().generate_pages(writer)

    def generate_tags(self, write: Any) -> None:
        """Write the tag pages."""
        self._dated(super().generate_tags, write)

    def generate_categories(self, write: Any) -> None:
        """Write the category pages."""
        self._dated(super().generate_categories, write)

    def generate_authors(self, write: Any) -> None:
        """Write the author pages."""
        self._dated(super().generate_authors, write)

    def _dated(self, generate: Callable[[Any], None], write: Callable[..., None]) -> None:
        """Let `generate` write its pages with `dates` put in order by rank, not by looking each one up in a list."""
        dates: list[Any] = self.dates
        rank = {id(article): number for number, article in enumerate(dates)}

        def write_dated(*args: Any, **kwargs: Any) -> None:
            write(*args, **{**kwargs, "dates": _ranked(kwargs["articles"], rank, dates)})

        self.dates = []
        try:
            generate(write_dated)
        finally:
            self.dates = dates


class Pages(_Ready, PagesGenerator):
    """Pelican's pages, made ready together."""


def _ranked(some: Iterable[Any], rank: dict[int, int], everything: list[Any]) -> list[Any]:
    return [everything[number] for number in sorted({rank[id(item)] for item in some if id(item) in rank})]

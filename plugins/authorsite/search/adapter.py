"""Where the search page and its index meet Pelican."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pelican.generators import Generator

from .. import output
from ..problems import log_of
from ..settings import AFTERWARDS, CLEANUP, site_of
from .index import LOT, Document, SearchFailed, SearchIndex, script

INDEX = "AUTHORSITE_SEARCH_INDEX"
"""The name, in Pelican's context, of the site's SearchIndex."""


class SearchGenerator(Generator):
    """Writes the search page and its index: register it behind all whose pages are to be found."""

    def generate_output(self, writer: Any) -> None:
        """Write them, unless the setting `search` is off."""
        if not site_of(self.settings).search:
            return
        index, afterwards = self.context[INDEX], self.context.get(AFTERWARDS)
        place, data = script()
        files = index.older_files() if afterwards is not None else []
        if files:
            afterwards.append(self._renew_index)
        else:
            try:
                files = index.files()
            except SearchFailed as error:
                message, hint = f"the search index could not be made: {error}", "install pagefind[bin]"
                log_of(self.settings).error("", 0, message, hint, kind="search")
        self._place_index(files)
        if files:
            output.write(self.context, place, data)
        template = self.get_template("search")
        url = "search/"
        writer.write_file(f"{url}index.html", template, self.context, url=url, search_script=place if files else "")

    def _place_index(self, files: list[tuple[str, Path]], stop: Callable[[], bool] = bool) -> None:
        for number, (name, file) in enumerate(files):
            if number % LOT == 0 and stop():
                return  # the last file, which names the others, is still the older one
            output.place(self.context, name, file)

    def _renew_index(self, stop: Callable[[], bool]) -> bool:
        """Make the index that was put off, and put it in the place of the older one (see AFTERWARDS)."""
        index: SearchIndex = self.context[INDEX]
        try:
            index.begin()
            while not index.is_ready():
                if stop():
                    return True
            files = index.files(stop)
        except (SearchFailed, OSError):
            return False
        finally:
            index.close()
        # A strict build's folder is another's by now: the next build takes what is made.
        if Path(self.output_path).is_dir():
            self._place_index(files, stop)
        return True


def _documents(context: Mapping[str, Any]) -> Iterator[Document]:
    """Give the texts of all that is published and listed."""
    for content in [*context.get("articles", ()), *context.get("pages", ())]:
        if not getattr(content, "draft", False):
            yield Document(unquote(content.url), content.record.title, content._content or "")  # noqa: SLF001
    for book in context.get("books", ()):
        yield Document(book.url, book.title, f"<p>{escape(book.hook)}</p>{book.html}")


def begin_index(generators: list[Any]) -> None:
    """Begin the search index, to be made while pages are written (all_generators_finalized, when texts are final)."""
    context = generators[0].context
    site = site_of(context)
    if site.search:
        cache = Path(context["CACHE_PATH"]) / "search"
        index = context[INDEX] = SearchIndex(_documents(context), site.language.split("-")[0], cache)
        context[CLEANUP].callback(index.close)
        if AFTERWARDS not in context or not index.older_files():
            with suppress(SearchFailed):  # told where the index is wanted
                index.begin()


def get_generators(_: Any) -> type[Generator]:
    """Return the generator (signal: get_generators)."""
    return SearchGenerator

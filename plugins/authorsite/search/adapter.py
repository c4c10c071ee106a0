"""Connects search to Pelican: collects the documents, and writes the search page and its index."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pelican.generators import Generator

from .. import output
from ..language_versions import HOME_URL, get_versions, list_contexts
from ..site_build import get_build, get_log, get_site
from .index import BATCH_SIZE, Document, SearchIndex, SearchIndexError

SCRIPT = Path(__file__).with_name("search.js")


class SearchGenerator(Generator):
    """Writes the search page and its index."""

    def generate_output(self, writer: Any) -> None:
        """Write them, unless the setting `search` is off; put off a slow index if the caller takes deferred tasks."""
        if not get_site(self.settings).search:
            return
        build = get_build(self.context)
        index = build.get(SearchIndex)
        script_text = SCRIPT.read_bytes()
        script_path = output.fingerprint("assets/search.js", script_text)
        files = index.list_stale_files() if build.deferred_tasks is not None else []
        if files and build.deferred_tasks is not None:
            build.deferred_tasks.append(self._update_index)
        else:
            try:
                files = index.build()
            except SearchIndexError as error:
                message, hint = f"the search index could not be built: {error}", "install pagefind[bin]"
                get_log(self.settings).error("", 0, message, hint, kind="search")
        self._write_index(files)
        if files:
            output.write(self.context, script_path, script_text)
        script = {"search_script": script_path if files else ""}
        output.write_page(self, writer, "search", "search/", **script)
        for version in get_versions(self.context).values():
            own = version.context
            output.write_page(self, writer, "search", f"{own[HOME_URL]}search/", own, noindex=True, **script)

    def _write_index(self, files: list[tuple[str, Path]], should_stop: Callable[[], bool] = bool) -> None:
        for number, (name, file) in enumerate(files):
            if number % BATCH_SIZE == 0 and should_stop():
                return  # the entry file comes last: the stale index stays in use
            output.copy(self.context, name, file)

    def _update_index(self, should_stop: Callable[[], bool]) -> bool:
        """Replace the stale index by an up-to-date one (see SiteBuild.deferred_tasks)."""
        index = get_build(self.context).get(SearchIndex)
        try:
            index.start()
            while not index.is_ready():
                if should_stop():
                    return True
            files = index.build(should_stop)
        except (SearchIndexError, OSError):
            return False
        finally:
            index.close()
        # The staging folder of a strict build is gone by now; the next build then takes the cached index.
        if Path(self.output_path).is_dir():
            self._write_index(files, should_stop)
        return True


def _list_documents(context: Mapping[str, Any]) -> Iterator[Document]:
    """Yield all content that is published and not hidden."""
    for each in list_contexts(context):
        language = get_site(each).language.split("-")[0] if HOME_URL in each else ""
        for content in [*each.get("articles", ()), *each.get("pages", ())]:
            if getattr(content, "draft", False) is not True:
                text = content._content or ""  # noqa: SLF001 - `content` renders it
                yield Document(unquote(content.url), content.record.title, text, language)
    for book in context.get("books", ()):
        yield Document(book.url, book.title, f"<p>{escape(book.tagline)}</p>{book.html}")
        for part in book.sample.parts if book.sample else ():
            if part.page is None:
                yield Document(part.url, part.title, part.html)


def start_indexing(generators: list[Any]) -> None:
    """Start Pagefind, to run while pages are written (signal: all_generators_finalized, once content is final)."""
    context = generators[0].context
    build = get_build(context)
    if build.site.search:
        cache = Path(context["CACHE_PATH"]) / "search"
        language = build.site.language.split("-")[0]
        index = build.set(
            SearchIndex(_list_documents(context), language, cache, lambda name: output.is_unmodified(context, name))
        )
        build.cleanup.callback(index.close)
        if build.deferred_tasks is None or not index.list_stale_files():
            with suppress(SearchIndexError):  # the generator reports it
                index.start()

"""Pelican's writer, leaving alone every page whose fingerprint and file are those of the last build."""

from __future__ import annotations

import functools
import io
import os
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Protocol

from pelican import signals, writers
from pelican.paginator import Paginator
from pelican.utils import get_relative_path, path_to_url
from pelican.writers import FileOverwriteFailedError, Writer

from .fingerprints import Fingerprint, Fingerprints
from .ledger import Ledger


class _Sheet(io.StringIO):
    """Collects what a page or feed is made of, and hands it over whole."""

    def __init__(self, put: Callable[[bytes], None], encoding: str) -> None:
        super().__init__(newline="\n")
        self._put, self._encoding = put, encoding

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._put(self.getvalue().replace("\n", os.linesep).encode(self._encoding))


Page = tuple[str, Any, dict[str, Any], dict[str, Any]]
"""A page to be written: its file, its template, the context, and what else the page is given."""


class Turn(Protocol):
    """Says which pages are this process's, where two share them; `left` are the other's."""

    left: list[Page]

    def comes(self) -> bool:
        """Whether the next page is this process's."""

    def is_spoilt(self) -> bool:
        """Whether the page just rendered must be rendered again by the other process."""


class IncrementalWriter(Writer):
    """Writes what changed; says of the rest, as Pelican does of every page, that it is written."""

    ledger: Ledger
    fingerprints: Fingerprints
    turn: Turn | None = None

    def begin_again(self) -> None:
        """Be ready to write files that were written, and values that were seen, once more."""
        self._written_files.clear()
        self._overridden_files.clear()
        self.fingerprints.values.forget()

    def _open_w(self, filename: str, encoding: str, override: bool = False) -> Any:
        """Return a file for a feed (or whatever else is written by itself), compared when it is closed."""
        name = self.ledger.name(filename)
        put = (lambda data: self.ledger.put(name, data)) if self._claim(filename, override) else (lambda _: None)
        return _Sheet(put, encoding)

    def _claim(self, path: str, override: bool) -> bool:
        """Whether `path` is to be written: not when a page that overrides stands there; raises when two claim it."""
        if path in self._overridden_files:
            if override:
                raise FileOverwriteFailedError(f"Two files override {path}")
            return False
        if path in self._written_files and not override:
            raise FileOverwriteFailedError(f"Two files are to be written to {path}")
        if override:
            self._overridden_files.add(path)
        self._written_files.add(path)
        return True

    def write_file(  # noqa: D102 - as Pelican's
        self,
        name: str,
        template: Any,
        context: dict[str, Any],
        relative_urls: bool = False,
        paginated: dict[str, Any] | None = None,
        template_name: str | None = None,
        override_output: bool = False,
        url: str | None = None,
        **kwargs: Any,
    ) -> None:
        if not name:
            return
        if paginated is None:
            paginated = {key: kwargs[key] for key in kwargs if key in {"articles", "dates"}}
        sizes = self.settings["PAGINATED_TEMPLATES"]
        if not paginated or template_name not in sizes:
            self._page(name, template, context, kwargs, relative_urls, override_output)
            return
        size = sizes[template_name] or self.settings["DEFAULT_PAGINATION"]
        paginators = {key: Paginator(name, url, listed, self.settings, size) for key, listed in paginated.items()}
        pages = {key: functools.lru_cache(3)(paginator.page) for key, paginator in paginators.items()}
        for number in range(1, next(iter(paginators.values())).num_pages + 1):
            numbered, save_as = dict(kwargs), name
            for key, paginator in paginators.items():
                page = pages[key](number)
                numbered[f"{key}_paginator"] = paginator
                numbered[f"{key}_page"] = page
                numbered[f"{key}_previous_page"] = pages[key](number - 1) if number > 1 else None
                numbered[f"{key}_next_page"] = pages[key](number + 1) if number < paginator.num_pages else None
                save_as = page.save_as
            self._page(save_as, template, context, numbered, relative_urls, override_output)

    def _page(
        self,
        name: str,
        template: Any,
        context: dict[str, Any],
        given: Mapping[str, Any],
        relative: bool,
        override: bool,
    ) -> None:
        own: dict[str, Any] = {"localsiteurl": context.get("localsiteurl"), "output_file": name}
        if relative:
            own["SITEURL"] = own["localsiteurl"] = path_to_url(get_relative_path(name))
        own.update(given)
        if own["localsiteurl"]:
            context["localsiteurl"] = own["localsiteurl"]
        page = (writers.sanitised_join(self.output_path, name), template, context, own)
        self.ledger.tally.pages += 1
        self.ledger.progress(self.ledger.tally.pages)
        if self.turn is None or self.turn.comes():
            self._write(page, override)
        elif self._claim(page[0], override):
            self.turn.left.append(page)

    def _write(self, page: Page, override: bool, *, claimed: bool = False) -> None:
        path, template, context, own = page
        place = self.ledger.name(path)
        fingerprint = self.fingerprints.of(template, own, context)
        taken = path in self._written_files and not claimed
        if taken or fingerprint is None or not self.ledger.stays(place, fingerprint.whole):
            text = template.render({**context, **own})
            if self.turn is not None and self.turn.is_spoilt():
                return
            if claimed or self._claim(path, override):
                self._note(place, template, fingerprint)
                data = text.replace("\n", os.linesep).encode()
                self.ledger.put(place, data, None if taken else fingerprint, template.name or "")
        elif not claimed:
            self._claim(path, override)
        self._tell(page)

    def take_over(self, left: list[Page], made: Ledger) -> None:
        """Stand by the pages that another process made; make those that are `left` and that it did not make."""
        self.ledger.tally.add(made.tally)
        for page in left:
            place = self.ledger.name(page[0])
            if place in made.entries:
                self.ledger.entries[place] = made.entries[place]
                self._tell(page)
            else:
                self._write(page, False, claimed=True)

    def _tell(self, page: Page) -> None:
        path, _, context, own = page
        if signals.content_written.receivers:
            signals.content_written.send(path, context={**context, **own})

    def _note(self, place: str, template: Any, fingerprint: Fingerprint | None) -> None:
        """Keep why a page is rendered."""
        known = self.ledger.state.entries.get(place)
        if fingerprint is None:
            why = "its templates, or what they show, cannot be told from the last build's; it is rendered every time"
        elif known is None:
            why = "it is new"
        elif known.fingerprint == fingerprint.whole:
            why = "the file is not as the last build wrote it"
        elif known.template != (template.name or ""):
            why = f"it uses {template.name} now"
        else:
            pairs = zip(_eights(known.parts), _eights(fingerprint.parts), fingerprint.names, strict=False)
            changed = [name for old, new, name in pairs if old != new]
            why = f"changed: {', '.join(changed)}" if changed else "what its templates look at is another set"
        self.ledger.tally.reasons[place] = why


def _eights(parts: str) -> list[str]:
    return [parts[start : start + 8] for start in range(0, len(parts), 8)]

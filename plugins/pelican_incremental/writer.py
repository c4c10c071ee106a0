"""Pelican's writer, leaving alone each page that would come out as it is."""

import functools
import io
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import SimpleNamespace
from typing import Any
from zlib import crc32

from jinja2 import Template
from pelican import writers
from pelican.writers import Writer

from .manifest import Entry, Manifest
from .store import digest
from .tracking import Tracker


@contextmanager
def _file(put: Callable[[bytes], object], encoding: str) -> Iterator[io.StringIO]:
    """Collect what a page or feed is made of, and hand it over whole."""
    file = io.StringIO(newline="\n")
    yield file
    put(file.getvalue().replace("\n", os.linesep).encode(encoding))


class IncrementalWriter(Writer):
    """Writes what changed; Pelican and its plugins hear of the other pages just the same."""

    manifest: Manifest
    tracker: Tracker
    salt: str
    _page: Entry | None = None
    """A page on its way to its file: the entry of the last build, if that can stay, or one with no date."""

    def write_file(  # noqa: D102 - as Pelican's
        self, name: str, template: Any, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> None:
        self._page = None
        if name:
            template = SimpleNamespace(name=template.name, render=functools.partial(self._render, template))
        super().write_file(name, template, context, *args, **kwargs)

    def _render(self, template: Template, context: dict[str, Any]) -> str:
        """Return the text of a page; "" if its file can stay, for nothing that it read has changed."""
        manifest = self.manifest
        name = manifest.name(os.path.join(self.output_path, context["output_file"]))  # noqa: PTH118 - ten thousand times
        known = manifest.before.get(name)
        why = "its last build left nothing to compare with" if known else "it is new"
        if known and known.reads:
            made_of, now, why = self._made_of(known.reads, template, context)
            if made_of == known.digest:
                if manifest.leave(name, made_of):
                    self._page = known
                    return ""
                why = "its file is not as the last build wrote it"
            elif made_of:
                pairs = zip(re.findall("." * 8, known.parts), map(_part, now), known.reads, strict=False)
                changed = [_shown(label) for before, part, label in pairs if before != part]
                why = f"changed: {', '.join(changed) or 'settings, code or versions'}"
        text, reads, volatile = self.tracker.render(template, context)
        manifest.make_room(name)  # before Pelican makes the folder
        made_of, now, unknown = self._made_of(reads, template, context) if reads else ("", [], volatile)
        self._page = Entry(0, 0, made_of, 0, reads, "".join(map(_part, now))) if made_of else Entry()
        manifest.report.reasons[name] = why if made_of else f"it is rendered every time: {unknown}"
        return text

    def _made_of(self, reads: Iterable[str], template: Template, context: dict[str, Any]) -> tuple[str, list[str], str]:
        """Return a digest of what is read as it is now, a text for each of it, or why it can't be compared."""
        try:
            now = self.tracker.now(reads, template.environment, context)
        except Exception as error:  # noqa: BLE001 - it fails where it is rendered, if it must
            return "", [], f"{type(error).__name__}: {error}".removeprefix("Unknown: ")
        return digest(self.salt, template.name or "", str(context["localsiteurl"]), *now), now, ""

    def _open_w(self, filename: str, encoding: str, override: bool = False) -> Any:
        vars(writers)["open"] = self._open  # Pelican's own method says whether there is anything to open
        try:
            return super()._open_w(filename, encoding, override)
        finally:
            del vars(writers)["open"]

    def _open(self, path: str, _mode: str, encoding: str) -> AbstractContextManager[io.StringIO]:
        """Return a file for a page, a feed or whatever else, compared when it is closed."""
        page, self._page = self._page or Entry(), None
        if page.mtime or path == os.devnull:
            return _file(bool, encoding)
        return _file(lambda data: self.manifest.write(self.manifest.name(path), data, page), encoding)


def _part(text: str) -> str:
    return f"{crc32(text.encode('utf-8', 'surrogatepass')):08x}"


def _shown(label: str) -> str:
    kind, name, *_ = label.split("\t")
    return name if kind in {"name", "content"} else f"{kind} {name}"

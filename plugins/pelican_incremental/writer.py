"""Pelican's writer, leaving alone each page that would come out as it is."""

import functools
import io
import os
import re
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from zlib import crc32

from jinja2 import Template
from pelican import writers
from pelican.writers import Writer

from .digests import Unknown
from .manifest import Entry, Manifest
from .store import digest
from .tracking import Tracker


class _File(io.StringIO):
    """Collects what a page or feed is made of, and hands it over whole."""

    def __init__(self, put: Callable[[bytes], Any], encoding: str) -> None:
        super().__init__(newline="\n")
        self._put, self._encoding = put, encoding

    def __exit__(self, kind: type[BaseException] | None, *more: object) -> None:
        if kind is None:
            self._put(self.getvalue().replace("\n", os.linesep).encode(self._encoding))


class IncrementalWriter(Writer):
    """Writes what changed; Pelican and its plugins hear of the other pages just the same."""

    manifest: Manifest
    tracker: Tracker
    salt: str
    say: Callable[[str], None] | None
    told: float
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
        if self.say and time.monotonic() > self.told + 1:
            self.told = time.monotonic()
            self.say(f"{len(manifest.report.reasons)} pages …")
        known = manifest.before.get(name)
        why = "its last build left nothing to compare with" if known else "it is new"
        if known and known.reads:
            made_of, parts, why = self._made_of(known.reads, template, context)
            if made_of == known.digest:
                if manifest.is_as_written(name) and name not in manifest.entries:
                    self._page = known
                    return ""
                why = "its file is not as the last build wrote it"
            elif made_of:
                pairs = zip(re.findall("." * 8, known.parts), re.findall("." * 8, parts), known.reads, strict=False)
                changed = [_shown(label) for before, now, label in pairs if before != now]
                why = f"changed: {', '.join(changed) or 'settings, code or versions'}"
        text, reads, volatile = self.tracker.render(template, context)
        manifest.make_room(name)  # before Pelican makes the folder
        made_of, parts, unknown = self._made_of(reads, template, context) if reads else ("", "", volatile)
        self._page = Entry(0, 0, made_of, 0, reads, parts) if made_of else Entry()
        manifest.report.reasons[name] = why if made_of else f"it is rendered every time: {unknown}"
        return text

    def _made_of(self, reads: tuple[str, ...], template: Template, context: dict[str, Any]) -> tuple[str, str, str]:
        """Return a digest of what is read as it is now, eight digits for each of it, or why it can't be compared."""
        try:
            now = [self.tracker.now(label, template.environment, context) for label in reads]
        except Unknown as unknown:
            return "", "", str(unknown)
        except Exception as error:  # noqa: BLE001 - it fails where it is rendered, if it must
            return "", "", f"{type(error).__name__}: {error}"
        parts = "".join(f"{crc32(text.encode('utf-8', 'surrogatepass')):08x}" for text in now)
        return digest(self.salt, template.name or "", str(context["localsiteurl"]), *now), parts, ""

    def _open_w(self, filename: str, encoding: str, override: bool = False) -> Any:
        vars(writers)["open"] = self._file  # Pelican's own method says whether there is anything to open
        try:
            return super()._open_w(filename, encoding, override)
        finally:
            del vars(writers)["open"]

    def _file(self, path: str, _mode: str, encoding: str) -> _File:
        """Return a file for a page, a feed or whatever else, compared when it is closed."""
        page, self._page = self._page or Entry(), None
        name = self.manifest.name(path)
        if page.mtime and path != os.devnull:
            self.manifest.entries[name] = page
            self.manifest.report.unchanged += 1
        if page.mtime or path == os.devnull:
            return _File(lambda _: None, encoding)
        return _File(lambda data: self.manifest.write(name, data, page), encoding)

    def begin_again(self) -> None:
        """Be ready to write files that were written, of values that may have changed, once more."""
        self._written_files.clear()
        self._overridden_files.clear()
        self.tracker.forget()


def _shown(label: str) -> str:
    kind, name, *_ = label.split("\t")
    return name if kind in {"name", "content"} else f"{kind} {name}"

"""Pelican's writer, skipping each page that would come out unchanged."""

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

from .manifest import FileRecord, Manifest
from .store import digest
from .tracking import Tracker


@contextmanager
def _buffer_file(write: Callable[[bytes], object], encoding: str) -> Iterator[io.StringIO]:
    """Yield a file in memory, and pass its bytes to `write` in the end."""
    file = io.StringIO(newline="\n")
    yield file
    write(file.getvalue().replace("\n", os.linesep).encode(encoding))


class IncrementalWriter(Writer):
    """Writes what changed; Pelican and its plugins get the signals of skipped pages too."""

    manifest: Manifest
    tracker: Tracker
    site_digest: str
    _page: FileRecord | None = None
    """The record of the page being written: that of the last build if the page is skipped, else one with no stamp."""

    def write_file(  # noqa: D102 - as Pelican's
        self, name: str, template: Any, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> None:
        self._page = None
        if name:
            template = SimpleNamespace(name=template.name, render=functools.partial(self._render, template))
        vars(writers)["os"] = self._os
        try:
            super().write_file(name, template, context, *args, **kwargs)
        finally:
            vars(writers)["os"] = os

    @functools.cached_property
    def _os(self) -> Any:
        """The module os for Pelican's writer, which creates the folder of each page: that of a kept one is there."""

        def makedirs(path: str, *, exist_ok: bool) -> None:
            if self._page is None or not self._page.stamp:
                os.makedirs(path, exist_ok=exist_ok)  # noqa: PTH103 - as Pelican does

        return SimpleNamespace(**vars(os) | {"makedirs": makedirs})

    def _render(self, template: Template, context: dict[str, Any]) -> str:
        """Return the text of a page; "" if its file is kept because nothing that it read has changed."""
        manifest = self.manifest
        name = manifest.get_name(os.path.join(self.output_path, context["output_file"]))  # noqa: PTH118 - hot
        record = manifest.previous.get(name)
        reason = "the last build recorded no dependencies" if record else "it is new"
        if record and record.dependencies:
            fingerprint, digests, reason = self._fingerprint(record.dependencies, template, context)
            if fingerprint == record.fingerprint:
                if manifest.keep_if_current(name, fingerprint):
                    self._page = record
                    return ""
                reason = "its file was modified after the last build"
            elif fingerprint:
                before, now = re.findall("." * 8, record.dependency_hashes), map(_hash_short, digests)
                compared = zip(before, now, record.dependencies, strict=False)
                changed = [_describe(label) for old, new, label in compared if old != new]
                reason = f"changed: {', '.join(changed) or 'settings, code or versions'}"
        text, labels, volatile = self.tracker.render(template, context)
        manifest.remove_conflicts(name)  # before Pelican creates the folder
        fingerprint, digests, why = self._fingerprint(labels, template, context) if labels else ("", [], volatile)
        hashes = "".join(map(_hash_short, digests))
        self._page = FileRecord([], fingerprint, 0, labels, hashes) if fingerprint else FileRecord()
        manifest.report.reasons[name] = reason if fingerprint else f"it is rendered in every build: {why}"
        return text

    def _fingerprint(
        self, labels: Iterable[str], template: Template, context: dict[str, Any]
    ) -> tuple[str, list[str], str]:
        """Return a digest of the current values of all dependencies, a text for each, or why they can't be compared."""
        try:
            digests = self.tracker.digest_current(labels, template.environment, context)
        except Exception as error:  # noqa: BLE001 - if it matters, rendering raises it again
            return "", [], f"{type(error).__name__}: {error}".removeprefix("NotComparable: ")
        return digest(self.site_digest, template.name or "", str(context["localsiteurl"]), *digests), digests, ""

    def _open_w(self, filename: str, encoding: str, override: bool = False) -> Any:
        vars(writers)["open"] = self._open  # Pelican's own method decides whether to open a file
        try:
            return super()._open_w(filename, encoding, override)
        finally:
            del vars(writers)["open"]

    def _open(self, path: str, _mode: str, encoding: str) -> AbstractContextManager[io.StringIO]:
        """Return a file for a page, a feed or anything else, whose content is compared when it is closed."""
        page, self._page = self._page or FileRecord(), None
        if page.stamp or path == os.devnull:
            return _buffer_file(bool, encoding)
        return _buffer_file(lambda data: self.manifest.write(self.manifest.get_name(path), data, page), encoding)


def _hash_short(text: str) -> str:
    return f"{crc32(text.encode('utf-8', 'surrogatepass')):08x}"


def _describe(label: str) -> str:
    kind, name, *_ = label.split("\t")
    return name if kind in {"name", "content"} else f"{kind} {name}"

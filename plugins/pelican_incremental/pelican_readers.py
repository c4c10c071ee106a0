"""Pelican's own readers in the two steps of `CacheableReader`; what they make of a file stays the same."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docutils.utils import DependencyList
from markdown import Markdown
from pelican.readers import HTMLReader, MarkdownReader, RstReader

from .code import settings_digest
from .digests import Unknown
from .markdown_fast import quicken
from .readers import CacheableReader, Parsed

_RESETTABLE = frozenset(
    "abbr admonition attr_list codehilite def_list extra fenced_code footnotes legacy_attrs legacy_em md_in_html meta "
    "nl2br sane_lists smarty tables toc wikilinks".split()
)
"""Python-Markdown's own extensions: a reset forgets all of the last text, and none reads other files."""


class CachedMarkdownReader(CacheableReader, MarkdownReader):
    """Parses Markdown with one Markdown object for all files: saves a fifth of their time, beside what is kept."""

    _body: Markdown | None = None
    _field: Markdown | None = None

    def parse(self, raw: bytes, path: str) -> Parsed | None:
        """Convert the body and the formatted fields."""
        del path
        if self._body is None or self._field is None:
            self._body = quicken(Markdown(**self.settings["MARKDOWN"]))
            self._field = quicken(Markdown(**self.settings["MARKDOWN"]))
            self._field.preprocessors.deregister("meta")
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            return None
        html = self._body.reset().convert(text.replace("\r\n", "\n").replace("\r", "\n"))
        meta: dict[str, list[str]] = getattr(self._body, "Meta", {})
        formatted = ("\n".join(value) for name, value in meta.items() if name.lower() in self._formatted)
        return Parsed(html, [meta, {field: self._field.reset().convert(field) for field in formatted}])

    def build_metadata(self, path: str, parsed: Parsed) -> tuple[str, dict[str, Any]]:
        """Let Pelican's reader make metadata of the headers."""
        meta, fields = parsed.data
        self._source_path = path  # its warnings name the file
        self._md = _Converted(fields)  # it asks its Markdown object for formatted fields
        return parsed.html, self._parse_metadata(meta)

    @functools.cache  # noqa: B019 - a reader lives as long as its build
    def cache_key(self) -> str:
        """Return the digest of the Markdown settings; "" with extensions that may keep or read anything."""
        settings = self.settings["MARKDOWN"]
        names = [e.removeprefix("markdown.extensions.") if isinstance(e, str) else "" for e in settings["extensions"]]
        configs = settings["extension_configs"]
        notes = configs.get("markdown.extensions.footnotes") or configs.get("footnotes") or {}
        known = {"extensions", "extension_configs", "output_format", "tab_length"}
        if not set(names) <= _RESETTABLE or notes.get("UNIQUE_IDS") or not set(settings) <= known:
            return ""
        return _key([settings, self._formatted])

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        """Return content and metadata; with unknown extensions as Pelican does, a Markdown object for each file."""
        return super().read(source_path) if self.cache_key() else self.read_uncached(source_path)

    @property
    def _formatted(self) -> list[str]:
        return list(self.settings["FORMATTED_FIELDS"])


class _Converted:
    """Stands in for a Markdown object whose answers are known."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = fields
        self.preprocessors = self

    def deregister(self, name: str) -> None:
        """Do nothing: the fields were converted without it."""

    def reset(self) -> None:
        """Do nothing."""

    def convert(self, text: str) -> str:
        """Return what was converted before."""
        return self._fields[text]


class _KeepsFields:
    """Two steps for a reader that makes metadata of texts by `process_metadata`, which is left to the second step."""

    _raw: list[tuple[str, Any]] | None = None

    def process_metadata(self, name: str, value: Any) -> Any:
        """Return the value as Pelican has it; in the first step, note what it is made of."""
        if self._raw is None:
            return super().process_metadata(name, value)  # type: ignore[misc]  # of the class beside it
        self._raw.append((name, value))
        return value

    def parse(self, raw: bytes, path: str) -> Parsed | None:
        """Let Pelican's reader read the file, and note its fields."""
        self._raw = []
        try:
            html, fields = self._read(path)
            plain = [name for name, value in fields.items() if (name, value) not in self._raw]
            data = [self._raw, {name: fields[name] for name in plain}]
        finally:
            self._raw = None
        # It read the file by itself: not what was there a moment before?
        return Parsed(html, data, self._included(path)) if Path(path).read_bytes() == raw else None

    def build_metadata(self, path: str, parsed: Parsed) -> tuple[str, dict[str, Any]]:
        """Make metadata of the fields."""
        del path
        raw, plain = parsed.data
        return parsed.html, {name: self.process_metadata(name, value) for name, value in raw} | plain

    def _read(self, path: str) -> tuple[str, dict[str, Any]]:
        raise NotImplementedError

    def _included(self, path: str) -> tuple[str, ...]:
        del path
        return ()


class CachedRstReader(_KeepsFields, CacheableReader, RstReader):
    """Keeps what docutils makes of reStructuredText, with the files that it includes."""

    _dependencies: Any = None

    def _get_publisher(self, source_path: str) -> Any:
        publisher = super()._get_publisher(source_path)
        self._dependencies = publisher.settings.record_dependencies
        return publisher

    def _read(self, path: str) -> tuple[str, dict[str, Any]]:
        return RstReader.read(self, path)

    def _included(self, path: str) -> tuple[str, ...]:
        found = self._dependencies
        return tuple(found.list) if isinstance(found, DependencyList) else ()

    def cache_key(self) -> str:
        """Return the digest of docutils' settings."""
        return _key(
            [self.settings.get("DOCUTILS_SETTINGS"), self._language_code, list(self.settings["FORMATTED_FIELDS"])]
        )


class CachedHTMLReader(_KeepsFields, CacheableReader, HTMLReader):
    """Keeps what is found in HTML files."""

    def _read(self, path: str) -> tuple[str, dict[str, Any]]:
        return HTMLReader.read(self, path)

    def cache_key(self) -> str:
        """Return a constant: HTML is read in one way only."""
        return "html"


def _key(value: Any) -> str:
    try:
        return settings_digest(value)
    except (Unknown, RecursionError):
        return ""


_CACHED: dict[type, type] = {
    # Named as Pelican's: the name is part of the metadata.
    plain: type(plain.__name__, (cached,), {"__module__": cached.__module__})
    for plain, cached in (
        (MarkdownReader, CachedMarkdownReader),
        (RstReader, CachedRstReader),
        (HTMLReader, CachedHTMLReader),
    )
}


def use_cached_readers(readers: Any) -> None:
    """Put these readers in the place of Pelican's own; a plugin's stay (signal: readers_init)."""
    for extension, reader in readers.reader_classes.items():
        readers.reader_classes[extension] = _CACHED.get(reader, reader)

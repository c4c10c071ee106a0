"""Pelican's own readers in the two steps of `CacheableReader`; what they make of a file stays the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from docutils.parsers.rst import directives, roles
from docutils.utils import DependencyList
from markdown import Markdown
from pelican.readers import HTMLReader, MarkdownReader, RstReader

from .code import settings_digest
from .digests import Unknown
from .readers import CacheableReader, Parsed

_RESETTABLE = frozenset(
    "abbr admonition attr_list codehilite def_list extra fenced_code footnotes legacy_attrs legacy_em md_in_html meta "
    "nl2br sane_lists smarty tables toc wikilinks".split()
)
"""Python-Markdown's own extensions: a reset forgets all of the last text, and none reads other files."""


class _TwoSteps(CacheableReader):
    """Parses as the reader beside it does, but for `process_metadata`, which is left to the second step."""

    _raw: list[tuple[str, Any]] | None = None
    _chosen: tuple[str, ...] = ()
    """Settings that count beside the reader's class."""

    def process_metadata(self, name: str, value: Any) -> Any:
        """Return the value as Pelican has it; in the first step, note what it is made of."""
        if self._raw is None:
            return super().process_metadata(name, value)  # type: ignore[misc]  # of the class beside it
        self._raw.append((name, value))
        return value

    def parse(self, raw: bytes, path: str) -> Parsed:
        """Let Pelican's reader read the file, and note its fields."""
        del raw
        self._raw = []
        try:
            html, fields = super(CacheableReader, self).read(path)  # type: ignore[misc]  # of the class beside it
            data = [self._raw, {name: value for name, value in fields.items() if (name, value) not in self._raw}]
        finally:
            self._raw = None
        return Parsed(html, data, self._included())

    def build_metadata(self, path: str, parsed: Parsed) -> tuple[str, dict[str, Any]]:
        """Make metadata of the fields."""
        del path
        raw, others = parsed.data
        return parsed.html, {name: self.process_metadata(name, value) for name, value in raw} | others

    def cache_key(self) -> str:
        """Return the digest of the settings that count."""
        settings: Mapping[str, Any] = self.settings  # type: ignore[attr-defined]  # of the class beside it
        try:
            return settings_digest([settings.get(name) for name in self._chosen])
        except (Unknown, RecursionError):
            return ""

    def _included(self) -> tuple[str, ...]:
        return ()


class CachedMarkdownReader(_TwoSteps, MarkdownReader):
    """Keeps what Python-Markdown makes of a text, if its extensions keep and read nothing else."""

    _chosen = ("MARKDOWN", "FORMATTED_FIELDS")

    def cache_key(self) -> str:
        """Return the digest of the Markdown settings; "" with extensions that may keep or read anything."""
        return super().cache_key() if _is_resettable(self.settings["MARKDOWN"]) else ""


class CachedRstReader(_TwoSteps, RstReader):
    """Keeps what docutils makes of reStructuredText, with the files that it includes."""

    _chosen = ("DOCUTILS_SETTINGS", "DEFAULT_LANG", "FORMATTED_FIELDS", "PYGMENTS_RST_OPTIONS")
    _dependencies: Any = None

    def cache_key(self) -> str:
        """Return the digest of docutils' settings; "" with directives and roles of others, which may read anything."""
        known = (*directives._directives.values(), *roles._roles.values())  # noqa: SLF001 - there is no other list
        others = [each for each in known if not each.__module__.startswith(("docutils.", "pelican.rst"))]
        return "" if others else super().cache_key()

    def _get_publisher(self, source_path: str) -> Any:
        publisher = super()._get_publisher(source_path)
        self._dependencies = publisher.settings.record_dependencies
        return publisher

    def _included(self) -> tuple[str, ...]:
        found = self._dependencies
        return tuple(found.list) if isinstance(found, DependencyList) else ()


class CachedHTMLReader(_TwoSteps, HTMLReader):
    """Keeps what is found in HTML files."""


def _is_resettable(settings: Mapping[str, Any]) -> bool:
    """Return whether one Markdown object can convert text after text, and each gives the same alone."""
    names = {e.removeprefix("markdown.extensions.") if isinstance(e, str) else "" for e in settings["extensions"]}
    configs = settings["extension_configs"]
    notes = configs.get("markdown.extensions.footnotes") or configs.get("footnotes") or {}
    known = {"extensions", "extension_configs", "output_format", "tab_length"}
    return names <= _RESETTABLE and not notes.get("UNIQUE_IDS") and settings.keys() <= known


def reused(plain: type[Markdown]) -> Callable[..., Markdown]:
    """Return what makes Markdown objects for Pelican's reader: one for all files, saving a fifth of their time."""
    made: list[tuple[Any, Markdown, Any]] = []

    def make(**settings: Any) -> Markdown:
        if not _is_resettable(settings):
            return plain(**settings)
        if not made or made[0][0] != settings:
            markdown = plain(**settings)
            made[:] = [(settings, markdown, markdown.preprocessors["meta"])]
        _, markdown, meta = made[0]
        markdown.preprocessors.register(meta, "meta", 27)  # Pelican takes it out after the body
        return markdown.reset()

    return make


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

"""Readers that work in two steps: a pure one whose result may be kept, and one that makes content of that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from markdown import Markdown
from pelican.readers import MarkdownReader

from .cache import Prepared
from .code_digests import CodeDigester
from .digests import Unknowable, digest
from .inline import quicken

_BUNDLED = frozenset(
    "abbr admonition attr_list codehilite def_list extra fenced_code footnotes legacy_attrs legacy_em md_in_html meta "
    "nl2br sane_lists smarty tables toc wikilinks".split()
)


class TwoStep(Protocol):
    """A reader that works in two steps."""

    def prepare(self, raw: bytes) -> Prepared | None:
        """Return what a file that holds `raw` gives, from this and `prepared_with` alone; None: read it as ever."""

    def read_prepared(self, path: str, prepared: Prepared) -> tuple[str, dict[str, Any]]:
        """Return the content and metadata that `read` would return."""

    def prepared_with(self) -> str:
        """Return a digest of all that `prepare` depends on beside the file."""


class PlainMarkdown:
    """Pelican's Markdown reader in two steps; what it makes of a file stays the same."""

    def __init__(self, reader: Any, salt: str) -> None:
        self.reader, self.salt = reader, salt
        self._body: Markdown | None = None
        self._field: Markdown | None = None

    def prepare(self, raw: bytes) -> Prepared | None:
        """Convert body and formatted fields with one Markdown object each, reset between files."""
        settings = self.reader.settings
        if self._body is None or self._field is None:
            self._body = quicken(Markdown(**settings["MARKDOWN"]))
            self._field = quicken(Markdown(**settings["MARKDOWN"]))
            self._field.preprocessors.deregister("meta")
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            return None
        html = self._body.reset().convert(text.replace("\r\n", "\n").replace("\r", "\n"))
        meta: dict[str, list[str]] = getattr(self._body, "Meta", {})
        fields = {}
        for name, value in meta.items():
            if name.lower() in settings["FORMATTED_FIELDS"]:
                joined = "\n".join(value)
                fields[joined] = self._field.reset().convert(joined)
        return html, [meta, fields]

    def read_prepared(self, path: str, prepared: Prepared) -> tuple[str, dict[str, Any]]:
        """Let Pelican's reader make metadata of what was found."""
        html, (meta, fields) = prepared
        self.reader._source_path = path  # noqa: SLF001 - its warnings name the file
        self.reader._md = _Answers(fields)  # noqa: SLF001 - it asks its Markdown object for formatted fields
        return html, self.reader._parse_metadata(meta)  # noqa: SLF001 - as its own read does

    def prepared_with(self) -> str:
        """Return the digest of the Markdown settings, the code and the versions."""
        settings = self.reader.settings
        return digest(self.salt, CodeDigester().whole([settings["MARKDOWN"], list(settings["FORMATTED_FIELDS"])]))


class _Answers:
    """Stands in for a Markdown object whose answers are known."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = fields
        self.preprocessors = self

    def deregister(self, name: str) -> None:
        """Nothing to do: the fields were converted without it."""

    def reset(self) -> None:
        """Nothing to do."""

    def convert(self, text: str) -> str:
        """Return what was found before."""
        return self._fields[text]


def two_step(reader: Any, salt: str) -> TwoStep | None:
    """Return `reader` as one in two steps; None when it must read as ever."""
    if all(hasattr(reader, name) for name in ("prepare", "read_prepared", "prepared_with")):
        made: TwoStep = reader
        if hasattr(reader, "quicken"):
            reader.quicken(quicken)
        return made
    if type(reader) is MarkdownReader and _resets(reader.settings["MARKDOWN"]):
        plain = PlainMarkdown(reader, salt)
        try:
            plain.prepared_with()
        except Unknowable:
            return None
        return plain
    return None


def _resets(settings: Mapping[str, Any]) -> bool:
    """Whether one Markdown object can be used again: only extensions whose reset is known to be whole."""
    names = [e.removeprefix("markdown.extensions.") if isinstance(e, str) else "" for e in settings["extensions"]]
    notes = settings["extension_configs"].get("markdown.extensions.footnotes") or {}
    notes = settings["extension_configs"].get("footnotes") or notes
    known = {"extensions", "extension_configs", "output_format", "tab_length"}
    return set(names) <= _BUNDLED and not notes.get("UNIQUE_IDS") and set(settings) <= known

"""Where Pelican reads Markdown: our reader in place of its own."""

from __future__ import annotations

import os
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from markdown import Markdown
from pelican.contents import Author, Category, Tag
from pelican.readers import MarkdownReader

from ..problems import log_of
from ..settings import now_of, site_of
from .documents import Scanned, Source, scan, source_of
from .markdown import Converter
from .schemas import Common, Page, Post, Status


class ContentNotValid(Exception):
    """Keeps Pelican from using a file whose problems are already in the log."""


# Not a direct subclass of BaseReader: Pelican takes those into every site, asked or not.
class AuthorReader(MarkdownReader):
    """Reads posts and pages by their schemas."""

    file_extensions = MarkdownReader.file_extensions

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(settings)
        self._converter = Converter()

    # In two steps, so that the build engine may keep the first one's result and run it on every core.

    @property
    def markdown(self) -> Markdown:
        """Return the Markdown object that converts bodies."""
        return self._converter.markdown

    def prepared_with(self) -> str:
        """Name what `prepare` depends on beside the file and this room's code: nothing."""
        return ""

    def prepare(self, raw: bytes) -> tuple[str, Any]:
        """Return the body as HTML, and table of contents, front matter and faults as JSON knows them."""
        scanned = scan(raw)
        converted = self._converter.convert(scanned.found.body if scanned.found else "")
        return converted.html, [converted.toc, scanned.to_json()]

    def read_prepared(self, source_path: str, prepared: tuple[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return body and metadata of one file as Pelican wants them; raises ContentNotValid after logging why."""
        html, (toc, scanned) = prepared
        zone = ZoneInfo(self.settings["TIMEZONE"] or "UTC")
        model = Page if _is_page(source_path, self.settings) else Post
        source: Source[Any] | None = source_of(
            Scanned.from_json(scanned), source_path, model, log_of(self.settings), zone
        )
        if source is None:
            raise ContentNotValid(source_path)
        site = site_of(self.settings)
        record: Common = source.record
        waiting = record.status is Status.DRAFT or (isinstance(record, Post) and record.date > now_of(self.settings))
        if waiting and not site.drafts:
            return "", {"title": record.title, "status": "skip"}
        metadata = _metadata(record, self.settings)
        return html, metadata | {"toc": toc, "draft": waiting, "record": record}

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        """Return body and metadata of one file, in one step."""
        return self.read_prepared(source_path, self.prepare(Path(source_path).read_bytes()))


def _is_page(path: str, settings: dict[str, Any]) -> bool:
    below = os.path.relpath(os.path.realpath(path), _real(settings["PATH"]))
    return any(below == folder or below.startswith(f"{folder}/") or not folder for folder in settings["PAGE_PATHS"])


@lru_cache
def _real(path: str) -> str:
    return os.path.realpath(path)


def _metadata(record: Common, settings: dict[str, Any]) -> dict[str, Any]:
    """Translate a record into Pelican's metadata; its HTML fields are escaped here."""
    given: dict[str, Any] = {"title": record.title}
    given["status"] = "hidden" if record.status is Status.HIDDEN else "published"
    given |= {key: getattr(record, key) for key in ("slug", "modified", "template") if getattr(record, key)}
    if record.summary:
        given["summary"] = f"<p>{escape(record.summary, quote=False)}</p>"
    if getattr(record, "date", None):
        given["date"] = record.date  # type: ignore[attr-defined]  # posts and pages both have it
    if isinstance(record, Post):
        given["tags"] = [Tag(tag, settings) for tag in record.tags]
        if record.category:
            given["category"] = Category(record.category, settings)
        names = record.authors or ((record.author,) if record.author else ())
        if names:
            given["authors"] = [Author(name, settings) for name in names]
    return given


def add_reader(readers: Any) -> None:
    """Let AuthorReader read Markdown (signal: readers_init)."""
    for extension in AuthorReader.file_extensions:
        readers.reader_classes[extension] = AuthorReader

"""Where Pelican reads Markdown: our reader in place of its own."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pelican.contents import Author, Category, Tag
from pelican.readers import MarkdownReader

from ..problems import log_of
from ..settings import now_of, site_of
from .documents import Source, read_source
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

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        """Return body and metadata of one file as Pelican wants them; raises ContentNotValid after logging why."""
        zone = ZoneInfo(self.settings["TIMEZONE"] or "UTC")
        model = Page if _is_page(source_path, self.settings) else Post
        source: Source[Any] | None = read_source(source_path, model, log_of(self.settings), zone)
        if source is None:
            raise ContentNotValid(source_path)
        site = site_of(self.settings)
        record: Common = source.record
        waiting = record.status is Status.DRAFT or (isinstance(record, Post) and record.date > now_of(self.settings))
        if waiting and not site.drafts:
            return "", {"title": record.title, "status": "skip"}
        converted = self._converter.convert(source.body)
        metadata = _metadata(record, self.settings)
        return converted.html, metadata | {"toc": converted.toc, "draft": waiting, "record": record}


def _is_page(path: str, settings: dict[str, Any]) -> bool:
    below = Path(path).resolve().relative_to(Path(settings["PATH"]).resolve())
    return any(below.is_relative_to(folder) for folder in settings["PAGE_PATHS"])


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

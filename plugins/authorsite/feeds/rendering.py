"""Render entries for feed readers, and hash what feeds depend on."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from html import escape
from pathlib import Path

from pelican_incremental.store import digest

from ..cached_files import digest_package
from ..i18n import get_direction
from ..problems import ProblemLog
from .models import Entry, Feed
from .sanitizing import sanitize_for_feed, strip_invalid_xml

CACHE_SIZE = 1024
"""Number of entries kept in memory for the next feed: bounds memory, however many feeds there are."""


class EntryRenderer:
    """Renders entries for feed readers, each once for all feeds that contain it.

    `full_text` puts the whole text into feeds, else the summary with a link; `footer` is HTML below each entry;
    `reported_files` holds the source files of entries for which a problem was reported.
    """

    def __init__(self, log: ProblemLog, *, full_text: bool = True, footer: str = "") -> None:
        self.log, self.full_text, self.footer = log, full_text, footer
        self.reported_files: set[str] = set()
        self.render = lru_cache(CACHE_SIZE)(self._render)

    def _render(self, entry: Entry) -> Entry:
        """Return `entry` with sanitized HTML and without characters that XML forbids, which are reported."""
        title, in_title = strip_invalid_xml(entry.title)
        summary, in_summary = strip_invalid_xml(entry.summary)
        excerpt = f"<p>{escape(summary, quote=False)}</p>" if summary else ""
        body = entry.html if self.full_text else f'{excerpt}<p><a href="{entry.url}">…</a></p>'
        if entry.language:
            body = f'<div lang="{entry.language}" dir="{get_direction(entry.language)}">{body}</div>'
        html, in_html = sanitize_for_feed(body + self.footer, entry.url)
        if invalid := sorted({*in_title, *in_summary, *in_html}):
            self.reported_files.add(entry.source_path)
            message = f"{', '.join(invalid)} is not allowed in a feed"
            line = _find_reference_line(invalid[0], Path(entry.source_path))
            self.log.warning(entry.source_path, line, message, "remove it (the feed leaves it out)", kind="feed")
        return replace(entry, title=title, summary=summary, html=html)


def _find_reference_line(code_point: str, source: Path) -> int:
    """Return the first line with a character reference to `code_point` ("U+0007"), 0 if there is none.

    Only references (&#7; or &#x7;) get here: the reader of content files rejects the character itself.
    """
    number = int(f"0x{code_point[2:]}", 0)
    text = source.read_text("utf-8")
    match = re.search(rf"&#(?:0*{number}|x0*{number:x});", text, re.IGNORECASE)
    return text.count("\n", 0, match.start()) + 1 if match else 0


def hash_inputs(feed: Feed, entries: Sequence[Entry], renderer: EntryRenderer) -> str:
    """Return a hash of everything that determines the bytes of a feed."""
    return digest(digest_package(), repr(feed), repr((renderer.full_text, renderer.footer)), *map(repr, entries))

"""Entries fit for readers, and feeds made only where something in them changed."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, lru_cache
from html import escape
from pathlib import Path

from pelican_incremental.files import atomic_write
from pelican_incremental.store import digest, versions

from .. import markup
from ..problems import ProblemLog
from .json_feed import json_feed
from .models import Entry, Feed
from .sanitizing import for_readers, without_forbidden
from .xml_feeds import atom, rss

KEPT = 1024
"""So many entries are remembered for the next feed: a bound on memory, whatever the number of feeds."""


class Kitchen:
    """Makes entries readable, each once for all feeds that carry it.

    `full` gives the whole text, else the summary; `line` is HTML that ends each entry; `faulty` are the files of
    entries that were reported.
    """

    def __init__(self, log: ProblemLog, *, full: bool = True, line: str = "") -> None:
        self.log, self.full, self.line = log, full, line
        self.faulty: set[str] = set()
        self.readable = lru_cache(KEPT)(self._readable)

    def _readable(self, entry: Entry) -> Entry:
        """Return `entry` with addresses whole and no character that XML forbids, which is reported with its file."""
        title, in_title = without_forbidden(entry.title)
        summary, in_summary = without_forbidden(entry.summary)
        text = f"<p>{escape(summary, quote=False)}</p>" if summary else ""
        inner = entry.html if self.full else f'{text}<p><a href="{entry.url}">…</a></p>'
        html, in_html = for_readers(inner + self.line, entry.url)
        if found := sorted({*in_title, *in_summary, *in_html}):
            self.faulty.add(entry.source)
            what = f"{', '.join(found)} cannot stand in a feed"
            line = _line_of(found[0], Path(entry.source))
            self.log.warning(entry.source, line, what, "remove the character; the feed leaves it out", kind="feed")
        return replace(entry, title=title, summary=summary, html=html)


def _line_of(character: str, source: Path) -> int:
    """Return the line on which `source` refers to U+0007 as &#7; or &#x7;, the only ways that reading lets pass."""
    number = int(f"0x{character[2:]}", 0)
    text = source.read_text("utf-8")
    found = re.search(rf"&#(?:0*{number}|x0*{number:x});", text, re.IGNORECASE)
    return text.count("\n", 0, found.start()) + 1 if found else 0


class Shelf:
    """What the last build's feeds were made of, with size and date, by path; in a file of the cache."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.now: dict[str, str] = {}
        try:
            self.known: dict[str, str] = dict(json.loads(file.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            self.known = {}

    def stands(self, path: str, told: str, there: Path) -> bool:
        """Whether the file `there` is the feed `path` as it was written from what `told` stands for."""
        if self.known.get(path) != _stamped(told, there):
            return False
        self.now[path] = self.known[path]
        return True

    def put(self, path: str, told: str, there: Path) -> None:
        """Remember the file just written."""
        self.now[path] = _stamped(told, there)

    def save(self) -> None:
        """Keep it for the next build."""
        if self.now != self.known:
            atomic_write(self.file, json.dumps(self.now).encode())


def _stamped(told: str, file: Path) -> str:
    try:
        stat = file.stat()
    except OSError:
        return ""
    return f"{told} {stat.st_size} {stat.st_mtime_ns}"


@cache
def _code_digest() -> str:
    """Return a digest of what makes feeds beside their entries: this room's code, and all versions."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return digest(*(file.read_bytes() for file in (*files, Path(markup.__file__))), *versions())


def told(feed: Feed, entries: Sequence[Entry], kitchen: Kitchen) -> str:
    """Return a digest of all that a feed is made of."""
    return digest(_code_digest(), repr(feed), repr((kitchen.full, kitchen.line)), *map(repr, entries))


def written(feed: Feed, entries: Sequence[Entry], stylesheet: str) -> bytes:
    """Return the bytes of `feed` in the format that its name says."""
    if feed.path.endswith(".json"):
        return json_feed(feed, entries)
    return (atom if feed.path.endswith("atom.xml") else rss)(feed, entries, stylesheet)

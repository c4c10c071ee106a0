"""Round-ups from the author's files."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ..events.model import Event
from ..markup import count_words
from ..problems import ProblemLog
from ..reading.markdown import Converter
from ..reading.schemas import Post
from ..reading.sources import read_source
from ..validation import Fault
from .draft import Period, Written, draft, parse_period


def roundup(settings: Mapping[str, Any], root: Path, period: str, *, write: bool = False) -> int:
    """Print the draft for `period` ("2018" or "2019Q3"), or put it among the posts; return the exit status.

    `settings` are Pelican's, `root` the folder that problems are told relative to.
    A file that is there already is left alone: the author may have edited it.
    """
    log = ProblemLog(root=root)
    try:
        wanted = parse_period(period)
    except Fault as fault:
        print(f"{fault} - {fault.hint}", file=sys.stderr)
        return 1
    content = Path(settings["PATH"])
    posts = content / settings["ARTICLE_PATHS"][0]
    text = _draft(wanted, content, posts, log, settings)
    log.print()
    if log.failed:
        return 1
    if not write:
        print(text)
        return 0
    file = posts / f"housekeeping-{wanted.slug}.md"
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError:
        print(f"{file} is there already: move it away to have it drafted anew", file=sys.stderr)
        return 1
    print(f"{file}: edit it, then remove `status: draft`")
    return 0


def _draft(period: Period, content: Path, folder: Path, log: ProblemLog, settings: Mapping[str, Any]) -> str:
    zone = ZoneInfo(settings["TIMEZONE"] or "UTC")

    def link(path: Path) -> str:
        return Path(os.path.relpath(path, folder)).as_posix()

    converter = Converter()
    written = []
    for path in sorted(folder.rglob("*.md")):
        source = read_source(path, Post, log, zone)
        if source and period.holds(source.record.date):
            made = converter.convert(source.body)
            written.append(Written(link(path), source.record, count_words(made.html), tuple(made.references)))
    files = sorted((content / "events").glob("*.md"))
    events = [(link(path), found.record) for path in files if (found := read_source(path, Event, log, zone))]
    return draft(period, written, events, settings["DEFAULT_CATEGORY"])

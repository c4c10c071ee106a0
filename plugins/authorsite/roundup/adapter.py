"""Reads the posts and events of a period, and prints or saves the draft of its round-up."""

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
from ..reading.markdown import MarkdownRenderer
from ..reading.schemas import PostMetadata
from ..reading.sources import read_source
from ..validation import InvalidValue
from .draft import Period, PostStats, parse_period, render_draft


def create_roundup(settings: Mapping[str, Any], root: Path, period: str, *, write: bool = False) -> int:
    """Print the draft for `period` ("2018" or "2019Q3"), or save it with the posts; return the exit status.

    `settings` are Pelican's; paths in problems are relative to `root`. An existing file is never overwritten, because
    the author may have edited it.
    """
    log = ProblemLog(root=root)
    try:
        parsed = parse_period(period)
    except InvalidValue as error:
        print(f"{error} - {error.hint}", file=sys.stderr)
        return 1
    content = Path(settings["PATH"])
    posts_folder = content / settings["ARTICLE_PATHS"][0]
    text = _draft_roundup(parsed, content, posts_folder, log, settings)
    log.print()
    if log.failed:
        return 1
    if not write:
        print(text)
        return 0
    file = posts_folder / f"housekeeping-{parsed.slug}.md"
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError:
        print(f"{file} already exists - move it away to draft the round-up again", file=sys.stderr)
        return 1
    print(f"{file}: edit it, then remove `status: draft`")
    return 0


def _draft_roundup(
    period: Period, content: Path, posts_folder: Path, log: ProblemLog, settings: Mapping[str, Any]
) -> str:
    zone = ZoneInfo(settings["TIMEZONE"] or "UTC")

    def relative_link(path: Path) -> str:
        return Path(os.path.relpath(path, posts_folder)).as_posix()

    renderer = MarkdownRenderer()
    posts = []
    for path in sorted(posts_folder.rglob("*.md")):
        source = read_source(path, PostMetadata, log, zone)
        if source and period.contains(source.record.date):
            body = renderer.render(source.body)
            stats = PostStats(relative_link(path), source.record, count_words(body.html), tuple(body.references))
            posts.append(stats)
    files = sorted((content / "events").glob("*.md"))
    events = [(relative_link(f), event.record) for f in files if (event := read_source(f, Event, log, zone))]
    return render_draft(period, posts, events, settings["DEFAULT_CATEGORY"])

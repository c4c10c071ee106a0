"""Round-ups from the author's files."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from ..building.conf import read_conf
from ..events.model import Event
from ..problems import ProblemLog
from ..reading.documents import read_source
from ..reading.schemas import Post
from ..validation import Fault
from .draft import Period, Written, draft, parse_period, sources_in


def roundup(settings_file: Path, period: str, *, write: bool = False) -> int:
    """Print the draft for `period` ("2018" or "2019Q3"), or put it among the posts; return the exit status.

    A file that is there already is left alone: the author may have edited it.
    """
    settings = read_conf(settings_file)
    log = ProblemLog(root=settings_file.parent)
    try:
        wanted = parse_period(period)
    except Fault as fault:
        print(f"{fault} - {fault.hint}", file=sys.stderr)
        return 1
    content = Path(settings["PATH"])
    posts = content / settings["ARTICLE_PATHS"][0]
    text = _draft(wanted, content, posts, log, ZoneInfo(settings["TIMEZONE"] or "UTC"))
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


def _draft(period: Period, content: Path, folder: Path, log: ProblemLog, zone: ZoneInfo) -> str:
    def link(path: Path) -> str:
        return Path(os.path.relpath(path, folder)).as_posix()

    def written() -> Iterator[Written]:
        for path in sorted(folder.rglob("*.md")):
            if source := read_source(path, Post, log, zone):
                yield Written(link(path), source.record, len(source.body.split()), sources_in(source.body))

    files = sorted((content / "events").glob("*.md"))
    events = [(link(path), found.record) for path in files if (found := read_source(path, Event, log, zone))]
    return draft(period, list(written()), events, "Housekeeping")

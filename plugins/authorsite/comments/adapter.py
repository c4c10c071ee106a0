"""Read the comments files of a site, once its posts are known; a file that has not changed is not parsed again."""

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pelican_incremental.files import load_json, save_json
from pelican_incremental.store import digest

from ..cached_files import digest_package
from ..problems import ProblemLog
from ..reading.front_matter import decode
from ..reading.links import SOURCE_SUFFIXES
from ..site_build import get_build, list_contents
from .model import SUFFIX, parse_comments
from .views import NO_DISCUSSION, CommentView, Discussion, make_discussion, make_view


class Discussions(dict[str, Discussion]):
    """The discussion of each post or page that has one, by the path of its source file."""


def get_discussion(content: Any, context: Mapping[str, Any]) -> Discussion:
    """Return the discussion of one of Pelican's posts or pages."""
    return get_build(context).get(Discussions).get(str(content.source_path), NO_DISCUSSION)


def read_comments(context: Mapping[str, Any]) -> None:
    """Read all comments files, once posts and pages are known."""
    build = get_build(context)
    discussions = build.set(Discussions())
    sources = {os.path.splitext(path)[0]: path for c in list_contents(context) if (path := str(c.source_path))}  # noqa: PTH122 - thousands of files
    cache_file, zone = Path(context["CACHE_PATH"]) / "comments.json", ZoneInfo(context["TIMEZONE"] or "UTC")
    cache, used = load_json(cache_file), dict[str, Any]()
    for path in _find_files(context["PATH"]):
        raw, stem = Path(path).read_bytes(), path.removesuffix(SUFFIX)
        if stem not in sources:
            _report_file_without_post(stem, build.log, build.unpublished)
            continue
        key, problems_before = digest(digest_package(), str(zone), raw), build.log.total
        rows = cache.get(key) or _parse_rows(raw, build.log, path, zone)
        discussions[sources[stem]] = make_discussion(_load_views(rows, zone))
        if build.log.total == problems_before:  # every build must report a problem
            used[key] = rows
    if cache or used:
        save_json(cache_file, used)


def _find_files(root: str) -> Iterator[str]:
    """Yield the paths of all comments files below `root`, sorted."""
    for folder, folders, names in os.walk(root):
        folders.sort()
        yield from (f"{folder}/{name}" for name in sorted(names) if name.endswith(SUFFIX) and name[0] != ".")


def _parse_rows(raw: bytes, log: ProblemLog, path: str, zone: ZoneInfo) -> list[list[str]]:
    """Return the fields of each comment's view, for the cache."""
    text = decode(raw, partial(log.error, path, kind="front-matter"))
    comments = parse_comments(text, log, path, zone) if text is not None else None
    views = map(make_view, comments or ())
    return [[v.id, v.parent, v.name, v.url, v.date.isoformat(), v.html, v.kind] for v in views]


def _load_views(rows: Any, zone: ZoneInfo) -> list[CommentView]:
    return [
        CommentView(id_, parent, name, url, datetime.fromisoformat(date).astimezone(zone), html, kind)
        for id_, parent, name, url, date, html, kind in rows
    ]


def _report_file_without_post(stem: str, log: ProblemLog, unpublished: set[str]) -> None:
    """Report a comments file that belongs to no post; not if its post is a draft, or has errors."""
    files = [f"{stem}{suffix}" for suffix in SOURCE_SUFFIXES if Path(f"{stem}{suffix}").is_file()]
    if not unpublished.intersection(files) and not {*map(Path, files)}.intersection(log.list_files_with_errors()):
        path, message = f"{stem}{SUFFIX}", f"there is no post or page {Path(stem).name}.md beside it"
        log.warning(path, 0, message, "rename it like its post, or remove it", kind="file")

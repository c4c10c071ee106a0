"""Links in all texts, once everything is read: resolved, checked, and told from what no two texts may share."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from ..problems import ProblemLog, log_of
from ..settings import site_of
from .bibliography import Reference, own_book
from .links import Lines, Report, SiteMap, Target

WAITING = "AUTHORSITE_WAITING"
"""The name, in Pelican's settings, of the set of files that are drafts or scheduled, and not shown."""

SITE_MAP = "AUTHORSITE_SITE_MAP"
"""The name, in Pelican's context, of where links may lead, once all is read."""

LISTS = ("articles", "hidden_articles", "pages", "hidden_pages")
"""The names, in Pelican's context, of the lists of all posts and pages."""


def resolve_links(generators: list[Any]) -> None:
    """Make addresses of the links in all texts, and name those that lead nowhere (signal: all_generators_finalized).

    Posts, pages, and whatever of the context's `books` and `events` has a `source_path` and a `url` can be linked to.
    """
    context = generators[0].context
    # The context was copied from the settings before anything was read.
    context[WAITING] = generators[0].settings.get(WAITING, set())
    contents = [content for name in LISTS for content in context.get(name, ())]
    context[SITE_MAP] = _site_map(context, contents)
    _keep_apart(context, contents)
    for content in contents:
        resolve_links_of(content, context)


def resolve_links_of(content: Any, context: Any) -> None:
    """Make addresses of the links in one text (signal: content_edited)."""
    html = content._content  # noqa: SLF001 - before Pelican resolves links of its own
    if html:
        html = resolved(html, content.source_path, context)
        content._content = _with_own_books(html, content.references, context)  # noqa: SLF001


def _keep_apart(context: Any, contents: list[Any]) -> None:
    """Report sources that would be written to one file: Pelican would stop with a traceback, half done."""
    taken: dict[str, Any] = {}
    for content in sorted(contents, key=lambda c: str(c.source_path)):
        other = taken.setdefault(content.save_as, content)
        if other is not content:
            message = f"its address /{content.url} is also that of {below(other.source_path, context)}"
            line = Lines(text_of(content.source_path)).of("slug:")
            hint = "give one of them another slug"
            log_of(context).error(content.source_path, line, message, hint, kind="front-matter")
    by_slug: dict[tuple[type, str], list[Any]] = {}
    for content in taken.values():
        by_slug.setdefault((type(content), content.slug), []).append(content)
    for group in by_slug.values():
        for content in group:
            content.translations = [c for c in group if c.record.lang != content.record.lang]


def _site_map(context: Any, contents: list[Any]) -> SiteMap:
    sources: dict[str, Target] = {}
    moved: dict[str, str] = {}
    for content in contents:
        sources[below(content.source_path, context)] = Target(content.url, content._content or "")  # noqa: SLF001
        moved |= dict.fromkeys(content.record.aliases, content.url)
    for view in (*context.get("books", ()), *context.get("events", ())):
        if getattr(view, "source_path", ""):
            sources[below(view.source_path, context)] = Target(view.url)
            moved |= dict.fromkeys(view.record.aliases, view.url)
    files = {path: content.url for path, content in context.get("static_content", {}).items()}
    waiting = {below(path, context) for path in context.get(WAITING, ())}
    return SiteMap(sources, files, moved, frozenset(waiting), site_of(context).root)


def resolved(html: str, source_path: str, context: Any) -> str:
    """Return the HTML of a book's or an event's text with its links made addresses; faults go to the log."""
    site_map: SiteMap = context[SITE_MAP]
    return site_map.resolve(html, below(source_path, context), _reporter(source_path, log_of(context)))


def below(path: str, context: Any) -> str:
    """Return a source's path below content/."""
    root = f"{context['PATH']}{os.sep}"
    if path.startswith(root) and os.sep == "/" and ".." not in path:
        return path.removeprefix(root)
    return Path(path).resolve().relative_to(Path(root).resolve()).as_posix()


def _reporter(source_path: str, log: ProblemLog) -> Report:
    lines: list[Lines] = []

    def report(link: str, message: str, hint: str) -> None:
        if not lines:
            lines.append(Lines(text_of(source_path)))
        log.error(source_path, lines[0].of(link, unquote(link)), message, hint, kind="link")

    return report


def text_of(source_path: str) -> str:
    """Return a file's text, whatever its bytes."""
    return Path(source_path).read_text("utf-8", errors="replace")


def _with_own_books(html: str, references: Iterable[Reference], context: Any) -> str:
    """Lead each entry that is one of the author's own books to its purchase page; take the marks of entries away."""
    if not references:
        return html
    root, books = site_of(context).root, context.get("books", ())
    entries = {str(reference.number): own_book(reference, books) for reference in references}

    def link(found: re.Match[str]) -> str:
        book = entries.get(found[1])
        return f' <a class="own-book" href="{root}/{book.buy_url}">Where to buy it</a>' if book else ""

    return re.sub(r"<!--entry (\d+)-->", link, html)

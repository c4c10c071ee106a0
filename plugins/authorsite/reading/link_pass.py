"""The pass over all content, once everything is read, that resolves links."""

import os
import re
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from ..site_build import content_relative_path, get_build, get_log, get_site, list_contents, list_records, uses
from ..validation import LineFinder, find_line
from .bibliography import Reference, match_own_book
from .links import LinkResolver, LinkTarget, collect_ids, describe_outside
from .parsed import get_parsed
from .redirects_file import get_redirects


def prepare_links(generators: list[Any]) -> None:
    """Collect the link targets (signal: all_generators_finalized).

    Targets are posts, pages, and those `books` and `events` of the context that have a `source_path` and a `url`.
    """
    context = generators[0].context
    build, contents = get_build(context), list_contents(context)
    if uses(context, "posts"):
        _drop_files_outside(context, contents)
    targets: dict[str, LinkTarget] = {}
    redirects = {r.path: r.target[1:] for r in get_redirects(context) if r.target.startswith("/")}
    for content in contents:
        target = LinkTarget(content.url, content._content or "")  # noqa: SLF001 - before links are resolved
        targets[content_relative_path(content.source_path, context)] = target
        redirects |= dict.fromkeys(get_parsed(content).record.aliases, content.url)
    for view in list_records(context):
        if getattr(view, "source_path", ""):
            targets[content_relative_path(view.source_path, context)] = LinkTarget(view.url)
            redirects |= dict.fromkeys(view.record.aliases, view.url)
    published = set(map(id, context.get("staticfiles", ())))
    static_content = context.get("static_content", {})
    files = {path: content.url for path, content in static_content.items() if id(content) in published}
    unpublished = frozenset(content_relative_path(path, context) for path in build.unpublished)
    root = Path(context["PATH"]).resolve()
    invalid = frozenset(os.path.relpath(path.resolve(), root) for path in build.log.list_files_with_errors())
    build.set(LinkResolver(targets, files, redirects, unpublished, invalid, build.site.root))


def _drop_files_outside(context: Any, contents: list[Any]) -> None:
    """Report links to files outside the content folder, which Pelican would copy to where their path leads.

    Missing files are left out, too: LinkResolver reports the links to them.
    """
    root = os.path.realpath(context["PATH"])
    inside, outside = list[Any](), set[str]()
    for static in context.get("staticfiles", ()):
        path = os.path.realpath(os.path.join(root, static.source_path))  # noqa: PTH118 - thousands of files
        if path.startswith(f"{root}/"):
            if os.path.exists(path):  # noqa: PTH110 - the same
                inside.append(static)
        else:
            outside.add(path)
    context["staticfiles"] = inside
    if outside:
        for source, path in [(c.source_path, path) for c in contents for path in c.get_static_links()]:
            if os.path.realpath(os.path.join(root, path)) in outside:  # noqa: PTH118 - the same
                problem = describe_outside(os.path.normpath(path))
                get_log(context).error(source, find_line(source, path), *problem, kind="link")


def resolve_body(content: Any, context: Any) -> str:
    """Return the body of a post or page with its links resolved, and links to buy the author's own books."""
    html, parsed = str(content._content or ""), get_parsed(content)  # noqa: SLF001 - Pelican would resolve links itself
    if parsed.has_internal_links:
        html = resolve_html(html, content.source_path, context)
    return _add_own_book_links(html, parsed.references, context)


def resolve_html(html: str, source_path: str, context: Any) -> str:
    """Return `html`, the body of the file `source_path`, with its links resolved; broken ones go to the log."""
    lines = LineFinder(Path(source_path))

    def report(link: str, message: str, hint: str) -> None:
        get_log(context).error(source_path, lines.find_line(link, unquote(link)), message, hint, kind="link")

    return get_build(context).get(LinkResolver).resolve(html, content_relative_path(source_path, context), report)


def check_pending_anchors(context: Any, output_path: str) -> None:
    """Report broken anchors in links to books and events, whose pages must be in `output_path` by now."""
    for url, check in get_build(context).get(LinkResolver).pending_anchor_checks:
        page = Path(output_path) / url / "index.html"
        check(collect_ids(page.read_text("utf-8") if page.is_file() else ""))


def _add_own_book_links(html: str, references: Iterable[Reference], context: Any) -> str:
    """Replace the empty spans of references: by a link to buy it for one of the author's own books, else by nothing."""
    if not references:
        return html
    site, books = get_site(context), context.get("books", ())
    own_books = {str(reference.number): match_own_book(reference, books) for reference in references}

    def link(match: re.Match[str]) -> str:
        book = own_books.get(match[1])
        text = escape(site.translate("Where to buy it"))
        return f' <a class="own-book" href="{site.root}/{book.buy_url}">{text}</a>' if book else ""

    return re.sub(r'<span class="entry-(\d+)"></span>', link, html)

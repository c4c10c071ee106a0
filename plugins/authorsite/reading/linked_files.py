"""Files beside posts and pages: published when published content links to them, as Pelican does for `{attach}`."""

import posixpath
import re
from collections.abc import Iterator
from contextlib import suppress
from fnmatch import fnmatch
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ..site_build import content_relative_path, list_contents, list_records
from .links import SOURCE_SUFFIXES
from .parsed import get_parsed

_LINK = re.compile(r"""\s(?:href|src|poster)=["'](?![a-z]+:|/|#)([^"']+)["']""")
_PREFIX = re.compile(r"^[{|](?:static|attach)[|}]")


def publish_linked_files(generator: Any) -> None:
    """Let Pelican's generator of static files publish what content links to (signal: static_generator_init).

    It runs last, when all content is known. A file in the folder of a post or page is published beside that one; any
    other file of content/ keeps its path.
    """
    generate_context = generator.generate_context

    def generate_with_linked_files() -> None:
        context = generator.context
        linked = dict(reversed([*_find_linked_files(context)]))  # the first link to a file decides
        context["static_links"] |= linked.keys()
        generate_context()
        for path, save_as in linked.items():
            static = context["static_content"].get(path)
            if static is not None and save_as and not hasattr(static, "override_save_as"):
                static.override_save_as = static.override_url = save_as

    generator.generate_context = generate_with_linked_files


def _find_linked_files(context: Any) -> Iterator[tuple[str, str]]:
    """Yield the path below content/ of each linked file, and its output path, "" if that is the same."""
    pages = [
        (c.source_path, c.save_as, parsed.record, c._content if parsed.has_internal_links else "")  # noqa: SLF001 - Pelican would resolve links itself
        for c in list_contents(context)
        if (parsed := get_parsed(c))
    ]
    views = list_records(context)
    pages += [(v.source_path, "", v.record, v.html) for v in views if getattr(v, "source_path", "")]
    # A file belongs to the page in the nearest folder.
    pages.sort(key=lambda page: (-str(page[0]).count("/"), str(page[0])))
    root, ignored = Path(context["PATH"]), context["IGNORE_FILES"]
    static_folders = tuple(f"{folder}/" for folder in context["STATIC_PATHS"])
    for source_path, save_as, record, html in pages:
        folder = posixpath.dirname(content_relative_path(source_path, context))
        # A link in another site's text is none to the author's files.
        links = [] if getattr(record, "reblog", None) else [unescape(link) for link in _LINK.findall(html)]
        audio = getattr(record, "audio", None)
        named = [(getattr(record, "image", ""), True), (audio.file if audio else "", True)]
        for link, is_image in [*named, *((link, False) for link in links)]:
            path = find_file(root, folder, link, is_image=is_image) if link else None
            is_source = path is None or path.endswith(SOURCE_SUFFIXES) or path.startswith(static_folders)
            if path and not is_source and not any(fnmatch(p, i) for p in path.split("/") for i in ignored):
                is_beside = save_as and folder and path.startswith(f"{folder}/")
                yield path, posixpath.join(posixpath.dirname(save_as), path[len(folder) + 1 :]) if is_beside else ""


def find_file(root: Path, folder: str, link: str, *, is_image: bool = False) -> str | None:
    """Return the path, below `root`, of the file that a link in `folder` means; None if there is none.

    A path is relative to the file that names it, or to content/; that of a featured image or audio (`is_image`) the
    other way.
    """
    with suppress(ValueError):
        parts = urlsplit(_PREFIX.sub("", link))
        reference = unquote(parts.path).lstrip("/")
        for base in ("", folder) if is_image else (folder, ""):
            path = posixpath.normpath(posixpath.join(base, reference))
            if not (parts.scheme or parts.netloc or path.startswith("..")) and (root / path).is_file():
                return path
    return None

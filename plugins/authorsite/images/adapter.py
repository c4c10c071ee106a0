"""Where pictures meet Pelican: bodies and front matter, static files, the output folder."""

from __future__ import annotations

import os
import posixpath
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pelican.generators import Generator
from pelican_incremental.code import TRANSIENT
from PIL import features

from .. import output
from ..problems import log_of
from ..settings import CLEANUP, SiteSettings, site_of
from .html_images import Place, with_pictures
from .inspection import KINDS, OTHER_IMAGES
from .picture import Picture
from .registry import Pictures
from .social_cards import Card

PICTURES = "AUTHORSITE_PICTURES"
"""The name, in Pelican's settings and context, of the pictures of one build."""

_ACCENT, _INK, _PAPER = "#17655f", "#1d2b3a", "#fbf7ee"
"""The theme's own colours."""

_BAR = 30


def prepare(pelican: Any) -> None:
    """Begin a build's pictures (signal: initialized)."""
    settings = pelican.settings
    place, avif = Place("", site_of(settings).url, site_of(settings).root), bool(features.check("avif"))
    content, cache = Path(settings["PATH"]), Path(settings["CACHE_PATH"]) / "images"
    settings[TRANSIENT] = [*settings.get(TRANSIENT, ()), PICTURES]
    settings[PICTURES] = Pictures(content, cache, place, log_of(settings), avif=avif)


def picture(where: Mapping[str, Any], path: str, alt: str, shown_at: tuple[str, int] = ("", 0)) -> Picture | None:
    """Return the image at `path` below content/ as a Picture; None after a problem.

    `where` is Pelican's settings or context; `shown_at` the file and line that name the image. Ask before pages are
    written.
    """
    pictures: Pictures = where[PICTURES]
    return pictures.picture(posixpath.normpath(path.lstrip("/")), alt, shown_at)


def card(
    where: Mapping[str, Any], slug: str, title: str, line: str = "", beside: str = "", own: Picture | None = None
) -> Picture:
    """Return the social card of a page in the site's colours; `beside` is an image below content/, for its right side.

    Without social cards: the page's `own` picture, unless other sites could not show it, else the site's icon. Ask
    before pages are written.
    """
    pictures: Pictures = where[PICTURES]
    site = site_of(where)
    if not site.social_cards:
        return own if own and not own.src.endswith(".svg") else pictures.icon(str(where["SITENAME"]))
    plain = Card(slug, title, line, str(where["SITENAME"]), _PAPER, _INK, accent(site))
    return pictures.card(plain, beside.lstrip("/"))


def accent(site: SiteSettings) -> str:
    """Return the site's accent colour as "#rrggbb"."""
    return site.accent if re.fullmatch("#[0-9a-fA-F]{6}", site.accent) else _ACCENT


def add_pictures(generators: list[Any]) -> None:
    """Give posts and pages their pictures (signal: all_generators_finalized, after links are resolved)."""
    context = generators[0].context
    for key in ("articles", "hidden_articles", "pages", "hidden_pages", "drafts"):
        for content in context.get(key, ()):
            add_pictures_to(content, context)


def add_pictures_to(content: Any, context: dict[str, Any]) -> None:
    """Give one post or page its pictures (signal: content_edited); new ones are made by the next build."""
    record = content.record
    content.picture = None
    if record.image:
        at = (content.source_path, line_with(content.source_path, "image:"))
        rooted = record.image if "//" in record.image or record.image[0] in "./{|" else f"/{record.image}"
        path = _place(content.source_path, context).path_of(rooted)
        if path is None:
            message = f"`{record.image}` is not an image of this site"
            log_of(context).error(*at, message, "put it into content/images", kind="image")
        else:
            content.picture = picture(context, path, record.image_alt, at)
    body = content._content  # noqa: SLF001 - Pelican offers no other way to change a body
    if isinstance(body, str):
        first = content.picture is None
        content._content = pictured(body, content.source_path, context, first_at_once=first)  # noqa: SLF001


def pictured(html: str, source: str, context: Mapping[str, Any], *, first_at_once: bool = True) -> str:
    """Return a body read from the file `source` with its pictures in all sizes; for any room that shows bodies."""
    pictures: Pictures = context[PICTURES]
    place = _place(source, context)

    def find(src: str, alt: str) -> Picture | None:
        path = place.path_of(src)
        # One that is not there is told where links are resolved, but for addresses from the root.
        if path is None or not (pictures.has(path) or (src.startswith("/") and pictures.has(path.split("/")[0]))):
            return None
        return pictures.picture(path, alt, (source, 0 if pictures.has(path) else line_with(source, src)))

    def report(written: str, message: str, hint: str) -> None:
        log_of(context).error(source, line_with(source, written), message, hint, kind="image")

    return with_pictures(html, find, report, place.url, first_at_once=first_at_once)


def _place(source: str, context: Mapping[str, Any]) -> Place:
    below = os.path.relpath(source, context["PATH"]).replace(os.sep, "/")
    site = site_of(context)
    return Place(posixpath.dirname(below), site.url, site.root)


def line_with(source: str, words: str) -> int:
    """Return the first line of a file that holds `words`, 0 when none does."""
    try:
        lines = Path(source).read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return 0
    return next((number for number, line in enumerate(lines, 1) if words in line), 0)


def clean_static(generators: list[Any]) -> None:
    """Let Pelican publish images without metadata in place of those in content/ (all_generators_finalized)."""
    context = generators[0].context
    pictures: Pictures = context[PICTURES]
    content = os.path.abspath(context["PATH"])  # noqa: PTH100 - as Pelican writes it
    for static in context.get("staticfiles", ()):
        path = os.path.relpath(os.path.join(content, static.source_path), content)  # noqa: PTH118
        ending = os.path.splitext(path)[1].lower()  # noqa: PTH122 - thousands of files
        if ending in KINDS or ending in OTHER_IMAGES:
            clean = pictures.clean(path.replace(os.sep, "/"))
            if clean is not None:
                # Its address follows from its source, if it is not held.
                static.override_save_as, static.override_url = static.save_as, static.url
                static.source_path = str(clean.resolve())


def make(generators: list[Any]) -> None:
    """Begin to make the picture files that are not made yet (signal: all_generators_finalized, before the report)."""
    context = generators[0].context
    pictures: Pictures = context[PICTURES]
    site = site_of(context)
    pictures.icons(site.icon.lstrip("/"), accent(site))
    context[CLEANUP].callback(pictures.close)
    pictures.make(_progress() if sys.stderr.isatty() else lambda _done, _all: None)


def _progress() -> Any:
    def progress(done: int, whole: int) -> None:
        bar = "#" * (_BAR * done // whole)
        end = "\n" if done == whole else ""
        print(f"\rPictures [{bar:<{_BAR}}] {done}/{whole}", end=end, file=sys.stderr, flush=True)

    return progress


class PicturesGenerator(Generator):
    """Puts made pictures into the output folder."""

    def generate_output(self, writer: Any) -> None:
        """Place every file when all are made; Pelican's writer is not needed."""
        del writer
        pictures: Pictures = self.context[PICTURES]
        pictures.finish()
        for file, place in pictures.files():
            output.place(self.context, place, file)


def get_generators(_: Any) -> type[Generator]:
    """Return the generator (signal: get_generators)."""
    return PicturesGenerator

"""Images in Pelican: bodies, front matter, static files and the output folder."""

import os
import posixpath
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pelican.generators import Generator
from PIL import features

from .. import output
from ..site_build import content_relative_path, get_build, get_log, get_site
from ..theme_colors import get_theme_colors
from ..validation import find_line
from .html_images import ImageResolver, make_responsive
from .inspection import FORMATS, UNSUPPORTED_SUFFIXES
from .picture import Picture
from .registry import ImageRegistry
from .social_cards import SocialCard

_BAR_WIDTH = 30


def init_images(pelican: Any) -> None:
    """Create the build's image registry (signal: initialized)."""
    settings = pelican.settings
    content, cache = Path(settings["PATH"]), Path(settings["CACHE_PATH"]) / "images"
    avif = bool(features.check("avif"))
    build = get_build(settings)
    build.set(ImageRegistry(content, cache, build.site, build.log, avif=avif))


def get_picture(context: Mapping[str, Any], path: str, alt: str, used_at: tuple[str, int] = ("", 0)) -> Picture | None:
    """Return the image at `path` below content/ as a Picture; None after a problem.

    `context` may be Pelican's settings; `used_at` is the file and line that name the image. Call it before pages are
    written.
    """
    registry = get_build(context).get(ImageRegistry)
    return registry.get_picture(posixpath.normpath(path.lstrip("/")), alt, used_at)


def make_social_card(
    context: Mapping[str, Any],
    slug: str,
    title: str,
    kicker: str = "",
    image_path: str = "",
    page_picture: Picture | None = None,
) -> Picture:
    """Return the social card of a page in the site's colors, with the image at `image_path` below content/ beside it.

    If social cards are switched off: `page_picture`, unless it is an SVG, which other sites do not show, else the
    site's icon. Call it before pages are written.
    """
    registry = get_build(context).get(ImageRegistry)
    site, site_name = get_site(context), str(context["SITENAME"])
    if not site.social_cards:
        return page_picture if page_picture and not page_picture.src.endswith(".svg") else registry.get_icon(site_name)
    colors = get_theme_colors(context).light
    card = SocialCard(slug, title, kicker, site_name, colors["paper"], colors["ink"], get_accent_color(context))
    return registry.add_card(card, image_path.lstrip("/"))


def get_accent_color(settings: Mapping[str, Any]) -> str:
    """Return the site's accent color as "#rrggbb", from Pelican's settings or context: the author's or the theme's."""
    return get_site(settings).accent or get_theme_colors(settings).light["accent"]


def get_featured_image(content: Any, record: Any, context: Mapping[str, Any]) -> Picture | None:
    """Return the featured image that the front matter `record` of a post or page names; None after a problem."""
    if not record.image:
        return None
    used_at = (content.source_path, find_line(content.source_path, "image:"))
    src = record.image if "//" in record.image or record.image[0] in "./{|" else f"/{record.image}"
    path = _get_resolver(content.source_path, context).resolve(src)
    if path is None:
        message = f"`{record.image}` is not an image of this site"
        get_log(context).error(*used_at, message, "copy it into content/images", kind="image")
        return None
    return get_picture(context, path, record.image_alt, used_at)


def process_body_images(html: str, source_path: str, context: Mapping[str, Any], *, eager_first: bool = True) -> str:
    """Return the body of `source_path` with responsive images; see make_responsive."""
    registry = get_build(context).get(ImageRegistry)
    resolver = _get_resolver(source_path, context)

    def find_picture(src: str, alt: str) -> Picture | None:
        path = resolver.resolve(src)
        if path is None:
            return None
        if registry.exists(path):
            return registry.get_picture(path, alt, (source_path, 0))
        # The link pass reports missing files, except for URLs from the root, which may be another program's.
        if src.startswith("/") and registry.exists(path.split("/")[0]):
            return registry.get_picture(path, alt, (source_path, find_line(source_path, src)))
        return None

    def report(snippet: str, message: str, hint: str) -> None:
        get_log(context).error(source_path, find_line(source_path, snippet), message, hint, kind="image")

    return make_responsive(html, find_picture, report, resolver.site_url, eager_first=eager_first)


def _get_resolver(source_path: str, context: Mapping[str, Any]) -> ImageResolver:
    site, folder = get_site(context), posixpath.dirname(content_relative_path(source_path, context))
    return ImageResolver(folder, site.url, site.root)


def strip_static_metadata(generators: list[Any]) -> None:
    """Make Pelican publish images without metadata in place of those in content/ (signal: all_generators_finalized)."""
    context = generators[0].context
    registry = get_build(context).get(ImageRegistry)
    content = os.path.abspath(context["PATH"])  # noqa: PTH100 - as Pelican writes it
    for static in context.get("staticfiles", ()):
        path = os.path.relpath(os.path.join(content, static.source_path), content)  # noqa: PTH118
        suffix = os.path.splitext(path)[1].lower()  # noqa: PTH122 - thousands of files
        if suffix in FORMATS or suffix in UNSUPPORTED_SUFFIXES:
            stripped_path = registry.get_stripped_path(path.replace(os.sep, "/"))
            if stripped_path is not None:
                # Pelican derives both from source_path unless they are overridden.
                static.override_save_as, static.override_url = static.save_as, static.url
                static.source_path = str(stripped_path.resolve())


def generate_images(generators: list[Any]) -> None:
    """Start generating the missing image files (signal: all_generators_finalized, before problems are printed)."""
    context = generators[0].context
    registry = get_build(context).get(ImageRegistry)
    site = get_site(context)
    registry.add_icons(site.icon.lstrip("/"), get_accent_color(context))
    get_build(context).cleanup.callback(registry.close)
    on_progress = _print_progress if sys.stderr.isatty() else lambda _done, _total: None
    registry.start_jobs(on_progress, lambda path: output.is_unmodified(context, path))


def _print_progress(done: int, total: int) -> None:
    bar = "#" * (_BAR_WIDTH * done // total)
    end = "\n" if done == total else ""
    print(f"\rImages [{bar:<{_BAR_WIDTH}}] {done}/{total}", end=end, file=sys.stderr, flush=True)


class ImagesGenerator(Generator):
    """Puts generated images, cards and icons into the output folder."""

    def generate_output(self, writer: Any) -> None:
        """Publish all files once they are generated; Pelican's writer is not needed."""
        del writer
        registry = get_build(self.context).get(ImageRegistry)
        registry.finish_jobs()
        root = self.context["PATH"]
        copied = {s.save_as: os.path.join(root, s.source_path) for s in self.context.get("staticfiles", ())}  # noqa: PTH118
        for file, path in registry.list_output_files():
            if path in copied and os.path.realpath(copied[path]) == os.path.realpath(file):
                continue
            if file.is_relative_to(registry.cache):
                output.copy(self.context, path, file)
            else:
                output.write(self.context, path, file.read_bytes())

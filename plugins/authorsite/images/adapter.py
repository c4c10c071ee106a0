"""Images in Pelican: bodies, front matter, static files and the output folder."""

import os
import posixpath
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from pelican.generators import Generator
from PIL import features

from .. import output
from ..site_build import content_relative_path, get_build, get_log, get_site, list_bodies
from ..theme_colors import get_theme_colors
from ..theme_head import includes_metadata
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
    picture: Picture | None = None,
    source_path: str = "",
) -> Picture | None:
    """Return the social card of the page of `source_path` in the site's colors, with `picture` beside its text.

    If social cards are switched off: `picture`, unless it is an SVG, which other sites do not show, else the site's
    icon, which a site with another theme does not have. Call it before pages are written.
    """
    registry = get_build(context).get(ImageRegistry)
    site, site_name = get_site(context), str(context["SITENAME"])
    if not site.social_cards:
        icon = registry.get_icon(site_name) if includes_metadata(context["THEME"]) else None
        return picture if picture and not picture.src.endswith(".svg") else icon
    colors = get_theme_colors(context).light
    card = SocialCard(slug, title, kicker, site_name, colors["paper"], colors["ink"], get_accent_color(context))
    return registry.add_card(card, picture.path if picture else "", source_path)


def get_accent_color(settings: Mapping[str, Any]) -> str:
    """Return the site's accent color as "#rrggbb", from Pelican's settings or context: the author's or the theme's."""
    return get_site(settings).accent or get_theme_colors(settings).light["accent"]


def get_featured_image(content: Any, record: Any, context: Mapping[str, Any]) -> Picture | None:
    """Return the featured image that the front matter `record` of a post or page names; None after a problem."""
    if not record.image:
        return None
    used_at = (content.source_path, find_line(content.source_path, "image:"))
    path = find_image(record.image, content.source_path, context)
    if path is None:
        message = f"`{record.image}` is not an image of this site"
        get_log(context).error(*used_at, message, "copy it into content/images", kind="image")
        return None
    return get_picture(context, path, record.image_alt, used_at)


def find_image(src: str, source_path: str, context: Mapping[str, Any]) -> str | None:
    """Return the path below content/ of the image that the metadata of a file names; None for no path.

    It is relative to content/, or else to the file, as in bodies.
    """
    registry, resolver = get_build(context).get(ImageRegistry), _get_resolver(source_path, context)
    path, other = resolver.resolve(src if "//" in src or src[0] in "./{|" else f"/{src}"), resolver.resolve(src)
    return other if other and path and not registry.exists(path) and registry.exists(other) else path


def process_body_images(html: str, source_path: str, context: Mapping[str, Any], *, eager_first: bool = True) -> str:
    """Return the body of `source_path` with responsive images; see make_responsive."""
    registry = get_build(context).get(ImageRegistry)
    resolver, sources = _get_resolver(source_path, context), registry.source_paths

    def find_picture(src: str, alt: str) -> Picture | None:
        path = resolver.resolve(src)
        if path is None:
            return None
        path = sources.get(path, path)
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


def find_moved_images(generators: list[Any]) -> None:
    """Note the images that are not published at their path below content/ (signal: all_generators_finalized)."""
    context = generators[0].context
    registry = get_build(context).get(ImageRegistry)
    moved = {path: s.save_as for path, s in context.get("static_content", {}).items() if s.save_as != path}
    registry.output_paths, registry.source_paths = moved, {save_as: path for path, save_as in moved.items()}


def strip_static_metadata(generators: list[Any]) -> None:
    """Make Pelican publish images without metadata in place of those in content/ (signal: all_generators_finalized)."""
    context = generators[0].context
    registry = get_build(context).get(ImageRegistry)
    content = os.path.abspath(context["PATH"])  # noqa: PTH100 - as Pelican writes it
    for static in context.get("staticfiles", ()):
        path = os.path.relpath(os.path.join(content, static.source_path), content)  # noqa: PTH118
        suffix = os.path.splitext(path)[1].lower()  # noqa: PTH122 - thousands of files
        if suffix in FORMATS or (suffix in UNSUPPORTED_SUFFIXES and not _is_download(static, context)):
            stripped_path = registry.get_stripped_path(path.replace(os.sep, "/"))
            if stripped_path is not None:
                # Pelican derives both from source_path unless they are overridden.
                static.override_save_as, static.override_url = static.save_as, static.url
                static.source_path = str(stripped_path.resolve())


def _is_download(static: Any, context: Mapping[str, Any]) -> bool:
    """Return whether a picture that pages cannot show is offered as a file: in content/files, or behind a link."""
    links = [f'href="{get_site(context).root}/{url}' for url in {static.url, quote(unquote(static.url))}]
    return static.save_as.startswith("files/") or any(link in body for body in list_bodies(context) for link in links)


def generate_images(generators: list[Any]) -> None:
    """Start generating the missing image files (signal: all_generators_finalized, before problems are printed)."""
    context = generators[0].context
    registry = get_build(context).get(ImageRegistry)
    site = get_site(context)
    if includes_metadata(context["THEME"]):  # others have their own
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


def read_published_image(context: Mapping[str, Any], save_as: str) -> bytes | None:
    """Return the image that is published at `save_as`, without the original's metadata; None if there is none.

    Call it after ImagesGenerator. Pelican copies its own static files after all else is written.
    """
    copied = next((s.source_path for s in context.get("staticfiles", ()) if s.save_as == save_as), "")
    file = Path(context["PATH"], copied) if copied else Path(context["OUTPUT_PATH"], save_as)
    return file.read_bytes() if file.is_file() else None

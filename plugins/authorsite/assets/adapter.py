"""Generates the theme's stylesheets, named by a digest of their contents so that browsers may cache them forever."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .. import output
from ..site_build import get_site
from ..theme_colors import ThemeColors, ensure_contrast, get_theme_colors
from ..theme_head import includes_metadata

OWN_PAGES = Path(__file__).with_name("own_pages.css")

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_WHITESPACE = re.compile(r"\s+")
_PUNCTUATION = re.compile(r"\s*([{};,>])\s*")
_COLON = re.compile(r"(?<=[\w-]): ")


class StylesheetGenerator:
    """Writes the stylesheet of all pages, and the extra one of lists, books and events.

    Templates read their names as STYLESHEET and PAGES_STYLESHEET. The rules for the form of a newsletter are in the
    first one, on sites with such a form. With a theme that knows nothing of this package, its pages have a stylesheet
    of their own, OWN_PAGES_STYLESHEET.
    """

    def __init__(self, context: dict[str, Any], settings: dict[str, Any], *_: Any, **__: Any) -> None:
        self.context = context
        self._stylesheets: dict[str, str] = {}
        # The author's own come last, and win.
        folders = [Path(settings["THEME"]), *map(Path, settings["THEME_TEMPLATES_OVERRIDES"])]
        own_pages = () if includes_metadata(settings["THEME"]) else (OWN_PAGES,)
        site = get_site(settings)
        patterns = ("css/*.css", "css/newsletter/*.css") if site.newsletter else ("css/*.css",)
        # Not in generate_output: pages that Pelican writes before it need the names.
        for key, stem, paths, accent in (
            ("STYLESHEET", "site", _list_stylesheets(folders, *patterns), site.accent),
            ("PAGES_STYLESHEET", "pages", _list_stylesheets(folders, "css/pages/*.css"), ""),
            ("OWN_PAGES_STYLESHEET", "authorsite", own_pages, ""),
        ):
            css = _bundle(paths, get_theme_colors(settings), accent)
            context[key] = output.fingerprint(f"assets/{stem}.css", css.encode()) if css else ""
            self._stylesheets[context[key]] = css

    def generate_output(self, _writer: Any) -> None:
        """Write the stylesheets."""
        for save_as, css in self._stylesheets.items():
            if save_as:
                output.write(self.context, save_as, css)


def _list_stylesheets(folders: Iterable[Path], *patterns: str) -> list[Path]:
    return [path for folder in folders for pattern in patterns for path in sorted(folder.glob(pattern))]


def _bundle(stylesheets: Iterable[Path], colors: ThemeColors, accent: str = "") -> str:
    """Join stylesheets in order, without comments and needless whitespace, and set the accent color at the end.

    `accent` ("#rrggbb", or "" for the theme's own) is made darker, or lighter in dark schemes, until it is readable on
    the theme's `colors` paper and raised.
    """
    css = "\n".join(path.read_text("utf-8") for path in stylesheets)
    if css and accent:
        light, dark = (
            ensure_contrast(accent, (scheme["paper"], scheme["raised"])) for scheme in (colors.light, colors.dark)
        )
        css += f":root{{--accent:{light}}}@media screen and (prefers-color-scheme:dark){{:root{{--accent:{dark}}}}}"
    css = _WHITESPACE.sub(" ", _COMMENT.sub("", css))
    return _COLON.sub(":", _PUNCTUATION.sub(r"\1", css)).replace(";}", "}").strip()

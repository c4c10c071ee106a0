"""Generates the theme's stylesheets, named by a digest of their contents so that browsers may cache them forever."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from .. import output
from ..site_build import get_site
from ..theme_colors import get_theme_colors
from .bundle import bundle


class StylesheetGenerator:
    """Writes the stylesheet of all pages, and the extra one of lists, books and events.

    Templates read their names as STYLESHEET and PAGES_STYLESHEET.
    """

    def __init__(self, context: dict[str, Any], settings: dict[str, Any], *_: Any, **__: Any) -> None:
        self.context = context
        folder, self._stylesheets = Path(settings["THEME"]) / "css", {}
        # Not in generate_output: pages that Pelican writes before it need the names.
        for key, stem, paths, accent in (
            ("STYLESHEET", "site", folder.glob("*.css"), get_site(settings).accent),
            ("PAGES_STYLESHEET", "pages", folder.glob("pages/*.css"), ""),
        ):
            css = bundle(sorted(paths), get_theme_colors(settings), accent)
            digest = hashlib.sha256(css.encode()).hexdigest()[:10]
            context[key] = f"assets/{stem}.{digest}.css" if css else ""
            self._stylesheets[context[key]] = css

    def generate_output(self, _writer: Any) -> None:
        """Write the stylesheets."""
        for save_as, css in self._stylesheets.items():
            if save_as:
                output.write(self.context, save_as, css)


def get_generators(_pelican: Any) -> type:
    """Return the generator (signal: get_generators)."""
    return StylesheetGenerator

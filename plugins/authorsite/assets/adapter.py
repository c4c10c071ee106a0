"""The theme's stylesheets as two files whose names are their contents': fetched once, kept for ever."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .. import output
from ..settings import site_of

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")
_VALUE = re.compile(r"(?<=[\w-]): ")
_GROUNDS = (("#fbf7ee", "#f3ecdc"), ("#16191d", "#20252b"))
"""The grounds that text stands on, in the light and in the dark scheme: --paper and --raised of 1-tokens.css."""

_ENOUGH = 4.55
"""A little more than the contrast of 4.5 to 1 that WCAG 2.2 asks of text."""

_AROUND = re.compile(r"\s*([{};,>])\s*")


def bundle(sheets: Iterable[Path], accent: str = "") -> str:
    """Return the stylesheets in order as one, without comments and idle space, the author's accent color last.

    `accent` ("#rrggbb") is made darker, and for dark schemes lighter, where it could not be read on the page.
    """
    text = "\n".join(path.read_text("utf-8") for path in sheets)
    if text and accent:
        light, dark = (readable(accent, grounds) for grounds in _GROUNDS)
        text += f":root{{--accent:{light}}}@media screen and (prefers-color-scheme:dark){{:root{{--accent:{dark}}}}}"
    text = _SPACE.sub(" ", _COMMENT.sub("", text))
    return _VALUE.sub(":", _AROUND.sub(r"\1", text)).replace(";}", "}").strip()


def readable(color: str, grounds: tuple[str, ...]) -> str:
    """Return `color`, moved as little as needed towards black or white until text in it can be read on `grounds`."""
    to = 0 if luminance(grounds[0]) > 0.2 else 255  # noqa: PLR2004 - where black and white are as easy to read
    for step in range(100):
        moved = "#" + "".join(f"{round(c + (to - c) * step / 100):02x}" for c in _channels(color))
        if all(contrast(moved, ground) >= _ENOUGH for ground in grounds):
            return moved
    return f"#{to:02x}{to:02x}{to:02x}"


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colors as WCAG counts it, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color: str) -> float:
    """Return the relative luminance of "#rrggbb", 0 to 1."""
    parts = [c / 255 for c in _channels(color)]
    # The two branches are the definition of sRGB.
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)  # noqa: PLR2004
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


class StylesheetGenerator:
    """Names the stylesheet of every page, and the one on top of it for pages that are no texts; writes both."""

    def __init__(self, context: dict[str, Any], settings: dict[str, Any], *_: Any, **__: Any) -> None:
        self.context = context
        folder, self._styles = Path(settings["THEME"]) / "css", {}
        # As early as this, so that Pelican's own pages know the names.
        for name, stem, sheets, color in (
            ("STYLESHEET", "site", folder.glob("*.css"), site_of(settings).accent),
            ("PAGES_STYLESHEET", "pages", folder.glob("pages/*.css"), ""),
        ):
            style = bundle(sorted(sheets), color)
            digest = hashlib.sha256(style.encode()).hexdigest()[:10]
            context[name] = f"assets/{stem}.{digest}.css" if style else ""
            self._styles[context[name]] = style

    def generate_output(self, _writer: Any) -> None:
        """Write the stylesheets."""
        for place, style in self._styles.items():
            if place:
                output.write(self.context, place, style)


def get_generators(_pelican: Any) -> type:
    """Offer the generator (signal: get_generators)."""
    return StylesheetGenerator

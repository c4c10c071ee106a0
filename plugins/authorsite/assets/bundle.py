"""Join and minify stylesheets, and add the author's accent color."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from ..theme_colors import ThemeColors
from .colors import ensure_contrast

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_WHITESPACE = re.compile(r"\s+")
_PUNCTUATION = re.compile(r"\s*([{};,>])\s*")
_COLON = re.compile(r"(?<=[\w-]): ")


def bundle(stylesheets: Iterable[Path], colors: ThemeColors, accent: str = "") -> str:
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

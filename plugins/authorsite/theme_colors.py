"""The theme's colors, which social cards and the check of the accent color share with its stylesheets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .site_build import get_build

TOKENS = "css/1-tokens.css"
"""The stylesheet of a theme that defines its colors as custom properties."""

_LIGHT = {"paper": "#fbf7ee", "raised": "#f3ecdc", "ink": "#1d2b3a", "accent": "#17655f"}
_DARK = {"paper": "#16191d", "raised": "#20252b"}
"""What themes without these custom properties get."""

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_COLOR = re.compile(r"--([\w-]+)\s*:\s*#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})\s*[;}]")
_DARK_SCHEME = re.compile(r"prefers-color-scheme\s*:\s*dark")


@dataclass(frozen=True, slots=True)
class ThemeColors:
    """Colors as "#rrggbb" by the name of their custom property, without its dashes; both have paper and raised.

    `light` has ink and accent too.
    """

    light: Mapping[str, str]
    dark: Mapping[str, str]


def parse_theme_colors(css: str) -> ThemeColors:
    """Return the custom properties in `css` that are colors, written as #rrggbb or #rgb, or else the defaults.

    Those after the media query `prefers-color-scheme: dark` are for dark schemes.
    """
    light, *dark = _DARK_SCHEME.split(_COMMENT.sub("", css), maxsplit=1)
    return ThemeColors(_LIGHT | _find_colors(light), _DARK | _find_colors("".join(dark)))


def _find_colors(css: str) -> dict[str, str]:
    return {
        name: "#" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits)).lower()  # noqa: PLR2004
        for name, digits in _COLOR.findall(css)
    }


def get_theme_colors(settings: Mapping[str, Any]) -> ThemeColors:
    """Return the colors of the theme, from Pelican's settings or context; they are read once for each build."""
    build = get_build(settings)
    if colors := build.find(ThemeColors):
        return colors
    tokens = Path(settings["THEME"]) / TOKENS
    return build.set(parse_theme_colors(tokens.read_text("utf-8") if tokens.is_file() else ""))

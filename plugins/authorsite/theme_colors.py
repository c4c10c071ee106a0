"""The theme's colors, which social cards and e-mails share with its stylesheets, and the contrast of colors."""

import re
from collections.abc import Mapping, Sequence
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


MIN_CONTRAST = 4.55
"""A little more than the 4.5:1 that WCAG 2.2 (1.4.3) requires of text, for rounding."""

_MID_LUMINANCE = 0.2
"""About where black and white have the same contrast."""


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


def ensure_contrast(color: str, backgrounds: Sequence[str]) -> str:
    """Mix as little black or white into `color` as it takes to make it readable as text on all `backgrounds`.

    The backgrounds must all be light or all be dark. Colors are "#rrggbb".
    """
    target = 0 if compute_luminance(backgrounds[0]) > _MID_LUMINANCE else 255
    for percent in range(100):
        mixed = "#" + "".join(f"{round(c + (target - c) * percent / 100):02x}" for c in _parse_color(color))
        if all(compute_contrast_ratio(mixed, background) >= MIN_CONTRAST for background in backgrounds):
            return mixed
    return f"#{target:02x}{target:02x}{target:02x}"


def compute_contrast_ratio(one: str, other: str) -> float:
    """Return the WCAG contrast ratio of two colors, 1 to 21."""
    darker, lighter = sorted((compute_luminance(one), compute_luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def compute_luminance(color: str) -> float:
    """Return the WCAG relative luminance of a color, 0 to 1."""
    channels = (c / 255 for c in _parse_color(color))
    # Decode the sRGB transfer function (IEC 61966-2-1).
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)  # noqa: PLR2004
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parse_color(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)

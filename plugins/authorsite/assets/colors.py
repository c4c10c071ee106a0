"""Color contrast as WCAG 2.2 defines it. Colors are "#rrggbb"."""

from __future__ import annotations

from collections.abc import Sequence

MIN_CONTRAST = 4.55
"""A little more than the 4.5:1 that WCAG 2.2 (1.4.3) requires of text, for rounding."""

_MID_LUMINANCE = 0.2
"""About where black and white have the same contrast."""


def ensure_contrast(color: str, backgrounds: Sequence[str]) -> str:
    """Mix as little black or white into `color` as it takes to make it readable as text on all `backgrounds`.

    The backgrounds must all be light or all be dark.
    """
    target = 0 if relative_luminance(backgrounds[0]) > _MID_LUMINANCE else 255
    for percent in range(100):
        mixed = "#" + "".join(f"{round(c + (target - c) * percent / 100):02x}" for c in _channels(color))
        if all(contrast_ratio(mixed, background) >= MIN_CONTRAST for background in backgrounds):
            return mixed
    return f"#{target:02x}{target:02x}{target:02x}"


def contrast_ratio(one: str, other: str) -> float:
    """Return the WCAG contrast ratio of two colors, 1 to 21."""
    darker, lighter = sorted((relative_luminance(one), relative_luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def relative_luminance(color: str) -> float:
    """Return the WCAG relative luminance of a color, 0 to 1."""
    channels = (c / 255 for c in _channels(color))
    # Decode the sRGB transfer function (IEC 61966-2-1).
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)  # noqa: PLR2004
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)

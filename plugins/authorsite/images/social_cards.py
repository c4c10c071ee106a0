"""Social cards: the preview image (og:image) that other sites show for a link; 1200 × 630 pixels.

The bytes are the same on every machine: text is set in DejaVu Serif Condensed, which is in the folder `font`. It has
Latin, Greek and Cyrillic letters; text in other scripts is left out.
"""

import hashlib
import re
import unicodedata
import zlib
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from .inspection import ImageFile

WIDTH, HEIGHT = 1200, 630
MARGIN = 72
FOLDER = "images/cards"
_IMAGE_AREA = 380
"""Width of the area for an image at the right, in pixels."""

_VERSION = "3"
"""Part of every card's name: raise it when the drawing changes."""

_TEXT, _ACCENT = 14, 15
"""Indexes in a palette of 16 colors: 0 is the background, those up to the text color smooth the edges of letters."""

_FONT = Path(__file__).parent / "font" / "DejaVuSerifCondensed.ttf"
_DROPPED_CATEGORIES = frozenset(("So", "Sk", "Cf", "Mn", "Mc", "Me"))
"""Unicode categories of characters, such as emoji, that are dropped when the font lacks them."""


@dataclass(frozen=True, slots=True)
class SocialCard:
    """The content of a card: `kicker` is the smaller line above the title; colors are "#rrggbb".

    `image` is shown at the right; `slug` only names the file.
    """

    slug: str
    title: str
    kicker: str
    site_name: str
    background: str
    foreground: str
    accent: str
    image: ImageFile | None = None

    @property
    def file_name(self) -> str:
        """The card's file name, with a digest of everything that is drawn."""
        colors = self.background, self.foreground, self.accent
        image = self.image.digest if self.image else ""
        content = _VERSION, self.title, self.kicker, self.site_name, *colors, image
        digest = hashlib.sha256("\0".join(content).encode("utf-8", "replace")).hexdigest()[:10]
        stem = re.sub("[^a-z0-9]+", "-", self.slug.lower()).strip("-")[:60] or "card"
        return f"{stem}.{digest}.{'jpg' if self.image else 'png'}"

    @property
    def output_paths(self) -> dict[str, str]:
        """The card's path below the output folder, with its file name in the cache."""
        return {f"{FOLDER}/{self.file_name}": self.file_name}


def to_drawable(text: str) -> str:
    """Return `text` without emoji and marks that the font lacks; "" if it lacks a letter."""
    text = unicodedata.normalize("NFC", text)
    missing = {char for char in text if not _has_glyph(char)}
    if any(unicodedata.category(char) not in _DROPPED_CATEGORIES for char in missing):
        return ""
    return " ".join("".join(char for char in text if char not in missing).split())


@lru_cache(1024)
def _has_glyph(char: str) -> bool:
    missing = bytes(_load_font(32).getmask("\ue123"))
    return char.isspace() or bytes(_load_font(32).getmask(char)) not in {b"", missing}


@lru_cache(8)
def _load_font(size: int) -> ImageFont.FreeTypeFont:
    # Not Raqm, even where it is installed: it spaces some pairs of letters differently.
    return ImageFont.truetype(_FONT, size, layout_engine=ImageFont.Layout.BASIC)


def render_card(card: SocialCard, image: Image.Image | None = None) -> bytes:
    """Return the card as a PNG file; with the decoded `image` beside its text as a JPEG file."""
    width = WIDTH - 2 * MARGIN - (_IMAGE_AREA if image else 0)
    title, site_name, kicker = to_drawable(card.title), to_drawable(card.site_name), to_drawable(card.kicker)
    # If the title cannot be drawn, the site's name takes its place.
    canvas = _render_background(kicker, site_name if title else "", width).copy()
    _draw_title(ImageDraw.Draw(canvas), title or site_name, MARGIN + 20 + (64 if kicker else 0), width)
    canvas.putpalette(_make_palette(card.background, card.foreground, card.accent))
    out = BytesIO()
    if image is None:
        # 16 colors and run lengths alone: a third of the time of full compression, and no more bytes.
        canvas.save(out, "PNG", bits=4, compress_type=zlib.Z_RLE)
    else:
        _paste_beside(image, canvas).save(out, "JPEG", quality=88, subsampling=0, optimize=True)
    return out.getvalue()


@lru_cache(64)
def _render_background(kicker: str, site_name: str, width: int) -> Image.Image:
    """Return the part that the cards of many posts share."""
    image = Image.new("L", (WIDTH, HEIGHT), 0)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, 15), fill=_ACCENT)
    pen.rectangle((MARGIN, HEIGHT - 128, MARGIN + 96, HEIGHT - 123), fill=_ACCENT)
    for text, y in ((kicker, MARGIN + 20), (site_name, HEIGHT - 106)):
        for line in _wrap(text, _load_font(34), width, 1):
            pen.text((MARGIN, y), line, font=_load_font(34), fill=_TEXT)
    return image


def _draw_title(pen: ImageDraw.ImageDraw, title: str, y: int, width: int) -> None:
    """Draw the title in the largest size that fits above the site's name."""
    for size in (84, 72, 60, 50, 42):
        font, line_height = _load_font(size), round(size * 1.16)
        max_lines = (HEIGHT - 150 - y) // line_height
        lines = _wrap(title, font, width, 99)
        if len(lines) <= max_lines:
            break
    else:
        lines = _wrap(title, font, width, max_lines)
    for number, line in enumerate(lines):
        pen.text((MARGIN, y + number * line_height), line, font=font, fill=_TEXT)


def _wrap(text: str, font: ImageFont.FreeTypeFont, width: int, max_lines: int) -> list[str]:
    """Break `text` into at most `max_lines` lines of `width` pixels, with an ellipsis where it is cut."""
    lines: list[str] = []
    for word in text.split():
        if lines and font.getlength(longer := f"{lines[-1]} {word}") <= width:
            lines[-1] = longer
        else:
            lines.append(_truncate(word, font, width))
    if len(lines) > max_lines:
        lines = [*lines[: max_lines - 1], _truncate(f"{lines[max_lines - 1]}…", font, width)]
    return lines


def _truncate(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    end = ""
    while text and font.getlength(text + end) > width:
        text, end = text[:-1].rstrip(), "…"
    return text + end


@lru_cache(8)
def _make_palette(background: str, foreground: str, accent: str) -> bytes:
    channels = list(zip(_parse_color(background), _parse_color(foreground), strict=True))
    shades = [round(b + (f - b) * shade / _TEXT) for shade in range(_TEXT + 1) for b, f in channels]
    return bytes([*shades, *_parse_color(accent)])


def _parse_color(color: str) -> bytes:
    return bytes.fromhex(color[1:])


def _paste_beside(image: Image.Image, card: Image.Image) -> Image.Image:
    """Return the card with the uncropped image at its right."""
    canvas, thumbnail = card.convert("RGB"), image.copy()
    thumbnail.thumbnail((_IMAGE_AREA - 20, HEIGHT - 2 * MARGIN), Image.Resampling.LANCZOS)
    corner = (WIDTH - MARGIN - thumbnail.width, (HEIGHT + 15 - thumbnail.height) // 2)
    canvas.paste(thumbnail, corner, thumbnail if thumbnail.mode == "RGBA" else None)
    return canvas

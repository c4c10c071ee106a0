"""Social cards: the preview image (og:image) that other sites show for a link; 1200 × 630 pixels.

The bytes are the same on every machine: text is set in the font that comes with Pillow. That font has the plain Latin
letters only; accents are drawn over them here, and text in other scripts is left out.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zlib
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from .inspection import ImageFile

WIDTH, HEIGHT = 1200, 630
MARGIN = 72
FOLDER = "images/cards"
_IMAGE_AREA = 380
"""Width of the area for an image at the right, in pixels."""

_VERSION = "2"
"""Part of every card's name: raise it when the drawing changes."""

_TEXT, _ACCENT = 14, 15
"""Indexes in a palette of 16 colors: 0 is the background, those up to the text color smooth the edges of letters."""

_REPLACEMENTS = str.maketrans("–—−‑„‚\xa0øØłŁđı×", "----““ oOlLdix") | str.maketrans(
    {"…": "...", "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "€": "EUR"}
)
_DROPPED_CATEGORIES = frozenset(("So", "Sk", "Cf", "Mn", "Mc", "Me"))
"""Unicode categories of characters, such as emoji, that are dropped when the font lacks them."""

_ACCENT_STROKES = {
    "\u0300": ((-1, -1, 1, 0),),
    "\u0301": ((-1, 0, 1, -1),),
    "\u0302": ((-1, 0, 0, -1), (0, -1, 1, 0)),
    "\u0303": ((-1.2, 0, -0.3, -0.7), (-0.3, -0.7, 0.3, 0), (0.3, 0, 1.2, -0.7)),
    "\u0304": ((-1, -0.5, 1, -0.5),),
    "\u0306": ((-1, -1, -0.5, 0), (-0.5, 0, 0.5, 0), (0.5, 0, 1, -1)),
    "\u0307": ((0, -0.5, 0, -0.5),),
    "\u0308": ((-1, -0.5, -1, -0.5), (1, -0.5, 1, -0.5)),
    "\u030a": ((-0.5, 0, -0.5, -1), (-0.5, -1, 0.5, -1), (0.5, -1, 0.5, 0), (0.5, 0, -0.5, 0)),
    "\u030b": ((-1.6, 0, -0.2, -1), (0.2, 0, 1.6, -1)),
    "\u030c": ((-1, -1, 0, 0), (0, 0, 1, -1)),
}
"""Combining accents as lines (x1, y1, x2, y2) around the middle of a letter, their foot at y = 0; a point is a dot."""


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
        seed = self.image.digest if self.image else ""
        content = (
            _VERSION,
            self.title,
            self.kicker,
            self.site_name,
            self.background,
            self.foreground,
            self.accent,
            seed,
        )
        digest = hashlib.sha256("\0".join(content).encode("utf-8", "replace")).hexdigest()[:10]
        stem = re.sub("[^a-z0-9]+", "-", self.slug.lower()).strip("-")[:60] or "card"
        return f"{stem}.{digest}.{'jpg' if self.image else 'png'}"

    @property
    def output_paths(self) -> dict[str, str]:
        """The card's path below the output folder, with its file name in the cache."""
        return {f"{FOLDER}/{self.file_name}": self.file_name}


def to_drawable(text: str) -> str:
    """Return `text` in letters and combining accents that can be drawn, without emoji; "" if a letter cannot be.

    The result is in Unicode normalization form D: "é" becomes "e" and an accent.
    """
    text = unicodedata.normalize("NFD", unicodedata.normalize("NFC", text).translate(_REPLACEMENTS))
    if not all(_has_glyph(char) or unicodedata.category(char) in _DROPPED_CATEGORIES for char in text):
        return ""
    return " ".join("".join(char for char in text if char in _ACCENT_STROKES or _has_glyph(char)).split())


@lru_cache(1024)
def _has_glyph(char: str) -> bool:
    font = _font(32)
    return char == " " or (
        not unicodedata.combining(char) and bytes(font.getmask(char)) != bytes(font.getmask("\ue123"))
    )


@lru_cache(8)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow is built without FreeType")
    # Not Raqm, even where it is installed: it spaces some pairs of letters differently.
    return ImageFont.truetype(BytesIO(font.font_bytes), size, layout_engine=ImageFont.Layout.BASIC)


def render_card(card: SocialCard, image: Image.Image | None = None) -> bytes:
    """Return the card as a PNG file; with the decoded `image` beside its text as a JPEG file."""
    width = WIDTH - 2 * MARGIN - (_IMAGE_AREA if image else 0)
    title, site_name, kicker = to_drawable(card.title), to_drawable(card.site_name), to_drawable(card.kicker)
    # If the title cannot be drawn, the site's name takes its place.
    canvas = _background(kicker, site_name if title else "", width).copy()
    _draw_title(ImageDraw.Draw(canvas), title or site_name, MARGIN + 20 + (64 if kicker else 0), width)
    canvas.putpalette(_palette(card.background, card.foreground, card.accent))
    out = BytesIO()
    if image is None:
        # 16 colors and run lengths alone: a third of the time of full compression, and no more bytes.
        canvas.save(out, "PNG", bits=4, compress_type=zlib.Z_RLE)
    else:
        _paste_beside(image, canvas).save(out, "JPEG", quality=88, subsampling=0, optimize=True)
    return out.getvalue()


@lru_cache(64)
def _background(kicker: str, site_name: str, width: int) -> Image.Image:
    """Return the part that the cards of many posts share."""
    image = Image.new("L", (WIDTH, HEIGHT), 0)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, 15), fill=_ACCENT)
    pen.rectangle((MARGIN, HEIGHT - 128, MARGIN + 96, HEIGHT - 123), fill=_ACCENT)
    for text, y in ((kicker, MARGIN + 20), (site_name, HEIGHT - 106)):
        for line in _wrap(text, _font(34), width, 1):
            _draw_text(pen, (MARGIN, y), line, _font(34))
    return image


def _draw_title(pen: ImageDraw.ImageDraw, title: str, y: int, width: int) -> None:
    """Draw the title in the largest size that fits above the site's name."""
    for size in (84, 72, 60, 50, 42):
        font, line_height = _font(size), round(size * 1.16)
        max_lines = (HEIGHT - 150 - y) // line_height
        lines = _wrap(title, font, width, 99)
        if len(lines) <= max_lines:
            break
    else:
        lines = _wrap(title, font, width, max_lines)
    for number, line in enumerate(lines):
        _draw_text(pen, (MARGIN, y + number * line_height), line, font)


def _wrap(text: str, font: ImageFont.FreeTypeFont, width: int, max_lines: int) -> list[str]:
    """Break `text` into at most `max_lines` lines of `width` pixels, with an ellipsis where it is cut."""
    lines: list[str] = []
    for word in text.split():
        if lines and _text_width(longer := f"{lines[-1]} {word}", font) <= width:
            lines[-1] = longer
        else:
            lines.append(_truncate(word, font, width))
    if len(lines) > max_lines:
        lines = [*lines[: max_lines - 1], _truncate(f"{lines[max_lines - 1]} ...", font, width)]
    return lines


def _truncate(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    if _text_width(text, font) <= width:
        return text
    text = text.removesuffix(" ...")
    while text and _text_width(f"{text} ...", font) > width:
        text = text[:-1]
    return f"{text.rstrip()} ..."


@lru_cache(4096)
def _text_width(text: str, font: ImageFont.FreeTypeFont) -> float:
    return font.getlength(_without_accents(text))


def _without_accents(text: str) -> str:
    return "".join(char for char in text if char not in _ACCENT_STROKES)


def _draw_text(pen: ImageDraw.ImageDraw, at: tuple[int, int], text: str, font: ImageFont.FreeTypeFont) -> None:
    pen.text(at, _without_accents(text), font=font, fill=_TEXT)
    before = ""
    for char in text:
        if char not in _ACCENT_STROKES:
            before += char
        elif before:
            _draw_accent(pen, char, at[0] + font.getlength(before[:-1]), at[1], before[-1], font)


def _draw_accent(
    pen: ImageDraw.ImageDraw, accent: str, x: float, y: float, letter: str, font: ImageFont.FreeTypeFont
) -> None:
    """Draw an accent over the `letter` at `x`, `y`."""
    left, top, right, _ = font.getbbox(letter)
    if letter in "ij":
        # Erase the dot.
        x_height_top = font.getbbox("x")[1]
        pen.rectangle((x + left, y + top, x + right, y + x_height_top - 3), fill=0)
        top = x_height_top
    unit, stroke_width = font.size * 0.11, max(2, round(font.size * 0.07))
    middle, foot = x + (left + right) / 2, y + top - font.size * 0.06
    for x1, y1, x2, y2 in _ACCENT_STROKES[accent]:
        if (x1, y1) == (x2, y2):
            pen.circle((middle + x1 * unit, foot + y1 * unit), stroke_width * 0.75, fill=_TEXT)
        else:
            ends = (middle + x1 * unit, foot + y1 * unit, middle + x2 * unit, foot + y2 * unit)
            pen.line(ends, fill=_TEXT, width=stroke_width)


@lru_cache(8)
def _palette(background: str, foreground: str, accent: str) -> bytes:
    channels = list(zip(_rgb(background), _rgb(foreground), strict=True))
    shades = [round(b + (f - b) * shade / _TEXT) for shade in range(_TEXT + 1) for b, f in channels]
    return bytes([*shades, *_rgb(accent)])


def _rgb(color: str) -> bytes:
    return bytes.fromhex(color[1:])


def _paste_beside(image: Image.Image, card: Image.Image) -> Image.Image:
    """Return the card with the uncropped image at its right."""
    canvas, thumbnail = card.convert("RGB"), image.copy()
    thumbnail.thumbnail((_IMAGE_AREA - 20, HEIGHT - 2 * MARGIN), Image.Resampling.LANCZOS)
    corner = (WIDTH - MARGIN - thumbnail.width, (HEIGHT + 15 - thumbnail.height) // 2)
    canvas.paste(thumbnail, corner, thumbnail if thumbnail.mode == "RGBA" else None)
    return canvas

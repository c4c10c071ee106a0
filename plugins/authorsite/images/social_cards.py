"""The card that other sites show for a link to a page: 1200 × 630 pixels, the same bytes on every machine.

Drawn with the font inside Pillow, for no font file of another has to be carried along. That font holds the plain Latin
letters; accents are drawn over them here, and words in letters that it does not have are left out.
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
_SIDE = 380
"""Pixels that a picture at the right takes."""

_RECIPE = "2"
_INK, _ACCENT = 14, 15
"""Places in a palette of sixteen: paper is 0, and what lies between paper and ink are the shades of a letter's edge."""

_PLAINER = str.maketrans("–—−‑„‚\xa0øØłŁđı×", "----““ oOlLdix") | str.maketrans(
    {"…": "...", "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "€": "EUR"}
)
_SIGNS = frozenset(("So", "Sk", "Cf", "Mn", "Mc", "Me"))
"""Unicode's categories of what words can do without."""

_STROKES = {
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
"""Accents as lines from x, y to x, y, around the middle of a letter, their foot at 0; a point is a dot."""


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on a card: `title`, a smaller `line` above it, `site` at the foot; colours as "#rrggbb".

    `picture` is the one for its right side.
    """

    slug: str
    title: str
    line: str
    site: str
    paper: str
    ink: str
    accent: str
    picture: ImageFile | None = None

    @property
    def name(self) -> str:
        """The card's file name, with a digest of all that is on it."""
        seen = self.picture.digest if self.picture else ""
        shown = (_RECIPE, self.title, self.line, self.site, self.paper, self.ink, self.accent, seen)
        told = hashlib.sha256("\0".join(shown).encode("utf-8", "replace")).hexdigest()[:10]
        stem = re.sub("[^a-z0-9]+", "-", self.slug.lower()).strip("-")[:60] or "card"
        return f"{stem}.{told}.{'jpg' if self.picture else 'png'}"

    @property
    def places(self) -> dict[str, str]:
        """The card's address below the root, and the name of its file in the cache."""
        return {f"{FOLDER}/{self.name}": self.name}


def drawable(text: str) -> str:
    """Return `text` in the letters that can be drawn: e and a combining accent for é; without signs such as emoji.

    "" when a letter cannot be drawn.
    """
    text = unicodedata.normalize("NFD", unicodedata.normalize("NFC", text).translate(_PLAINER))
    if not all(_has(char) or unicodedata.category(char) in _SIGNS for char in text):
        return ""
    return " ".join("".join(char for char in text if char in _STROKES or _has(char)).split())


@lru_cache(1024)
def _has(char: str) -> bool:
    font = _font(32)
    return char == " " or (
        not unicodedata.combining(char) and bytes(font.getmask(char)) != bytes(font.getmask("\ue123"))
    )


@lru_cache(8)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow is built without FreeType")
    # Not Raqm, where it is installed: it sets some pairs otherwise.
    return ImageFont.truetype(BytesIO(font.font_bytes), size, layout_engine=ImageFont.Layout.BASIC)


def draw(card: Card, beside: Image.Image | None = None) -> bytes:
    """Return the card as a PNG file; with the picture `beside` its words as a JPEG file."""
    width = WIDTH - 2 * MARGIN - (_SIDE if beside else 0)
    title, site, line = drawable(card.title), drawable(card.site), drawable(card.line)
    # A title in other letters than Latin: the site speaks for it.
    image = _ground(line, site if title else "", width).copy()
    _write_title(ImageDraw.Draw(image), title or site, MARGIN + 20 + (64 if line else 0), width)
    image.putpalette(_palette(card.paper, card.ink, card.accent))
    out = BytesIO()
    if beside is None:
        # Sixteen colors and runs alone: a third of the time that full compression takes, and no more bytes.
        image.save(out, "PNG", bits=4, compress_type=zlib.Z_RLE)
    else:
        _with(beside, image).save(out, "JPEG", quality=88, subsampling=0, optimize=True)
    return out.getvalue()


@lru_cache(64)
def _ground(line: str, site: str, width: int) -> Image.Image:
    """Return what the cards of many posts have in common."""
    image = Image.new("L", (WIDTH, HEIGHT), 0)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, 15), fill=_ACCENT)
    pen.rectangle((MARGIN, HEIGHT - 128, MARGIN + 96, HEIGHT - 123), fill=_ACCENT)
    for text, y in ((line, MARGIN + 20), (site, HEIGHT - 106)):
        for words in _fit(text, _font(34), width, 1):
            _write(pen, (MARGIN, y), words, _font(34))
    return image


def _write_title(pen: ImageDraw.ImageDraw, title: str, y: int, width: int) -> None:
    """Write the title as large as it fits above the foot."""
    for size in (84, 72, 60, 50, 42):
        font, step = _font(size), round(size * 1.16)
        room = (HEIGHT - 150 - y) // step
        lines = _fit(title, font, width, 99)
        if len(lines) <= room:
            break
    else:
        lines = _fit(title, font, width, room)
    for number, line in enumerate(lines):
        _write(pen, (MARGIN, y + number * step), line, font)


def _fit(text: str, font: ImageFont.FreeTypeFont, width: int, most: int) -> list[str]:
    """Break `text` into at most `most` lines of `width` pixels, with dots where it had to be cut."""
    lines: list[str] = []
    for word in text.split():
        if lines and _long(longer := f"{lines[-1]} {word}", font) <= width:
            lines[-1] = longer
        else:
            lines.append(_short(word, font, width))
    if len(lines) > most:
        lines = [*lines[: most - 1], _short(f"{lines[most - 1]} ...", font, width)]
    return lines


def _short(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    if _long(text, font) <= width:
        return text
    text = text.removesuffix(" ...")
    while text and _long(f"{text} ...", font) > width:
        text = text[:-1]
    return f"{text.rstrip()} ..."


@lru_cache(4096)
def _long(text: str, font: ImageFont.FreeTypeFont) -> float:
    return font.getlength(_bare(text))


def _bare(text: str) -> str:
    return "".join(char for char in text if char not in _STROKES)


def _write(pen: ImageDraw.ImageDraw, at: tuple[int, int], text: str, font: ImageFont.FreeTypeFont) -> None:
    pen.text(at, _bare(text), font=font, fill=_INK)
    before = ""
    for char in text:
        if char not in _STROKES:
            before += char
        elif before:
            _accent(pen, char, at[0] + font.getlength(before[:-1]), at[1], before[-1], font)


def _accent(
    pen: ImageDraw.ImageDraw, accent: str, x: float, y: float, letter: str, font: ImageFont.FreeTypeFont
) -> None:
    """Draw an accent over `letter`, which stands at `x`, `y`."""
    left, top, right, _ = font.getbbox(letter)
    if letter in "ij":
        # Its dot gives way.
        below = font.getbbox("x")[1]
        pen.rectangle((x + left, y + top, x + right, y + below - 3), fill=0)
        top = below
    unit, thick = font.size * 0.11, max(2, round(font.size * 0.07))
    middle, foot = x + (left + right) / 2, y + top - font.size * 0.06
    for x1, y1, x2, y2 in _STROKES[accent]:
        if (x1, y1) == (x2, y2):
            pen.circle((middle + x1 * unit, foot + y1 * unit), thick * 0.75, fill=_INK)
        else:
            ends = (middle + x1 * unit, foot + y1 * unit, middle + x2 * unit, foot + y2 * unit)
            pen.line(ends, fill=_INK, width=thick)


@lru_cache(8)
def _palette(paper: str, ink: str, accent: str) -> bytes:
    sides = list(zip(_rgb(paper), _rgb(ink), strict=True))
    shades = [round(p + (i - p) * shade / _INK) for shade in range(_INK + 1) for p, i in sides]
    return bytes([*shades, *_rgb(accent)])


def _rgb(colour: str) -> bytes:
    return bytes.fromhex(colour[1:])


def _with(beside: Image.Image, card: Image.Image) -> Image.Image:
    """Return the card with a picture at its right, whole."""
    whole, shown = card.convert("RGB"), beside.copy()
    shown.thumbnail((_SIDE - 20, HEIGHT - 2 * MARGIN), Image.Resampling.LANCZOS)
    corner = (WIDTH - MARGIN - shown.width, (HEIGHT + 15 - shown.height) // 2)
    whole.paste(shown, corner, shown if shown.mode == "RGBA" else None)
    return whole

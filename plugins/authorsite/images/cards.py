"""The card that other sites show for a link to a page: 1200 × 630 pixels, the same bytes on every machine.

Drawn with the font inside Pillow, for no font file of another has to be carried along. That font holds the plain Latin
letters; accents are drawn over them here, and a title in letters that it does not have is left out.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
MARGIN = 72
FOLDER = "images/cards"
_SIDE = 380
"""Pixels that a picture at the right takes."""

_RECIPE = "1"
_LEVELS = 200
"""Shades between paper and ink; the accent colour stands above them in the palette."""

_PLAINER = str.maketrans(
    {
        **dict.fromkeys("–—−‑", "-"),
        **dict.fromkeys("„‚", "“"),
        "…": "...",
        "\xa0": " ",
        "ß": "ss",
        "æ": "ae",
        "Æ": "AE",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "ı": "i",
        "œ": "oe",
        "€": "EUR",
        "×": "x",
    }
)
_ABOVE = "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c"


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on a card: `title`, a smaller `line` above it, `site` at the foot; colours as "#rrggbb".

    `picture` is the path of an image for the right side ("" without), `seen` its digest.
    """

    slug: str
    title: str
    line: str
    site: str
    paper: str
    ink: str
    accent: str
    picture: str = ""
    seen: str = ""

    @property
    def name(self) -> str:
        """The card's file name, with a digest of all that is on it."""
        shown = (self.title, self.line, self.site, self.paper, self.ink, self.accent, self.seen)
        told = hashlib.sha256("\0".join((_RECIPE, *shown)).encode("utf-8", "replace")).hexdigest()[:10]
        return f"{re.sub('[^a-z0-9]+', '-', self.slug.lower()).strip('-')[:60] or 'card'}.{told}.png"


def drawable(text: str) -> str:
    """Return `text` in the letters that can be drawn ("" when some cannot): e and a combining accent for é."""
    text = unicodedata.normalize("NFD", unicodedata.normalize("NFC", text).translate(_PLAINER))
    if not all(_has(char) or unicodedata.combining(char) for char in text):
        return ""
    return "".join(char for char in text if _has(char) or char in _ABOVE)


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


def draw(card: Card) -> bytes:
    """Return the card as a PNG file."""
    image = Image.new("L", (WIDTH, HEIGHT), 0)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, 15), fill=_LEVELS + 1)
    width = WIDTH - 2 * MARGIN - (_SIDE if card.picture else 0)
    y = MARGIN + 20
    if line := drawable(card.line):
        _write(pen, (MARGIN, y), _fit(line, _font(34), width, 1)[0], _font(34))
        y += 64
    _write_title(pen, drawable(card.title), y, width)
    pen.rectangle((MARGIN, HEIGHT - 128, MARGIN + 96, HEIGHT - 123), fill=_LEVELS + 1)
    if site := drawable(card.site):
        _write(pen, (MARGIN, HEIGHT - 106), _fit(site, _font(34), width, 1)[0], _font(34))
    image.putpalette(_palette(card))
    done = _beside(image, card.picture) if card.picture else image
    out = BytesIO()
    done.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _write_title(pen: ImageDraw.ImageDraw, title: str, y: int, width: int) -> None:
    """Write the title as large as it fits above the foot."""
    for size in (84, 72, 60, 50, 42):
        font, step = _font(size), round(size * 1.16)
        room = (HEIGHT - 150 - y) // step
        lines = _fit(title, font, width, 99)
        if len(lines) <= room or size == 42:  # noqa: PLR2004 - the smallest
            for number, line in enumerate(lines[:room] if len(lines) <= room else _fit(title, font, width, room)):
                _write(pen, (MARGIN, y + number * step), line, font)
            return


def _fit(text: str, font: ImageFont.FreeTypeFont, width: int, most: int) -> list[str]:
    """Break `text` into at most `most` lines of `width` pixels, with dots where it had to be cut."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(_bare(longer)) <= width:
            lines[-1] = longer
        else:
            lines.append(_short(word, font, width))
    if len(lines) > most:
        lines = [*lines[: most - 1], _short(f"{lines[most - 1]} ...", font, width)]
    return lines


def _short(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    if font.getlength(_bare(text)) <= width:
        return text
    text = text.removesuffix(" ...")
    while text and font.getlength(_bare(f"{text} ...")) > width:
        text = text[:-1]
    return f"{text.rstrip()} ..."


def _bare(text: str) -> str:
    return "".join(char for char in text if not unicodedata.combining(char))


def _write(pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, font: ImageFont.FreeTypeFont) -> None:
    bare = _bare(text)
    pen.text(at, bare, font=font, fill=_LEVELS)
    before = ""
    for char in text:
        if unicodedata.combining(char):
            left, top, right, _ = font.getbbox(before[-1:] or " ")
            start = at[0] + font.getlength(before) - font.getlength(before[-1:])
            _accent(pen, char, start + (left + right) / 2, at[1] + top - font.size * 0.06, font.size)
        else:
            before += char


def _accent(pen: ImageDraw.ImageDraw, char: str, x: float, y: float, size: float) -> None:
    """Draw one accent with its foot at `y`, centred on `x`; those below a letter are left out."""
    w, h, thick = size * 0.11, size * 0.10, max(2, round(size * 0.07))
    strokes: dict[str, list[tuple[float, float, float, float]]] = {
        "\u0300": [(-w, -h, w, 0)],
        "\u0301": [(-w, 0, w, -h)],
        "\u030b": [(-w * 1.6, 0, -w * 0.2, -h), (w * 0.2, 0, w * 1.6, -h)],
        "\u0302": [(-w, 0, 0, -h), (0, -h, w, 0)],
        "\u030c": [(-w, -h, 0, 0), (0, 0, w, -h)],
        "\u0306": [(-w, -h, -w / 2, 0), (-w / 2, 0, w / 2, 0), (w / 2, 0, w, -h)],
        "\u0304": [(-w, -h / 2, w, -h / 2)],
        "\u0303": [(-w * 1.2, 0, -w / 3, -h * 0.7), (-w / 3, -h * 0.7, w / 3, 0), (w / 3, 0, w * 1.2, -h * 0.7)],
    }
    dots: dict[str, tuple[float, ...]] = {"\u0308": (-w * 1.1, w * 1.1), "\u0307": (0,), "\u030a": (0,)}
    for x1, y1, x2, y2 in strokes.get(char, []):
        pen.line((x + x1, y + y1, x + x2, y + y2), fill=_LEVELS, width=thick)
    for dx in dots.get(char, ()):
        pen.ellipse((x + dx - thick * 0.7, y - h, x + dx + thick * 0.7, y - h + thick * 1.4), fill=_LEVELS)


def _palette(card: Card) -> bytes:
    paper, ink, accent = (_rgb(colour) for colour in (card.paper, card.ink, card.accent))
    shades = [
        round(p + (i - p) * level / _LEVELS) for level in range(_LEVELS + 1) for p, i in zip(paper, ink, strict=True)
    ]
    return bytes([*shades, *accent])


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _beside(image: Image.Image, picture: str) -> Image.Image:
    """Return the card with a picture at its right, whole, its edge marked by a thin line."""
    whole = image.convert("RGB")
    with Image.open(Path(picture)) as opened:
        shown = opened.convert("RGB")
    shown.thumbnail((_SIDE - 20, HEIGHT - 2 * MARGIN), Image.Resampling.LANCZOS)
    whole.paste(shown, (WIDTH - MARGIN - shown.width, (HEIGHT + 15 - shown.height) // 2))
    return whole

"""Social cards: the preview image (og:image) that other sites show for a link; 1200 × 630 pixels.

The bytes are the same on every machine: see card_text.py. A card whose title is written from right to left is laid out
in that direction. Text in a script that no font has is left out.
"""

import hashlib
import re
import zlib
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw

from .card_text import RIGHT_TO_LEFT, CardText, load_font, order_line, prepare_text, wrap
from .inspection import ImageFile

WIDTH, HEIGHT = 1200, 630
MARGIN = 72
FOLDER = "images/cards"
_IMAGE_AREA = 380
"""Width of the area for an image beside the text, in pixels."""

_VERSION = "3"
"""Part of every card's name: raise it when the drawing changes."""

_VERSION_RIGHT_TO_LEFT = "1"
"""The same, for cards with letters of scripts that are written from right to left."""

_TEXT, _ACCENT = 14, 15
"""Indexes in a palette of 16 colors: 0 is the background, those up to the text color smooth the edges of letters."""


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
        content: tuple[str, ...] = (_VERSION, self.title, self.kicker, self.site_name, *colors, image)
        if RIGHT_TO_LEFT.search("".join(content)):
            content = (*content, _VERSION_RIGHT_TO_LEFT)
        digest = hashlib.sha256("\0".join(content).encode("utf-8", "replace")).hexdigest()[:10]
        stem = re.sub("[^a-z0-9]+", "-", self.slug.lower()).strip("-")[:60] or "card"
        return f"{stem}.{digest}.{'jpg' if self.image else 'png'}"

    @property
    def output_paths(self) -> dict[str, str]:
        """The card's path below the output folder, with its file name in the cache."""
        return {f"{FOLDER}/{self.file_name}": self.file_name}


def render_card(card: SocialCard, image: Image.Image | None = None) -> bytes:
    """Return the card as a PNG file; with the decoded `image` beside its text as a JPEG file."""
    width = WIDTH - 2 * MARGIN - (_IMAGE_AREA if image else 0)
    title, site_name, kicker = prepare_text(card.title), prepare_text(card.site_name), prepare_text(card.kicker)
    if not title.text:  # the site's name takes its place
        title, site_name = site_name, CardText("")
    from_right = title.right_to_left
    canvas = _render_background(kicker, site_name, width, from_right).copy()
    _draw_title(ImageDraw.Draw(canvas), title, MARGIN + 20 + (64 if kicker.text else 0), width)
    canvas.putpalette(_make_palette(card.background, card.foreground, card.accent))
    out = BytesIO()
    if image is None:
        # 16 colors and run lengths alone: a third of the time of full compression, and no more bytes.
        canvas.save(out, "PNG", bits=4, compress_type=zlib.Z_RLE)
    else:
        _paste_beside(image, canvas, at_left=from_right).save(out, "JPEG", quality=88, subsampling=0, optimize=True)
    return out.getvalue()


@lru_cache(64)
def _render_background(kicker: CardText, site_name: CardText, width: int, from_right: bool) -> Image.Image:
    """Return the part that the cards of many posts share."""
    image = Image.new("L", (WIDTH, HEIGHT), 0)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, 15), fill=_ACCENT)
    left = WIDTH - MARGIN - 96 if from_right else MARGIN
    pen.rectangle((left, HEIGHT - 128, left + 96, HEIGHT - 123), fill=_ACCENT)
    for text, y in ((kicker, MARGIN + 20), (site_name, HEIGHT - 106)):
        for line in wrap(text.text, load_font(34, text.face), width, 1):
            _draw_line(pen, line, y, 34, text, from_right=from_right)
    return image


def _draw_line(pen: ImageDraw.ImageDraw, line: str, y: int, size: int, text: CardText, *, from_right: bool) -> None:
    line = order_line(line, right_to_left=text.right_to_left)
    font = load_font(size, text.face)
    x = WIDTH - MARGIN - font.getlength(line) if from_right else MARGIN
    pen.text((round(x), y), line, font=font, fill=_TEXT)


def _draw_title(pen: ImageDraw.ImageDraw, title: CardText, y: int, width: int) -> None:
    """Draw the title in the largest size that fits above the site's name."""
    for size in (84, 72, 60, 50, 42):
        font, line_height = load_font(size, title.face), round(size * 1.16)
        max_lines = (HEIGHT - 150 - y) // line_height
        lines = wrap(title.text, font, width, 99)
        if len(lines) <= max_lines:
            break
    else:
        lines = wrap(title.text, font, width, max_lines)
    for number, line in enumerate(lines):
        _draw_line(pen, line, y + number * line_height, size, title, from_right=title.right_to_left)


@lru_cache(8)
def _make_palette(background: str, foreground: str, accent: str) -> bytes:
    channels = list(zip(_parse_color(background), _parse_color(foreground), strict=True))
    shades = [round(b + (f - b) * shade / _TEXT) for shade in range(_TEXT + 1) for b, f in channels]
    return bytes([*shades, *_parse_color(accent)])


def _parse_color(color: str) -> bytes:
    return bytes.fromhex(color[1:])


def _paste_beside(image: Image.Image, card: Image.Image, *, at_left: bool) -> Image.Image:
    """Return the card with the uncropped image at its right, or at its left."""
    canvas, thumbnail = card.convert("RGB"), image.copy()
    thumbnail.thumbnail((_IMAGE_AREA - 20, HEIGHT - 2 * MARGIN), Image.Resampling.LANCZOS)
    corner = (MARGIN if at_left else WIDTH - MARGIN - thumbnail.width, (HEIGHT + 15 - thumbnail.height) // 2)
    canvas.paste(thumbnail, corner, thumbnail if thumbnail.mode == "RGBA" else None)
    return canvas

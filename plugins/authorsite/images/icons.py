"""The site's mark in every size that browsers and phones ask for."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

from .inspection import ImageFile

_SIZES = {"icon.svg": 64, "apple-touch-icon.png": 180, "icon-192.png": 192, "icon-512.png": 512, "favicon.ico": 32}
_PAGES = (((13, 17), (31, 22), (31, 50), (13, 45)), ((33, 22), (51, 17), (51, 45), (33, 50)))
"""An open book on a field of 64 × 64, as the mark of a site that names none."""

_SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">{}</svg>\n'
_RECIPE = "1"


@dataclass(frozen=True, slots=True)
class Icons:
    """The icons of a site whose mark is `picture` (SVG or an image), or an open book on `colour` ("#rrggbb")."""

    colour: str
    picture: ImageFile | None = None

    @property
    def places(self) -> dict[str, str]:
        """The icons' addresses below the root, and the names of their files in the cache."""
        seen = self.picture.digest if self.picture else self.colour
        told = hashlib.sha256(f"{_RECIPE} {seen} {self.colour}".encode()).hexdigest()[:10]
        return {place: f"{told}.{place}" for place in _SIZES}


def draw_icons(icons: Icons, mark: Image.Image | None) -> Iterator[bytes]:
    """Give the icon files in the order of their places; `mark` is the author's, decoded.

    An SVG mark is icon.svg as it stands; the small pictures show the open book then, for nothing here can draw an SVG.
    """
    for name, size in _SIZES.items():
        if name == "icon.svg":
            yield _drawing(icons, mark)
        elif mark:
            yield _bytes(ImageOps.pad(mark.convert("RGBA"), (size, size)), name)
        else:
            yield _bytes(_book(size, icons.colour, corner=0 if name.startswith("apple") else 12), name)


def _drawing(icons: Icons, mark: Image.Image | None) -> bytes:
    if mark:
        held = b64encode(_bytes(ImageOps.pad(mark.convert("RGBA"), (64, 64)), "icon.png")).decode()
        return _SVG.format(f'<image width="64" height="64" href="data:image/png;base64,{held}"/>').encode()
    if icons.picture:
        return Path(icons.picture.path).read_bytes()
    pages = "".join(f"M{'L'.join(f'{x} {y}' for x, y in page)}z" for page in _PAGES)
    ground = f'<rect width="64" height="64" rx="12" fill="{icons.colour}"/>'
    return _SVG.format(f'{ground}<path d="{pages}" fill="#fff"/>').encode()


def _book(size: int, colour: str, corner: int) -> Image.Image:
    scale = 4 * size / 64
    large = Image.new("RGBA", (4 * size, 4 * size))
    pen = ImageDraw.Draw(large)
    pen.rounded_rectangle((0, 0, 4 * size - 1, 4 * size - 1), corner * scale, fill=colour)
    for page in _PAGES:
        pen.polygon([(x * scale, y * scale) for x, y in page], fill="#ffffff")
    return large.resize((size, size), Image.Resampling.BOX)


def _bytes(image: Image.Image, name: str) -> bytes:
    out = BytesIO()
    if name.endswith(".ico"):
        image.save(out, "ICO", sizes=[image.size])
    else:
        image.save(out, "PNG", optimize=True)
    return out.getvalue()

"""The site's favicon and app icons, in every size that browsers and phones ask for."""

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
"""The default logo, an open book: two polygons on a field of 64 × 64."""

_SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">{}</svg>\n'
_VERSION = "1"
"""Part of every icon's name in the cache: raise it when the drawing changes."""


@dataclass(frozen=True, slots=True)
class Icons:
    """The icons of a site: from its logo `image` (SVG or another format), else an open book on `color` ("#rrggbb")."""

    color: str
    image: ImageFile | None = None

    @property
    def output_paths(self) -> dict[str, str]:
        """The icons' paths below the output folder, each with its file name in the cache."""
        seed = self.image.digest if self.image else self.color
        digest = hashlib.sha256(f"{_VERSION} {seed} {self.color}".encode()).hexdigest()[:10]
        return {path: f"{digest}.{path}" for path in _SIZES}


def render_icons(icons: Icons, logo: Image.Image | None) -> Iterator[bytes]:
    """Yield the icon files in the order of `output_paths`; `logo` is the decoded image, None for SVG or no logo.

    An SVG logo is used for icon.svg only; the other icons show the open book then, because Pillow cannot draw SVG.
    """
    for name, size in _SIZES.items():
        if name == "icon.svg":
            yield _render_svg(icons, logo)
        elif logo:
            yield _encode(ImageOps.pad(logo.convert("RGBA"), (size, size)), name)
        else:
            yield _encode(_render_book(size, icons.color, corner=0 if name.startswith("apple") else 12), name)


def _render_svg(icons: Icons, logo: Image.Image | None) -> bytes:
    if logo:
        data = b64encode(_encode(ImageOps.pad(logo.convert("RGBA"), (64, 64)), "icon.png")).decode()
        return _SVG.format(f'<image width="64" height="64" href="data:image/png;base64,{data}"/>').encode()
    if icons.image:
        return Path(icons.image.path).read_bytes()
    pages = "".join(f"M{'L'.join(f'{x} {y}' for x, y in page)}z" for page in _PAGES)
    background = f'<rect width="64" height="64" rx="12" fill="{icons.color}"/>'
    return _SVG.format(f'{background}<path d="{pages}" fill="#fff"/>').encode()


def _render_book(size: int, color: str, corner: int) -> Image.Image:
    scale = 4 * size / 64
    large = Image.new("RGBA", (4 * size, 4 * size))
    pen = ImageDraw.Draw(large)
    pen.rounded_rectangle((0, 0, 4 * size - 1, 4 * size - 1), corner * scale, fill=color)
    for page in _PAGES:
        pen.polygon([(x * scale, y * scale) for x, y in page], fill="#ffffff")
    return large.resize((size, size), Image.Resampling.BOX)


def _encode(image: Image.Image, name: str) -> bytes:
    out = BytesIO()
    if name.endswith(".ico"):
        image.save(out, "ICO", sizes=[image.size])
    else:
        image.save(out, "PNG", optimize=True)
    return out.getvalue()

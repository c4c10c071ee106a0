"""The site's mark in every size that browsers and phones ask for."""

from __future__ import annotations

import json
from base64 import b64encode
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

_PAGES = (((13, 17), (31, 22), (31, 50), (13, 45)), ((33, 22), (51, 17), (51, 45), (33, 50)))
"""An open book on a field of 64 × 64, as the mark of a site that names none."""


def icons(mark: Path | None, colour: str) -> dict[str, bytes]:
    """Return the icon files by name, from the author's `mark` (SVG or PNG), else an open book on `colour`.

    An SVG mark is icon.svg as it stands; the small pictures show the open book then, for nothing here can draw an SVG.
    """
    given = Image.open(mark).convert("RGBA") if mark and mark.suffix.lower() != ".svg" else None
    files = {"icon.svg": _framed(given) if given else mark.read_bytes() if mark else _svg(colour).encode()}
    sizes = {"apple-touch-icon.png": 180, "icon-192.png": 192, "icon-512.png": 512}
    for name, size in sizes.items():
        files[name] = _bytes(_at(size, given, colour, round_corners=name != "apple-touch-icon.png"), "PNG")
    files["favicon.ico"] = _bytes(_at(32, given, colour, round_corners=True), "ICO")
    return files


def _svg(colour: str) -> str:
    pages = "".join(f"M{'L'.join(f'{x} {y}' for x, y in page)}z" for page in _PAGES)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        f'<rect width="64" height="64" rx="12" fill="{colour}"/><path d="{pages}" fill="#fff"/></svg>\n'
    )


def _framed(given: Image.Image) -> bytes:
    """Return a drawing that holds the picture, so that every site has an icon.svg."""
    held = b64encode(_bytes(_at(64, given, "", round_corners=False), "PNG")).decode()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        f'<image width="64" height="64" href="data:image/png;base64,{held}"/></svg>\n'
    ).encode()


def _at(size: int, given: Image.Image | None, colour: str, *, round_corners: bool) -> Image.Image:
    if given is not None:
        square = Image.new("RGBA", (size, size))
        fitted = given.copy()
        fitted.thumbnail((size, size), Image.Resampling.LANCZOS)
        square.paste(fitted, ((size - fitted.width) // 2, (size - fitted.height) // 2))
        return square
    scale = 4 * size / 64
    large = Image.new("RGBA", (4 * size, 4 * size))
    pen = ImageDraw.Draw(large)
    pen.rounded_rectangle((0, 0, 4 * size - 1, 4 * size - 1), 12 * scale if round_corners else 0, fill=colour)
    for page in _PAGES:
        pen.polygon([(x * scale, y * scale) for x, y in page], fill="#ffffff")
    return large.resize((size, size), Image.Resampling.BOX)


def _bytes(image: Image.Image, form: str) -> bytes:
    out = BytesIO()
    image.save(out, form, **({"sizes": [image.size]} if form == "ICO" else {"optimize": True}))
    return out.getvalue()


def manifest(name: str, language: str, root: str, colour: str) -> str:
    """Return the web app manifest; `root` is the site's folder on its host."""
    sizes = [{"src": f"{root}/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png"} for size in (192, 512)]
    whole = {
        "name": name,
        "short_name": name,
        "lang": language,
        "start_url": f"{root}/",
        "scope": f"{root}/",
        "display": "browser",
        "theme_color": colour,
        "background_color": "#ffffff",
        "icons": sizes,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"

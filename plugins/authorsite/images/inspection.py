"""What an image file is, told without trusting its name; nothing here decodes a whole picture."""

from __future__ import annotations

import hashlib
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from PIL import Image

from .external_resources import asked
from .metadata import without_metadata

KINDS = {
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".png": "png",
    ".webp": "webp",
    ".gif": "gif",
    ".avif": "avif",
    ".svg": "svg",
}
"""The image formats of the web, by the ending of the name."""

OTHER_IMAGES = frozenset((".bmp", ".heic", ".heif", ".jp2", ".psd", ".tif", ".tiff", ".tga"))
MAX_PIXELS = 60_000_000
MAX_BYTES = 60_000_000
REWRITTEN = frozenset(("gif", "avif"))
"""What Pillow writes anew to be rid of metadata; out of others it is cut. Moving GIFs stay as they are."""

_SMALLER = "make it smaller: 2500 pixels across are plenty"
_UPRIGHT = 4
"""EXIF orientations above this one lie on their side."""


class ImageFault(ValueError):
    """What is wrong with an image, and how to mend it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class ImageFile:
    """An image as it is on disk: `width` and `height` in pixels as it is to be shown, turned as its EXIF says.

    `turn` is the EXIF orientation (1: upright); `private`: it holds metadata that must not be published;
    `plain`: drawn in few colours, which may take fewer bytes without loss; `moving`: it has several frames.
    """

    path: str
    digest: str
    kind: str
    width: int
    height: int
    turn: int = 1
    size: int = 0
    private: bool = False
    plain: bool = False
    moving: bool = False


def look(path: Path) -> ImageFile:
    """Return what the file at `path` is; raises ImageFault for what cannot be shown on a page."""
    named = KINDS.get(path.suffix.lower())
    if named is None:
        raise ImageFault(f"{path.name} is no image that browsers show", "save it as JPEG, PNG, WebP, AVIF, GIF or SVG")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise ImageFault(f"{path.name} is {size // 1_000_000} MB", _SMALLER)
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if named == "svg":
        return ImageFile(str(path), digest, "svg", *drawing_size(data, path.name), size=size)
    with open_image(path) as image:
        # What phones save with further pictures behind the first is that first one.
        several = image.format == "MPO"
        kind = "jpeg" if several else (image.format or "").lower()
        if kind != named:
            raise ImageFault(f"{path.name} holds a {kind.upper()} image", f"rename it to end in .{kind}")
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise ImageFault(f"{path.name} has {width} × {height} pixels", _SMALLER)
        moving = bool(getattr(image, "is_animated", False)) and not several
        try:
            turn = 1 if moving else int(image.getexif().get(0x0112, 1))
            private = _is_private(image, data, kind, moving=moving)
        except (SyntaxError, ValueError, TypeError, OSError) as error:
            raise ImageFault(f"{path.name} is damaged: {error}", "save the image again") from error
        turn = turn if 1 <= turn <= 8 else 1  # noqa: PLR2004 - the orientations that there are
        if turn > _UPRIGHT:
            width, height = height, width
        plain = image.mode in {"P", "1"}
    return ImageFile(str(path), digest, kind, width, height, turn, size, private or turn > 1, plain, moving)


def _is_private(image: Image.Image, data: bytes, kind: str, *, moving: bool) -> bool:
    if kind in REWRITTEN:
        return not (moving and kind == "gif") and any(image.info.get(key) for key in ("exif", "xmp", "comment"))
    return without_metadata(data, kind) != data


def open_image(path: Path) -> Image.Image:
    """Open an image by what it holds; raises ImageFault, also for those too large to be opened."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return Image.open(path, formats=("JPEG", "PNG", "WEBP", "GIF", "AVIF", "TIFF", "BMP", "ICO"))
    except Image.DecompressionBombError as error:
        raise ImageFault(f"{path.name} has too many pixels", _SMALLER) from error
    except Exception as error:
        # Pillow's readers raise nearly anything on hostile files.
        raise ImageFault(f"{path.name} cannot be read as an image", "save the image again, or remove it") from error


def drawing_size(data: bytes, name: str) -> tuple[int, int]:
    """Return width and height of an SVG drawing; raises ImageFault for one that runs scripts or asks other hosts."""
    try:
        # Expat loads nothing from outside, and ends what would swell.
        root = ET.fromstring(data)
    except (ET.ParseError, ValueError, LookupError):
        root = ET.Element("none")
    if _local(root.tag) != "svg":
        raise ImageFault(f"{name} holds no SVG image", "save the image again, or remove it")
    if b"<?xml-stylesheet" in data or any(map(_runs, root.iter())):
        raise ImageFault(f"{name} holds a script", "save it as a plain SVG, without scripts")
    for element in root.iter():
        given = {_local(key): value for key, value in element.attrib.items()}
        for address in asked(_local(element.tag), given, element.text or ""):
            raise ImageFault(f"{name} loads {address}", "draw into the image what it loads: pages ask no other host")
    sides = [re.fullmatch(r"\s*([\d.]+)(?:px)?\s*", root.get(side) or "") for side in ("width", "height")]
    box = (root.get("viewBox") or "").replace(",", " ").split()
    try:
        width, height = map(float, [side[1] for side in sides if side] if all(sides) else box[2:])
        if width > 0 and height > 0:
            return max(1, round(width)), max(1, round(height))
    except (ValueError, OverflowError):
        pass
    raise ImageFault(f"{name} does not say how large it is", 'give its <svg> a viewBox="0 0 width height"')


def _local(name: str) -> str:
    """Return a tag's or attribute's name without its namespace."""
    return name.rpartition("}")[2].lower()


def _runs(element: ET.Element) -> bool:
    given = element.attrib.items()
    return _local(element.tag) == "script" or any(
        _local(name).startswith("on") or "javascript:" in "".join(value.split()).lower() for name, value in given
    )

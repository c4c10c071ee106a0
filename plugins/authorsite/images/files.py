"""What an image file is, told without trusting its name; nothing here decodes a whole picture."""

from __future__ import annotations

import hashlib
import re
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from .metadata import Damaged, without_metadata

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
    `plain`: drawn in few colours, so that it is kept without loss; `moving`: it has several frames.
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
    ending = path.suffix.lower()
    if ending not in KINDS:
        raise ImageFault(f"{path.name} is no image that browsers show", "save it as JPEG, PNG, WebP, AVIF, GIF or SVG")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise ImageFault(f"{path.name} is {size // 1_000_000} MB", "make it smaller: 2500 pixels across are plenty")
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if ending == ".svg":
        width, height = _svg_size(data, path.name)
        return ImageFile(str(path), digest, "svg", width, height, size=size)
    return _raster(path, data, digest)


def _raster(path: Path, data: bytes, digest: str) -> ImageFile:
    named = KINDS[path.suffix.lower()]
    image = open_image(path)
    with image:
        kind = (image.format or "").lower()
        if kind != named:
            raise ImageFault(f"{path.name} holds a {kind.upper()} image", f"rename it to end in .{kind}")
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise ImageFault(
                f"{path.name} has {width} × {height} pixels", "make it smaller: 2500 pixels across are plenty"
            )
        try:
            turn = int(image.getexif().get(0x0112, 1))
            turn = turn if 1 <= turn <= 8 else 1  # noqa: PLR2004 - the orientations that there are
            clean = without_metadata(data, kind)
        except (Damaged, SyntaxError, ValueError, TypeError, OSError) as error:
            raise ImageFault(f"{path.name} is damaged: {error}", "save the image again") from error
        extra = kind == "avif" and bool(image.info.get("exif") or image.info.get("xmp"))
        if turn > _UPRIGHT:
            width, height = height, width
        moving = bool(getattr(image, "is_animated", False))
        plain = image.mode in {"P", "1"}
    return ImageFile(
        str(path), digest, kind, width, height, turn, len(data), extra or turn > 1 or clean != data, plain, moving
    )


def open_image(path: Path) -> Image.Image:
    """Open an image by what it holds; raises ImageFault, also for those too large to be opened."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return Image.open(path, formats=("JPEG", "PNG", "WEBP", "GIF", "AVIF", "TIFF", "BMP", "ICO"))
    except Image.DecompressionBombError as error:
        raise ImageFault(
            f"{path.name} has too many pixels", "make it smaller: 2500 pixels across are plenty"
        ) from error
    except Exception as error:
        # Pillow's readers raise nearly anything on hostile files.
        raise ImageFault(f"{path.name} cannot be read as an image", "save the image again, or remove it") from error


def _svg_size(data: bytes, name: str) -> tuple[int, int]:
    head = re.search(rb"<svg\b[^>]*>", data)
    if head is None:
        raise ImageFault(f"{name} holds no SVG image", "save the image again, or remove it")
    tag = head[0].decode("utf-8", "replace")
    sides = [re.search(rf'\s{side}\s*=\s*["\']\s*([\d.]+)(?:px)?\s*["\']', tag) for side in ("width", "height")]
    box = re.search(r'\sviewBox\s*=\s*["\'][\d.eE+-]+[\s,]+[\d.eE+-]+[\s,]+([\d.]+)[\s,]+([\d.]+)', tag)
    try:
        if sides[0] and sides[1]:
            return max(1, round(float(sides[0][1]))), max(1, round(float(sides[1][1])))
        if box:
            return max(1, round(float(box[1]))), max(1, round(float(box[2])))
    except (ValueError, OverflowError):
        pass
    raise ImageFault(f"{name} does not say how large it is", 'give its <svg> a viewBox="0 0 width height"')

"""Inspection of image files by their content, not their name; no image is decoded in full here."""

import hashlib
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from . import drawings, metadata
from .drawings import DrawingError, read_drawing_size
from .metadata import strip_metadata

FORMATS = {
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".png": "png",
    ".webp": "webp",
    ".gif": "gif",
    ".avif": "avif",
    ".svg": "svg",
}
"""The image formats of the web by file suffix."""

UNSUPPORTED_SUFFIXES = frozenset((".bmp", ".heic", ".heif", ".jp2", ".psd", ".svgz", ".tif", ".tiff", ".tga"))
MAX_PIXELS = 60_000_000
MAX_BYTES = 60_000_000
INSPECTION_DIGEST = hashlib.sha256(
    b"".join(Path(file).read_bytes() for file in (__file__, drawings.__file__, metadata.__file__))
).hexdigest()[:10]
"""Changes with the code: an image that another version accepted is read again."""

_RESIZE_HINT = "resize it to at most 2500 pixels wide"
_FIRST_SIDEWAYS = 5
"""EXIF orientations from this one on swap width and height."""


class ImageError(ValueError):
    """An image that cannot be used; `hint` says what to do, `line` is that of a drawing."""

    def __init__(self, message: str, hint: str, line: int = 0) -> None:
        super().__init__(message)
        self.hint, self.line = hint, line


@dataclass(frozen=True, slots=True)
class ImageFile:
    """Facts about an image file; `width` and `height` in pixels after the EXIF orientation is applied.

    `format` is a value of FORMATS, `orientation` the EXIF one (1: upright), `size` in bytes. `has_metadata`: must be
    stripped before it is published. `has_palette`: few colors, so that lossless WebP may be smaller.
    """

    path: str
    digest: str
    format: str
    width: int
    height: int
    orientation: int = 1
    size: int = 0
    has_metadata: bool = False
    has_palette: bool = False
    is_animated: bool = False


def inspect_image(path: Path) -> ImageFile:
    """Read the facts about the image at `path`; raises ImageError for a file that pages cannot show."""
    expected = FORMATS.get(path.suffix.lower())
    if expected is None:
        hint = "save it as JPEG, PNG, WebP, AVIF, GIF or SVG, or link to it as a download"
        raise ImageError(f"{path.name} is not in a web image format", hint)
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise ImageError(f"{path.name} is too large: {size // 1_000_000} MB", _RESIZE_HINT)
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if expected == "svg":
        try:
            return ImageFile(str(path), digest, "svg", *read_drawing_size(data), size=size)
        except DrawingError as error:
            raise ImageError(f"{path.name} {error}", error.hint, error.line) from error
    with open_image(path) as image:
        # Phones append further images (MPO); browsers show the first one, a JPEG.
        is_mpo = image.format == "MPO"
        kind = "jpeg" if is_mpo else (image.format or "").lower()
        if kind != expected:
            raise ImageError(f"{path.name} is a {kind.upper()} image", f"rename it to end in .{kind}")
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise ImageError(f"{path.name} is too large: {width} × {height} pixels", _RESIZE_HINT)
        is_animated = bool(getattr(image, "is_animated", False)) and not is_mpo
        try:
            orientation = 1 if is_animated else int(image.getexif().get(0x0112, 1))
            # Pillow must encode an AVIF file again to remove metadata; other files are only cut.
            is_avif, info = kind == "avif", image.info
            has_metadata = bool(info.get("exif") or info.get("xmp")) if is_avif else strip_metadata(data, kind) != data
        except (SyntaxError, ValueError, TypeError, OSError) as error:
            raise ImageError(f"{path.name} is damaged: {error}", "save the image again") from error
        orientation = orientation if 1 <= orientation <= 8 else 1  # noqa: PLR2004 - the values that EXIF defines
        if orientation >= _FIRST_SIDEWAYS:
            width, height = height, width
        has_palette = image.mode in {"P", "1"}
    has_metadata = has_metadata or orientation > 1
    return ImageFile(str(path), digest, kind, width, height, orientation, size, has_metadata, has_palette, is_animated)


def open_image(path: Path) -> Image.Image:
    """Open an image by its content; raises ImageError, also for one with too many pixels to open."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return Image.open(path, formats=("JPEG", "PNG", "WEBP", "GIF", "AVIF", "TIFF", "BMP", "ICO"))
    except Image.DecompressionBombError as error:
        raise ImageError(f"{path.name} has too many pixels", _RESIZE_HINT) from error
    except Exception as error:
        # Pillow's readers raise nearly anything on hostile files.
        raise ImageError(f"{path.name} cannot be read as an image", "save the image again, or remove it") from error

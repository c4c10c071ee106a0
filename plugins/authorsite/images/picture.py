"""A responsive image as templates see it, and the resized files (variants) behind it."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import PurePath

from .inspection import ImageFile

WIDTHS = (360, 720, 1080, 1440)
"""Widths of the variants in pixels; an image is never enlarged."""

SIZES = "(min-width: 44rem) 40rem, calc(100vw - 2.25rem)"
"""The `sizes` attribute: how wide an image in a text is on the page."""

FOLDER = "images/sized"
"""Output folder of the variants; their names contain a digest, so a browser may cache them forever."""

_MAX_FALLBACK_WIDTH = 1600
_SINGLE_SIZE_BELOW = 16_000
"""Files with fewer bytes are not worth several sizes."""

_ORIGINAL_BELOW = 1_000
"""Files with fewer bytes get no variants at all."""

_VERSION = "3"
"""Part of every variant's name: raise it when the encoding changes."""


@dataclass(frozen=True, slots=True)
class PictureSource:
    """One `<source>` of a picture: its media type and its `srcset`."""

    type: str
    srcset: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A responsive image for a template: `src` is its path on this site ("/images/x.jpg"), `url` the absolute URL.

    `width` and `height` are those of the file at `src`, in pixels. `alt` is plain text, "" for a decorative image.
    `path` is that of the author's file below content/.
    """

    src: str
    url: str
    width: int
    height: int
    alt: str
    sources: tuple[PictureSource, ...] = ()
    sizes: str = SIZES
    path: str = ""


@dataclass(frozen=True, slots=True)
class ImageVariant:
    """A file to generate from an image: size in pixels, format (webp, avif, jpeg, png) and file name.

    `is_stripped`: it replaces the original, at full size and without metadata.
    """

    width: int
    height: int
    format: str
    name: str
    is_stripped: bool = False


def plan_variants(file: ImageFile, *, avif: bool) -> tuple[ImageVariant, tuple[ImageVariant, ...]] | None:
    """Return the fallback for `src` and the variants for `srcset`; None for SVG, animated and tiny images.

    A fallback as wide as the image is the original itself and need not be generated.
    """
    if file.format == "svg" or file.is_animated or file.size < _ORIGINAL_BELOW:
        return None
    smaller = [width for width in WIDTHS if width < file.width]
    if file.size < _SINGLE_SIZE_BELOW:
        widths = [file.width]
    else:
        widths = [*smaller, *([file.width] if file.width < WIDTHS[-1] else [])]
    formats = ("avif", "webp") if avif and not file.has_palette else ("webp",)
    kind = file.format if file.format in {"jpeg", "png"} else "png" if file.format == "gif" else "jpeg"
    fallback = _make_variant(file, min(file.width, _MAX_FALLBACK_WIDTH), kind)
    return fallback, tuple(_make_variant(file, width, form) for form in formats for width in widths)


def _make_variant(file: ImageFile, width: int, image_format: str) -> ImageVariant:
    # One digest for all variants of an image: a repeated string costs a compressed page no bytes.
    digest = hashlib.sha256(f"{_VERSION} {file.digest}".encode()).hexdigest()[:10]
    stem = re.sub(r"[^a-z0-9]+", "-", PurePath(file.path).stem.lower()).strip("-") or "picture"
    height = max(1, round(file.height * width / file.width))
    suffix = "jpg" if image_format == "jpeg" else image_format
    return ImageVariant(width, height, image_format, f"{stem}-{width}.{digest}.{suffix}")


def make_stripped_variant(file: ImageFile) -> ImageVariant:
    """Return the variant without metadata that is published in place of the original."""
    name = f"clean.{file.digest[:20]}{PurePath(file.path).suffix.lower()}"
    return ImageVariant(file.width, file.height, file.format, name, is_stripped=True)


def make_srcset_sources(variants: tuple[ImageVariant, ...], root: str) -> tuple[PictureSource, ...]:
    """Return the `<source>` elements for `variants`, by format; `root` is the path of the site on its host."""
    by_format: dict[str, list[str]] = {}
    for variant in variants:
        by_format.setdefault(variant.format, []).append(f"{root}/{FOLDER}/{variant.name} {variant.width}w")
    return tuple(PictureSource(f"image/{form}", ", ".join(srcset)) for form, srcset in by_format.items())

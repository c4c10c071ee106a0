"""A picture as templates show it, and the files that it stands for."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import PurePath

from .inspection import ImageFile

WIDTHS = (360, 720, 1080, 1440)
"""The widths, in CSS pixels times density, that pictures are made in; none is made larger than it is."""

SIZES = "(min-width: 44rem) 40rem, calc(100vw - 2.25rem)"
"""How wide a picture stands in a text, for browsers to choose by."""

FOLDER = "images/sized"
"""Where made pictures stand below the output folder: their names hold a digest, they never change."""

_LARGEST_FALLBACK = 1600
_SMALL = 16_000
"""Bytes of a picture that is not worth several sizes."""

_SPECK = 1_000
"""Bytes of a picture that is worth no other file at all."""

_RECIPE = "3"
"""Part of every made file's name; another recipe, another name."""


@dataclass(frozen=True, slots=True)
class Source:
    """One format of a picture: its media type, and addresses with widths as `srcset` wants them."""

    type: str
    srcset: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture for a template: `src` is an address on this site ("/images/x.jpg"), `url` the same with its host.

    `width` and `height` are those of the file at `src`, in pixels. `alt` is plain text; "" says it is decoration.
    """

    src: str
    url: str
    width: int
    height: int
    alt: str
    sources: tuple[Source, ...] = ()
    sizes: str = SIZES


@dataclass(frozen=True, slots=True)
class Derivative:
    """A file to make of an image: how large, in which format (webp, avif, jpeg, png), under which name.

    `clean`: it stands for the image itself, every pixel as it is, without metadata.
    """

    width: int
    height: int
    format: str
    name: str
    clean: bool = False


def derivatives(file: ImageFile, *, avif: bool) -> tuple[Derivative, tuple[Derivative, ...]] | None:
    """Return the fallback and all other files for an image; None when it is shown as it is (drawings, films, specks).

    A fallback of the image's own width stands for the image itself and need not be made.
    """
    if file.kind == "svg" or file.moving or file.size < _SPECK:
        return None
    wide = [width for width in WIDTHS if width < file.width]
    widths = [file.width] if file.size < _SMALL else [*wide, *([file.width] if file.width < WIDTHS[-1] else [])]
    formats = ("avif", "webp") if avif and not file.plain else ("webp",)
    kind = file.kind if file.kind in {"jpeg", "png"} else "png" if file.kind == "gif" else "jpeg"
    fallback = derivative(file, min(file.width, _LARGEST_FALLBACK), kind)
    return fallback, tuple(derivative(file, width, form) for form in formats for width in widths)


def derivative(file: ImageFile, width: int, form: str) -> Derivative:
    """Return the file of this width and format for an image."""
    # One digest for all files of an image: told again and again in a page, it takes no more bytes.
    told = hashlib.sha256(f"{_RECIPE} {file.digest}".encode()).hexdigest()[:10]
    stem = re.sub(r"[^a-z0-9]+", "-", PurePath(file.path).stem.lower()).strip("-") or "picture"
    height = max(1, round(file.height * width / file.width))
    return Derivative(width, height, form, f"{stem}-{width}.{told}.{'jpg' if form == 'jpeg' else form}")


def clean(file: ImageFile) -> Derivative:
    """Return the file to be published in place of an image that tells of its maker."""
    name = f"clean.{file.digest[:20]}{PurePath(file.path).suffix.lower()}"
    return Derivative(file.width, file.height, file.kind, name, clean=True)


def sources(made: tuple[Derivative, ...], root: str) -> tuple[Source, ...]:
    """Return the made files as `<source>` elements want them; `root` is the site's folder on its host."""
    by_format: dict[str, list[str]] = {}
    for item in made:
        by_format.setdefault(item.format, []).append(f"{root}/{FOLDER}/{item.name} {item.width}w")
    return tuple(Source(f"image/{form}", ", ".join(listed)) for form, listed in by_format.items())

"""Made files: smaller, in newer formats, upright and without metadata; on all cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from itertools import compress
from operator import not_
from pathlib import Path
from typing import Any

from pelican_incremental.files import atomic_write
from pelican_incremental.processes import Workers, usable_cores
from PIL import Image, ImageCms, ImageOps

from .icons import Icons, draw_icons
from .inspection import REWRITTEN, ImageFault, ImageFile, open_image
from .metadata import without_metadata
from .picture import Derivative
from .social_cards import Card, draw

_QUALITY: dict[str, dict[str, Any]] = {
    "webp": {"quality": 78, "method": 4},
    # One thread: the encoder's result may not depend on the machine.
    "avif": {"quality": 62, "speed": 8, "max_threads": 1},
    "jpeg": {"quality": 82, "optimize": True, "progressive": True},
    "png": {"optimize": True},
}
_FEW = 4
"""So many jobs are done in this process: starting others would take longer."""

_NICENESS = 10

Job = tuple[Path, ImageFile | Card | Icons, tuple[Derivative, ...]]
"""Folder, image and what to make of it; or folder and what is drawn."""


def names(given: ImageFile | Card | Icons, wanted: tuple[Derivative, ...]) -> list[str]:
    """Return the names of the files that a job makes."""
    return [item.name for item in wanted] if isinstance(given, ImageFile) else list(given.places.values())


def make(job: Job) -> str:
    """Do one job; return what went wrong with its image, else ""."""
    folder, given, wanted = job
    try:
        files = _files(given, wanted) if isinstance(given, ImageFile) else _drawn(given)
        for name, data in zip(names(given, wanted), files, strict=True):
            atomic_write(folder / name, data)
    except ImageFault as error:
        return f"{error}\n{error.hint}"
    except Exception as error:  # noqa: BLE001 - Pillow's readers raise nearly anything on hostile files
        if isinstance(error, OSError) and error.strerror:
            return f"cannot be made smaller: {error.strerror}\nmake room on the disk, or mend who may write there"
        return f"is damaged: {str(error)[:80] or type(error).__name__}\nsave the image again, or remove it"
    return ""


def _make_beside(job: Job) -> str:
    """Do one job in a process of its own, which leaves the processors to what the build waits for: 1 s of 9."""
    os.nice(max(0, _NICENESS - os.nice(0)))
    return make(job)


def _drawn(given: Card | Icons) -> Iterable[bytes]:
    picture = upright(given.picture) if given.picture and given.picture.kind != "svg" else None
    return [draw(given, picture)] if isinstance(given, Card) else draw_icons(given, picture)


def _files(file: ImageFile, wanted: tuple[Derivative, ...]) -> Iterator[bytes]:
    image = None
    for item in wanted:
        if item.clean:
            yield cleaned(file)
        else:
            image = image or upright(file)
            yield encoded(image, item, plain=file.plain)


def upright(file: ImageFile) -> Image.Image:
    """Return the picture decoded, turned as its EXIF says, in sRGB."""
    with open_image(Path(file.path)) as opened:
        opened.load()
        profile = opened.info.get("icc_profile")
        clear = opened.mode in {"RGBA", "LA", "PA"} or "transparency" in opened.info
        turned = ImageOps.exif_transpose(opened)
        if turned.mode.startswith("I"):
            # Sixteen bits of gray: Pillow would cut them off, not scale them.
            turned = turned.convert("I").point(lambda value: value * (1 / 257)).convert("L")
        image = turned if turned.mode == "CMYK" and profile else turned.convert("RGBA" if clear else "RGB")
    if profile:
        image = _in_srgb(image, profile)
    image = image if image.mode in {"RGB", "RGBA"} else image.convert("RGB")
    # Pillow would write comments again, and a profile that holds the time of day.
    image.info = {}
    return image


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        given = ImageCms.ImageCmsProfile(BytesIO(profile))
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image


def encoded(image: Image.Image, item: Derivative, *, plain: bool) -> bytes:
    """Return `image` in the size and format of `item`; a `plain` one without loss where that takes fewer bytes."""
    small = image if item.width == image.width else image.resize((item.width, item.height), Image.Resampling.LANCZOS)
    if item.format == "jpeg" and small.mode == "RGBA":
        paper = Image.new("RGB", small.size, "white")
        paper.paste(small, mask=small.getchannel("A"))
        small = paper
    ways = [_QUALITY[item.format]]
    if plain and item.format == "webp":
        # Made smaller, a drawing has many colors more, and may be three times as large without loss.
        ways.append({"lossless": True, "method": 4})
    return min((_saved(small, item.format, options) for options in ways), key=len)


def _saved(image: Image.Image, form: str, options: dict[str, Any]) -> bytes:
    out = BytesIO()
    image.save(out, form.upper(), **options)
    return out.getvalue()


def cleaned(file: ImageFile) -> bytes:
    """Return the image file without metadata: the same pixels, or, where EXIF turns them, turned ones."""
    if file.turn == 1 and file.kind not in REWRITTEN:
        return without_metadata(Path(file.path).read_bytes(), file.kind)
    out = BytesIO()
    if file.kind == "gif":
        with open_image(Path(file.path)) as image:
            image.load()
            image.info.pop("comment", None)
            image.save(out, "GIF")
    else:
        upright(file).save(out, file.kind.upper(), **{**_QUALITY[file.kind], "quality": 90})
    return out.getvalue()


class Making:
    """Does `jobs`, on all cores when there are many; close() ends what is not done.

    Jobs that open an image, in which anything may be wrong, come first: wait for `opened` before others. `drawn` are
    the rest, which go on in the background. Both give each job with what went wrong, in order, after a call of `said`
    with the count of those done and of all.
    """

    def __init__(self, jobs: list[Job], said: Callable[[int, int], None]) -> None:
        self._said = said
        self._cores = min(usable_cores(), len(jobs) if len(jobs) > _FEW else 1)
        self._workers = Workers(self._cores, _make_beside) if self._cores > 1 else None
        opening = [isinstance(given, ImageFile) or given.picture is not None for _, given, _ in jobs]
        self.opened = self._do(list(compress(jobs, opening)))
        self.drawn = self._do(list(compress(jobs, map(not_, opening))))

    def _do(self, jobs: list[Job]) -> Iterator[tuple[Job, str]]:
        lot = max(1, min(16, len(jobs) // (4 * self._cores)))
        results = self._workers.map(jobs, lot) if self._workers else map(make, jobs)
        return self._counted(jobs, results)

    def _counted(self, jobs: list[Job], results: Iterable[str]) -> Iterator[tuple[Job, str]]:
        for done, (job, result) in enumerate(zip(jobs, results, strict=True), 1):
            self._said(done, len(jobs))
            yield job, result

    def close(self) -> None:
        """End the other processes."""
        if self._workers:
            self._workers.close()

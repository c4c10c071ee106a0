"""Encoding of image files: resized, in newer formats, upright and without metadata; on all cores."""

import os
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from itertools import compress
from operator import not_
from pathlib import Path
from typing import Any

from pelican_incremental.files import atomic_write
from pelican_incremental.processes import WorkerPool, count_usable_cores
from PIL import Image, ImageCms, ImageOps, ImageSequence

from .icons import Icons, render_icons
from .inspection import ImageError, ImageFile, open_image
from .metadata import strip_metadata
from .picture import ImageVariant
from .social_cards import SocialCard, render_card

_QUALITY: dict[str, dict[str, Any]] = {
    "webp": {"quality": 78, "method": 4},
    # One thread: the bytes must not depend on the machine.
    "avif": {"quality": 62, "speed": 8, "max_threads": 1},
    "jpeg": {"quality": 82, "optimize": True, "progressive": True},
    "png": {"optimize": True},
}
_MAX_SERIAL_JOBS = 4
"""Up to this many jobs run in this process: starting others would take longer."""

_NICENESS = 10

Job = tuple[Path, ImageFile | SocialCard | Icons, tuple[ImageVariant, ...]]
"""Destination folder; an image and its variants to generate, or a card or icons (and no variants) to render."""


def list_output_names(source: ImageFile | SocialCard | Icons, variants: tuple[ImageVariant, ...]) -> list[str]:
    """Return the names of the files that a job writes."""
    return [v.name for v in variants] if isinstance(source, ImageFile) else list(source.output_paths.values())


def run_job(job: Job) -> str:
    """Write a job's files; return "" or, if that fails, a message and a hint on two lines."""
    folder, source, variants = job
    try:
        files = _encode_variants(source, variants) if isinstance(source, ImageFile) else _render(source)
        for name, data in zip(list_output_names(source, variants), files, strict=True):
            atomic_write(folder / name, data)
    except ImageError as error:
        return f"{error}\n{error.hint}"
    except Exception as error:  # noqa: BLE001 - Pillow's readers raise nearly anything on hostile files
        if isinstance(error, OSError) and error.strerror:
            return f"cannot process the image: {error.strerror}\nfree disk space, or fix the file permissions"
        return f"the image is damaged: {str(error)[:80] or type(error).__name__}\nsave it again, or remove it"
    return ""


def _run_job_with_low_priority(job: Job) -> str:
    """Run a job in a worker process, leaving the CPU to what the build waits for (saves 1 s of 9)."""
    os.nice(max(0, _NICENESS - os.nice(0)))
    return run_job(job)


def _render(source: SocialCard | Icons) -> Iterable[bytes]:
    image = load_oriented(source.image) if source.image and source.image.format != "svg" else None
    return [render_card(source, image)] if isinstance(source, SocialCard) else render_icons(source, image)


def _encode_variants(file: ImageFile, variants: tuple[ImageVariant, ...]) -> Iterator[bytes]:
    image = None
    for variant in variants:
        if variant.is_stripped:
            yield encode_stripped(file)
        else:
            image = image or load_oriented(file)
            yield encode_variant(image, variant, has_palette=file.has_palette)


def load_oriented(file: ImageFile) -> Image.Image:
    """Return the decoded image as RGB or RGBA in the sRGB color space, with its EXIF orientation applied."""
    with open_image(Path(file.path)) as opened:
        opened.load()
        profile = opened.info.get("icc_profile")
        has_alpha = opened.mode in {"RGBA", "LA", "PA"} or "transparency" in opened.info
        oriented = ImageOps.exif_transpose(opened)
        if oriented.mode.startswith("I"):
            # 16-bit gray: Pillow would clip the values instead of scaling them.
            oriented = oriented.convert("I").point(lambda value: value * (1 / 257)).convert("L")
        keep_cmyk = oriented.mode == "CMYK" and profile
        image = oriented if keep_cmyk else oriented.convert("RGBA" if has_alpha else "RGB")
    if profile:
        image = _convert_to_srgb(image, profile)
    image = image if image.mode in {"RGB", "RGBA"} else image.convert("RGB")
    # Otherwise Pillow would write comments, and a profile that contains the time of day.
    image.info = {}
    return image


def _convert_to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        source_profile = ImageCms.ImageCmsProfile(BytesIO(profile))
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        converted = ImageCms.profileToProfile(image, source_profile, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return converted or image


def encode_variant(image: Image.Image, variant: ImageVariant, *, has_palette: bool) -> bytes:
    """Return `image` in the size and format of `variant`; WebP of few colors is lossless where that is smaller.

    In the original size only: resizing adds colors, and a lossless file was three to five times as large, in four times
    the time.
    """
    is_original_size = variant.width == image.width
    size = (variant.width, variant.height)
    resized = image if is_original_size else image.resize(size, Image.Resampling.LANCZOS)
    if variant.format == "jpeg" and resized.mode == "RGBA":
        flat = Image.new("RGB", resized.size, "white")
        flat.paste(resized, mask=resized.getchannel("A"))
        resized = flat
    candidates = [_QUALITY[variant.format]]
    if has_palette and variant.format == "webp" and is_original_size:
        candidates.append({"lossless": True, "method": 4})
    return min((_save(resized, variant.format, options) for options in candidates), key=len)


def _save(image: Image.Image, image_format: str, options: dict[str, Any]) -> bytes:
    out = BytesIO()
    image.save(out, image_format.upper(), save_all="append_images" in options, **options)
    return out.getvalue()


def encode_stripped(file: ImageFile) -> bytes:
    """Return the image file without metadata; the same pixels, rotated if the EXIF orientation says so."""
    if file.orientation == 1 and file.format != "avif":
        return strip_metadata(Path(file.path).read_bytes(), file.format)
    options = {**_QUALITY[file.format], "quality": 90}
    if not file.is_animated:
        return _save(load_oriented(file), file.format, options)
    frames, durations = [], []
    with open_image(Path(file.path)) as image:
        for frame in ImageSequence.Iterator(image):
            frames.append(frame.copy())
            durations.append(frame.info.get("duration", 100))
    for frame in frames:
        frame.info = {}
    return _save(frames[0], file.format, options | {"append_images": frames[1:], "duration": durations})


class JobRunner:
    """Runs jobs, on all cores when there are many; close() drops those that have not started.

    `image_results` are those of jobs that open an image, which may fail: consume them first. `drawing_results` are
    those of the others, which run in the background. Both yield each job with the result of run_job, in order, after
    calling `on_progress` with the count of finished jobs and of all.
    """

    def __init__(self, jobs: list[Job], on_progress: Callable[[int, int], None]) -> None:
        self._on_progress = on_progress
        in_parallel = len(jobs) > _MAX_SERIAL_JOBS and hasattr(os, "fork")
        self._cores = min(count_usable_cores(), len(jobs)) if in_parallel else 1
        self._workers = WorkerPool(self._cores, _run_job_with_low_priority) if self._cores > 1 else None
        opens_image = [isinstance(source, ImageFile) or source.image is not None for _, source, _ in jobs]
        self.image_results = self._run(list(compress(jobs, opens_image)))
        self.drawing_results = self._run(list(compress(jobs, map(not_, opens_image))))

    def _run(self, jobs: list[Job]) -> Iterator[tuple[Job, str]]:
        chunk_size = max(1, min(16, len(jobs) // (4 * self._cores)))
        results = self._workers.map(jobs, chunk_size) if self._workers else map(run_job, jobs)
        return self._report_progress(jobs, results)

    def _report_progress(self, jobs: list[Job], results: Iterable[str]) -> Iterator[tuple[Job, str]]:
        for done, (job, result) in enumerate(zip(jobs, results, strict=True), 1):
            self._on_progress(done, len(jobs))
            yield job, result

    def close(self) -> None:
        """End the worker processes."""
        if self._workers:
            self._workers.close()

"""The images of one build: which variants, cards and icons are needed, and which files exist already."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from urllib.parse import quote

from pelican_incremental.files import load_json, save_json

from ..cached_files import is_intact, read_full_stamp, record_file
from ..problems import ProblemLog
from ..settings import SiteSettings
from .card_text import find_unknown_letter
from .encoding import Job, JobRunner, list_output_names
from .icons import Icons
from .inspection import INSPECTION_DIGEST, ImageError, ImageFile, inspect_image
from .picture import FOLDER, ImageVariant, Picture, make_srcset_sources, make_stripped_variant, plan_variants
from .social_cards import HEIGHT, WIDTH, SocialCard

_UNUSED = "unused since"
"""The key, in the file of stamps, of the files that the last build did not use, each with the time of the first one."""

_EXPIRY_SECONDS = 30 * 86_400


class ImageRegistry:
    """Describes images at once, and remembers which files must be generated for them later.

    `content` is the folder that image paths are relative to; `cache` keeps generated files between builds.
    """

    def __init__(self, content: Path, cache: Path, site: SiteSettings, log: ProblemLog, *, avif: bool) -> None:
        self.content, self.cache, self.site, self.log, self.avif = content, cache, site, log, avif
        # For each generated file, by name, its record; for each image, by path, the stamp and what it was read as.
        self._stamps = load_json(cache / "stamps.json")
        self._images: dict[str, ImageFile | None] = {}
        self._variants: dict[str, set[ImageVariant]] = {}
        self._graphics: dict[SocialCard | Icons, dict[str, str]] = {}
        self._card_sources: dict[SocialCard | Icons, str] = {}
        self._unknown_letter = ""
        self._originals: set[str] = set()
        self.output_paths: dict[str, str] = {}
        """The output path of each image that is published elsewhere than at its path below content/."""

        self.source_paths: dict[str, str] = {}
        """The same, the other way round."""

        self._runner: JobRunner | None = None
        self._is_published: Callable[[str], bool] = bool

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder at `path` below content/."""
        return (self.content / path).exists()

    def find(self, path: str, used_at: tuple[str, int] = ("", 0)) -> ImageFile | None:
        """Return the image at `path` below content/, or None after a problem; `used_at` is where it is named."""
        if path not in self._images:
            self._images[path] = None
            file = self.content / path
            try:
                if not file.is_file():
                    where, line = used_at if used_at[0] else (str(file), 0)
                    hint = f"save it as content/{path}, or give its path below content/, such as images/cover.png"
                    self.log.error(where, line, f"there is no image {path}", hint, kind="image")
                elif not file.resolve().is_relative_to(self.content.resolve()):
                    self._report(file, f"{file.name} is outside content/", "copy it into content/images")
                else:
                    self._images[path] = self._inspect(file)
            except (ImageError, OSError, ValueError) as error:
                hint, line = (error.hint, error.line) if isinstance(error, ImageError) else ("", 0)
                self._report(file, str(error), hint, line)
        return self._images[path]

    def _inspect(self, file: Path) -> ImageFile:
        """Return the facts about an image; those of an earlier build while the file is unmodified."""
        stamp = [INSPECTION_DIGEST, *read_full_stamp(file)]
        with suppress(KeyError, TypeError, ValueError):  # not known, or of another version
            saved_stamp, facts = self._stamps[str(file)]
            if saved_stamp == stamp:
                return ImageFile(**facts)
        image = inspect_image(file)
        self._stamps[str(file)] = [stamp, asdict(image)]
        return image

    def _is_current(self, name: str, path: str) -> bool:
        """Return whether a generated file exists, unmodified since it was written; `path` is that of its copy."""
        will_be_read = not self._is_published(path)
        return is_intact(self.cache / name, self._stamps.get(name), will_be_read=will_be_read)

    def _report(self, file: str | Path, message: str, hint: str, line: int = 0) -> None:
        self.log.error(str(file), line, message, hint, kind="image")

    def get_picture(self, path: str, alt: str, used_at: tuple[str, int] = ("", 0)) -> Picture | None:
        """Return the picture for the image at `path` below content/, or None after a problem."""
        file = self.find(path, used_at)
        if file is None:
            return None
        fallback, others = plan_variants(file, avif=self.avif) or (None, ())
        variants = self._variants.setdefault(path, set())
        variants.update(others)
        if fallback is None or fallback.width == file.width:
            self._originals.add(path)
            self.get_stripped_path(path)
            picture = self._make_picture(self.output_paths.get(path, path), file.width, file.height, alt)
        else:
            variants.add(fallback)
            picture = self._make_picture(f"{FOLDER}/{fallback.name}", fallback.width, fallback.height, alt)
        return replace(picture, sources=make_srcset_sources(others, self.site.root), path=path)

    def list_used_paths(self) -> set[str]:
        """Return the paths below content/ of the images that published pages show so far."""
        return set(self._images)

    def add_card(self, card: SocialCard, image_path: str = "", source_path: str = "") -> Picture:
        """Register a card, with the image at `image_path` (below content/) beside its text; return its picture.

        `source_path` is the file of the page that it is for.
        """
        file = self.find(image_path) if image_path else None
        if file is not None and file.format != "svg":
            card = replace(card, image=file)
        if not self._unknown_letter and (letter := find_unknown_letter(card.title)):
            self._unknown_letter = letter  # of one card: a site in another script has many
            message = f"social cards cannot show `{letter}`, nor the rest of such titles: they show the site's name"
            self.log.notice(source_path, 0, message, "give such posts an `image:`, which is shown beside it", "image")
        self._graphics[card], self._card_sources[card] = card.output_paths, source_path
        return self._make_picture(next(iter(card.output_paths)), WIDTH, HEIGHT, card.title)

    def add_icons(self, logo_path: str, color: str) -> None:
        """Register the site's icons, from the logo at `logo_path` below content/ or an open book on `color`."""
        icons = Icons(color, self.find(logo_path, ("pelicanconf.py", 0)) if logo_path else None)
        self._graphics[icons] = icons.output_paths

    def get_icon(self, alt: str) -> Picture:
        """Return the picture of the site's icon."""
        return self._make_picture("icon-512.png", 512, 512, alt)

    def _make_picture(self, path: str, width: int, height: int, alt: str) -> Picture:
        quoted = quote(path)
        return Picture(f"{self.site.root}/{quoted}", f"{self.site.url}/{quoted}", width, height, alt)

    def get_stripped_path(self, path: str) -> Path | None:
        """Return the generated file to publish in place of `path` below content/; None if that has no metadata."""
        file = self.find(path)
        if file is None or not file.has_metadata:
            return None
        variant = make_stripped_variant(file)
        self._variants.setdefault(path, set()).add(variant)
        return self.cache / variant.name

    def start_jobs(self, on_progress: Callable[[int, int], None], is_published: Callable[[str], bool]) -> None:
        """Start generating all missing files, and wait for those that are generated from images.

        A job that fails is reported as a problem. `on_progress` gets the count of finished files and of all.
        `is_published` says whether the last build's copy of a file, by its path below the output folder, is unmodified.
        """
        self._is_published = is_published
        self.cache.mkdir(parents=True, exist_ok=True)
        if jobs := list(self._list_missing_jobs()):
            self._runner = JobRunner(jobs, on_progress)
            self._collect(self._runner.image_results)
        self._prune()
        save_json(self.cache / "stamps.json", self._stamps)

    def _prune(self) -> None:
        """Remove generated files that no build has used for a month, and what is known of images that are gone."""
        now, used = time.time(), {"stamps.json", *(v.name for variants in self._variants.values() for v in variants)}
        used.update(name for output_paths in self._graphics.values() for name in output_paths.values())
        since = self._stamps.get(_UNUSED)
        since = since if isinstance(since, dict) else {}
        unused = {name: since.get(name, now) for name in sorted(os.listdir(self.cache)) if name not in used}  # noqa: PTH208 - names
        for name in [name for name, start in unused.items() if now - start > _EXPIRY_SECONDS]:
            (self.cache / name).unlink(missing_ok=True)
            del unused[name]
        known = used | unused.keys() | {_UNUSED}
        for name in [name for name in self._stamps if name not in known]:
            if "/" not in name or not Path(name).exists():
                del self._stamps[name]
        self._stamps[_UNUSED] = unused

    def finish_jobs(self) -> None:
        """Wait for the remaining files: cards and icons without an image."""
        if self._runner is not None:
            self._collect(self._runner.drawing_results)
            save_json(self.cache / "stamps.json", self._stamps)
            self.close()

    def close(self) -> None:
        """Stop all jobs that still run."""
        if self._runner is not None:
            self._runner.close()
            self._runner = None

    def _collect(self, results: Iterable[tuple[Job, str]]) -> None:
        for (_, source, variants), failure in results:
            if not failure:
                for name in list_output_names(source, variants):
                    self._stamps[name] = record_file(self.cache / name)
            else:
                if isinstance(source, ImageFile):
                    file: ImageFile | None = source
                else:
                    file = source.image
                    del self._graphics[source]  # there is no file to publish
                message, _, hint = failure.partition("\n")
                if source_path := self._card_sources.get(source, ""):  # type: ignore[arg-type]  # not of an image
                    message = f"its social card cannot be drawn: {message}"
                self._report(source_path or (file.path if file else ""), message, hint)

    def _list_missing_jobs(self) -> Iterator[Job]:
        for path, variants in sorted(self._variants.items()):
            output_path = self.output_paths.get(path, path)
            copies = {v: output_path if v.is_stripped else f"{FOLDER}/{v.name}" for v in variants}
            missing = [variant for variant, copy in copies.items() if not self._is_current(variant.name, copy)]
            if (file := self._images[path]) and missing:
                yield self.cache, file, tuple(sorted(missing, key=lambda variant: variant.name))
        for graphic, output_paths in self._graphics.items():
            if not all(self._is_current(name, path) for path, name in output_paths.items()):
                yield self.cache, graphic, ()

    def list_output_files(self) -> Iterator[tuple[Path, str]]:
        """Yield each file to publish with its path below the output folder."""
        for variants in self._variants.values():
            for variant in variants:
                if not variant.is_stripped:
                    yield self.cache / variant.name, f"{FOLDER}/{variant.name}"
        for output_paths in self._graphics.values():
            for path, name in output_paths.items():
                yield self.cache / name, path
        for path in self._originals:
            yield self.get_stripped_path(path) or self.content / path, self.output_paths.get(path, path)

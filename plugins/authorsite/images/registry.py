"""The pictures of one build: which are wanted, what was found out about them, which are made already."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pelican_incremental.files import atomic_write, has_content

from ..problems import ProblemLog
from .encoding import Job, Making, names
from .html_images import Place
from .icons import Icons
from .inspection import ImageFault, ImageFile, look
from .picture import FOLDER, Derivative, Picture, clean, derivatives, sources
from .social_cards import HEIGHT, WIDTH, Card


class Pictures:
    """Answers for pictures at once; the files behind the answers are made together, later.

    `content` is the folder that paths are below, `cache` where made files are kept between builds.
    """

    def __init__(self, content: Path, cache: Path, site: Place, log: ProblemLog, *, avif: bool) -> None:
        self.content, self.cache, self.site, self.log, self.avif = content, cache, site, log, avif
        self._index = _Index(cache / "index.json")
        self._found: dict[str, ImageFile | None] = {}
        self._wanted: dict[str, set[Derivative]] = {}
        self._drawn: dict[Card | Icons, dict[str, str]] = {}
        self._as_is: set[str] = set()
        self._making: Making | None = None

    def has(self, path: str) -> bool:
        """Whether there is a file or folder at `path` below content/."""
        return (self.content / path).exists()

    def find(self, path: str, shown_at: tuple[str, int] = ("", 0)) -> ImageFile | None:
        """Return the image at `path` below content/; None after a problem at `shown_at` (file and line)."""
        if path not in self._found:
            self._found[path] = None
            file = self.content / path
            try:
                if not file.is_file():
                    where, line = shown_at if shown_at[0] else (str(file), 0)
                    hint = "paths begin below content/: images/cover.png"
                    self.log.error(where, line, f"there is no image {path}", hint, kind="image")
                elif not file.resolve().is_relative_to(self.content.resolve()):
                    self._fault(file, f"{file.name} lies outside content/", "copy it into content/images")
                else:
                    self._found[path] = self._index.look(file)
            except (ImageFault, OSError, ValueError) as error:
                self._fault(file, str(error), error.hint if isinstance(error, ImageFault) else "")
        return self._found[path]

    def _fault(self, file: str | Path, message: str, hint: str) -> None:
        self.log.error(str(file), 0, message, hint, kind="image")

    def picture(self, path: str, alt: str, shown_at: tuple[str, int] = ("", 0)) -> Picture | None:
        """Return the picture of the image at `path` below content/; None after a problem."""
        file = self.find(path, shown_at)
        if file is None:
            return None
        fallback, others = derivatives(file, avif=self.avif) or (None, ())
        wanted = self._wanted.setdefault(path, set())
        wanted.update(others)
        if fallback is None or fallback.width == file.width:
            self._as_is.add(path)
            self.clean(path)
            shown = self._shown(path, file.width, file.height, alt)
        else:
            wanted.add(fallback)
            shown = self._shown(f"{FOLDER}/{fallback.name}", fallback.width, fallback.height, alt)
        return replace(shown, sources=sources(others, self.site.root))

    def card(self, card: Card, picture: str = "") -> Picture:
        """Return the picture of a card, with the image at `picture` (below content/) beside its words."""
        file = self.find(picture) if picture else None
        if file is not None and file.kind != "svg":
            card = replace(card, picture=file)
        self._drawn[card] = card.places
        return self._shown(next(iter(card.places)), WIDTH, HEIGHT, card.title)

    def icons(self, mark: str, colour: str) -> None:
        """Let the site's icons be made of the image `mark` below content/, or of an open book on `colour`."""
        icons = Icons(colour, self.find(mark, ("pelicanconf.py", 0)) if mark else None)
        self._drawn[icons] = icons.places

    def icon(self, alt: str) -> Picture:
        """Return the site's icon."""
        return self._shown("icon-512.png", 512, 512, alt)

    def _shown(self, src: str, width: int, height: int, alt: str) -> Picture:
        address = quote(src)
        return Picture(f"{self.site.root}/{address}", f"{self.site.url}/{address}", width, height, alt)

    def clean(self, path: str) -> Path | None:
        """Return where the file to be published in place of content's `path` will be; None: that file itself."""
        file = self.find(path)
        if file is None or not file.private:
            return None
        made = clean(file)
        self._wanted.setdefault(path, set()).add(made)
        return self.cache / made.name

    def make(self, said: Callable[[int, int], None]) -> None:
        """Begin to make every file that is wanted and not there yet, and wait for those made of images.

        What cannot be made is a problem of its image. `said` is called with the count of files done and of all.
        """
        self.cache.mkdir(parents=True, exist_ok=True)
        if jobs := list(self._jobs()):
            self._making = Making(jobs, said)
            self._collect(self._making.opened)
        self._index.keep()

    def finish(self) -> None:
        """Wait for all other files."""
        if self._making is not None:
            self._collect(self._making.drawn)
            self._index.keep()
            self.close()

    def close(self) -> None:
        """End what is still being made."""
        if self._making is not None:
            self._making.close()
            self._making = None

    def _collect(self, results: Iterable[tuple[Job, str]]) -> None:
        for (_, given, wanted), failed in results:
            if not failed:
                self._index.note(self.cache / name for name in names(given, wanted))
            else:
                if isinstance(given, ImageFile):
                    file: ImageFile | None = given
                else:
                    file = given.picture
                    del self._drawn[given]  # there is nothing to place
                message, _, hint = failed.partition("\n")
                self._fault(file.path if file else "", message, hint)

    def _jobs(self) -> Iterator[Job]:
        for path, wanted in sorted(self._wanted.items()):
            lacking = [item for item in wanted if not self._index.has(self.cache / item.name)]
            if (file := self._found[path]) and lacking:
                yield self.cache, file, tuple(sorted(lacking, key=lambda item: item.name))
        for drawn, places in self._drawn.items():
            if not all(self._index.has(self.cache / name) for name in places.values()):
                yield self.cache, drawn, ()

    def files(self) -> Iterator[tuple[Path, str]]:
        """Give each file that was made (or is shown as it is) with its place below the output folder."""
        for wanted in self._wanted.values():
            for item in wanted:
                if not item.clean:
                    yield self.cache / item.name, f"{FOLDER}/{item.name}"
        for places in self._drawn.values():
            for place, name in places.items():
                yield self.cache / name, place
        for path in self._as_is:
            yield self.clean(path) or self.content / path, path


class _Index:
    """What was found in files that have not changed since; what is wrong with it costs time, nothing else."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            kept = json.loads(path.read_text("utf-8"))
            self._facts: dict[str, Any] = dict(kept["facts"])
            self._made: dict[str, Any] = dict(kept["made"])
        except (OSError, ValueError, KeyError, TypeError):
            self._facts, self._made = {}, {}
        self._used: dict[str, Any] = {}

    def look(self, file: Path) -> ImageFile:
        name, stamp = str(file), _stamp(file)
        try:
            known = self._facts[name]
            found = ImageFile(**known[1]) if known[0] == stamp else look(file)
        except (KeyError, TypeError, IndexError):
            found = look(file)
        self._used[name] = [stamp, asdict(found)]
        return found

    def has(self, made: Path) -> bool:
        """Whether the file is there as it was made."""
        try:
            return bool(self._made.get(made.name) == _stamp(made))
        except OSError:
            return False

    def note(self, made: Iterable[Path]) -> None:
        """Remember files as they were made."""
        self._made |= {path.name: _stamp(path) for path in made}

    def keep(self) -> None:
        """Write the index: what was looked at, and which files are made."""
        text = json.dumps({"facts": self._facts | self._used, "made": self._made}, sort_keys=True)
        if not has_content(self._path, text.encode()):
            atomic_write(self._path, text.encode())


def _stamp(path: Path) -> list[int]:
    stat = path.stat()
    return [stat.st_mtime_ns, stat.st_size]

"""Where the engine takes its place in a Pelican run."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pelican.generators import ArticlesGenerator, PagesGenerator
from pelican.writers import Writer

from ..output import WRITTEN
from .cache import Cache
from .fingerprints import Fingerprints
from .ledger import Ledger, Tally
from .mirror import mirrored
from .organising import Articles, Pages
from .preview import preview
from .reading import Reading
from .salts import conversion_salt, salt_of
from .shortcuts import quick_content
from .state import State
from .writer import IncrementalWriter

SWITCH = "BUILD_ENGINE"
"""Pelican setting: False leaves everything to Pelican."""

HELD = "AUTHORSITE_BUILD"
"""The name, in Pelican's settings, of what a build shares with its caller: a Build."""


class Build:
    """What a caller may hand to a build, and what the build leaves there.

    `output` is where the files will stand in the end, when they are first written elsewhere; `reading` goes on from
    build to build when `kept`; `said` receives what is to be shown meanwhile; `settings` are Pelican's, once read.
    """

    def __init__(self, *, reading: Reading | None = None, kept: bool = False) -> None:
        self.output: Path | None = None
        self.reading, self.kept = reading, kept
        self.tally = Tally()
        self.said: Callable[[str], None] | None = None
        self.settings: Mapping[str, Any] = {}
        self.engine: _Engine | None = None

    def rest(self) -> None:
        """Let go of what the build needed and the next will not, while nobody waits."""
        if self.engine is not None:
            self.engine.writer.begin_again()
        gc.unfreeze()
        gc.collect()

    def preview(self, path: Path) -> str:
        """Write the page of the edited post `path` before the next build does; "" where only that can."""
        engine, self.engine = self.engine, None
        try:
            place = preview(engine, path) if engine is not None and self.output == Path(engine.ledger.root) else ""
        except Exception:  # noqa: BLE001 - the build meets it again, and reports it
            return ""
        return place


def engage(pelican: Any) -> None:
    """Let the engine run the build (signal: initialized, after every plugin that changes settings)."""
    if not pelican.settings.get(SWITCH, True):
        return
    plain_run = pelican.run
    pelican.run = lambda: _run(pelican, plain_run)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Leave garbage alone while thousands of objects are made that all stay."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        # What stands now stays: one more look at all of it would find nothing.
        gc.freeze()
        if enabled:
            gc.enable()


@_without_collecting()
def _run(pelican: Any, plain_run: Callable[[], None]) -> None:
    settings = pelican.settings
    build: Build = settings.pop(HELD, None) or Build()
    started = time.perf_counter()
    output = build.output or Path(pelican.output_path)
    cache = Path(settings["CACHE_PATH"])
    salt = salt_of(settings, pelican.plugins)
    reading = build.reading or Reading(Cache(cache / "bodies.sqlite"))
    reading.begin()
    reading.objects.begin(salt, settings, resident=build.kept)
    state = State.load(cache, output)
    root = os.path.abspath(pelican.output_path)  # noqa: PTH100 - as Pelican writes it
    ledger = Ledger(state, root, build.tally, progress=_progress(build.said, started))
    state.output = Path(root)
    settings[WRITTEN] = _Announced(ledger)
    engine = _Engine(pelican, ledger, reading, salt)
    with quick_content(reading.objects), mirrored(ledger), reading.objects.listening():
        try:
            engine.take_place()
            state.begin()
            plain_run()
            engine.keep_what_others_wrote()
            ledger.close()
        finally:
            state.close()
            reading.finish()
            if build.kept:
                build.reading = reading
            else:
                reading.cache.close()
    build.tally.seconds = time.perf_counter() - started
    build.engine = engine if build.kept else None


class _Announced(set[str]):
    """The files that plugins write; each is announced before it is made, so that a build cut short leaves no stray."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self._ledger = ledger

    def add(self, path: str) -> None:
        """Note that the file `path` is written."""
        super().add(path)
        self._ledger.state.announce(self._ledger.name(path))


def _progress(said: Callable[[str], None] | None, started: float) -> Callable[[int], None]:
    """Return what is called with the count of pages done: it says so once a second, after the first."""
    last = started

    def progress(pages: int) -> None:
        nonlocal last
        if said is not None and pages % 64 == 0 and (now := time.perf_counter()) - last > 1:
            last = now
            said(f"{pages} pages …")

    return progress


class _Engine:
    """The engine in one Pelican run."""

    def __init__(self, pelican: Any, ledger: Ledger, reading: Reading, salt: str) -> None:
        self.pelican, self.ledger, self.reading, self.salt = pelican, ledger, reading, salt
        self.context: dict[str, Any] = {}
        self.generators: list[Any] = []
        self.writer: Any = None

    def take_place(self) -> None:
        """Put the quick generators and the writer in the place of Pelican's own; a plugin's own stay."""
        # One attribute each on this Pelican object: nothing outlives the build.
        plain_classes, plain_writer = self.pelican._get_generator_classes, self.pelican._get_writer  # noqa: SLF001
        quick = {ArticlesGenerator: self._ready(Articles), PagesGenerator: self._ready(Pages)}
        self.pelican._get_generator_classes = lambda: [quick.get(c, c) for c in plain_classes()]  # noqa: SLF001
        self.pelican._get_writer = lambda: self._writer(plain_writer())  # noqa: SLF001

    def _ready(self, base: Any) -> Any:
        engine = self

        def start(this: Any, context: dict[str, Any], *args: Any, **kwargs: Any) -> None:
            engine.context = context
            engine.generators.append(this)
            base.__init__(this, context, *args, **kwargs)

        # Named as Pelican's: the name is part of what plugins and caches go by.
        name = base.__mro__[2].__name__
        return type(name, (base,), {"__init__": start, "reading": self.reading, "salt": conversion_salt()})

    def _writer(self, plain: Any) -> Any:
        if type(plain) is not Writer:
            return plain
        writer = IncrementalWriter(plain.output_path, settings=plain.settings)
        writer.ledger = self.ledger
        contents = self.context.get("generated_content", {})
        writer.fingerprints = Fingerprints(self.salt, contents, self.reading.objects)
        self.writer = writer
        return writer

    def keep_what_others_wrote(self) -> None:
        """Note the files that plugins wrote through `output` or by themselves under a name of Pelican's."""
        for path in sorted(self.context.get(WRITTEN, ())):
            self.ledger.keep(path)

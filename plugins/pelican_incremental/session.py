"""One build under the engine: where it takes its place in a Pelican run, and what its caller may know of it."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, MutableMapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from blinker import ANY
from pelican import signals
from pelican.generators import ArticlesGenerator

from .code import site_digest
from .files import CURRENT
from .manifest import BuildReport, Manifest
from .patches import list_quickly, patched
from .pelican_readers import use_cached_readers
from .readers import CacheableReader, Texts, hearing
from .store import Store, digest, versions
from .tracking import Tracker
from .writer import IncrementalWriter

SWITCH = "BUILD_ENGINE"
"""Pelican setting: False leaves everything to Pelican."""

SESSION = "INCREMENTAL_SESSION"
"""The name, in Pelican's settings, of the BuildSession that a caller hands to a build."""


class BuildSession:
    """What a caller hands to a build in `settings[SESSION]`, and what the build leaves there.

    `output`: where the files stand in the end, if the build writes them elsewhere. `say` is told how far a build is
    that takes over a second. `messages` counts what was reported by other means than logging: a page that reports
    something is rendered in each build.

    After the build: `report`, `settings` (Pelican's, with what plugins made of them), `context`, `generators`, `writer`
    and `manifest`.
    """

    def __init__(
        self,
        *,
        output: Path | None = None,
        say: Callable[[str], None] | None = None,
        messages: Callable[[], int] = int,
    ) -> None:
        self.output, self.say, self.messages = output, say, messages
        self.report = BuildReport()
        self.settings: MutableMapping[str, Any] = {}
        self.context: dict[str, Any] = {}
        self.generators: list[Any] = []
        self.writer: IncrementalWriter | None = None
        self.manifest: Manifest | None = None

    def rest(self) -> None:
        """Let go of what the next build will not need, while nobody waits for one."""
        if self.writer is not None:
            self.writer.begin_again()
        gc.unfreeze()
        gc.collect()


def engage(pelican: Any) -> None:
    """Let the engine run the builds of a Pelican object (signal: initialized, after plugins changed settings)."""
    if not pelican.settings.get(SWITCH, True) or getattr(pelican, "_incremental", False):
        return
    pelican._incremental = True  # noqa: SLF001 - a name of ours
    # The engine keeps texts itself, and without pickle, which would run whatever a cache folder holds.
    pelican.settings |= {"CACHE_CONTENT": False, "LOAD_CONTENT_CACHE": False}
    plain = pelican.run
    pelican.run = lambda: _Run(pelican).run(plain)


class _Run:
    """One run of a Pelican object."""

    def __init__(self, pelican: Any) -> None:
        self.pelican, self.settings = pelican, pelican.settings
        self.session: BuildSession = self.settings.pop(SESSION, None) or BuildSession()
        self.started = time.time_ns()
        self.salt = site_digest(self.settings, pelican.plugins)
        cache = Path(self.settings["CACHE_PATH"])
        root = Path(pelican.output_path)
        self.manifest = Manifest(cache, self.session.output or root, root, self.session.report)
        self.session.settings, self.session.manifest = self.settings, self.manifest
        self.texts = Texts(Store(cache / "texts.sqlite"), digest(*versions()))
        self.heard: list[Any] = []
        self.tracker = Tracker(self._content, lambda: len(self.heard) + self.session.messages())

    def run(self, plain: Callable[[], None]) -> None:
        """Run Pelican with the engine in it, then remove what is there no more."""
        pelican = self.pelican
        marked: list[str] = []

        def mark(path: str) -> None:
            self.manifest.announce(self.manifest.name(path))
            marked.append(path)

        self.settings[CURRENT] = mark
        empties, pelican.delete_outputdir = pelican.delete_outputdir, False
        self.manifest.begin()
        collects = gc.isenabled()
        gc.disable()  # thousands of objects are made that all stay: saves a tenth of a build
        try:
            with ExitStack() as stack:
                for signal, receiver, sender in (
                    (signals.readers_init, use_cached_readers, ANY),
                    (signals.article_generator_init, self._prepare, ANY),
                    (signals.page_generator_init, self._prepare, ANY),
                    (signals.all_generators_finalized, self._prepare_output, ANY),
                    (signals.get_writer, self._get_writer, pelican),
                ):
                    stack.enter_context(signal.connected_to(receiver, sender))
                stack.enter_context(patched(self.manifest))
                self.heard = stack.enter_context(hearing())
                plain()
            self._keep_what_others_wrote(marked, self.settings["OUTPUT_RETENTION"] if empties else None)
            self.manifest.finish()
        finally:
            gc.freeze()  # one more look at all that stays would find nothing
            if collects:
                gc.enable()
            pelican.delete_outputdir = empties
            del self.settings[CURRENT]
            self.texts.finish()

    def _content(self, path: str) -> Any:
        context = self.session.context
        return context.get("generated_content", {}).get(path) or context.get("static_content", {}).get(path)

    def _prepare(self, generator: Any) -> None:
        """Let a generator list its files in one order, and begin to parse them together (signal: …_generator_init)."""
        if generator.settings is not self.settings:
            return  # of a build within this one
        if isinstance(generator, ArticlesGenerator):
            list_quickly(generator, self.tracker.listing)
        plain, expected = generator.get_files, []

        def get_files(paths: Any, exclude: Any = None, extensions: Any = None) -> list[str]:
            files = sorted(plain(paths, exclude, extensions))
            if extensions is None and not expected:
                expected.extend(files)
                self._expect(generator, files)
            return files

        generator.get_files = get_files

    def _expect(self, generator: Any, files: list[str]) -> None:
        by_reader: dict[int, tuple[CacheableReader, list[str]]] = {}
        for name in files:
            reader = generator.readers.readers.get(os.path.splitext(name)[1][1:])  # noqa: PTH122 - thousands of files
            if isinstance(reader, CacheableReader):
                reader.texts = self.texts
                path = os.path.abspath(os.path.join(generator.path, name))  # noqa: PTH100, PTH118 - as Pelican's
                by_reader.setdefault(id(reader), (reader, []))[1].append(path)
        for reader, paths in by_reader.values():
            self.texts.expect(reader, paths)

    def _prepare_output(self, generators: list[Any]) -> None:
        """Let templates tell what they read before any is compiled (signal: all_generators_finalized)."""
        if generators[0].settings is not self.settings:
            return
        self.session.generators, self.session.context = generators, generators[0].context
        for generator in generators:
            if hasattr(generator, "env"):
                self.tracker.prepare(generator.env)

    def _get_writer(self, _pelican: Any) -> type[IncrementalWriter] | None:
        """Offer the engine's writer, unless a plugin has its own (signal: get_writer)."""
        if [r for r in signals.get_writer.receivers_for(self.pelican) if r != self._get_writer]:
            return None
        given = {"manifest": self.manifest, "tracker": self.tracker, "salt": self.salt, "session": self.session}
        return type(IncrementalWriter.__name__, (IncrementalWriter,), given)

    def _keep_what_others_wrote(self, marked: list[str], retained: Any) -> None:
        files = [
            (Path(self.settings["PATH"], s.source_path), s.save_as) for s in self.session.context.get("staticfiles", ())
        ]
        # Pelican leaves alone what is linked, or is not newer than its copy.
        for path in (*marked, *(f"{self.manifest.root}/{save_as}" for source, save_as in files if source.exists())):
            self.manifest.keep(path)
        if retained is not None or not all(getattr(p, "marks_its_files", False) for p in self.pelican.plugins):
            self.manifest.adopt(self.started, retained)

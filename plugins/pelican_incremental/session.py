"""One build under the engine: where it takes its place in a Pelican run, and what its caller may know of it."""

import gc
import os
import time
from collections.abc import Callable, MutableMapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pelican import signals
from pelican.generators import ArticlesGenerator
from pelican.writers import Writer

from .code import functions_digest, plugins_digest, site_digest
from .files import CURRENT
from .manifest import SHOWN, BuildReport, Manifest
from .patches import list_quickly, patched
from .readers import CacheableReader, Texts, hearing, use_cached_readers
from .store import Store, digest
from .tracking import Tracker
from .writer import IncrementalWriter

SESSION = "INCREMENTAL_SESSION"
"""The name, in Pelican's settings, of the BuildSession that a caller hands to a build."""


@dataclass
class BuildSession:
    """What a caller hands to a build in `settings[SESSION]`, and what the build leaves there.

    `output`: where the files stand in the end, if the build writes them elsewhere. `say` is told how far a build is
    that takes over a second. `messages` counts what was reported by other means than logging: a page that reports
    something is rendered in each build.

    After the build: `report`, `settings` (Pelican's, with what plugins made of them), `context`, `generators`, `writer`
    and `manifest`.
    """

    output: Path | None = None
    say: Callable[[str], None] | None = None
    messages: Callable[[], int] = int
    report: BuildReport = field(default_factory=BuildReport)
    settings: MutableMapping[str, Any] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)
    generators: list[Any] = field(default_factory=list)
    writer: IncrementalWriter | None = None
    manifest: Manifest | None = None

    def rest(self) -> None:
        """Let go of what the next build will not need, while nobody waits for one."""
        if self.writer is not None:
            self.writer.begin_again()
        gc.unfreeze()
        gc.collect()


def engage(pelican: Any) -> None:
    """Let the engine run the builds of a Pelican object (signal: initialized, after plugins changed settings)."""
    if not pelican.settings.get("BUILD_ENGINE", True) or getattr(pelican, "_incremental", False):
        return
    pelican._incremental = True  # noqa: SLF001 - a name of ours
    # The engine keeps texts itself, and without pickle, which would run whatever a cache folder holds.
    pelican.settings |= {"CACHE_CONTENT": False, "LOAD_CONTENT_CACHE": False}
    plain = pelican.run
    pelican.run = lambda: _Run(pelican).run(plain)


_RUNS: list["_Run"] = []
"""The builds under way, each within the one before."""


class _Run:
    """One run of a Pelican object."""

    def __init__(self, pelican: Any) -> None:
        self.pelican, self.settings = pelican, pelican.settings
        self.session: BuildSession = self.settings.pop(SESSION, None) or BuildSession()
        self.started = time.time_ns()
        code = plugins_digest(pelican.plugins)
        self.salt = site_digest(self.settings, code)
        cache, root = Path(self.settings["CACHE_PATH"]), Path(pelican.output_path)
        self.manifest = Manifest(cache, self.session.output or root, root, self.session.report)
        self.session.settings, self.session.manifest = self.settings, self.manifest
        self.texts = Texts(Store(cache / "texts.sqlite"), code)
        self.heard, self.marked = list[Any](), list[str]()
        self.tracker = Tracker(self._content, lambda: len(self.heard) + self.session.messages())

    def run(self, plain: Callable[[], None]) -> None:
        """Run Pelican with the engine in it, then remove what is there no more."""
        pelican, manifest = self.pelican, self.manifest
        get_writer = pelican._get_writer  # noqa: SLF001 - the signal calls for a class, and some only listen to it
        pelican._get_writer = lambda: self._writer(get_writer())  # noqa: SLF001 - the same
        self.settings[CURRENT] = self._mark
        manifest.begin()
        gc.disable()  # thousands of objects are made that all stay: saves a tenth of a build
        _RUNS.append(self)
        try:
            with ExitStack() as stack:
                for signal, receiver in (
                    (signals.readers_init, use_cached_readers),
                    (signals.article_generator_init, self._prepare),
                    (signals.page_generator_init, self._prepare),
                    (signals.all_generators_finalized, self._prepare_output),
                ):
                    stack.enter_context(signal.connected_to(receiver))
                stack.enter_context(patched(manifest))
                self.heard = stack.enter_context(hearing())
                plain()
            self._keep_what_others_wrote()
            if not all(getattr(plugin, "marks_its_files", False) for plugin in pelican.plugins):
                manifest.adopt(self.started)
            manifest.finish()
        finally:
            _RUNS.remove(self)
            gc.freeze()  # one more look at all that stays would find nothing
            gc.enable()
            del self.settings[CURRENT], pelican._get_writer  # noqa: SLF001 - the same
            self.texts.finish()
        for outer in _RUNS:  # what this build made is not to be removed by the one that it is part of
            outer.marked += [f"{manifest.root}/{name}" for name in manifest.before]

    def _mark(self, path: str) -> None:
        self.manifest.announce(self.manifest.name(path))
        self.marked.append(path)

    def _writer(self, writer: Any) -> Any:
        """Return the engine's writer in the place of Pelican's; a plugin's own stays."""
        if type(writer) is not Writer:
            for entry in self.manifest.before.values():  # what it writes is seen as that of any other plugin
                entry.digest, entry.foreign = "", SHOWN if entry.digest else entry.foreign
            return writer
        own = self.session.writer = IncrementalWriter(writer.output_path, writer.settings)
        own.manifest, own.tracker, own.salt = self.manifest, self.tracker, self.salt
        own.say, own.told = self.session.say, time.monotonic()
        return own

    def _keep_what_others_wrote(self) -> None:
        for path in self.marked:
            self.manifest.keep(path)
        for static in self.session.context.get("staticfiles", ()):
            # Pelican leaves it alone if it is a link, or no newer than its copy.
            if Path(self.settings["PATH"], static.source_path).exists():
                self.manifest.keep(f"{self.manifest.root}/{static.save_as}")

    def _content(self, path: str) -> Any:
        context = self.session.context
        return context.get("generated_content", {}).get(path) or context.get("static_content", {}).get(path)

    def _prepare(self, generator: Any) -> None:
        """Let a generator list its files in one order, and begin to parse them together (signal: …_generator_init)."""
        if generator.settings is not self.settings:
            return  # of a build within this one
        if isinstance(generator, ArticlesGenerator):
            list_quickly(generator, self.tracker.listing)
        plain = generator.get_files

        def get_files(paths: Any, exclude: Any = None, extensions: Any = None) -> list[str]:
            files = sorted(plain(paths, exclude, extensions))
            if extensions is None:
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
        for env in {id(g.env): g.env for g in generators if hasattr(g, "env")}.values():  # some share one
            used = functions_digest([*env.filters.values(), *env.tests.values(), *env.globals.values()])
            self.salt = digest(self.salt, used)
            self.tracker.prepare(env)
        last = generators[-1]
        plain = last.generate_output

        def generate_output(writer: Any) -> None:
            plain(writer)
            self._keep_what_others_wrote()
            self.manifest.prune()  # before plugins that change whatever lies there

        last.generate_output = generate_output

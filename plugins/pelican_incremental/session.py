"""One build under the engine: where it takes its place in a Pelican run, and what its caller may know of it."""

import gc
import os
import time
from collections import defaultdict
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pelican import signals
from pelican.generators import ArticlesGenerator
from pelican.writers import Writer

from .code import functions_digest, plugins_digest, site_digest
from .digests import Listing
from .files import CURRENT
from .manifest import SHOWN, BuildReport, Manifest
from .patches import patched
from .processes import hearing
from .readers import CacheableReader, Texts, use_cached_readers
from .store import Store, digest
from .tracking import Tracker
from .writer import IncrementalWriter

SESSION = "INCREMENTAL_SESSION"
"""The name, in Pelican's settings, of the BuildSession that a caller hands to a build."""


@dataclass
class BuildSession:
    """What a caller hands to a build in `settings[SESSION]`, and what the build leaves there.

    `output`: where the files stand in the end, if the build writes them elsewhere. `messages` counts what was reported
    by other means than logging: a page that reports something is rendered in each build.

    After the build: `report`, `settings` (Pelican's, with what plugins made of them), `context`, `generators`, `writer`
    and `manifest`.
    """

    output: Path | None = None
    messages: Callable[[], int] = int
    report: BuildReport = field(default_factory=BuildReport)
    settings: MutableMapping[str, Any] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)
    generators: list[Any] = field(default_factory=list)
    writer: IncrementalWriter | None = None
    manifest: Manifest | None = None


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
        self.heard, self.marked, self.listings = list[Any](), list[str](), list[tuple[str, Any]]()
        self.texts = Texts(Store(cache / "texts.sqlite"), code, self.heard)
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
            with (
                signals.readers_init.connected_to(use_cached_readers),
                signals.article_generator_init.connected_to(self._prepare),
                signals.page_generator_init.connected_to(self._prepare),
                signals.all_generators_finalized.connected_to(self._prepare_output),
                patched(manifest),
                hearing(self.heard),
            ):
                plain()
            self._keep_what_others_wrote()
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
            for kind in ("tags", "categories", "authors"):
                listings: dict[Any, Listing] = defaultdict(Listing)
                setattr(generator, kind, listings)
                self.listings.append((kind, listings))
        # Stamps for Pelican's cache, which is off: two looks at each file for each of two caches.
        generator._filestamp_func = generator.readers._filestamp_func = bool  # noqa: SLF001 - there is no other switch
        plain = generator.get_files

        def get_files(paths: Any, exclude: Any = None, extensions: Any = None) -> list[str]:
            names, files = sorted(plain(paths, exclude, extensions)), list[tuple[CacheableReader, str]]()
            for name in names if extensions is None else ():
                reader = generator.readers.readers.get(os.path.splitext(name)[1][1:])  # noqa: PTH122 - thousands
                if isinstance(reader, CacheableReader):
                    reader.texts = self.texts
                    files.append((reader, os.path.abspath(os.path.join(generator.path, name))))  # noqa: PTH100, PTH118
            self.texts.expect(files)
            return names

        generator.get_files = get_files

    def _prepare_output(self, generators: list[Any]) -> None:
        """Let templates tell what they read before any is compiled (signal: all_generators_finalized)."""
        if generators[0].settings is not self.settings:
            return
        self.session.generators, self.session.context = generators, generators[0].context
        for kind, listings in self.listings:
            for key, listing in listings.items():
                self.tracker.name(listing, f"{kind} {getattr(key, 'slug', key)}")
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

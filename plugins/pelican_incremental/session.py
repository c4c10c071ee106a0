"""One build with the engine: how it hooks into a run of Pelican, and what the calling program gets."""

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

from .code_digests import digest_functions, digest_plugins, digest_site
from .digests import TrackedListing
from .files import MARK_CURRENT_KEY
from .manifest import REFERENCED, BuildReport, Manifest
from .patches import patch_pelican
from .processes import collect_warnings
from .readers import CacheableReader, ParseCache, use_cached_readers
from .store import Store, digest
from .tracking import Tracker
from .writer import IncrementalWriter

SESSION_KEY = "INCREMENTAL_SESSION"
"""The key, in Pelican's settings, of the BuildSession that a program passes to a build."""


@dataclass
class BuildSession:
    """What a program passes to a build in `settings[SESSION_KEY]`, and where the build leaves its results.

    `output`: the final output folder, if the build writes to another one. `count_messages` counts what was reported by
    other means than logging: a page that reports something is rendered in each build.

    After the build: `report`, `settings` (as plugins changed them), `context`, `generators`, `writer` and `manifest`.
    """

    output: Path | None = None
    count_messages: Callable[[], int] = int
    report: BuildReport = field(default_factory=BuildReport)
    settings: MutableMapping[str, Any] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)
    generators: list[Any] = field(default_factory=list)
    writer: IncrementalWriter | None = None
    manifest: Manifest | None = None


def install(pelican: Any) -> None:
    """Let the engine run the builds of a Pelican object (signal: initialized, after plugins changed settings)."""
    if not pelican.settings.get("BUILD_ENGINE", True) or getattr(pelican, "_incremental", False):
        return
    pelican._incremental = True  # noqa: SLF001 - set by the engine alone
    # The engine has its own cache, without pickle, which would execute whatever a cache folder contains.
    pelican.settings |= {"CACHE_CONTENT": False, "LOAD_CONTENT_CACHE": False}
    run_pelican = pelican.run
    pelican.run = lambda: _BuildRun(pelican).run(run_pelican)


_ACTIVE_RUNS: list["_BuildRun"] = []  # each is nested in the one before


class _BuildRun:
    """One run of a Pelican object."""

    def __init__(self, pelican: Any) -> None:
        self.pelican, self.settings = pelican, pelican.settings
        self.session: BuildSession = self.settings.pop(SESSION_KEY, None) or BuildSession()
        self.started = time.time_ns()
        plugins = digest_plugins(pelican.plugins)
        self.site_digest = digest_site(self.settings, plugins)
        cache, root = Path(self.settings["CACHE_PATH"]), Path(pelican.output_path)
        self.manifest = Manifest(cache, self.session.output or root, root, self.session.report)
        self.session.settings, self.session.manifest = self.settings, self.manifest
        self.warnings, self.marked, self.listings = list[Any](), dict[str, None](), list[tuple[str, Any]]()
        self.parse_cache = ParseCache(Store(cache / "texts.sqlite"), plugins, self.warnings)
        self.tracker = Tracker(self._find_content, lambda: len(self.warnings) + self.session.count_messages())

    def run(self, run_pelican: Callable[[], None]) -> None:
        """Run Pelican with the engine's parts in place, then remove files that are no longer generated."""
        pelican, manifest = self.pelican, self.manifest
        get_writer = pelican._get_writer  # noqa: SLF001 - the signal wants a class, and some receivers return none
        pelican._get_writer = lambda: self._replace_writer(get_writer())  # noqa: SLF001 - the same
        self.settings[MARK_CURRENT_KEY] = self._mark
        manifest.open_journal()
        gc.disable()  # thousands of objects are created and kept: saves a tenth of a build
        _ACTIVE_RUNS.append(self)
        try:
            with (
                signals.readers_init.connected_to(use_cached_readers),
                signals.article_generator_init.connected_to(self._prepare_generator),
                signals.page_generator_init.connected_to(self._prepare_generator),
                signals.all_generators_finalized.connected_to(self._prepare_output),
                patch_pelican(manifest),
                collect_warnings(self.warnings),
            ):
                run_pelican()
            self._record_marked_and_static_files()
            manifest.record_plugin_files(self.started)
            manifest.finish()
        finally:
            _ACTIVE_RUNS.remove(self)
            gc.freeze()  # most of these objects stay: another collection would free little
            gc.enable()
            del self.settings[MARK_CURRENT_KEY], pelican._get_writer  # noqa: SLF001 - the same
            self.parse_cache.close()
        for outer in _ACTIVE_RUNS:  # the outer build must not remove this one's files
            outer.marked |= dict.fromkeys(f"{manifest.root}/{name}" for name in manifest.previous)

    def _mark(self, path: str) -> bool:
        self.manifest.journal(name := self.manifest.get_name(path))
        self.marked[path] = None
        return self.manifest.is_unmodified(name)

    def _replace_writer(self, writer: Any) -> Any:
        """Return the engine's writer instead of Pelican's; a plugin's own stays."""
        if type(writer) is not Writer:
            for record in self.manifest.previous.values():  # its files are treated as those of any other plugin
                record.fingerprint, record.external = "", REFERENCED if record.fingerprint else record.external
            return writer
        own = self.session.writer = IncrementalWriter(writer.output_path, writer.settings)
        own.manifest, own.tracker, own.site_digest = self.manifest, self.tracker, self.site_digest
        return own

    def _record_marked_and_static_files(self) -> None:
        for path in self.marked:
            self.manifest.record_file(path)
        for static in self.session.context.get("staticfiles", ()):
            # Pelican does not copy it if it is a link, or no newer than its copy.
            if Path(self.settings["PATH"], static.source_path).exists():
                self.manifest.record_file(f"{self.manifest.root}/{static.save_as}")

    def _find_content(self, path: str) -> Any:
        context = self.session.context
        return context.get("generated_content", {}).get(path) or context.get("static_content", {}).get(path)

    def _prepare_generator(self, generator: Any) -> None:
        """Let a generator list its files in a fixed order and prefetch them (signals: …_generator_init)."""
        if generator.settings is not self.settings:
            return  # of a nested build
        if isinstance(generator, ArticlesGenerator):
            for kind in ("tags", "categories", "authors"):
                listings: dict[Any, TrackedListing] = defaultdict(TrackedListing)
                setattr(generator, kind, listings)
                self.listings.append((kind, listings))
        # Pelican stamps each file for two caches, which are off: two calls of stat for each.
        generator._filestamp_func = generator.readers._filestamp_func = bool  # noqa: SLF001 - there is no other switch
        original = generator.get_files

        def get_files(paths: Any, exclude: Any = None, extensions: Any = None) -> list[str]:
            names, files = sorted(original(paths, exclude, extensions)), list[tuple[CacheableReader, str]]()
            for name in names if extensions is None else ():
                reader = generator.readers.readers.get(os.path.splitext(name)[1][1:])  # noqa: PTH122 - thousands
                if isinstance(reader, CacheableReader):
                    reader.parse_cache = self.parse_cache
                    files.append((reader, os.path.abspath(os.path.join(generator.path, name))))  # noqa: PTH100, PTH118
            self.parse_cache.prefetch(files)
            return names

        generator.get_files = get_files

    def _prepare_output(self, generators: list[Any]) -> None:
        """Track the listings and the templates, before any is compiled (signal: all_generators_finalized)."""
        if generators[0].settings is not self.settings:
            return
        self.session.generators, self.session.context = generators, generators[0].context
        for kind, listings in self.listings:
            for key, listing in listings.items():
                self.tracker.track_listing(listing, f"{kind} {getattr(key, 'slug', key)}")
        for env in {id(g.env): g.env for g in generators if hasattr(g, "env")}.values():  # some share one
            functions = digest_functions([*env.filters.values(), *env.tests.values(), *env.globals.values()])
            self.site_digest = digest(self.site_digest, functions)
            self.tracker.track_environment(env)
        last = generators[-1]
        original = last.generate_output

        def generate_output(writer: Any) -> None:
            original(writer)
            self._record_marked_and_static_files()
            self.manifest.prune()  # before plugins that process all files of the output folder

        last.generate_output = generate_output

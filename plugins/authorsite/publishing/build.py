"""Build the site from its settings file into the output folder."""

import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pelican import Pelican, signals
from pelican.log import console
from pelican.writers import FileOverwriteFailedError
from pelican_incremental.manifest import BuildReport, Manifest
from pelican_incremental.session import SESSION_KEY, BuildSession

from ..exceptions import log_exception
from ..library_logs import capture_logging
from ..problems import BuildFailed, CommandError, ProblemLog
from ..settings import SETTINGS_KEY
from ..site_build import BUILD_KEY, DeferredTasks, SiteBuild
from .atomic_swap import (
    clear_leftovers,
    confirm_output,
    describe_leftover,
    exclusive_lock,
    get_staging_path,
    list_leftovers,
    make_output_readable,
    recover,
    stage,
    swap,
)
from .files_by_hand import carry_over, list_built_files
from .settings_file import read_settings_file


@dataclass(frozen=True, slots=True)
class StagedBuild:
    """A finished strict build in the staging folder `tree`; checks may add to its `problems`.

    `settings` and `context` are Pelican's.
    """

    tree: Path
    output: Path
    settings: Mapping[str, Any]
    context: Mapping[str, Any]
    problems: ProblemLog


@dataclass(frozen=True, slots=True)
class BuildResult:
    """The result of a build: its problems, the output folder, what happened to its files, and the time it took.

    `carried` are the names of files that no build has made, which were taken over when the folder was exchanged.
    """

    problems: ProblemLog
    output: Path
    files: BuildReport
    seconds: float
    carried: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the build ended with errors or, on a strict site, with warnings."""
        return self.problems.failed


def build(
    settings_file: str | Path,
    overrides: Mapping[str, Any] | None = None,
    *,
    drafts: bool = False,
    root: Path | None = None,
    session: BuildSession | None = None,
    deferred_tasks: DeferredTasks | None = None,
    approve: Callable[[StagedBuild], bool] | None = None,
    lock_timeout: float | None = None,
    progress: bool = False,
) -> BuildResult:
    """Build the site of `settings_file`; `overrides` are Pelican settings that take precedence over the file's.

    `drafts` includes drafts and scheduled posts, marked as such. Paths in problems are relative to `root`, by default
    the folder of the settings file.

    A strict site (AUTHORSITE["strict"]) is built in a staging folder that replaces the output folder if there are no
    problems. Any other site is built in place once its content has been read without errors. Problems are returned,
    not raised; CommandError is raised only when another process holds the lock.

    `approve` makes any site strict; it is called if there are no errors and decides whether the staging folder
    replaces the output folder, which warnings prevent. `session` receives the state of the build engine,
    `deferred_tasks` the tasks that may run after all pages are written (see SiteBuild). `lock_timeout` is in seconds
    (see exclusive_lock). `progress` prints the number of pages while a build takes longer than a second.
    """
    started = time.perf_counter()
    path = Path(settings_file).resolve()
    log = ProblemLog(root=root or path.parent, deferred=True)
    site_build = SiteBuild(log, deferred_tasks=deferred_tasks)
    output = path.parent / "output"
    session = session or BuildSession()
    carried: tuple[str, ...] = ()
    # A build that needs approval is to be published: strict, and never with drafts.
    forced = {"strict": True, "drafts": False} if approve else {"drafts": True} if drafts else {}
    with capture_logging(log), _show_progress() if progress and sys.stderr.isatty() else nullcontext():
        try:
            settings = _read_settings(path, overrides or {}, forced, log)
            settings |= {BUILD_KEY: site_build, SESSION_KEY: session}
            output = session.output = Path(settings["OUTPUT_PATH"])
            session.count_messages = lambda: log.total
            modes = make_output_readable(Path(settings["CACHE_PATH"]))
            with exclusive_lock(output.parent, lock_timeout), modes, site_build.cleanup:
                carried = _run_pelican(path, settings, log, session, approve)
        except BuildFailed:
            pass
        except FileOverwriteFailedError as error:
            name = re.search('"(.*?)"', str(error))
            message = f"two pages have the same output path: {name[1] if name else error}"
            log.error("", 0, message, "give one of them another slug", kind="link")
        except Exception as error:  # noqa: BLE001 - plugins, templates and filters may raise whatever they like
            log_exception(log, error)
    return BuildResult(log, output, session.report, time.perf_counter() - started, carried)


def _read_settings(
    path: Path, overrides: Mapping[str, Any], forced: Mapping[str, bool], log: ProblemLog
) -> dict[str, Any]:
    """Return Pelican's settings, AUTHORSITE with the `forced` values; raises BuildFailed after a problem."""
    try:
        settings = read_settings_file(path, overrides)
    except CommandError as error:
        log.error(error.path, error.line, error.reason, kind="settings")
        raise BuildFailed from None
    site = settings.get(SETTINGS_KEY, {})
    if not isinstance(site, dict):
        hint = f'write {SETTINGS_KEY} = {{"url": "https://example.org"}}'
        log.error(path, 0, f"{SETTINGS_KEY} must be a mapping", hint, kind="settings")
        raise BuildFailed
    return {**settings, SETTINGS_KEY: {**site, **forced}}


def _run_pelican(
    path: Path,
    settings: dict[str, Any],
    log: ProblemLog,
    session: BuildSession,
    approve: Callable[[StagedBuild], bool] | None,
) -> tuple[str, ...]:
    """Run Pelican in the output folder or, if the site is strict, in a staging folder that replaces it on success.

    Returns the names of the files that were carried over when it was replaced.
    """
    output, cache = Path(settings["OUTPUT_PATH"]), Path(settings["CACHE_PATH"])
    staging, strict = get_staging_path(output), settings[SETTINGS_KEY].get("strict")
    recover(output)
    clear_leftovers(output)
    manifest_file = Manifest(cache, output).file
    old_manifest = manifest_file.read_bytes() if manifest_file.exists() else None
    built_before = list_built_files(output, cache) if strict else frozenset[str]()
    swapped, carried = False, tuple[str, ...]()
    contexts: list[dict[str, Any]] = []

    def keep_context(generators: list[Any]) -> None:
        contexts.append(generators[0].context)

    # Pelican's closing message must not mix with machine-readable reports.
    was_quiet, console.quiet = console.quiet, True
    try:
        if strict:
            stage(output, staging, cache)
            settings["OUTPUT_PATH"] = str(staging)
        pelican = Pelican(settings)
        session.settings = pelican.settings
        if "authorsite" not in pelican.settings["PLUGINS"]:
            hint = 'add "authorsite" to PLUGINS'
            log.error(path, 0, "the authorsite plugin was not loaded", hint, kind="settings")
            return ()
        with signals.all_generators_finalized.connected_to(keep_context):
            pelican.run()
        if strict and not log.has_errors:
            approved = approve is None or approve(StagedBuild(staging, output, pelican.settings, contexts[0], log))
            if approved and not log.failed:
                carried = carry_over(output, staging, built_before)
                swapped = True
                swap(staging, output)
                confirm_output(manifest_file)
    finally:
        console.quiet = was_quiet
        if strict and not swapped:
            shutil.rmtree(staging, ignore_errors=True)
            # The new manifest describes the discarded tree.
            if old_manifest is None:
                manifest_file.unlink(missing_ok=True)
            else:
                manifest_file.write_bytes(old_manifest)
        for leftover in list_leftovers(output):
            log.notice(leftover, 0, *describe_leftover(leftover), kind="file")
    return carried


@contextmanager
def _show_progress() -> Iterator[None]:
    """Print the number of pages written, once a second."""
    count, last_printed = 0, time.monotonic()

    def count_page(_path: str, **_more: Any) -> None:
        nonlocal count, last_printed
        count += 1
        if time.monotonic() > last_printed + 1:
            last_printed = time.monotonic()
            print(f"{count} pages …", file=sys.stderr)

    with signals.content_written.connected_to(count_page):
        yield

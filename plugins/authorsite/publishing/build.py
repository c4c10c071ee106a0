"""One build, from settings file to output folder, with one report and one exit status."""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import TemplateError, TemplateSyntaxError
from pelican import Pelican, signals
from pelican.log import console
from pelican.writers import FileOverwriteFailedError
from pelican_incremental.manifest import BuildReport, Manifest
from pelican_incremental.session import SESSION, BuildSession

from ..feeds.diff import check
from ..problems import KEY, BuildFailed, ProblemLog, Refused, captured_logging, place_of
from ..settings import CLEANUP, NAME, site_of
from .atomic_swap import alone, mend, swap
from .settings_file import read_conf
from .staging import stage
from .tree_diff import feeds_in

FORMS = ("text", "json", "github")


@dataclass(frozen=True, slots=True)
class Staged:
    """A strict build that is ready and not swapped in: its tree, Pelican's settings, and the log it may add to."""

    tree: Path
    output: Path
    settings: Mapping[str, Any]
    problems: ProblemLog


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: its problems, where the output is, what happened to its files, and the seconds it took."""

    problems: ProblemLog
    output: Path
    files: BuildReport
    seconds: float

    @property
    def failed(self) -> bool:
        """Whether the build ended with errors (or, published, with warnings)."""
        return self.problems.failed


def build(
    settings_file: str | Path,
    overrides: Mapping[str, Any] | None = None,
    *,
    drafts: bool = False,
    root: Path | None = None,
    share: BuildSession | None = None,
    judge: Callable[[Staged], bool] | None = None,
    patience: float | None = None,
    progress: bool = False,
) -> Built:
    """Build the site of `settings_file`; `overrides` are Pelican settings that go before the file's.

    `drafts` shows drafts and scheduled posts, marked. Problems name paths relative to `root`, the settings file's
    folder when it is not given.

    A strict site (AUTHORSITE strict) is written beside its output folder and swapped in when nothing is wrong;
    any other is written in place once reading has found no error. What goes wrong is among the problems; only a folder
    that another process is at work in raises Refused.

    `judge` makes any site strict, and is asked, when there is no problem, whether its staging tree may be swapped in.

    `share` is where the build engine says what it does. `patience`: seconds to wait for another process to end.
    `progress` has the terminal told how far a build is that takes over a second.
    """
    started = time.perf_counter()
    path = Path(settings_file).resolve()
    log = ProblemLog(root=root or path.parent, held=True)
    output = path.parent / "output"
    share = share or BuildSession()
    with captured_logging(log), _progress(wanted=progress):
        try:
            output = _run(path, dict(overrides or {}), log, share, patience, drafts=drafts, judge=judge)
        except BuildFailed:
            pass
        except Exception as error:  # noqa: BLE001 - plugins, templates and filters may raise whatever they like
            _log_exception(log, error)
    return Built(log, output, share.report, time.perf_counter() - started)


def _run(
    path: Path,
    overrides: dict[str, Any],
    log: ProblemLog,
    share: BuildSession,
    patience: float | None,
    *,
    drafts: bool,
    judge: Callable[[Staged], bool] | None = None,
) -> Path:
    try:
        settings = read_conf(path, overrides)
    except Refused as refused:
        log.error(refused.path, refused.line, refused.reason, kind="settings")
        raise BuildFailed from None
    settings |= {KEY: log, SESSION: share}
    site = settings.setdefault(NAME, {})
    if not isinstance(site, dict):
        log.error(path, 0, f"{NAME} holds no keys", f'write {NAME} = {{"url": "https://example.org"}}', kind="settings")
        raise BuildFailed
    # What is judged is to be published.
    forced = {"strict": True, "drafts": False} if judge else {"drafts": True} if drafts else {}
    settings[NAME] = site = {**site, **forced}
    output = share.output = Path(settings["OUTPUT_PATH"])
    share.messages = lambda: log.size
    with alone(output.parent, patience), ExitStack() as settings[CLEANUP]:
        _write(path, settings, log, share, judge, strict=bool(site.get("strict")))
    log.stop_if_failed()
    return output


def _write(
    path: Path,
    settings: dict[str, Any],
    log: ProblemLog,
    share: BuildSession,
    judge: Callable[[Staged], bool] | None,
    *,
    strict: bool,
) -> None:
    """Let Pelican write the site into its output folder or, strict, beside it; then swap that in."""
    output, cache = Path(settings["OUTPUT_PATH"]), Path(settings["CACHE_PATH"])
    mend(output)
    staging = output.with_name(output.name + ".staging")
    noted = Manifest(cache, output).file
    before = noted.read_bytes() if noted.exists() else None
    if strict:
        stage(output, staging, cache)
        settings["OUTPUT_PATH"] = str(staging)
    swapped = False
    # Pelican's own last words are not to mix with reports that machines read.
    loud, console.quiet = console.quiet, True
    try:
        pelican = Pelican(settings)
        share.settings = pelican.settings
        if "authorsite" not in pelican.settings["PLUGINS"]:
            hint = 'keep "authorsite" in PLUGINS'
            log.error(path, 0, "the authorsite plugin did not load", hint, kind="settings")
            return
        pelican.run()
        if strict and not log.failed:
            check(feeds_in(output), feeds_in(staging), log, site_of(pelican.settings).feeds.allow)
        if strict and not log.failed and (judge is None or judge(Staged(staging, output, pelican.settings, log))):
            swapped = not log.failed
            if swapped:
                swap(staging, output)
    finally:
        console.quiet = loud
        if strict and not swapped:
            shutil.rmtree(staging, ignore_errors=True)
            # What was noted is about the tree that was dropped.
            noted.write_bytes(before) if before is not None else noted.unlink(missing_ok=True)


def _log_exception(log: ProblemLog, error: Exception) -> None:
    """Report what stopped the build, at the template where it happened, or else at the file or the innermost call."""
    if os.environ.get("TRACEBACK"):
        traceback.print_exception(error)
    what = f"{type(error).__name__}: {error}"
    template = place_of(error, lambda name: name.endswith((".html", ".xml", ".xsl")))
    if isinstance(error, TemplateSyntaxError):
        log.error(error.filename or error.name or "theme", error.lineno, error.message or "", kind="template")
    elif isinstance(error, TemplateError):
        what = error.message or type(error).__name__
        log.error(template[0] or "theme", template[1], what, "look at the names used there", kind="template")
    elif template[0]:
        log.error(*template, what, "look at what is done there", kind="template")
    elif isinstance(error, FileOverwriteFailedError):
        file = re.search('"(.*?)"', what)
        message = f"Two files are to be written to {file[1] if file else what}"
        log.error("", 0, message, "give one of what is shown there another slug", kind="link")
    elif isinstance(error, OSError) and error.strerror:
        log.error(str(error.filename or ""), 0, error.strerror, kind="file")
    else:
        log.error(*place_of(error), what, "see where it comes from with TRACEBACK=1 before the command", kind="fault")


@contextmanager
def _progress(*, wanted: bool) -> Iterator[None]:
    """Print the number of pages and feeds done, once a second, if `wanted` and stderr is a terminal."""
    if not wanted or not sys.stderr.isatty():
        yield
        return
    done, said = 0, time.monotonic()

    def count(_path: str, **_more: Any) -> None:
        nonlocal done, said
        done += 1
        if time.monotonic() > said + 1:
            said = time.monotonic()
            print(f"{done} pages …", file=sys.stderr)

    with signals.content_written.connected_to(count):
        yield


def known(form: str) -> None:
    """Refuse a form of report that there is none of, before anything is built."""
    if form not in FORMS:
        raise Refused(f"there is no format `{form}`: write --format {', '.join(FORMS)}")


def run(settings_file: Path, form: str = "text", page: str = "", *, drafts: bool = False) -> int:
    """Build, say why `page` was rendered or left, when one is named, and return the exit status."""
    known(form)
    built = build(settings_file, drafts=drafts, progress=True)
    if page:
        print(explain(built, page))
    return say(built, form)


def say(built: Built, form: str = "text") -> int:
    """Print the report and what was built; return the exit status."""
    built.problems.print(form, sys.stdout if form == "json" else sys.stderr)
    if built.failed:
        return 1
    if form == "text":
        print(f"{built.output}: {counted(built.files)} in {built.seconds:.1f} s. Look at it with: make serve")
    return 0


def counted(report: BuildReport) -> str:
    """Return how many files a build wrote, left and removed."""
    return f"{report.written} written, {report.unchanged} unchanged, {report.removed} removed"


def explain(built: Built, page: str) -> str:
    """Say why the build wrote, or left, the file of `page`: an address, or a path below the output folder."""
    name = page.removeprefix(str(built.output)).strip("/").removeprefix("output/")
    why = {"": "", **built.files.reasons}
    for place in (name, f"{name}/index.html".lstrip("/"), f"{name}.html"):
        if why.get(place):
            return f"{place} was rendered: {why[place]}."
        if (built.output / place).is_file():
            return f"{place} was left as it is: nothing that it shows has changed."
    return f"{page}: this build makes no such file."

"""One build, from settings file to output folder, with one report and one exit status."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import TemplateError, TemplateSyntaxError
from pelican import Pelican
from pelican.log import console
from pelican.settings import read_settings

from ..building.adapter import HELD, Build
from ..building.staging import stage
from ..building.state import State
from ..building.writer import Tally
from ..feeds.diff import check
from ..problems import KEY, BuildFailed, ProblemLog, captured_logging
from ..settings import NAME, site_of
from .feeds import feeds_in
from .swapping import mend, swap


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
    tally: Tally
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
    share: Build | None = None,
    judge: Callable[[Staged], bool] | None = None,
) -> Built:
    """Build the site of `settings_file`; `overrides` are Pelican settings that go before the file's.

    `drafts` shows drafts and scheduled posts, marked. Problems name paths relative to `root`, the settings file's
    folder when it is not given.

    A strict site (AUTHORSITE strict) is written beside its output folder and swapped in when nothing is wrong;
    any other is written in place once reading has found no error. Never raises for a fault of the author's.

    `judge` is asked, of a strict site without a problem, whether its staging tree may be swapped in.

    `share` is what the build engine keeps from build to build, and where it says what it does.
    """
    started = time.perf_counter()
    path = Path(settings_file).resolve()
    log = ProblemLog(root=root or path.parent, held=True)
    output = path.parent / "output"
    share = share or Build()
    with captured_logging(log):
        try:
            output = _run(path, dict(overrides or {}), log, share, drafts=drafts, judge=judge)
        except BuildFailed:
            pass
        except TemplateError as error:
            _log_template_error(log, error)
    return Built(log, output, share.tally, time.perf_counter() - started)


def _run(
    path: Path,
    overrides: dict[str, Any],
    log: ProblemLog,
    share: Build,
    *,
    drafts: bool,
    judge: Callable[[Staged], bool] | None = None,
) -> Path:
    try:
        # The machine's own locale may not even be installed, of which Pelican warns; nothing depends on it.
        settings = read_settings(str(path), override={"LOCALE": ["C.UTF-8", "C"], **overrides})
    except Exception as error:
        line = error.lineno or 0 if isinstance(error, SyntaxError) else _line_in(error, str(path))
        log.error(path, line, f"the settings cannot be read: {error}", kind="settings")
        raise BuildFailed from error
    site = {**settings.get(NAME, {}), **({"drafts": True} if drafts else {})}
    settings |= {KEY: log, NAME: site, HELD: share}
    output = share.output = Path(settings["OUTPUT_PATH"])
    mend(output)
    strict = bool(site.get("strict"))
    staging = output.with_name(output.name + ".staging")
    noted = State.load(Path(settings["CACHE_PATH"]), output).file
    before = noted.read_bytes() if noted.exists() else None
    if strict:
        stage(output, staging, Path(settings["CACHE_PATH"]))
        settings["OUTPUT_PATH"] = str(staging)
    pelican = Pelican(settings)
    share.settings = pelican.settings
    if "authorsite" not in pelican.settings["PLUGINS"]:
        log.error(path, 0, "the authorsite plugin did not load", 'keep "authorsite" in PLUGINS', kind="settings")
        raise BuildFailed
    swapped = False
    try:
        with _quiet():
            pelican.run()
        if strict and not log.failed:
            check(feeds_in(output), feeds_in(staging), log, site_of(pelican.settings).feeds.allow)
        if strict and not log.failed and (judge is None or judge(Staged(staging, output, pelican.settings, log))):
            swapped = not log.failed
            if swapped:
                swap(staging, output)
    finally:
        if strict and not swapped:
            shutil.rmtree(staging, ignore_errors=True)
            # What was noted is about the tree that was dropped.
            noted.write_bytes(before) if before is not None else noted.unlink(missing_ok=True)
    log.stop_if_failed()
    return output


@contextmanager
def _quiet() -> Iterator[None]:
    """While it lasts, Pelican's own last words do not mix with reports that machines read."""
    before, console.quiet = console.quiet, True
    try:
        yield
    finally:
        console.quiet = before


def _log_template_error(log: ProblemLog, error: TemplateError) -> None:
    if isinstance(error, TemplateSyntaxError):
        log.error(error.filename or error.name or "theme", error.lineno, error.message or "", kind="template")
        return
    path, line = _template_place(error)
    log.error(path, line, error.message or type(error).__name__, "look at the names used there", kind="template")


def _template_place(error: BaseException) -> tuple[str, int]:
    """Return file and line of the innermost template in the traceback."""
    place, trace = ("theme", 0), error.__traceback__
    while trace:
        name = trace.tb_frame.f_code.co_filename
        if name.endswith((".html", ".xml", ".xsl")):
            place = (name, trace.tb_lineno)
        trace = trace.tb_next
    return place


def _line_in(error: BaseException, path: str) -> int:
    trace, line = error.__traceback__, 0
    while trace:
        if trace.tb_frame.f_code.co_filename == path:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def telling() -> Build:
    """Return what makes a build say on the terminal how far it is, once a second."""
    share = Build()
    if sys.stderr.isatty():
        share.said = lambda text: print(text, file=sys.stderr)
    return share


def say(built: Built, form: str = "text") -> int:
    """Print the report and what was built; return the exit status."""
    built.problems.print(form, sys.stdout if form == "json" else sys.stderr)
    if built.failed:
        return 1
    if form == "text":
        print(f"{built.output}: {built.tally} in {built.seconds:.1f} s. Look at it with: make serve")
    return 0


def explain(built: Built, page: str) -> str:
    """Say why the build wrote, or left, the file of `page`: an address, or a path below the output folder."""
    name = page.removeprefix(str(built.output)).strip("/").removeprefix("output/")
    why = {"": "", **built.tally.reasons}
    for place in (name, f"{name}/index.html".lstrip("/"), f"{name}.html"):
        if why.get(place):
            return f"{place} was rendered: {why[place]}."
        if (built.output / place).is_file():
            return f"{place} was left as it is: nothing that it shows has changed."
    return f"{page}: this build makes no such file."

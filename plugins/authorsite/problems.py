"""Everything that is wrong with a site, collected, sorted and printed once."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO

KEY = "AUTHORSITE_PROBLEMS"
"""The name under which a build's log travels in Pelican's settings and context."""

ALLOWABLE = frozenset("book claim event feed image link log orphan reference search".split())
"""The kinds that settings may allow; the others (front-matter, markdown, settings, template) cost a page or all."""


class Severity(StrEnum):
    """An error stops every build; a warning stops a published one."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong: where, what, and how to mend it.

    `line` counts from 1 in the file as the author sees it; 0 means the whole file.
    `kind` is the name by which settings may allow it, if it is one of ALLOWABLE.
    """

    path: str
    line: int
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR
    kind: str = "content"

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}: {self.message}" + (f" - {self.hint}" if self.hint else "")


class AlreadySaid(Exception):
    """Keeps a library from using what cannot be used, when the reasons are in the log."""


class Refused(SystemExit):
    """Ends a command with status 1 and one line: the file and line it is about, the reason, and what to do."""

    def __init__(self, reason: str, path: str = "", line: int = 0) -> None:
        where = f"{path}:{line}: " if line else f"{path}: " if path else ""
        super().__init__(where + reason)
        self.reason, self.path, self.line = reason, path, line


class BuildFailed(SystemExit):
    """Ends a build with status 1; a SystemExit, so that Pelican's own command prints no traceback."""

    def __init__(self) -> None:
        super().__init__(1)


@dataclass
class ProblemLog:
    """The problems of one build.

    `root` is what paths are shown relative to; `allowed` maps a kind to the author's reason for letting it pass;
    `strict` is a published build: warnings fail it too; `held` leaves the printing to the caller of the build;
    `current` is the file being read: what a library logs without naming a file belongs to it.
    """

    root: Path = field(default_factory=Path.cwd)
    allowed: Mapping[str, str] = field(default_factory=dict)
    strict: bool = False
    held: bool = False
    current: str = ""
    _problems: set[Problem] = field(default_factory=set)
    _printed: bool = False

    def add(self, problem: Problem) -> None:
        """Keep `problem`, once, its path made relative to the root and its texts to one line each."""
        self._problems.add(
            replace(
                problem,
                path=self.shown(problem.path),
                message=" ".join(problem.message.split()),
                hint=" ".join(problem.hint.split()),
            )
        )

    def error(self, path: str | Path, line: int, message: str, hint: str = "", kind: str = "content") -> None:
        """Add an error."""
        self.add(Problem(str(path), line, message, hint, Severity.ERROR, kind))

    def warning(self, path: str | Path, line: int, message: str, hint: str = "", kind: str = "content") -> None:
        """Add a warning."""
        self.add(Problem(str(path), line, message, hint, Severity.WARNING, kind))

    def shown(self, path: str) -> str:
        """Return `path` relative to the root where it lies below it."""
        # A symbolic link is shown as itself, not as what it leads to.
        file = Path(path).parent.resolve() / Path(path).name
        try:
            return file.relative_to(self.root.resolve()).as_posix() if path else "(build)"
        except ValueError:
            return path

    def __iter__(self) -> Iterator[Problem]:
        """Give the problems that count, sorted by file and line."""
        return iter(sorted(p for p in self._problems if not self._passes(p)))

    def _passes(self, problem: Problem) -> bool:
        # An error that a library logs is a file which it left out.
        fatal = problem.kind == "log" and problem.severity is Severity.ERROR
        return problem.kind in self.allowed and not fatal

    @property
    def size(self) -> int:
        """Return how many problems there are, allowed ones and all."""
        return len(self._problems)

    def count(self, severity: Severity) -> int:
        """Return how many problems of `severity` count."""
        return sum(problem.severity is severity for problem in self)

    @property
    def failed(self) -> bool:
        """Whether the build must end with status 1."""
        return any(p.severity is Severity.ERROR or self.strict for p in self)

    def stop_if_failed(self) -> None:
        """Print the report and raise BuildFailed when the build must not go on."""
        if self.failed:
            if not self.held:
                self.print()
            raise BuildFailed

    def print(self, form: str = "text", stream: TextIO | None = None) -> None:
        """Write the report to `stream` (standard error) as text, json or github annotations; once."""
        stream = stream or sys.stderr
        if self._printed:
            return
        self._printed = True
        report = {"text": self._text, "json": self._json, "github": self._github}[form]
        text = report(colour=stream.isatty())
        if text:
            print(text, file=stream)

    def summary(self) -> str:
        """Count the problems in words: "2 errors, 1 warning (1 allowed: link)"."""
        counts = [(self.count(s), s.value) for s in Severity]
        words = ", ".join(f"{n} {word}{'s' if n != 1 else ''}" for n, word in counts if n) or "no problems"
        passed = [p.kind for p in self._problems if self._passes(p)]
        return words + (f" ({len(passed)} allowed: {', '.join(sorted(set(passed)))})" if passed else "")

    def _text(self, *, colour: bool) -> str:
        lines = [_coloured(p) if colour else f"{p.severity}: {p}" for p in self]
        return "\n".join([*lines, self.summary()]) if lines else ""

    def _json(self, *, colour: bool) -> str:  # noqa: ARG002 - the three reports are called alike
        body = {"problems": [asdict(p) for p in self], "summary": self.summary(), "failed": self.failed}
        return json.dumps(body, ensure_ascii=False, indent=2)

    def _github(self, *, colour: bool) -> str:  # noqa: ARG002 - the three reports are called alike
        return "\n".join(_annotation(p) for p in self)


def _coloured(problem: Problem) -> str:
    paint = "31" if problem.severity is Severity.ERROR else "33"
    where, _, what = str(problem).partition(": ")
    return f"\033[{paint}m{problem.severity}\033[0m \033[1m{where}\033[0m: {what}"


def _annotation(problem: Problem) -> str:
    text = problem.message + (f" - {problem.hint}" if problem.hint else "")
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    path = problem.path.replace("%", "%25").replace(",", "%2C").replace(":", "%3A")
    return f"::{problem.severity} file={path},line={max(problem.line, 1)}::{text}"


def place_of(error: BaseException, counts: Callable[[str], bool] = bool) -> tuple[str, int]:
    """Return file and line of the innermost call that led to `error`, among the files that count; ("", 0): none."""
    place, trace = ("", 0), error.__traceback__
    while trace:
        if counts(name := trace.tb_frame.f_code.co_filename):
            place = (name, trace.tb_lineno)
        trace = trace.tb_next
    return place


def log_of(settings: Mapping[str, Any]) -> ProblemLog:
    """Return the log of the build that `settings` (or a Pelican context) belong to."""
    log = settings[KEY]
    if not isinstance(log, ProblemLog):
        raise TypeError(f"{KEY} is not a ProblemLog")
    return log


class _Capture(logging.Handler):
    """Turns what libraries log from WARNING upwards into problems of one build."""

    # Said by Pelican of two files with one slug and of images without words: the reading room says it with the line.
    _echo = re.compile(r"There are \d+ (?:items|original)|(?:Empty|Other images have empty) alt attribute")
    _path = re.compile(r"(?P<path>[\w./-]+\.(?:md|markdown|html|rst|py|yaml))\b(?::(?P<line>\d+))?")

    def __init__(self, log: ProblemLog) -> None:
        super().__init__(logging.WARNING)
        self.log = log

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        # Pelican logs a file that it leaves out without the exception, but while it is being handled.
        cause = record.exc_info[1] if record.exc_info else sys.exc_info()[1]
        if isinstance(cause, AlreadySaid) or self._echo.match(message):
            return
        if cause:
            message = f"{message}: {type(cause).__name__}: {cause}"
        found = self._path.search(message)
        path = found["path"] if found else self.log.current
        line = int(found["line"] or 0) if found else 0
        add = self.log.error if record.levelno >= logging.ERROR else self.log.warning
        add(path, line, message, kind="log")


@contextmanager
def captured_logging(log: ProblemLog) -> Iterator[None]:
    """While it lasts, what any library logs as warning or error joins `log` instead of standard error."""
    root = logging.getLogger()
    handler, before = _Capture(log), root.handlers[:]
    root.handlers[:] = [handler]
    try:
        yield
    finally:
        root.handlers[:] = before

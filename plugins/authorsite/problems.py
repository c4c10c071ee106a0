"""The problems of a build: collected, sorted, and printed once as text, JSON or GitHub annotations."""

import json
import re
import sys
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from .imported_files import IMPORTED, summarize

IGNORABLE_KINDS = frozenset("audio book claim event feed image link log orphan reference search syntax".split())
"""The kinds that the setting `allow` may ignore. Others (front-matter, markdown, settings, template) cost a page."""

UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

MAX_PRINTED = 100
"""How many problems a report lists; it counts the others."""

MAX_MESSAGE = 1_000
"""The limit of a message and of a hint, in characters."""


class Severity(StrEnum):
    """An error fails every build, a warning only a strict one; a notice is printed and fails none."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One problem: where it is, what is wrong, and how to fix it.

    `line` counts from 1 in the author's file; 0 means the whole file.
    `kind` is the name that the setting `allow` uses for it, if it is one of IGNORABLE_KINDS.
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


class AlreadyReported(Exception):
    """Raised so that Pelican skips a file whose problems are in the log already."""


class CommandError(SystemExit):
    """Ends a command with status 1 and one line on standard error: `path:line: reason`."""

    def __init__(self, reason: str, path: str = "", line: int = 0) -> None:
        super().__init__(str(Problem(path, line, reason)) if path else reason)
        self.reason, self.path, self.line = reason, path, line


class BuildFailed(SystemExit):
    """Ends a build with status 1. It is a SystemExit so that the `pelican` command prints no traceback."""

    def __init__(self) -> None:
        super().__init__(1)


@dataclass
class ProblemLog:
    """The problems of one build.

    Paths are shown relative to `root`. `allowed` maps a kind of problem to the author's reason for ignoring it. In a
    `strict` build (a published one) warnings fail the build too. `deferred` leaves printing to the caller of the build.
    `current` is the file being read: library messages that name no file are attributed to it. Warnings about `imported`
    files become notices if they are of IGNORABLE_KINDS.
    """

    root: Path = field(default_factory=Path.cwd)
    allowed: Mapping[str, str] = field(default_factory=dict)
    strict: bool = False
    deferred: bool = False
    current: str = ""
    imported: Container[str] = frozenset()
    _problems: set[Problem] = field(default_factory=set)
    _display_paths: dict[str, str] = field(default_factory=dict)
    _is_printed: bool = False

    def add(self, problem: Problem) -> None:
        """Add `problem` unless it is there; its path becomes relative to the root, its texts become one line each."""
        message, hint = (shorten(" ".join(text.split()), MAX_MESSAGE) for text in (problem.message, problem.hint))
        path, severity = self.get_display_path(problem.path), problem.severity
        if severity is Severity.WARNING and problem.kind in IGNORABLE_KINDS and path in self.imported:
            severity = Severity.NOTICE
        self._problems.add(replace(problem, path=path, message=message, hint=hint, severity=severity))

    def error(self, path: str | Path, line: int, message: str, hint: str = "", kind: str = "content") -> None:
        """Add an error."""
        self.add(Problem(str(path), line, message, hint, Severity.ERROR, kind))

    def warning(self, path: str | Path, line: int, message: str, hint: str = "", kind: str = "content") -> None:
        """Add a warning."""
        self.add(Problem(str(path), line, message, hint, Severity.WARNING, kind))

    def notice(self, path: str | Path, line: int, message: str, hint: str = "", kind: str = "content") -> None:
        """Add a notice."""
        self.add(Problem(str(path), line, message, hint, Severity.NOTICE, kind))

    def get_display_path(self, path: str) -> str:
        """Return `path` relative to the root if it is below it, else unchanged; "(build)" for no path."""
        if path not in self._display_paths:
            # Resolve the folder only: a symbolic link is shown by its own name.
            file = Path(path).parent.resolve() / Path(path).name
            root = self.root.resolve()
            name = file.relative_to(root).as_posix() if file.is_relative_to(root) else path
            self._display_paths[path] = UNPRINTABLE.sub(lambda match: ascii(match[0])[1:-1], name)
        return self._display_paths[path] if path else "(build)"

    def list_files_with_errors(self) -> list[Path]:
        """Return the existing files that have errors, in order."""
        names = {problem.path for problem in self._problems if problem.severity is Severity.ERROR}
        return [path for name in sorted(names) if (path := self.root / name).is_file()]

    def is_consequence(self, name: str, path: str | Path) -> bool:
        """Return whether `name`, used in `path`, may be missing only because the file that defines it has errors.

        Such an error is not reported: it goes with the other one.
        """
        word = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
        others = (
            file for file in self.list_files_with_errors() if file != self.root / self.get_display_path(str(path))
        )
        return any(word.search(f"{file.stem} {file.read_text('utf-8', 'replace')}") for file in others)

    def __iter__(self) -> Iterator[Problem]:
        """Iterate over the problems that are not allowed, sorted by file and line."""
        return iter(sorted(p for p in self._problems if not self._is_allowed(p)))

    def _is_allowed(self, problem: Problem) -> bool:
        # When a library logs an error, it has left a file out: that is never allowed.
        is_fatal = problem.kind == "log" and problem.severity is Severity.ERROR
        names = [problem.kind, *([f"{IMPORTED}{problem.kind}"] if problem.path in self.imported else ())]
        return not is_fatal and any(name in self.allowed for name in names)

    @property
    def total(self) -> int:
        """The number of problems, allowed ones included."""
        return len(self._problems)

    @property
    def failed(self) -> bool:
        """True if the build must end with status 1."""
        return any(p.severity is Severity.ERROR or (self.strict and p.severity is Severity.WARNING) for p in self)

    @property
    def has_errors(self) -> bool:
        """True if pages may be missing."""
        return any(p.severity is Severity.ERROR for p in self)

    def stop_if_failed(self) -> None:
        """Raise BuildFailed if the build has failed; print the report first unless printing is deferred.

        A deferred build goes on after warnings, so that its pages can be checked, too.
        """
        if self.failed and (self.has_errors or not self.deferred):
            if not self.deferred:
                self.print()
            raise BuildFailed

    def print(self, form: str = "text", stream: TextIO | None = None, kind: str = "") -> None:
        """Write the report once, to `stream` or standard error; `form` is text, json or github (annotations).

        It lists up to MAX_PRINTED problems, errors first, and counts all; with `kind`, it lists all of that kind. As
        text, those of imported files are summarized.
        """
        stream, is_summary = stream or sys.stderr, form == "text" and not kind
        of_imported = {problem for problem in self if is_summary and problem.path in self.imported}
        shown = [problem for problem in self if problem.kind == kind] if kind else self._list_first(of_imported)
        summary = (
            self.summary(len(shown) + len(of_imported)) if not kind else f"{kind}: {pluralize(len(shown), 'problem')}"
        )
        if form == "json":
            body = {"problems": [asdict(p) for p in shown], "summary": summary, "failed": self.failed}
            lines = [json.dumps(body, ensure_ascii=False, indent=2)]
        elif form == "github":
            lines = [_format_annotation(p) for p in shown]
        else:
            lines = [_format_text(p, color=stream.isatty()) for p in shown]
            lines += summarize(sorted(of_imported), IGNORABLE_KINDS)
            lines += [summary] if lines else []
        if lines and not self._is_printed:
            print(*lines, sep="\n", file=stream)
        self._is_printed = True

    def _list_first(self, others: Container[Problem]) -> list[Problem]:
        """Return the problems to print but `others`, by file and line: errors before warnings, if they are too many."""
        severities, listed = list(Severity), [problem for problem in self if problem not in others]
        return sorted(sorted(listed, key=lambda problem: severities.index(problem.severity))[:MAX_PRINTED])

    def summary(self, listed: int = MAX_PRINTED) -> str:
        """Return the counts in words: "2 errors, 1 warning (1 allowed: link)", and whether more than `listed`."""
        counts = Counter(p.severity for p in self)
        text = ", ".join(pluralize(counts[name], name) for name in Severity if counts[name]) or "no problems"
        allowed = [p.kind for p in self._problems if self._is_allowed(p)]
        text += f" ({len(allowed)} allowed: {', '.join(sorted(set(allowed)))})" if allowed else ""
        return f"{text}; the first {MAX_PRINTED} are listed" if counts.total() > listed else text


def shorten(text: str, limit: int = 60) -> str:
    """Return `text`, cut after `limit` characters with an ellipsis."""
    return text if len(text) <= limit else f"{text[:limit]}…"


def pluralize(number: int, noun: str) -> str:
    """Return a number with its noun, such as "1 page" or "2 pages"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


_ANSI_COLORS = {Severity.ERROR: 31, Severity.WARNING: 33, Severity.NOTICE: 36}
"""Red, yellow, cyan."""


def _format_text(problem: Problem, *, color: bool) -> str:
    if not color:
        return f"{problem.severity}: {problem}"
    where, _, message = str(problem).partition(": ")
    return f"\033[{_ANSI_COLORS[problem.severity]}m{problem.severity}\033[0m \033[1m{where}\033[0m: {message}"


def _format_annotation(problem: Problem) -> str:
    """Return a workflow command for GitHub Actions, with the characters escaped that it reserves."""
    text = problem.message + (f" - {problem.hint}" if problem.hint else "")
    path = problem.path.replace("%", "%25").replace(",", "%2C").replace(":", "%3A")
    return f"::{problem.severity} file={path},line={max(problem.line, 1)}::{text.replace('%', '%25')}"

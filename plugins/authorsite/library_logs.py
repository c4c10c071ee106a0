"""Turns what libraries log during a build into problems."""

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from .problems import AlreadyReported, ProblemLog


class _ProblemHandler(logging.Handler):
    """Turns log records of libraries, from WARNING upwards, into problems of one build."""

    # Pelican's messages on duplicate slugs, alt texts and missing files: reading/ reports these with a line number.
    _reported_twice = re.compile(
        r"There are \d+ (?:items|original)|(?:Empty|Other images have empty) alt attribute"
        r"|Cannot get modification stamp for|Unable to find '"
    )
    _path = re.compile(r"(?P<path>[\w./-]+\.(?:md|markdown|html|rst|py|yaml))\b(?::(?P<line>\d+))?")

    def __init__(self, log: ProblemLog) -> None:
        super().__init__(logging.WARNING)
        self.log = log

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        # Pelican logs a skipped file without passing the exception, but while it is being handled.
        cause = record.exc_info[1] if record.exc_info else sys.exc_info()[1]
        if isinstance(cause, AlreadyReported) or self._reported_twice.match(message):
            return
        if cause:
            message = f"{message}: {type(cause).__name__}: {cause}"
        match = self._path.search(message)
        path, line = (match["path"], int(match["line"] or 0)) if match else (self.log.current, 0)
        add = self.log.error if record.levelno >= logging.ERROR else self.log.warning
        add(path, line, message, kind="log")


@contextmanager
def capture_logging(log: ProblemLog) -> Iterator[None]:
    """Add the warnings and errors that libraries log to `log` instead of printing them."""
    root = logging.getLogger()
    handlers, root.handlers[:] = root.handlers[:], [_ProblemHandler(log)]
    try:
        yield
    finally:
        root.handlers[:] = handlers

"""How exceptions that stop a build are reported: where, what is wrong, and what to do."""

import errno
import os
import traceback
from collections.abc import Callable

from jinja2 import TemplateError, TemplateSyntaxError

from .problems import ProblemLog


def find_innermost_frame(error: BaseException, accepts: Callable[[str], bool] = bool) -> tuple[str, int]:
    """Return file and line of the innermost frame of `error` in a file that `accepts` is true for; ("", 0) if none."""
    frames = ((frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__))
    return next((frame for frame in [*frames][::-1] if accepts(frame[0])), ("", 0))


def log_exception(log: ProblemLog, error: Exception) -> None:
    """Log the exception that stopped a build, located at the template, the file or else the innermost call."""
    if os.environ.get("TRACEBACK"):
        traceback.print_exception(error)
    message = f"{type(error).__name__}: {error}"
    template, line = find_innermost_frame(error, lambda name: name.endswith((".html", ".xml", ".xsl")))
    if isinstance(error, TemplateSyntaxError):
        hint = "correct the syntax in that line"
        log.error(error.filename or error.name or "theme", error.lineno, error.message or "", hint, kind="template")
    elif isinstance(error, TemplateError):
        hint = "check the names of variables and templates in that line"
        log.error(template or "theme", line, error.message or type(error).__name__, hint, kind="template")
    elif template:
        log.error(template, line, message, "check the expression in that line", kind="template")
    elif isinstance(error, OSError) and error.strerror:
        log.error(str(error.filename or ""), 0, error.strerror, suggest_remedy(error), kind="file")
    else:
        log.error(*find_innermost_frame(error), message, "run it with TRACEBACK=1 to see the traceback", kind="fault")


def suggest_remedy(error: OSError) -> str:
    """Return what to do about an error of the system."""
    is_full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    return "free some space there, and try again" if is_full else "check that it exists, and its permissions"

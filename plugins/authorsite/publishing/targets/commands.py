"""Run git and rsync; report a failure in one line without credentials."""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from ...problems import CommandError

OWNERSHIP_FILE = ".authorsite"
"""Marks a folder or a branch whose content this package may replace."""

OTHER_FILES = (
    f"the folder has other files - empty the folder or, to override, create an empty file {OWNERSHIP_FILE} in it"
)
_TIMEOUT = 600
"""Seconds."""

_NOISE = ("hint:", "rsync error:", "To ", "Warning:", "@@")


class TargetNotReady(CommandError):
    """Raised for a target that the author has not set up yet."""


def redact_credentials(text: str) -> str:
    """Return `text` without the user and password of the URLs in it."""
    return re.sub(r"(?<=://)[^/\s@]*@", "", text)


def run_command(
    *command: str, cwd: Path | None = None, env: Mapping[str, str] | None = None, stdin: bytes = b""
) -> bytes:
    """Run a program without a terminal and return its stdout; raises CommandError if it fails."""
    # In English: callers look for words in the messages.
    environment = {**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", **(env or {})}
    try:
        process = subprocess.run(
            command, cwd=cwd, env=environment, input=stdin, capture_output=True, timeout=_TIMEOUT, check=False
        )
    except FileNotFoundError:
        raise CommandError(f"{command[0]} is not installed - install it and try again") from None
    except subprocess.TimeoutExpired:
        raise CommandError(f"{command[0]} did not finish within {_TIMEOUT} s - try again") from None
    if process.returncode:
        lines = [line.strip() for line in process.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        messages = [line for line in lines if not line.startswith(_NOISE)] or lines
        reason = "; ".join(messages[:3]) or f"status {process.returncode}"
        raise CommandError(redact_credentials(f"{command[0]}: {reason}"))
    return process.stdout

"""Git and rsync as programs: their output, or one line about why they failed, without anybody's password."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from ...problems import Refused

MARK = ".authorsite"
"""A file that says of a folder, or of a branch, that this package may replace what is in it."""

_PATIENCE = 600
"""Seconds."""

_NOISE = ("hint:", "rsync error:", "To ", "Warning:", "@@")


def quiet(text: str) -> str:
    """Return `text` without the user and password of any address in it."""
    return re.sub(r"(?<=://)[^/\s@]*@", "", text)


def run(
    *command: str,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: bytes = b"",
) -> bytes:
    """Run a program without a terminal and return what it wrote; raises Refused when it fails."""
    # In English, so that what is looked for in messages is found.
    whole = {**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", **(env or {})}
    try:
        done = subprocess.run(
            command, cwd=cwd, env=whole, input=stdin, capture_output=True, timeout=_PATIENCE, check=False
        )
    except FileNotFoundError:
        raise Refused(f"{command[0]} is not installed") from None
    except subprocess.TimeoutExpired:
        raise Refused(f"{command[0]} did not end within {_PATIENCE} s") from None
    if done.returncode:
        lines = [line.strip() for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        told = [line for line in lines if not line.startswith(_NOISE)] or lines
        raise Refused(quiet(f"{command[0]}: {'; '.join(told[:3]) or f'status {done.returncode}'}"))
    return done.stdout

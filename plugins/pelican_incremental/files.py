"""Atomic file writes, and how a plugin tells the engine which files are part of the current output."""

import os
import tempfile
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any


def atomic_write(path: str | Path, content: bytes | Callable[[Path], Any]) -> None:
    """Write a temporary file beside `path` and rename it; if that fails, the old file stays.

    `content` is bytes, or a function that fills the temporary file whose path it gets. Missing parent folders are
    created. The file's mode is 0644.
    """
    folder = os.path.dirname(path)  # noqa: PTH120 - ten thousand times a build
    try:
        handle, name = tempfile.mkstemp(".tmp", ".", folder)
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - the same
        handle, name = tempfile.mkstemp(".tmp", ".", folder)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 - it is open already
            file.write(content if isinstance(content, bytes) else b"")
        if not isinstance(content, bytes):
            content(Path(name))
        os.chmod(name, 0o644)  # noqa: PTH101 - the same
        os.replace(name, path)  # noqa: PTH105 - the same
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def content_equals(path: str | Path, data: bytes) -> bool:
    """Return whether the file at `path` exists and contains exactly `data`."""
    try:
        return os.stat(path).st_size == len(data) and Path(path).read_bytes() == data  # noqa: PTH116 - hot
    except OSError:
        return False


MARK_CURRENT_KEY = "INCREMENTAL_CURRENT"
"""The key, in Pelican's settings and context, of the function that `mark_current` calls."""


def mark_current(context: MutableMapping[str, Any], path: str | Path) -> None:
    """Mark the file at `path` as part of this build's output; call it before writing the file, in every build.

    The first build that doesn't mark the file removes it. Without a running engine this does nothing.
    """
    mark = context.get(MARK_CURRENT_KEY)
    if mark is not None:
        mark(str(path))

"""Atomic writes: a file is there whole, or not at all. And a word to the engine about files that others write."""

import os
import tempfile
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any


def atomic_write(path: str | Path, content: bytes | Callable[[Path], Any]) -> None:
    """Write a temporary file beside `path` and rename it; a failure leaves the old file.

    `content` is what the file will hold, or a function that fills the temporary file it is given. Folders above are
    made. Permissions are 0644.
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


def has_content(path: str | Path, data: bytes) -> bool:
    """Return whether the file at `path` holds exactly `data`."""
    try:
        return os.stat(path).st_size == len(data) and Path(path).read_bytes() == data  # noqa: PTH116 - hot
    except OSError:
        return False


CURRENT = "INCREMENTAL_CURRENT"
"""The name, in Pelican's context, of what `mark_current` calls."""


def mark_current(context: MutableMapping[str, Any], path: str | Path) -> None:
    """Tell the engine, before a plugin writes the file at `path`, that it belongs to this build's output.

    The file is removed by the first build that is not told so. Without a running engine nothing happens.
    """
    mark = context.get(CURRENT)
    if mark is not None:
        mark(str(path))

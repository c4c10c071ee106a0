"""Atomic writes; stamps and JSON files, for caches; and how a plugin marks its files as part of the current output."""

import filecmp
import json
import os
import tempfile
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from zlib import crc32


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


def content_equals(path: str | Path, content: bytes | Path) -> bool:
    """Return whether the file at `path` exists and has exactly this content: bytes, or that of another file."""
    try:
        if isinstance(content, Path):
            filecmp.clear_cache()  # it compares dates and sizes alone
            return filecmp.cmp(content, path, shallow=False) and not os.path.samefile(content, path)  # noqa: PTH121
        return os.stat(path).st_size == len(content) and Path(path).read_bytes() == content  # noqa: PTH116 - hot
    except OSError:
        return False


def read_stamp(path: str | Path, until: int = 2**63) -> list[int]:
    """Return date (ns since the epoch) and size of a file; [] if there is none, or its ctime is later than `until`."""
    with suppress(OSError):
        stat = os.stat(path)  # noqa: PTH116 - hot
        return [stat.st_mtime_ns, stat.st_size] if stat.st_ctime_ns <= until else []
    return []


def load_json(file: Path) -> dict[str, Any]:
    """Return the object that `save_json` wrote to `file`; an empty one if the file is missing or damaged."""
    with suppress(OSError, ValueError):
        checksum, _, data = file.read_bytes().partition(b"\n")
        return dict(json.loads(data.decode("utf-8", "surrogatepass"))) if checksum == b"%08x" % crc32(data) else {}
    return {}


def save_json(file: Path, data: dict[str, Any]) -> None:
    """Write `data`, after a checksum, to `file` atomically, unless it is there or the folder isn't writable."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    if not content_equals(file, content := b"%08x\n%s" % (crc32(text), text)):
        with suppress(OSError):
            atomic_write(file, content)


MARK_CURRENT_KEY = "INCREMENTAL_CURRENT"
"""The key, in Pelican's settings and context, of the function that `mark_current` calls."""


def mark_current(context: MutableMapping[str, Any], path: str | Path) -> bool:
    """Mark the file at `path` as part of this build's output; call it before writing the file, in every build.

    The first build that doesn't mark the file removes it. Returns whether the file is as the last build left it.
    """
    return bool(context.get(MARK_CURRENT_KEY, lambda _: False)(str(path)))  # False without a running engine

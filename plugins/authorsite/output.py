"""Files into the output folder: guarded, whole or not at all, and remembered."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, MutableMapping
from functools import lru_cache
from pathlib import Path
from typing import Any

WRITTEN = "AUTHORSITE_WRITTEN"
"""The name, in Pelican's context, of the set of files that this build stands by (absolute paths)."""


class OutsideOutput(ValueError):
    """An address that would leave the output folder."""


def target(context: MutableMapping[str, Any], save_as: str) -> Path:
    """Return the file for `save_as` below the output folder; raises OutsideOutput for any other place."""
    root = _resolved(str(context["OUTPUT_PATH"]))
    path = root / save_as.lstrip("/")
    # Resolving takes a look at every folder above: once for each folder is enough.
    path = path.resolve() if ".." in path.parts or path.is_symlink() else _resolved(str(path.parent)) / path.name
    if not path.is_relative_to(root) or path == root:
        raise OutsideOutput(f"{save_as} lies outside the output folder")
    return path


@lru_cache(maxsize=50_000)
def _resolved(folder: str) -> Path:
    return Path(folder).resolve()


def write(context: MutableMapping[str, Any], save_as: str, content: str | bytes) -> Path:
    """Write `content` to `save_as` (a path below the output folder) and remember the file.

    A file that holds these bytes already is left alone, so that its date says when it changed.
    """
    data = content.encode() if isinstance(content, str) else content
    path = target(context, save_as)
    context.setdefault(WRITTEN, set()).add(str(path))
    if not holds(path, data):
        replace_file(path, lambda temporary: temporary.write_bytes(data))
    return path


def keep(context: MutableMapping[str, Any], save_as: str) -> None:
    """Stand by the file at `save_as` as it is there from a former build."""
    context.setdefault(WRITTEN, set()).add(str(target(context, save_as)))


def place(context: MutableMapping[str, Any], save_as: str, source: Path) -> Path:
    """Put a copy of the file `source` at `save_as`: a hard link where the system allows one."""
    path = target(context, save_as)
    context.setdefault(WRITTEN, set()).add(str(path))
    if not _same(path, source):
        replace_file(path, lambda temporary: _link_or_copy(source, temporary))
    return path


def _same(path: Path, source: Path) -> bool:
    try:
        there, wanted = os.stat(path), os.stat(source)  # noqa: PTH116 - hot
    except FileNotFoundError:
        return False
    return os.path.samestat(there, wanted) or holds(path, source.read_bytes())


def create_file(path: str, data: bytes) -> bool:
    """Write a file where there is none, with the folders above; False when something is there.

    Cheaper than `replace_file` by half, and for files that the maker has announced: one cut short stays.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        return False
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120 - ten thousand times a build
        return create_file(path, data)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 - the same
            file.write(data)
    except BaseException:
        os.unlink(path)  # noqa: PTH108 - the same
        raise
    return True


def replace_file(path: Path, make: Callable[[Path], Any]) -> None:
    """Let `make` fill a temporary file beside `path`, then rename it to `path`; a failure leaves the old file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        make(temporary)
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _link_or_copy(source: Path, temporary: Path) -> None:
    temporary.unlink()
    try:
        os.link(source, temporary)
    except OSError:
        shutil.copyfile(source, temporary)


def holds(path: str | Path, data: bytes) -> bool:
    """Whether the file at `path` holds just `data`."""
    try:
        return os.stat(path).st_size == len(data) and Path(path).read_bytes() == data  # noqa: PTH116 - hot
    except OSError:
        return False

"""Files into the output folder: guarded, whole or not at all, and remembered."""

from __future__ import annotations

import os
import shutil
from collections.abc import MutableMapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pelican_incremental.files import atomic_write, has_content, mark_current


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
    mark_current(context, path)
    if not has_content(path, data):
        atomic_write(path, data)
    return path


def keep(context: MutableMapping[str, Any], save_as: str) -> None:
    """Stand by the file at `save_as` as it is there from a former build."""
    mark_current(context, target(context, save_as))


def place(context: MutableMapping[str, Any], save_as: str, source: Path) -> Path:
    """Put a copy of the file `source` at `save_as`: a hard link where the system allows one."""
    path = target(context, save_as)
    mark_current(context, path)
    if not _same(path, source):
        try:
            os.link(source, path)  # in one step, where nothing is there
        except OSError:
            atomic_write(path, lambda temporary: _link_or_copy(source, temporary))
    return path


def _same(path: Path, source: Path) -> bool:
    try:
        there, wanted = os.stat(path), os.stat(source)  # noqa: PTH116 - hot
    except FileNotFoundError:
        return False
    return os.path.samestat(there, wanted) or has_content(path, source.read_bytes())


def _link_or_copy(source: Path, temporary: Path) -> None:
    temporary.unlink()
    try:
        os.link(source, temporary)
    except OSError:
        shutil.copyfile(source, temporary)

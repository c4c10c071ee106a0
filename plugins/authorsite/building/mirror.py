"""Static files into the output: only those that changed, whole, and remembered."""

from __future__ import annotations

import fnmatch
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pelican import generators

from ..output import replace_file
from .digests import digest
from .ledger import Ledger
from .state import Entry


@contextmanager
def mirrored(ledger: Ledger) -> Iterator[None]:
    """While it lasts, Pelican's generators copy files through `ledger`."""
    plain = generators.copy

    def copy(source: str, destination: str, ignores: Iterable[str] | None = None) -> None:
        below = os.path.abspath(destination)  # noqa: PTH100 - not resolved: Pelican's own way
        if not f"{below}/".startswith(f"{ledger.root}/") or not os.path.exists(source):  # noqa: PTH110
            plain(source, destination, ignores)
            return
        for from_, to in _files(os.path.abspath(os.path.expanduser(source)), below, list(ignores or ())):  # noqa: PTH100, PTH111
            _copy(ledger, from_, to)

    generators.copy = copy
    try:
        yield
    finally:
        generators.copy = plain


def _files(source: str, destination: str, ignores: list[str]) -> Iterator[tuple[str, str]]:
    def ignored(name: str) -> bool:
        return any(fnmatch.fnmatch(name, pattern) for pattern in ignores)

    if ignored(os.path.basename(source)):  # noqa: PTH119
        return
    if os.path.isfile(source):  # noqa: PTH113
        yield source, destination
    for folder, folders, names in os.walk(source, followlinks=True):
        folders[:] = sorted(name for name in folders if not ignored(name))
        there = os.path.join(destination, os.path.relpath(folder, source))  # noqa: PTH118
        for name in sorted(names):
            if not ignored(name):
                yield os.path.join(folder, name), os.path.normpath(os.path.join(there, name))  # noqa: PTH118


def _copy(ledger: Ledger, source: str, destination: str) -> None:
    name = ledger.name(destination)
    stat = os.stat(source)  # noqa: PTH116
    stamp = digest("copy", source, str((stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size)))
    if name in ledger.entries or not ledger.stays(name, stamp):
        path = Path(destination)
        if path.is_dir() and not path.is_symlink():
            return
        _clear_way(path, Path(ledger.root))
        if _same(Path(source), path):
            ledger.tally.unchanged += 1
        else:
            ledger.state.announce(name)
            replace_file(path, lambda temporary: shutil.copyfile(source, temporary))
            ledger.tally.written += 1
            ledger.tally.changed.append(name)
        made = path.stat()
        ledger.entries[name] = Entry(stamp, made.st_mtime_ns, made.st_size)


def _clear_way(path: Path, root: Path) -> None:
    """Remove a file that stands where a folder must be."""
    for parent in path.parents:
        if parent == root:
            return
        if parent.is_file():
            parent.unlink()


def _same(one: Path, other: Path) -> bool:
    try:
        return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()
    except OSError:
        return False

"""Lock a folder against other processes, prepare a new tree for it, and replace it in one atomic step."""

import ctypes
import itertools
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path

from pelican_incremental.manifest import Manifest

from ..problems import CommandError

try:
    import fcntl
except ImportError:  # not a POSIX system
    fcntl = None  # type: ignore[assignment]

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
LOCK_TIMEOUT = 2.0
"""Default number of seconds to wait for another process to release a folder."""

_LOCKS: dict[Path, tuple[int, int]] = {}
"""The folders locked by this process: the open file descriptor and the number of nested `exclusive_lock` calls."""


@contextmanager
def exclusive_lock(folder: Path, timeout: float | None = None) -> Iterator[None]:
    """Lock `folder` against other processes; reentrant within one process.

    Raises CommandError if another process holds the lock for longer than `timeout` seconds (default: LOCK_TIMEOUT).
    The lock is an flock(2) on the folder itself: it leaves no file and ends with the process, even after a kill. Where
    the system has none, nothing is locked; see require_locks.
    """
    if fcntl is None:
        yield
        return
    descriptor, depth = _LOCKS.get(folder) or (_acquire(folder, LOCK_TIMEOUT if timeout is None else timeout), 0)
    _LOCKS[folder] = descriptor, depth + 1
    try:
        yield
    finally:
        descriptor, depth = _LOCKS.pop(folder)
        if depth > 1:
            _LOCKS[folder] = descriptor, depth - 1
        else:
            os.close(descriptor)


def require_locks() -> None:
    """Raise CommandError if the system has no flock(2), without which two publishes could mix their files."""
    if fcntl is None:
        raise CommandError("publishing needs the file locks of a POSIX system - on Windows, publish from WSL")


def _acquire(folder: Path, timeout: float) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, deadline = os.open(folder, os.O_RDONLY), time.monotonic() + timeout
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(descriptor)
                reason = "another build or publish is running - try again when it has finished"
                raise CommandError(reason, str(folder)) from None
            time.sleep(0.05)
        else:
            return descriptor


def _release_all() -> None:
    """Close all locks in a forked child: it may outlive the build that holds them."""
    for descriptor, _ in _LOCKS.values():
        os.close(descriptor)
    _LOCKS.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_release_all)


def stage(output: Path, staging: Path, cache: Path) -> None:
    """Create the folder `staging` with the files that the last build wrote to `output` and that are unmodified since.

    Pages and static files become hard links: the build engine replaces files by renaming and never writes into them.
    Files written by other plugins are copied, since those may write in place. Without hard links, all are copied.
    """
    staging.mkdir(parents=True)
    manifest = Manifest(cache, output)
    names = [name for name in manifest.previous if manifest.is_unmodified(name)]
    for folder in {os.path.dirname(name) for name in names}:  # noqa: PTH120 - ten thousand times a build
        (staging / folder).mkdir(parents=True, exist_ok=True)
    for name in names:
        copy = os.link if manifest.previous[name].fingerprint else shutil.copy2
        try:
            copy(f"{output}/{name}", f"{staging}/{name}")
        except OSError:
            shutil.copy2(f"{output}/{name}", f"{staging}/{name}")
    confirm_output(manifest.file)


def confirm_output(manifest_file: Path) -> None:
    """Let the engine trust the output as it is: making and removing hard links changes the ctime of its files."""
    with suppress(OSError):
        os.utime(manifest_file)


@contextmanager
def make_output_readable(cache: Path) -> Iterator[None]:
    """Let what the build creates be readable by a web server (0644, 0755), whatever the umask.

    The folder `cache` is created before: it holds the texts of drafts, too.
    """
    with suppress(OSError):
        cache.mkdir(parents=True, exist_ok=True)
    umask = os.umask(0o022)
    try:
        yield
    finally:
        os.umask(umask)


def get_staging_path(folder: Path) -> Path:
    """Return the path of the tree that is to replace `folder`."""
    return folder.with_name(folder.name + ".staging")


def get_backup_path(folder: Path) -> Path:
    """Return the path of the old tree of `folder` during a swap."""
    return folder.with_name(folder.name + ".previous")


def list_leftovers(folder: Path) -> list[Path]:
    """Return old trees of `folder` that cannot be deleted, as when they belong to another user."""
    return sorted(folder.parent.glob(f"{escape(folder.name)}.leftover-*"))


def clear_leftovers(folder: Path) -> None:
    """Delete what an earlier swap of `folder` left behind, or move it out of the way."""
    for path in list_leftovers(folder):
        shutil.rmtree(path, ignore_errors=True)
    for path in (get_staging_path(folder), get_backup_path(folder)):
        _delete(path, folder)


def _delete(tree: Path, folder: Path) -> None:
    """Delete an old `tree` of `folder`; what cannot be deleted is renamed: nothing else may need its name."""
    shutil.rmtree(tree, ignore_errors=True)
    if os.path.lexists(tree):
        names = (folder.with_name(f"{folder.name}.leftover-{number}") for number in itertools.count(1))
        tree.rename(next(name for name in names if not os.path.lexists(name)))


def describe_leftover(path: Path) -> tuple[str, str]:
    """Return message and hint for a path from `list_leftovers`."""
    return "this left-over of an earlier build cannot be deleted", f"delete it as its owner: sudo rm -r {path}"


def swap(new: Path, folder: Path) -> None:
    """Replace `folder` by the tree `new`; readers see either the complete old tree or the complete new one.

    Where the system cannot exchange two folders, `folder` is missing for an instant; after a kill, `recover` restores
    it.
    """
    old = new
    if not (folder.exists() and _exchange(new, folder)):
        old = get_backup_path(folder)
        _delete(old, folder)
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
    _delete(old, folder)


def recover(folder: Path) -> None:
    """Restore the old tree of `folder` if a swap was killed half-way."""
    if not folder.exists() and get_backup_path(folder).exists():
        with exclusive_lock(folder.parent):
            if not folder.exists():
                get_backup_path(folder).rename(folder)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders atomically with renameat2(2); return False where the system does not support it."""
    if sys.platform != "linux":
        return False
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    return bool(renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0)

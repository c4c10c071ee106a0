"""A folder put in another's place in one step, by one process at a time."""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..problems import Refused

_HERE, _EXCHANGE = -100, 2
PATIENCE = 2.0
"""Seconds to wait for another process to end what it does to a folder."""

_HELD: dict[Path, tuple[int, int]] = {}
"""The folders that this process keeps to itself: an open handle of each, and how often it was asked for."""


@contextmanager
def alone(folder: Path, patience: float | None = None) -> Iterator[None]:
    """Keep every other process that asks for `folder` out; raises Refused when one stays in it for `patience` seconds.

    No file is left: the system itself lets go of the folder when the process ends, however it ends.
    """
    handle, asked = _HELD.get(folder) or (_lock(folder, PATIENCE if patience is None else patience), 0)
    _HELD[folder] = handle, asked + 1
    try:
        yield
    finally:
        handle, asked = _HELD.pop(folder)
        if asked > 1:
            _HELD[folder] = handle, asked - 1
        else:
            os.close(handle)


def _lock(folder: Path, patience: float) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    handle, end = os.open(folder, os.O_RDONLY), time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                os.close(handle)
                raise Refused(f"another build or publish is at work in {folder}: try again when it has ended") from None
            time.sleep(0.05)
        else:
            return handle


def _let_go() -> None:
    """Keep nothing in a process that a build began: it may outlive the build."""
    for handle, _ in _HELD.values():
        os.close(handle)
    _HELD.clear()


os.register_at_fork(after_in_child=_let_go)


def previous(folder: Path) -> Path:
    """Return where the old tree of `folder` lies while a swap goes on."""
    return folder.with_name(folder.name + ".previous")


def swap(new: Path, folder: Path) -> None:
    """Put the tree `new` in the place of `folder`; whoever looks finds the old tree or the new one, whole.

    Where the system cannot exchange two folders, `folder` is away for an instant; `mend` brings it back after a kill.
    """
    old = previous(folder)
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists() and _exchange(new, folder):
        new.rename(old)
    else:
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def mend(folder: Path) -> None:
    """Bring the old tree back when a swap of `folder` was killed half-way."""
    if not folder.exists() and previous(folder).exists():
        with alone(folder.parent):
            if not folder.exists():
                previous(folder).rename(folder)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system knows no such step."""
    if sys.platform != "linux":
        return False
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    return bool(call(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0)

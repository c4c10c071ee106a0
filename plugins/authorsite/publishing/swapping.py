"""A folder put in another's place in one step."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from pathlib import Path

_HERE, _EXCHANGE = -100, 2


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

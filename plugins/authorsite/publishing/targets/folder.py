"""A folder of this machine, swapped in whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from ...problems import Refused
from ..manifest import Changes, manifest
from ..swapping import alone, mend, swap
from .programs import MARK

_OURS = ("content", "output", "plugins", "theme", ".cache", ".git")


class Folder:
    """A folder that a web server shows; hidden files at its top that are not the site's stay there."""

    def __init__(self, path: Path, root: Path) -> None:
        self.path = path
        if path.is_symlink():
            raise Refused(f"{path} is a link: name the folder that it leads to")
        if path == Path.home() or root.is_relative_to(path) or any(path.is_relative_to(root / name) for name in _OURS):
            raise Refused(f"{path} is no folder for the site alone: name one")
        mend(path)
        if path.exists() and not (path.is_dir() and ((path / MARK).exists() or not any(path.iterdir()))):
            raise Refused(
                f"{path} holds something that was not published here: empty it, or create an empty file {MARK} in it"
            )

    @property
    def name(self) -> str:
        """The folder's path."""
        return str(self.path)

    def held(self, name: str) -> bytes | None:
        """Return a file of the folder."""
        file = self.path / name
        return file.read_bytes() if file.is_file() else None

    def changes(self, tree: Path) -> Changes:
        """Compare the hashes of both sides."""
        new = manifest(tree)
        old = {name: digest for name, digest in manifest(self.path).items() if name in new or name[0] != "."}
        return Changes.between(old, new)

    def upload(self, tree: Path, say: Callable[[str], None]) -> None:
        """Make the new tree beside the folder, then exchange them."""
        say("Copying …")
        beside = self.path.with_name(self.path.name + ".staging")
        with alone(self.path.parent):
            shutil.rmtree(beside, ignore_errors=True)
            shutil.copytree(tree, beside)
            for kept in self.path.glob(".*") if self.path.exists() else ():
                if not (beside / kept.name).exists():
                    (shutil.copytree if kept.is_dir() else shutil.copy2)(kept, beside / kept.name)
            (beside / MARK).touch()
            _keep_dates(self.path, beside)
            say("Swapping the folder …")
            swap(beside, self.path)
        say("Swapped.")


def _keep_dates(old: Path, new: Path) -> None:
    """Give files that did not change their old dates, so that browsers keep what they have."""
    before, after = manifest(old), manifest(new)
    for name in before.keys() & after.keys():
        if before[name] == after[name]:
            stamp = (old / name).stat()
            os.utime(new / name, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))

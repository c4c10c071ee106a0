"""A folder of this machine, swapped in whole."""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from ...problems import Refused
from ..atomic_swap import alone, mend, swap
from ..tree_diff import Changes, manifest
from .commands import MARK

_OURS = ("content", "output", "plugins", "theme", ".cache", ".git")


class Tree:
    """A folder of this machine as it is; hidden files at its top that are not the site's do not count."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def name(self) -> str:
        """The folder's path."""
        return str(self.path)

    def held(self, names: Sequence[str]) -> dict[str, bytes]:
        """Read files of the folder."""
        return {name: (self.path / name).read_bytes() for name in names}

    def changes(self, tree: Path) -> Changes:
        """Compare the hashes of both sides."""
        new = manifest(tree)
        old = {name: digest for name, digest in manifest(self.path).items() if name in new or name[0] != "."}
        return Changes.between(old, new)


class Folder(Tree):
    """A folder that a web server shows; hidden files at its top that are not the site's stay there."""

    def __init__(self, path: Path, root: Path) -> None:
        super().__init__(path)
        if path.is_symlink():
            raise Refused(f"{path} is a link: name the folder that it leads to")
        if path == Path.home() or root.is_relative_to(path) or any(path.is_relative_to(root / name) for name in _OURS):
            raise Refused(f"{path} is no folder for the site alone: name one")
        mend(path)
        if path.exists() and not (path.is_dir() and ((path / MARK).exists() or not any(path.iterdir()))):
            raise Refused(
                f"{path} holds something that was not published here: empty it, or create an empty file {MARK} in it"
            )

    def upload(self, tree: Path, say: Callable[[str], None]) -> None:
        """Make the new tree beside the folder, then exchange them."""
        say("Copying …")
        beside = self.path.with_name(self.path.name + ".staging")

        def copy(source: str, to: str) -> None:
            # With its old date where it did not change, so that browsers keep what they have.
            old = self.path / Path(to).relative_to(beside)
            shutil.copy2(old if old.is_file() and filecmp.cmp(old, source, shallow=False) else source, to)

        with alone(self.path.parent):
            shutil.rmtree(beside, ignore_errors=True)
            shutil.copytree(tree, beside, copy_function=copy)
            for kept in self.path.glob(".*"):
                if not (beside / kept.name).exists():
                    (shutil.copytree if kept.is_dir() else shutil.copy2)(kept, beside / kept.name)
            (beside / MARK).touch()
            say("Swapping the folder …")
            swap(beside, self.path)
        say("Swapped.")

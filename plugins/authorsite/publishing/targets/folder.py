"""Publish to a folder of this machine, replaced atomically."""

import filecmp
import shutil
import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from ...output import FILE_LIST, read_file_list
from ...problems import CommandError, Problem
from ..atomic_swap import (
    clear_leftovers,
    describe_leftover,
    exclusive_lock,
    get_staging_path,
    list_leftovers,
    recover,
    swap,
)
from ..tree_diff import TreeDiff, hash_tree
from .commands import OTHER_FILES, OWNERSHIP_FILE

_PROJECT_FOLDERS = ("content", "output", "plugins", "theme", ".cache", ".git")


class LocalTree:
    """A folder of this machine; hidden files at its top that are not the site's are ignored."""

    def __init__(self, path: Path) -> None:
        self.path, self.name = path, str(path)
        self.others: Collection[str] = ()

    def read_files(self, names: Sequence[str]) -> dict[str, bytes]:
        """Read files of the folder."""
        return {name: (self.path / name).read_bytes() for name in names}

    def compare(self, tree: Path, *, offline: bool = False) -> TreeDiff:  # noqa: ARG002 - it is on this machine
        """Compare the hashes of both sides, without what somebody has put into an output folder."""
        new, listed = hash_tree(tree, self.others), read_file_list(self.path)
        old = hash_tree(self.path)
        known = {name for name in old if name[0] != "." and (name in listed or not listed)} | new.keys()
        return TreeDiff.between({name: digest for name, digest in old.items() if name in known}, new)


class Folder(LocalTree):
    """A folder served by a web server; hidden files at its top that are not the site's are kept."""

    def __init__(self, path: Path, root: Path) -> None:
        super().__init__(path)
        if path.is_symlink():
            raise CommandError("this is a symbolic link - use the folder that it points to", str(path))
        in_project = any(path.is_relative_to(root / name) for name in _PROJECT_FOLDERS)
        if path == Path.home() or root.is_relative_to(path) or in_project:
            raise CommandError("this folder is used for other files - use a folder for the site alone", str(path))
        recover(path)
        if path.exists() and not (path.is_dir() and ((path / OWNERSHIP_FILE).exists() or not any(path.iterdir()))):
            raise CommandError(OTHER_FILES, str(path))

    def upload(self, tree: Path, report: Callable[[str], None]) -> None:
        """Copy the new tree next to the folder, then swap the two."""
        report("Copying …")
        staging = get_staging_path(self.path)
        with exclusive_lock(self.path.parent):
            clear_leftovers(self.path)
            try:
                self._copy(tree, staging)
                report("Swapping the folder …")
                swap(staging, self.path)
            finally:
                shutil.rmtree(staging, ignore_errors=True)
        report("Swapped.")
        for path in list_leftovers(self.path):
            print(Problem(str(path), 0, *describe_leftover(path)), file=sys.stderr)

    def _copy(self, tree: Path, staging: Path) -> None:
        """Copy `tree` and the folder's hidden files to `staging`; the first error ends it.

        A web server can read what is published, whatever the umask and the modes of `tree`.
        """
        excluded = {FILE_LIST, *self.others}
        for source in (tree, *sorted(tree.rglob("*"))):
            name = source.relative_to(tree)
            if name.as_posix() in excluded:
                continue
            if source.is_dir():
                (staging / name).mkdir()
                (staging / name).chmod(0o755)
                continue
            # An unchanged file keeps its modification time, so that browsers can use their cached copy.
            old = self.path / name
            unchanged = old.is_file() and filecmp.cmp(old, source, shallow=False)
            shutil.copy2(old if unchanged else source, staging / name)
            (staging / name).chmod(0o644)
        for hidden in self.path.glob(".*"):
            if not (staging / hidden.name).exists():
                (shutil.copytree if hidden.is_dir() else shutil.copy2)(hidden, staging / hidden.name)
        (staging / OWNERSHIP_FILE).touch()
        (staging / OWNERSHIP_FILE).chmod(0o644)

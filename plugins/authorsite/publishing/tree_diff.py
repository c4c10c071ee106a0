"""Compare the files of a built site with those that are live."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ..output import FILE_LIST
from ..problems import pluralize


def hash_tree(tree: Path, others: Collection[str] = ()) -> dict[str, str]:
    """Return the SHA-256 of every file below `tree` that is published, by path; empty if the folder does not exist.

    `others` are the paths of files that are not.
    """
    files = {path.relative_to(tree).as_posix(): path for path in sorted(tree.rglob("*")) if path.is_file()}
    names = files.keys() - {FILE_LIST, *others}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items() if name in names}


@dataclass(frozen=True, slots=True)
class TreeDiff:
    """The paths of the files that a publish would add, change and remove."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @classmethod
    def between(cls, old: Mapping[str, str], new: Mapping[str, str]) -> Self:
        """Compare two results of `hash_tree`."""
        return cls(
            tuple(sorted(new.keys() - old.keys())),
            tuple(sorted(name for name in new.keys() & old.keys() if new[name] != old[name])),
            tuple(sorted(old.keys() - new.keys())),
        )

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.removed)

    def __str__(self) -> str:
        """Return a summary such as "3 pages new, 1 changed, 0 removed; 4 other files"."""
        all_paths = self.new, self.changed, self.removed
        new, changed, removed = (sum(path.endswith(".html") for path in paths) for paths in all_paths)
        others = sum(map(len, all_paths)) - new - changed - removed
        return f"{pluralize(new, 'page')} new, {changed} changed, {removed} removed; {pluralize(others, 'other file')}"

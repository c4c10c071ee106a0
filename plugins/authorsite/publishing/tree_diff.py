"""What a tree holds, and how it differs from what is live, in files and in words."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FEEDS = ("feed.xml", "atom.xml", "feed.json")
_FEED_PLACES = (*FEEDS, "*/feed.xml", "category/*/feed.xml", "tag/*/feed.xml")


def feeds_in(tree: Path) -> dict[str, bytes]:
    """Return the feeds below `tree` by their paths; none for a folder that is not there."""
    files = (file for place in _FEED_PLACES for file in tree.glob(place))
    return {file.relative_to(tree).as_posix(): file.read_bytes() for file in files}


def manifest(tree: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below `tree` by its path; none for a folder that is not there."""
    files = sorted(path for path in tree.rglob("*") if path.is_file())
    return {path.relative_to(tree).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@dataclass(frozen=True, slots=True)
class Changes:
    """The paths of the files that a publish would add, change and remove."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @classmethod
    def between(cls, old: Mapping[str, str], new: Mapping[str, str]) -> Changes:
        """Compare two manifests."""
        return cls(
            tuple(sorted(new.keys() - old.keys())),
            tuple(sorted(name for name in new.keys() & old.keys() if new[name] != old[name])),
            tuple(sorted(old.keys() - new.keys())),
        )

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.removed)

    def __str__(self) -> str:
        """Say it as "3 pages new, 1 changed, 0 removed; 4 other files"."""
        new, changed, removed = (sum(map(_is_page, paths)) for paths in (self.new, self.changed, self.removed))
        others = len(self.new + self.changed + self.removed) - new - changed - removed
        return f"{count(new, 'page')} new, {changed} changed, {removed} removed; {count(others, 'other file')}"


def is_feed(path: str) -> bool:
    """Whether a path is that of a feed."""
    return path.rpartition("/")[2] in FEEDS


def _is_page(path: str) -> bool:
    return path.endswith(".html")


def count(number: int, word: str) -> str:
    """Return "1 page", "2 pages"."""
    return f"{number} {word}{'' if number == 1 else 's'}"

"""Where a site goes: a folder, a git branch, a server over SSH."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from ...settings import FolderTarget, GitTarget, SiteSettings
from ..tree_diff import Changes
from .folder import Folder
from .git import Git
from .rsync import Rsync


class Target(Protocol):
    """A place that holds a site; each method raises Refused with one line for the author."""

    @property
    def name(self) -> str:
        """What to call it before a person."""

    def changes(self, tree: Path) -> Changes:
        """Say how `tree` differs from what the place holds now."""

    def held(self, names: Sequence[str]) -> dict[str, bytes]:
        """Return files that the place holds, by their paths."""

    def upload(self, tree: Path, say: Callable[[str], None]) -> None:
        """Make the place hold `tree`, so that a kill at any time leaves visitors a whole site."""


def target_of(site: SiteSettings, root: Path) -> Target | None:
    """Return the target that the settings name; `root` is the project's folder."""
    match site.publish:
        case None:
            return None
        case FolderTarget() as to:
            path = root / Path(to.path).expanduser()
            return Folder(path.parent.resolve() / path.name if path.name != ".." else path.resolve(), root)
        case GitTarget() as to:
            return Git(to, site, root)
        case to:
            return Rsync(to)

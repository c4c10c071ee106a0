"""The places a site can be published to: a folder, a git branch, a server over SSH."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Protocol

from ...publish_targets import FolderTarget, GitTarget
from ...settings import SiteSettings
from ..tree_diff import TreeDiff
from .folder import Folder
from .git import Git
from .rsync import Rsync


class Target(Protocol):
    """A place that a site is published to; its methods raise CommandError with a message of one line."""

    name: str
    """The target's name in messages."""

    others: Collection[str]
    """The names of files and folders in the trees given to it that are not the site's (see files_by_hand)."""

    def compare(self, tree: Path, *, offline: bool = False) -> TreeDiff:
        """Return how `tree` differs from what the target has now or, if `offline`, had when it was last seen.

        `name` then says which state that is.
        """

    def read_files(self, names: Sequence[str]) -> dict[str, bytes]:
        """Return files of the target by their paths, in the state that was compared with last."""

    def upload(self, tree: Path, report: Callable[[str], None]) -> None:
        """Replace the target's files by `tree`; visitors see a complete site even if the upload is killed."""


def make_target(site: SiteSettings, root: Path, cache: Path) -> Target | None:
    """Return the target named in the settings, or None; `root` is the project folder, `cache` its cache folder."""
    match site.publish:
        case None:
            return None
        case FolderTarget() as config:
            path = root / Path(config.path).expanduser()
            return Folder(path.parent.resolve() / path.name if path.name != ".." else path.resolve(), root)
        case GitTarget() as config:
            return Git(config, site, root)
        case config:
            return Rsync(config, cache)

"""Who writes which output file: each path is inside the output folder and has one owner."""

from dataclasses import dataclass, field

from .problems import ProblemLog
from .validation import find_line


@dataclass(frozen=True, slots=True)
class Owner:
    """What an output file is made from: the author's file at `path`, or the site's settings and theme if that is "".

    `snippet` finds the line in that file. `subject` begins the message if the path is in use ("the alias /old/ is
    already"); without one, it is a page's URL. `name` is what messages call the owner beside its file.
    """

    path: str = ""
    snippet: str = "slug:"
    subject: str = ""
    hint: str = "change the slug of one of them"
    name: str = ""


GENERATED = Owner()
"""The owner of files that the site generates."""


@dataclass
class OutputRegistry:
    """The output files of one build by path, relative to the output folder, with the owner of each."""

    log: ProblemLog
    owners: dict[str, Owner] = field(default_factory=dict)
    _folders: dict[str, str] = field(default_factory=dict)  # each with a file in it

    def claim(self, save_as: str, owner: Owner = GENERATED) -> bool:
        """Return whether `owner` may write the file `save_as`; if another one does, report both."""
        folders = _list_folders(save_as)
        taken = next((name for name in (save_as, *folders) if name in self.owners), self._folders.get(save_as, ""))
        other = self.owners[taken] if taken else owner
        if (other.path, other.subject) != (owner.path, owner.subject) or taken not in {"", save_as}:
            self._report(save_as, owner, other)
            return False
        if not taken:
            self.owners[save_as] = owner
            self._folders |= dict.fromkeys(folders, save_as)
        return True

    def copy(self) -> "OutputRegistry":
        """Return a copy, to try what could be claimed."""
        return OutputRegistry(self.log, {**self.owners}, {**self._folders})

    def release(self, save_as: str) -> None:
        """Forget a file that is not written after all."""
        self.owners.pop(save_as, None)

    def is_generated(self, save_as: str) -> bool:
        """Return whether the site makes the file without being told to by one of the author's files."""
        return self.owners.get(save_as) == GENERATED

    def report_outside(self, save_as: str, owner: Owner) -> None:
        """Report a path that leads out of the output folder."""
        message = f"its output path {save_as} is outside the output folder"
        self._add(owner, message, "use a path without `..`, and no symbolic link in the output folder")

    def _report(self, save_as: str, owner: Owner, other: Owner) -> None:
        if not owner.path:  # the author can change only the other one
            owner, other = other, owner
        name = self.log.get_display_path(other.path) if other.path else "a file that the site generates"
        name = f"{other.name} ({name})" if other.name else name
        subject = owner.subject or f"duplicate URL /{save_as.removesuffix('index.html')}, also"
        self._add(owner, f"{subject} used by {name}", owner.hint)

    def _add(self, owner: Owner, message: str, hint: str) -> None:
        line = find_line(owner.path, owner.snippet) if owner.path and owner.snippet else 0
        self.log.error(owner.path or "pelicanconf.py", line, message, hint, kind="link")


def _list_folders(save_as: str) -> list[str]:
    """Return the folders of a relative path, outermost last."""
    return [save_as[:end] for end in range(len(save_as) - 1, 0, -1) if save_as[end] == "/"]

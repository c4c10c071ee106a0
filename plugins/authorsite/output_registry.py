"""Who writes which output file: each path is inside the output folder and has one owner."""

import unicodedata
from dataclasses import dataclass, field

from .problems import Problem, ProblemLog, Severity
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
    _spellings: dict[str, str] = field(default_factory=dict)  # by the name that they have in common elsewhere

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
            self._check_spelling(save_as, owner)
        return True

    def _check_spelling(self, save_as: str, owner: Owner) -> None:
        """Report a path that many file systems take for another one: they ignore case, or normalize Unicode."""
        other = self._spellings.setdefault(unicodedata.normalize("NFC", save_as).casefold(), save_as)
        if other != save_as:
            other_owner = self.owners[other]
            if not owner.path:
                save_as, owner, other, other_owner = other, other_owner, save_as, owner
            subject = owner.subject.removesuffix(" is already") or f"its URL {_get_url(save_as)}"
            name = f"{_get_url(other)} ({self._get_name(other_owner)})"
            message = f"{subject} differs from {name} only in capitals or in the form of its letters"
            self._add(owner, message, f"macOS and Windows have one file for both: {owner.hint}", Severity.WARNING)

    def copy(self) -> "OutputRegistry":
        """Return a copy, to try what could be claimed."""
        return OutputRegistry(self.log, {**self.owners}, {**self._folders}, {**self._spellings})

    def release(self, save_as: str) -> None:
        """Forget a file that is not written after all."""
        self.owners.pop(save_as, None)
        self._spellings = {key: name for key, name in self._spellings.items() if name != save_as}

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
        subject = owner.subject or f"duplicate URL {_get_url(save_as)}, also"
        self._add(owner, f"{subject} used by {self._get_name(other)}", owner.hint)

    def _get_name(self, owner: Owner) -> str:
        name = self.log.get_display_path(owner.path) if owner.path else "a file that the site generates"
        return f"{owner.name} ({name})" if owner.name else name

    def _add(self, owner: Owner, message: str, hint: str, severity: Severity = Severity.ERROR) -> None:
        line = find_line(owner.path, owner.snippet) if owner.path and owner.snippet else 0
        # An error costs a page, so it cannot be allowed; links to that page would break.
        kind = "url" if severity is Severity.ERROR else "link"
        self.log.add(Problem(owner.path or "pelicanconf.py", line, message, hint, severity, kind))


def _get_url(save_as: str) -> str:
    return f"/{save_as.removesuffix('index.html')}"


def _list_folders(save_as: str) -> list[str]:
    """Return the folders of a relative path, outermost last."""
    return [save_as[:end] for end in range(len(save_as) - 1, 0, -1) if save_as[end] == "/"]

"""Bring the files of the media library into content/: checked, typed by their content, each written once."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from ..images.inspection import ImageError
from .media import BroughtMedia, MediaFile, check_file, correct_path, get_size_limit
from .media_sources import copy_from_folder, copy_from_tar, fetch_files
from .written_files import EXPLANATIONS, Outcome, WrittenFiles, digest_file

FETCH = "fetch"
"""The value of --media that fetches the files from the old blog."""

_TEMPORARY = "imported/tmp"
_START_BYTES = 2_000

Progress = Callable[[str, int, int], None]


@dataclass
class MediaImport:
    """What became of the files: `paths` of those that are there and `reasons` for the others, by media key."""

    written: WrittenFiles
    paths: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)

    def bring(self, files: Iterable[MediaFile], source: str, hosts: frozenset[str], progress: Progress) -> BroughtMedia:
        """Bring in the files that are not there yet from `source`: a folder, a tar archive, FETCH, or "" for none."""
        missing = [file for file in files if not self._is_settled(file)]
        folder = self.written.content / _TEMPORARY
        if missing and source == FETCH and not self.written.dry_run:
            parts = self.written.content / "imported/downloads"
            on_progress = lambda done, total: progress("Files", done, total)  # noqa: E731 - short
            self.reasons |= fetch_files(missing, hosts, parts, get_size_limit, self._accept, on_progress)
        elif missing and source and source != FETCH:
            copy = copy_from_folder if Path(source).is_dir() else copy_from_tar
            copy(Path(source), missing, self._accept)
        shutil.rmtree(folder, ignore_errors=True)
        why = "it is not in the media library that you gave" if source and source != FETCH else "no --media was given"
        for file in missing:
            if file.key not in self.paths:
                self.reasons.setdefault(file.key, "it would be fetched" if source == FETCH else why)
        return BroughtMedia(self.paths)

    def find(self, url: str) -> str:
        """Return the path of the file at `url`, "" if it did not come along."""
        return BroughtMedia(self.paths).find(url)

    def _is_settled(self, file: MediaFile) -> bool:
        """Return whether the file is there already, or the author has deleted it since it was."""
        owner = f"file {file.key}"
        former = self.written.paths_by_owner.get(owner, "")
        if former:
            entry = self.written.previous[former]
            if self.written.resolve(former).is_file():
                self.paths[file.key] = former
                self.written.adopt(former, entry.digest, owner, Outcome.UNCHANGED)
            else:
                self.reasons[file.key] = EXPLANATIONS[Outcome.DELETED]
                self.written.adopt(former, entry.digest, owner, Outcome.DELETED)
            return True
        path = self.written.resolve(file.path)
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as content:
                start = content.read(_START_BYTES)
            try:
                if correct_path(file.path, start) == file.path:
                    check_file(path, file.path)
                    self._take(file, file.path, digest_file(path), Outcome.UNCHANGED)
                    return True
            except ImageError as error:
                self.reasons[file.key] = f"{error} - {error.hint}"
                return True
        return False

    def _accept(self, file: MediaFile, content: IO[bytes]) -> None:
        """Check a file and put it into its place; what is wrong with it goes to `reasons`."""
        try:
            start = content.read(_START_BYTES)
            path = correct_path(file.path, start)
            if self.written.dry_run:
                self.paths[file.key] = path
                return
            temporary = self.written.content / _TEMPORARY / f"file{PurePosixPath(path).suffix}"
            temporary.parent.mkdir(parents=True, exist_ok=True)
            digest = _copy(start, content, temporary, get_size_limit(path))
            check_file(temporary, path)
            path = self._find_free_path(path, digest)
            if digest_file(self.written.resolve(path)) == digest:
                self._take(file, path, digest, Outcome.UNCHANGED)
                return
            self.written.announce(path, digest)
            target = self.written.resolve(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            temporary.chmod(0o644)
            os.replace(temporary, target)  # noqa: PTH105 - the same
            self._take(file, path, digest, Outcome.NEW)
        except ImageError as error:
            self.reasons[file.key] = " - ".join(filter(None, (str(error), error.hint)))

    def _take(self, file: MediaFile, path: str, digest: str, outcome: Outcome) -> None:
        self.paths[file.key] = path
        self.written.adopt(path, digest, f"file {file.key}", outcome)

    def _find_free_path(self, path: str, digest: str) -> str:
        """Return `path`, or with a number after its name if another file is there."""
        taken, number = set(self.paths.values()), 1
        stem, suffix = path.rsplit(".", 1)
        while path in taken or digest_file(self.written.resolve(path)) not in {"", digest}:
            number += 1
            path = f"{stem}-{number}.{suffix}"
        return path


def _copy(start: bytes, content: IO[bytes], target: Path, limit: int) -> str:
    """Copy a file whose first bytes are `start`, and return its digest; raises ImageError if it is too large."""
    digest, size, chunk = hashlib.sha256(), 0, start
    with target.open("wb") as file:
        while chunk:
            size += len(chunk)
            if size > limit:
                raise ImageError(f"it is larger than {limit // 1_000_000} MB", "make it smaller, and add it by hand")
            digest.update(chunk)
            file.write(chunk)
            chunk = content.read(2**18)
    return digest.hexdigest()

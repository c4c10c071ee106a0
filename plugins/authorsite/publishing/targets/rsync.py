"""A folder on a server, by rsync over SSH: what pages need goes first, then pages, then feeds; deletions come last."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from ...problems import Refused
from ...settings import RsyncTarget
from ..tree_diff import Changes, manifest
from .commands import MARK, run

# By checksum: a clone's dates say nothing. Hidden files at the top, such as a certificate's, are not ours to remove.
_OPTIONS = ("-rlcs", "--timeout=60", "--filter=P /.*")
_FEEDS = ("*.xml", "*.json", "*.ics")
_PAGES = "*.html"


class Rsync:
    """A folder at `host:path`; rsync renames each file into place, so that none is ever half there."""

    def __init__(self, to: RsyncTarget) -> None:
        self.to = to
        self.place = f"{to.host}:{to.path.rstrip('/')}/"
        port = f" -p {to.port}" if to.port else ""
        self.shell = f"{os.environ.get('RSYNC_RSH', 'ssh')} -o BatchMode=yes{port}"

    @property
    def name(self) -> str:
        """Host and path."""
        return self.place

    def held(self, names: Sequence[str]) -> dict[str, bytes]:
        """Fetch files from the server, all at once."""
        if not names:
            return {}
        with TemporaryDirectory() as folder:
            self._rsync("--files-from=-", "--", self.place, f"{folder}/", stdin="\n".join(names).encode())
            return {name: Path(folder, name).read_bytes() for name in names}

    def changes(self, tree: Path) -> Changes:
        """Let rsync compare checksums of both sides, without changing anything."""
        if not self._exists():
            return Changes(new=tuple(manifest(tree)))
        said = self._rsync("--dry-run", "--delete", "--out-format=%i %n", "--", f"{tree}/", self.place)
        lines = [line.partition(" ") for line in said.decode("utf-8", "replace").splitlines()]
        sent = [(name, "+++" in what) for what, _, name in lines if what.startswith("<f")]
        removed = (name.strip() for what, _, name in lines if what == "*deleting")
        return Changes(
            tuple(name for name, new in sent if new),
            tuple(name for name, new in sent if not new),
            tuple(name for name in removed if not name.endswith("/")),
        )

    def upload(self, tree: Path, say: Callable[[str], None]) -> None:
        """Send what differs, in an order that never shows a page whose parts are not there."""
        if not self._exists():
            self._mark()
        steps = {
            "what pages need": [f"--exclude={name}" for name in (_PAGES, *_FEEDS)],
            "pages": [f"--exclude={name}" for name in _FEEDS],
            "feeds": [],
            "deletions": ["--delete-after"],
        }
        for words, options in steps.items():
            say(f"Sending {words} …")
            self._rsync(*options, "--", f"{tree}/", self.place)
        say("Sent.")

    def _exists(self) -> bool:
        """Whether the folder is there and ours; raises Refused when it holds something else."""
        try:
            listed = self._rsync("--list-only", "--exclude=/*/*", "--", self.place).decode("utf-8", "replace")
        except Refused as fault:
            if "change_dir" in str(fault) and "No such file or directory" in str(fault):
                return False
            raise
        names = {line.split(maxsplit=4)[-1] for line in listed.splitlines() if len(line.split(maxsplit=4)) > 4}  # noqa: PLR2004 - rsync's columns
        names.discard(".")
        if names and MARK not in names:
            what = f"{self.place} holds something that was not published here"
            raise Refused(f"{what}: empty it, or create an empty file {MARK} in it")
        return MARK in names

    def _mark(self) -> None:
        with TemporaryDirectory() as folder:
            Path(folder, MARK).touch()
            # A temporary folder is for its owner alone: the server's is for the web server too.
            Path(folder).chmod(0o755)
            self._rsync("--mkpath", "--", f"{folder}/", self.place)

    def _rsync(self, *words: str, stdin: bytes = b"") -> bytes:
        return run("rsync", *_OPTIONS, "-e", self.shell, *words, stdin=stdin)

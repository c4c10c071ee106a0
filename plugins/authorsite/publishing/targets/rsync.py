"""Publish to a folder on a server with rsync over SSH: assets first, then pages, then feeds, then deletions."""

import os
import re
import shutil
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from pelican_incremental.files import load_json, save_json

from ...feeds.parsing import is_feed
from ...output import FILE_LIST
from ...problems import CommandError
from ...publish_targets import RsyncTarget
from ..tree_diff import TreeDiff, hash_tree
from .commands import OTHER_FILES, OWNERSHIP_FILE, run_command

# By checksum: in a fresh clone, modification times mean nothing. Hidden files at the top, such as a certificate's, are
# not ours to remove.
_OPTIONS = ("-rlcsp", "--chmod=D755,F644", "--timeout=60", "--filter=P /.*", f"--exclude=/{FILE_LIST}")
_FEEDS = ("*.xml", "*.json", "*.ics")
_PAGES = "*.html"
_LIST = "files.json"
_WILDCARD, _ESCAPED = re.compile(r"[*?[\\]"), r"\\\g<0>"


class Rsync:
    """A folder at `host:path`; rsync renames each complete file into place."""

    def __init__(self, config: RsyncTarget, cache: Path) -> None:
        self.name = self.url = f"{config.host}:{config.path.rstrip('/')}/"
        self.others: Collection[str] = ()
        self.snapshot, self.is_offline = cache / "published", False
        port = f" -p {config.port}" if config.port else ""
        self.shell = f"{os.environ.get('RSYNC_RSH', 'ssh')} -o BatchMode=yes{port}"

    def read_files(self, names: Sequence[str]) -> dict[str, bytes]:
        """Fetch files from the server, all at once."""
        if self.is_offline:
            return {name: (self.snapshot / name).read_bytes() for name in names}
        if not names:
            return {}
        with TemporaryDirectory() as folder:
            self._run("--files-from=-", "--", self.url, f"{folder}/", stdin="\n".join(names).encode())
            return {name: Path(folder, name).read_bytes() for name in names}

    def compare(self, tree: Path, *, offline: bool = False) -> TreeDiff:
        """Let rsync compare the checksums of both sides in a dry run; if `offline`, use the list of the last upload."""
        self.is_offline = offline
        if offline:
            files = load_json(self.snapshot / _LIST).get(self.url, {})
            self.name += ", as last published from here" if files else " (nothing was published to it from here yet)"
            return TreeDiff.between(files, hash_tree(tree, self.others))
        if not self._exists():
            return TreeDiff(new=tuple(hash_tree(tree, self.others)))
        output = self._send("--dry-run", "--delete", "--out-format=%i %n", "--", f"{tree}/", self.url)
        lines = [line.partition(" ") for line in output.decode("utf-8", "replace").splitlines()]
        sent = [(name, "+++" in flags) for flags, _, name in lines if flags.startswith("<f")]
        removed = (name.strip() for flags, _, name in lines if flags == "*deleting")
        diff = TreeDiff(
            tuple(name for name, is_new in sent if is_new),
            tuple(name for name, is_new in sent if not is_new),
            tuple(name for name in removed if not name.endswith("/")),
        )
        if not diff:
            self._take_snapshot(tree)
        return diff

    def upload(self, tree: Path, report: Callable[[str], None]) -> None:
        """Send what differs, in an order that never shows a page whose assets are missing."""
        if not self._exists():
            self._create_folder()
        steps = {
            "assets": [f"--exclude={name}" for name in (_PAGES, *_FEEDS)],
            "pages": [f"--exclude={name}" for name in _FEEDS],
            "feeds": [],
            "deletions": ["--delete-after"],
        }
        for step, options in steps.items():
            report(f"Sending {step} …")
            self._send(*options, "--", f"{tree}/", self.url)
        self._take_snapshot(tree)
        report("Sent.")

    def _take_snapshot(self, tree: Path) -> None:
        """Keep a list of the files, and those that a comparison reads."""
        shutil.rmtree(self.snapshot, ignore_errors=True)
        files = hash_tree(tree, self.others)
        for name in files:
            if is_feed(name) or name == OWNERSHIP_FILE:
                (self.snapshot / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(tree / name, self.snapshot / name)
        save_json(self.snapshot / _LIST, {self.url: files})

    def _exists(self) -> bool:
        """Whether the folder exists and is ours; raises CommandError if it has other files."""
        try:
            listing = self._run("--list-only", "--exclude=/*/*", "--", self.url).decode("utf-8", "replace")
        except CommandError as error:
            if "change_dir" in str(error) and "No such file or directory" in str(error):
                return False
            raise
        names = {*re.findall("^(?:[^ \n]+ +){4}(.+)$", listing, re.MULTILINE)} - {"."}
        if names and OWNERSHIP_FILE not in names:
            raise CommandError(OTHER_FILES, self.url)
        return OWNERSHIP_FILE in names

    def _create_folder(self) -> None:
        with TemporaryDirectory() as folder:
            Path(folder, OWNERSHIP_FILE).touch()
            # A temporary folder is private; the web server must be able to read the one on the server.
            Path(folder).chmod(0o755)
            self._run("--mkpath", "--", f"{folder}/", self.url)

    def _send(self, *arguments: str) -> bytes:
        """Run rsync without the `others`; those of the same names on the server are deleted like any other file."""
        hidden = "".join(f"H /{_WILDCARD.sub(_ESCAPED, name)}\0" for name in sorted(self.others))
        return self._run("--from0", "--filter=. -", *arguments, stdin=os.fsencode(hidden))

    def _run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        return run_command("rsync", *_OPTIONS, "-e", self.shell, *arguments, stdin=stdin)

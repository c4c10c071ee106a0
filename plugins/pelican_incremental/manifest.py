"""The record of an output folder's files: a JSON file, ignored when it is damaged, and a journal of new files."""

import functools
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import accumulate, takewhile
from pathlib import Path
from urllib.parse import quote

from .files import atomic_write, content_equals, load_json, read_stamp, save_json
from .store import digest

_FORMAT = "7"
UNREFERENCED, REFERENCED = 1, 2
_FILE_NAME = re.compile(r"""[^\s"'<>/?#=()\\&;,]+\.\w+""")


@dataclass(slots=True)
class FileRecord:
    """An output file as it was written: its stamp, and a digest of its inputs ("": not by the engine).

    A page that can be skipped also has its dependencies, and 8 hex digits for each, to tell later which one changed.
    `external` is for files that a plugin wrote without marking them: UNREFERENCED or, if a page names it, REFERENCED.
    """

    stamp: list[int] = field(default_factory=list)
    fingerprint: str = "written"
    external: int = 0
    dependencies: tuple[str, ...] = ()
    dependency_hashes: str = ""


@dataclass
class BuildReport:
    """What a build did with its files: counts, the names of changed ones, and why each page was rendered."""

    written: int = 0
    unchanged: int = 0
    removed: int = 0
    reasons: dict[str, str] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)


class Manifest:
    """The files of one output folder: `previous` are those of the last build, `current` those of this one.

    `output` is the folder's final path, `root` where this build writes it. Names are relative POSIX paths.
    """

    def __init__(self, cache: Path, output: Path, root: Path | None = None, report: BuildReport | None = None) -> None:
        self.root = os.path.abspath(root or output)  # noqa: PTH100 - not resolved: as Pelican writes it
        self.report = report or BuildReport()
        self.file = cache / f"output-{digest(_FORMAT, str(output.resolve()))[:12]}.json"
        self.previous, self.current = self._load(), dict[str, FileRecord]()
        self._date, _ = read_stamp(self.file) or (0, 0)
        self._journal_file = self.file.with_suffix(".journal")
        self.interrupted = self._journal_file.exists()
        # A truncated last line may happen to be the name of another file, which the build didn't create.
        complete = self._journal_file.read_bytes().rpartition(b"\n")[0] if self.interrupted else b""
        self.journaled = set(os.fsdecode(complete).split("\n")) - {""}

    def _load(self) -> dict[str, FileRecord]:
        data = load_json(self.file)
        labels = data.get("labels", ())
        return {
            name: FileRecord(stamp, fingerprint, external, tuple([labels[i] for i in indexes]), hashes)
            for name, (stamp, fingerprint, external, indexes, hashes) in data.get("files", {}).items()
        }

    def _save(self) -> None:
        labels, files = dict[str, int](), dict[str, object]()
        for name, r in sorted(self.current.items()):
            indexes = [labels.setdefault(label, len(labels)) for label in r.dependencies]
            files[name] = (r.stamp, r.fingerprint, r.external, indexes, r.dependency_hashes)
        save_json(self.file, {"files": files, "labels": [*labels]})

    def open_journal(self) -> None:
        """Create the journal file; without a writable cache folder there is none."""
        with suppress(OSError):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self._journal_file.touch()

    def journal(self, name: str) -> None:
        """Add the file `name` to the journal before it is created, so that an interrupted build leaves no orphans."""
        if name not in self.previous and name not in self.journaled:
            self.journaled.add(name)
            with suppress(OSError), open(self._journal_file, "ab", buffering=0) as journal:  # noqa: PTH123 - hot
                journal.write(os.fsencode(f"\n{name}\n"))

    def get_name(self, path: str) -> str:
        """Return `path` relative to the output folder."""
        if "/." in path or "//" in path:
            path = os.path.normpath(path)
        if path.startswith(f"{self.root}/"):
            return path[len(self.root) + 1 :]
        return os.path.relpath(os.path.realpath(path), os.path.realpath(self.root))

    def is_unmodified(self, name: str) -> bool:
        """Return whether nobody has changed the file `name` since the last build, not even with its date kept."""
        record = self.previous.get(name)
        return record is not None and record.stamp == read_stamp(f"{self.root}/{name}", self._date) != []

    def keep_if_current(self, name: str, fingerprint: str) -> bool:
        """Keep the file `name` if it was written from inputs of this fingerprint and is unmodified; return whether."""
        record = self.previous.get(name)
        if not record or record.fingerprint != fingerprint or name in self.current or not self.is_unmodified(name):
            return False
        self.current[name] = record
        self.report.unchanged += 1
        return True

    def write(self, name: str, content: bytes | Path, record: FileRecord | None = None) -> None:
        """Write bytes, or a copy of a file, to `name` unless it is there already; record it."""
        path = f"{self.root}/{name}"
        if content_equals(path, content):
            self.report.unchanged += 1
        else:
            self.journal(name)
            self.remove_conflicts(name)
            atomic_write(path, content if isinstance(content, bytes) else functools.partial(shutil.copyfile, content))
            self.report.written += 1
            self.report.changed.append(name)
        record = self.current[name] = record or FileRecord()
        record.stamp = read_stamp(path)

    def remove_conflicts(self, name: str) -> None:
        """Remove files of the last build where `name` needs a folder, and its files below `name` itself."""
        above = [folder for folder in accumulate(name.split("/")[:-1], "{}/{}".format) if folder in self.previous]
        below = self.previous if self.previous and os.path.isdir(f"{self.root}/{name}") else ()  # noqa: PTH112 - hot
        for other in [*above, *(other for other in below if other.startswith(f"{name}/"))]:
            self._remove(other)

    def record_file(self, path: str) -> None:
        """Record a file of this build that the engine didn't write, if it exists."""
        name, found = self.get_name(path), read_stamp(path)
        if found and not name.startswith("../") and (name not in self.current or not self.current[name].fingerprint):
            self.current[name] = FileRecord(found, "")

    def prune(self) -> None:
        """Remove what the engine wrote in the last build and not in this one."""
        for name in [name for name, r in self.previous.items() if r.fingerprint and name not in self.current]:
            self._remove(name)

    def record_plugin_files(self, started: int) -> None:
        """Record the files that plugins wrote without marking them: those newer than `started` (ns since the epoch).

        Files that were put there by hand are left alone. A plugin's file of an earlier build stays until no page names
        it any more, or until the page is removed whose name it has (a.html.gz for a.html).
        """
        candidates: dict[str, FileRecord] = {}
        removed = self.previous.keys() - self.current.keys()
        for path in _list_files(self.root):
            name = path[len(self.root) + 1 :]
            if name in self.current or name in self.journaled or not os.path.lexists(path):
                continue
            stat, previous = os.lstat(path), self.previous.get(name, FileRecord())
            record = FileRecord([stat.st_mtime_ns, stat.st_size], "", previous.external)
            is_new = max(stat.st_ctime_ns, stat.st_mtime_ns) >= started
            if is_new and previous.external:
                self.current[name] = record
            elif is_new or (previous.external and name.rpartition(".")[0] not in removed):
                candidates[name] = record
        pages = [name for name in self.current if name.endswith((".html", ".htm"))] if candidates else []
        names = {n for page in pages for n in _FILE_NAME.findall(Path(self.root, page).read_text("utf-8", "replace"))}
        for name, record in candidates.items():
            is_referenced = quote(name.rpartition("/")[2], errors="surrogateescape") in names
            if is_referenced or record.external < REFERENCED:
                record.external = REFERENCED if is_referenced else UNREFERENCED
                self.current[name] = record

    def finish(self) -> None:
        """Remove files of the last build that this one doesn't have, with folders left empty; save the manifest."""
        for name in sorted((self.previous.keys() | self.journaled) - self.current.keys(), reverse=True):
            self._remove(name)
        if self.interrupted:
            for temporary in Path(self.root).rglob(".*.tmp"):
                temporary.unlink(missing_ok=True)
        if self.current != self.previous:
            self._save()
        self.previous, self.current = self.current, {}
        with suppress(OSError):
            self._journal_file.unlink(missing_ok=True)
            os.utime(self.file)  # what changes later, even if only the ctime, is not the engine's doing

    def _remove(self, name: str) -> None:
        path, root = Path(self.root, name), Path(self.root)
        if not name or not path.resolve().is_relative_to(root.resolve()):
            return
        if path.is_file() or path.is_symlink():
            path.unlink()
            self.report.removed += 1
            self.report.changed.append(name)
        with suppress(OSError):
            for folder in takewhile(lambda folder: folder != root, path.parents):
                folder.rmdir()


def _list_files(folder: str) -> Iterator[str]:
    """Yield the paths of all files below a folder, and of links to folders, which are not followed."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _list_files(entry.path)
            else:
                yield entry.path

"""What a build wrote into an output folder: a JSON file, whole or ignored, and a journal of a build under way."""

import filecmp
import functools
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import accumulate, takewhile
from pathlib import Path
from urllib.parse import quote

from .files import atomic_write, has_content
from .store import digest

_FORMAT = "6"
SHOWN = 2
_NAME = re.compile(r"""[^\s"'<>/?#=()\\&;,]+\.\w+""")


@dataclass(slots=True)
class Entry:
    """An output file as it was written: date (ns), size (bytes), and a digest of what it was made of, "" if by others.

    Of a page that can be left alone also what it read, and eight digits for each of that, to say later what changed.
    `foreign` is 1 for a file that others made without a word, 2 if a page has named it.
    """

    mtime: int = 0
    size: int = 0
    digest: str = "written"
    foreign: int = 0
    reads: tuple[str, ...] = ()
    parts: str = ""


@dataclass
class BuildReport:
    """What a build did with its files; `reasons` tells for each page that was rendered why it was."""

    written: int = 0
    unchanged: int = 0
    removed: int = 0
    reasons: dict[str, str] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)


class Manifest:
    """The files of one output folder: those of the last build (`before`) and those of this one (`entries`).

    `output` is where the files stand in the end, `root` where this build writes them. Names are relative, POSIX.
    """

    def __init__(self, cache: Path, output: Path, root: Path | None = None, report: BuildReport | None = None) -> None:
        self.root = os.path.abspath(root or output)  # noqa: PTH100 - not resolved: as Pelican writes it
        self.report = report or BuildReport()
        self.file = cache / f"output-{digest(_FORMAT, str(output.resolve()))[:12]}.json"
        self.before, self.entries = self._load(), dict[str, Entry]()
        self._journal = self.file.with_suffix(".journal")
        self.interrupted = self._journal.exists()
        # What is cut off in the last line may be the name of another file, which was not made.
        whole = self._journal.read_bytes().rpartition(b"\n")[0] if self.interrupted else b""
        self.strays = set(os.fsdecode(whole).split("\n")) - {""}

    def _load(self) -> dict[str, Entry]:
        try:
            data = json.loads(self.file.read_text("utf-8"))
            labels = data["labels"]
            return {
                name: Entry(mtime, size, made_of, foreign, tuple([labels[number] for number in reads]), parts)
                for name, (mtime, size, made_of, foreign, reads, parts) in data["files"].items()
            }
        except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
            return {}

    def _save(self) -> None:
        labels, files = dict[str, int](), dict[str, object]()
        for name, e in sorted(self.entries.items()):
            reads = [labels.setdefault(label, len(labels)) for label in e.reads]
            files[name] = (e.mtime, e.size, e.digest, e.foreign, reads, e.parts)
        text = json.dumps({"files": files, "labels": [*labels]}, ensure_ascii=False, separators=(",", ":"))
        with suppress(OSError):
            atomic_write(self.file, text.encode("utf-8", "surrogatepass"))

    def begin(self) -> None:
        """Begin the journal, in which each new file is noted before it is made; where it can't be, nothing is kept."""
        with suppress(OSError):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self._journal.touch()

    def announce(self, name: str) -> None:
        """Note that the file `name` is about to be made, so that a build cut short leaves nothing behind."""
        if name not in self.before and name not in self.strays:
            self.strays.add(name)
            with suppress(OSError), open(self._journal, "ab", buffering=0) as journal:  # noqa: PTH123 - hot
                journal.write(os.fsencode(f"\n{name}\n"))

    def name(self, path: str) -> str:
        """Return `path` relative to the output folder."""
        if "/." in path or "//" in path:
            path = os.path.normpath(path)
        if path.startswith(f"{self.root}/"):
            return path[len(self.root) + 1 :]
        return os.path.relpath(os.path.realpath(path), os.path.realpath(self.root))

    def is_as_written(self, name: str) -> bool:
        """Return whether the file `name` still has the date and size with which the last build wrote it."""
        entry = self.before.get(name)
        with suppress(OSError):
            stat = os.stat(f"{self.root}/{name}")  # noqa: PTH116 - ten thousand times a build
            return entry is not None and (stat.st_mtime_ns, stat.st_size) == (entry.mtime, entry.size)
        return False

    def leave(self, name: str, made_of: str) -> bool:
        """Leave the file `name` as it is, if it was made of this and is as it was written; return whether it is."""
        entry = self.before.get(name)
        if entry is None or entry.digest != made_of or name in self.entries or not self.is_as_written(name):
            return False
        self.entries[name] = entry
        self.report.unchanged += 1
        return True

    def write(self, name: str, content: bytes | Path, entry: Entry | None = None) -> None:
        """Write `content`, or a copy of the file it names, to `name`, unless that holds it already; note it so."""
        path = f"{self.root}/{name}"
        if isinstance(content, bytes):
            same = has_content(path, content)
        else:
            same = os.path.isfile(path) and filecmp.cmp(content, path, shallow=False)  # noqa: PTH113 - hot
        if same:
            self.report.unchanged += 1
        else:
            self.announce(name)
            self.make_room(name)
            atomic_write(path, content if isinstance(content, bytes) else functools.partial(shutil.copyfile, content))
            self.report.written += 1
            self.report.changed.append(name)
        stat = os.stat(path)  # noqa: PTH116 - hot
        entry = self.entries[name] = entry or Entry()
        entry.mtime, entry.size = stat.st_mtime_ns, stat.st_size

    def make_room(self, name: str) -> None:
        """Remove what the last build wrote where now a folder must be, or a file."""
        above = [folder for folder in accumulate(name.split("/")[:-1], "{}/{}".format) if folder in self.before]
        below = self.before if self.before and os.path.isdir(f"{self.root}/{name}") else ()  # noqa: PTH112 - hot
        for other in [*above, *(other for other in below if other.startswith(f"{name}/"))]:
            self._remove(other)

    def keep(self, path: str) -> None:
        """Note a file that somebody else wrote in this build, or would have written."""
        name = self.name(path)
        if not name.startswith("../") and (name not in self.entries or not self.entries[name].digest):
            with suppress(OSError):
                stat = os.stat(path)  # noqa: PTH116 - hot
                self.entries[name] = Entry(stat.st_mtime_ns, stat.st_size, "")

    def prune(self) -> None:
        """Remove what the engine wrote in the last build and not in this one."""
        for name in [name for name, entry in self.before.items() if entry.digest and name not in self.entries]:
            self._remove(name)

    def adopt(self, started: int) -> None:
        """Note the files that others made without a word: those that came after `started` (ns since the epoch).

        Files that lie there by hand are left alone. What others made in an earlier build stays until no page names it
        any more, or until the page is gone whose name, with an ending, it has.
        """
        doubtful: dict[str, Entry] = {}
        gone = self.before.keys() - self.entries.keys()
        for path in _files_below(self.root):
            name = path[len(self.root) + 1 :]
            if name in self.entries or name in self.strays or not os.path.lexists(path):
                continue
            stat, known = os.lstat(path), self.before.get(name, Entry())
            entry = Entry(stat.st_mtime_ns, stat.st_size, "", known.foreign)
            made_now = max(stat.st_ctime_ns, stat.st_mtime_ns) >= started
            if made_now and known.foreign:
                self.entries[name] = entry
            elif made_now or (known.foreign and name.rpartition(".")[0] not in gone):
                doubtful[name] = entry
        pages = [name for name in self.entries if name.endswith((".html", ".htm"))] if doubtful else []
        named = {n for page in pages for n in _NAME.findall(Path(self.root, page).read_text("utf-8", "replace"))}
        for name, entry in doubtful.items():
            shown = quote(name.rpartition("/")[2]) in named
            if shown or entry.foreign < SHOWN:
                entry.foreign = SHOWN if shown else 1
                self.entries[name] = entry

    def finish(self) -> None:
        """Remove what the last build wrote and this one did not, with folders that are empty then; keep the record."""
        for name in sorted((self.before.keys() | self.strays) - self.entries.keys(), reverse=True):
            self._remove(name)
        if self.interrupted:
            for left in Path(self.root).rglob(".*.tmp"):
                left.unlink(missing_ok=True)
        if self.entries != self.before:
            self._save()
        self.before, self.entries = self.entries, {}
        with suppress(OSError):
            self._journal.unlink(missing_ok=True)

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


def _files_below(folder: str) -> Iterator[str]:
    """Give the paths of all files below a folder, and of links to folders, which are not followed."""
    with suppress(OSError), os.scandir(folder) as found:
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                yield from _files_below(entry.path)
            else:
                yield entry.path

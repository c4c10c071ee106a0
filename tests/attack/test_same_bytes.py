"""The same site gives the same bytes and modes, whatever the file system's order and the umask (issue 16, 6)."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from authorsite.output import FILE_LIST
from authorsite.search.index import Document, SearchIndex
from conftest import GOLDEN, GOLDEN_SETTINGS, Site

DOCUMENTS = [
    Document(f"2019/{n}/", f"Post {n}", "".join(f"<p>Ladder word{n * k} step{k}.</p>" for k in range(40)))
    for n in range(60)
]


@pytest.fixture
def memory_folder(tmp_path):
    """A folder in tmpfs, which lists files in the order in which they were created; elsewhere if there is none."""
    shm = Path("/dev/shm")
    if not os.access(shm, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=shm) as folder:
        yield Path(folder)


def copy_in_order(source, target, *, reverse):
    for file in sorted((path for path in source.rglob("*") if path.is_file()), reverse=reverse):
        copy = target / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)


def read_tree(folder):
    """Return mode and content of each file, and the mode of each folder."""
    return {
        path.relative_to(folder).as_posix(): (oct(path.stat().st_mode), path.is_file() and path.read_bytes())
        for path in folder.rglob("*")
    }


class ReversedEntries:
    """What scandir returns, from the last name to the first."""

    def __init__(self, entries):
        with entries:
            self._entries = iter(sorted(entries, key=lambda entry: entry.name, reverse=True))

    def __iter__(self):
        return self._entries

    def __next__(self):
        return next(self._entries)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    close = __enter__


def test_search_index_has_the_same_bytes_on_every_run(memory_folder):
    trees = []
    for number in range(6):
        ordered = sorted(DOCUMENTS, key=lambda document: hash((number, document.url)))
        SearchIndex(ordered, "en", memory_folder / str(number)).build()
        [folder] = (path for path in (memory_folder / str(number)).iterdir() if path.is_dir())
        trees.append({name: each for name, each in read_tree(folder).items() if name != "stamps.json"})
    assert all(tree == trees[0] for tree in trees[1:])


def test_site_has_the_same_bytes_and_modes_when_files_were_created_in_another_order(memory_folder, monkeypatch):
    trees, listdir, scandir = [], os.listdir, os.scandir
    for reverse in (False, True):
        root = memory_folder / ("copy" if reverse else "site")
        copy_in_order(GOLDEN / "content", root / "content", reverse=reverse)
        with monkeypatch.context() as patch:
            if reverse:
                patch.setattr(os, "listdir", lambda *args: sorted(listdir(*args), reverse=True))
                patch.setattr(os, "scandir", lambda *args: ReversedEntries(scandir(*args)))
            umask = os.umask(0o077 if reverse else 0o022)
            try:
                result = Site(root, GOLDEN_SETTINGS).build(strict=True)
            finally:
                os.umask(umask)
        assert not result.failed, "\n".join(map(str, result.problems))
        trees.append(read_tree(root / "output"))
    one, other = trees
    assert one.keys() == other.keys()
    assert [name for name in one if one[name][1] != other[name][1]] == []
    assert [(name, one[name][0], other[name][0]) for name in one if one[name][0] != other[name][0]] == []
    assert one.pop(FILE_LIST)[0] == "0o100600"  # not for other users: it names hidden pages
    assert {mode for mode, _ in one.values()} == {"0o100644", "0o40755"}

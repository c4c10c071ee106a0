"""The search index: made when a text changed, and the same of the same texts."""

import json
import os

import pytest
from authorsite.search import index as search_index
from authorsite.search.index import Document, SearchFailed, SearchIndex

DOCUMENTS = [
    Document(f"posts/{number}/", f"Post {number}", f"<p>Of {word} and &lt;ladders&gt;.</p>")
    for number, word in enumerate(["orchards", "rivers", "windows"] * 20)
]
CHANGED = DOCUMENTS[1:]


def files(documents, cache):
    return {name: path.read_bytes() for name, path in SearchIndex(documents, "en", cache).files()}


def older(documents, cache):
    return {name: path.read_bytes() for name, path in SearchIndex(documents, "en", cache).older_files()}


@pytest.fixture
def runs(monkeypatch):
    """Every process of Pagefind that was begun."""
    begun, plain = [], search_index._Pagefind.__init__
    monkeypatch.setattr(
        search_index._Pagefind, "__init__", lambda self, given: (plain(self, given), begun.append(self))[0]
    )
    return begun


def test_the_same_texts_have_the_same_index_in_whatever_order_they_come(tmp_path):
    first = files(DOCUMENTS, tmp_path / "one")
    assert first == files(DOCUMENTS[::-1], tmp_path / "two")
    assert json.loads(first["pagefind/pagefind-entry.json"])["languages"]["en"]["page_count"] == len(DOCUMENTS)


def test_pagefind_works_again_only_when_a_text_changed(tmp_path, runs):
    first = files(DOCUMENTS, tmp_path)
    assert files(DOCUMENTS, tmp_path) == first
    assert len(runs) == 1
    assert files(CHANGED, tmp_path) != first
    assert len(runs) == 2


def test_an_index_is_removed_when_no_build_has_used_it_for_a_while(tmp_path):
    files(DOCUMENTS, tmp_path)
    [unused] = tmp_path.iterdir()
    (tmp_path / "making-killed").mkdir()
    files(CHANGED, tmp_path)
    assert len(list(tmp_path.iterdir())) == 3
    for folder in tmp_path.iterdir():
        os.utime(folder, (0, 0))
    files(CHANGED, tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    assert not unused.exists()


def test_an_older_index_will_do_unless_it_is_damaged_or_the_right_one_is_there(tmp_path, runs):
    assert older(DOCUMENTS, tmp_path) == {}
    first = files(DOCUMENTS, tmp_path)
    assert older(DOCUMENTS, tmp_path) == {}
    assert older(CHANGED, tmp_path) == first
    for path in tmp_path.rglob("*.pf_meta"):
        path.write_bytes(b"damaged")
    assert older(CHANGED, tmp_path) == {}
    assert files(DOCUMENTS, tmp_path) == first
    assert len(runs) == 2


def test_two_builds_at_once_share_an_index(tmp_path, runs):
    one, two = SearchIndex(DOCUMENTS, "en", tmp_path), SearchIndex(DOCUMENTS, "en", tmp_path)
    one.begin()
    two.begin()
    first = one.files()
    assert two.files() == first
    assert all(path.is_file() for _, path in first)
    assert len(runs) == 2


def test_a_closed_index_leaves_neither_process_nor_file(tmp_path, runs):
    index = SearchIndex(DOCUMENTS, "en", tmp_path)
    index.begin()
    index.close()
    assert runs[0]._process.returncode is not None
    assert list(tmp_path.iterdir()) == []


def test_an_index_that_is_stopped_leaves_nothing_and_can_be_made_again(tmp_path, monkeypatch):
    monkeypatch.setattr(search_index, "LOT", 5)
    for enough in (1, 2, 3):
        answers = iter([False] * enough)
        assert SearchIndex(DOCUMENTS, "en", tmp_path).files(lambda given=answers: next(given, True)) == []
        assert list(tmp_path.iterdir()) == []
    assert files(DOCUMENTS, tmp_path)


def test_the_file_that_names_the_others_is_put_in_place_last(tmp_path):
    made = SearchIndex(DOCUMENTS, "en", tmp_path).files()
    assert made[-1][0] == "pagefind/pagefind-entry.json"
    assert len(made) > len(DOCUMENTS)


FAULTS = {
    "cannot be started": (["/nowhere/python"], "No such file"),
    "ends at once": (["/bin/sh", "-c", "echo No module named pagefind >&2; exit 1"], "No module named pagefind"),
    "ends without a word": (["/bin/sh", "-c", "exit 3"], "status 3"),
    "never ends": (["/bin/sh", "-c", "cat >/dev/null"], "longer than 1 seconds"),
}


@pytest.mark.parametrize(("command", "told"), FAULTS.values(), ids=FAULTS)
def test_what_goes_wrong_is_told_and_nothing_is_left(tmp_path, monkeypatch, runs, command, told):
    monkeypatch.setattr(search_index, "_COMMAND", command)
    monkeypatch.setattr(search_index, "_SECONDS", 1)
    index = SearchIndex(DOCUMENTS, "en", tmp_path)
    with pytest.raises(SearchFailed, match=told):
        index.files()
    assert all(process._process.returncode is not None for process in runs)
    assert list(tmp_path.iterdir()) == []


def test_a_site_without_texts_has_no_index(tmp_path, runs):
    assert files([], tmp_path) == {}
    assert not runs

"""The search index: deterministic, cached, rebuilt when a document changed, and safe to interrupt."""

import gzip
import json
import os
import time
from dataclasses import replace

import pytest
from authorsite.search import index as search_index
from authorsite.search.index import Document, SearchIndex, SearchIndexError

DOCUMENTS = [
    Document(f"posts/{number}/", f"Post {number}", f"<p>Of {word} and &lt;ladders&gt;.</p>")
    for number, word in enumerate(["orchards", "rivers", "windows"] * 20)
]
CHANGED = DOCUMENTS[1:]


def build(documents, cache, language="en"):
    return {name: path.read_bytes() for name, path in SearchIndex(documents, language, cache).build()}


def read_fragments(files):
    """Return what Pagefind has indexed, by URL."""
    fragments = [gzip.decompress(data) for name, data in files.items() if name.endswith(".pf_fragment")]
    pages = [json.loads(fragment.removeprefix(b"pagefind_dcd")) for fragment in fragments]
    return {page["url"]: page for page in pages}


def list_stale_files(documents, cache):
    return {name: path.read_bytes() for name, path in SearchIndex(documents, "en", cache).list_stale_files()}


@pytest.fixture
def processes(monkeypatch):
    """Every Pagefind process that was started."""
    started, init = [], search_index._Pagefind.__init__
    monkeypatch.setattr(
        search_index._Pagefind, "__init__", lambda self, *args: (init(self, *args), started.append(self))[0]
    )
    return started


def test_index_does_not_depend_on_document_order(tmp_path):
    first = build(DOCUMENTS, tmp_path / "one")
    assert first == build(DOCUMENTS[::-1], tmp_path / "two")
    assert json.loads(first["pagefind/pagefind-entry.json"])["languages"]["en"]["page_count"] == len(DOCUMENTS)


@pytest.mark.parametrize("change", [{"url": "a/"}, {"title": "Other"}, {"html": "<p>Other</p>"}, None, "de"], ids=str)
def test_index_is_rebuilt_only_when_a_document_or_the_language_changed(tmp_path, processes, change):
    first = build(DOCUMENTS, tmp_path)
    assert build(DOCUMENTS, tmp_path) == first
    assert len(processes) == 1
    others = [replace(DOCUMENTS[0], **change), *CHANGED] if isinstance(change, dict) else CHANGED
    changed = build(DOCUMENTS, tmp_path, change) if isinstance(change, str) else build(others, tmp_path)
    assert changed != first
    assert len(processes) == 2


def test_titles_are_text_and_urls_are_those_of_the_pages(tmp_path):
    urls = {"": "/", "a/": "/a/", "b.html": "/b.html"}
    pages = read_fragments(build([Document(url, f"<b> & {url}", "<p>Text</p>") for url in urls], tmp_path))
    assert {url: page["meta"]["title"] for url, page in pages.items()} == {
        shown: f"<b> & {url}".strip() for url, shown in urls.items()
    }


def test_unused_indexes_expire(tmp_path):
    build(DOCUMENTS, tmp_path)
    [unused] = tmp_path.iterdir()
    (tmp_path / "tmp-killed").mkdir()
    build(CHANGED, tmp_path)
    assert len(list(tmp_path.iterdir())) == 3
    for folder in tmp_path.iterdir():
        os.utime(folder, (0, 0))
    build(CHANGED, tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    assert not unused.exists()


def test_stale_index_is_used_unless_it_is_damaged_or_the_current_one_is_cached(tmp_path, processes):
    assert list_stale_files(DOCUMENTS, tmp_path) == {}
    first = build(DOCUMENTS, tmp_path)
    assert list_stale_files(DOCUMENTS, tmp_path) == {}
    assert list_stale_files(CHANGED, tmp_path) == first
    for path in tmp_path.rglob("*.pf_meta"):
        path.write_bytes(b"damaged")
    assert list_stale_files(CHANGED, tmp_path) == {}
    assert build(DOCUMENTS, tmp_path) == first
    assert len(processes) == 2


def test_concurrent_builds_share_an_index(tmp_path, processes):
    one, two = SearchIndex(DOCUMENTS, "en", tmp_path), SearchIndex(DOCUMENTS, "en", tmp_path)
    one.start()
    two.start()
    first = one.build()
    assert two.build() == first
    assert all(path.is_file() for _, path in first)
    assert len(processes) == 2


def test_closing_kills_the_process_and_leaves_no_files(tmp_path, processes):
    index = SearchIndex(DOCUMENTS, "en", tmp_path)
    index.start()
    index.close()
    assert processes[0]._process.returncode is not None
    assert list(tmp_path.iterdir()) == []


def test_stopped_build_leaves_nothing_and_can_be_repeated(tmp_path):
    assert SearchIndex(DOCUMENTS, "en", tmp_path).build(lambda: True) == []
    assert list(tmp_path.iterdir()) == []
    assert build(DOCUMENTS, tmp_path)


def test_a_running_index_outlives_the_expiry_of_finished_ones(tmp_path):
    index = SearchIndex(DOCUMENTS, "en", tmp_path)
    index.start()
    for folder in tmp_path.iterdir():
        os.utime(folder, (time.time() - 300,) * 2)
    assert build(DOCUMENTS[:1], tmp_path)
    assert index.build()


def test_entry_file_is_written_last(tmp_path):
    files = SearchIndex(DOCUMENTS, "en", tmp_path).build()
    assert files[-1][0] == "pagefind/pagefind-entry.json"
    assert len(files) > len(DOCUMENTS)


FAILURES = {
    "cannot-start": (["/nowhere/python"], "No such file"),
    "exits-with-message": (["/bin/sh", "-c", "echo No module named pagefind >&2; exit 1"], "No module named pagefind"),
    "exits-silently": (["/bin/sh", "-c", "exit 3"], "status 3"),
    "hangs": (["/bin/sh", "-c", "cat >/dev/null"], "longer than 1 seconds"),
}


@pytest.mark.parametrize(("command", "message"), FAILURES.values(), ids=FAILURES)
def test_pagefind_failure_is_reported_and_leaves_nothing(tmp_path, monkeypatch, processes, command, message):
    monkeypatch.setattr(search_index, "_COMMAND", command)
    monkeypatch.setattr(search_index, "_TIMEOUT_SECONDS", 1)
    index = SearchIndex(DOCUMENTS, "en", tmp_path)
    with pytest.raises(SearchIndexError, match=message):
        index.build()
    assert all(process._process.returncode is not None for process in processes)
    assert list(tmp_path.iterdir()) == []


def test_no_documents_no_index(tmp_path, processes):
    assert build([], tmp_path) == {}
    assert not processes

"""The search index: made when a text changed, and the same of the same texts."""

import json

import pytest
from authorsite.discovery import search
from authorsite.discovery.search import Document, index

DOCUMENTS = [
    Document(f"posts/{number}/", f"Post {number}", f"<p>Of {word} and &lt;ladders&gt;.</p>")
    for number, word in enumerate(["orchards", "rivers", "windows"] * 20)
]


def files(documents, cache, **options):
    return {name: path.read_bytes() for name, path in index(documents, "en", cache, **options)}


@pytest.fixture
def runs(monkeypatch):
    """How often Pagefind was asked."""
    done, run = [], search._run
    monkeypatch.setattr(search, "_run", lambda *given: (done.append(1), run(*given)))
    return done


def test_the_same_texts_have_the_same_index_in_whatever_order_they_come(tmp_path):
    first = files(DOCUMENTS, tmp_path / "one")
    assert first == files(DOCUMENTS[::-1], tmp_path / "two")
    assert json.loads(first["pagefind/pagefind-entry.json"])["languages"]["en"]["page_count"] == len(DOCUMENTS)


def test_pagefind_works_again_only_when_a_text_changed(tmp_path, runs):
    first = files(DOCUMENTS, tmp_path)
    assert files(DOCUMENTS, tmp_path) == first
    assert len(runs) == 1
    assert files(DOCUMENTS[1:], tmp_path) != first
    assert len(runs) == 2
    assert len(list(tmp_path.iterdir())) == 1


def test_while_somebody_writes_an_older_index_will_do_unless_it_is_damaged(tmp_path, runs):
    first = files(DOCUMENTS, tmp_path, may_wait=True)
    assert files(DOCUMENTS[1:], tmp_path, may_wait=True) == first
    assert len(runs) == 1
    for path in tmp_path.rglob("*.pf_meta"):
        path.write_bytes(b"damaged")
    assert files(DOCUMENTS[1:], tmp_path, may_wait=True) != first
    assert len(runs) == 2


def test_a_site_without_texts_has_no_index(tmp_path, runs):
    assert files([], tmp_path) == {}
    assert not runs

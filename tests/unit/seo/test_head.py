"""Metadata that says what is there, safely."""

import json

import pytest
from authorsite.seo.head import as_json_ld, described
from authorsite.seo.urls import address, file_of


@pytest.mark.parametrize(
    ("save_as", "expected"),
    [
        ("index.html", ""),
        ("blog/index.html", "blog/"),
        ("404.html", "404.html"),
        ("tag/ä b/index.html", "tag/%C3%A4%20b/"),
        ("myindex.html", "myindex.html"),
    ],
)
def test_an_output_file_has_one_address(save_as, expected):
    assert address(save_as) == expected


@pytest.mark.parametrize(
    ("alias", "expected"),
    [
        ("/old/", "old/index.html"),
        ("/old", "old/index.html"),
        ("/2012/a.html", "2012/a.html"),
        ("/", "index.html"),
        ("/a%20b/", "a b/index.html"),
    ],
)
def test_an_alias_has_one_file(alias, expected):
    assert file_of(alias) == expected


def test_json_ld_cannot_end_its_script():
    text = as_json_ld([{"name": "</script><!-- <b>", "empty": "", "none": None, "list": [{"x": ""}]}])
    assert "<" not in text
    assert json.loads(text)["@graph"] == [{"name": "</script><!-- <b>", "list": [{}]}]


@pytest.mark.parametrize(
    ("given", "html", "expected"),
    [
        ("Mine & <b>bold</b>", "<p>x</p>", "Mine & bold"),
        ("", "<p>From the text.</p>", "From the text."),
        ("", "", ""),
        ("", "<p>" + "word " * 60 + "</p>", ("word " * 32).strip() + "…"),
    ],
)
def test_a_description_is_short_and_ends_at_a_word(given, html, expected):
    assert described(given, html) == expected
    assert len(described(given, html)) <= 160

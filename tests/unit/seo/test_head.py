"""Page metadata: URLs, descriptions and JSON-LD."""

import json

import pytest
from authorsite.seo.head import json_ld_graph, meta_description
from authorsite.seo.urls import output_file_for, url_for


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
def test_url_for_output_file(save_as, expected):
    assert url_for(save_as) == expected


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
def test_output_file_for_alias(alias, expected):
    assert output_file_for(alias) == expected


def test_json_ld_cannot_close_its_script_element():
    text = json_ld_graph([{"name": "</script><!-- <b>", "empty": "", "none": None, "list": [{"x": ""}]}])
    assert "<" not in text
    assert json.loads(text)["@graph"] == [{"name": "</script><!-- <b>", "list": [{}]}]


@pytest.mark.parametrize(
    ("summary", "html", "expected"),
    [
        ("Mine & <b>bold</b>", "<p>x</p>", "Mine & bold"),
        ("", "<p>From the text.</p>", "From the text."),
        ("", "", ""),
        ("", "<p>" + "word " * 60 + "</p>", ("word " * 32).strip() + "…"),
    ],
)
def test_meta_description_is_cut_after_a_word(summary, html, expected):
    assert meta_description(summary, html) == expected
    assert len(meta_description(summary, html)) <= 160

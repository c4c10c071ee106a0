"""Page metadata: URLs, descriptions and JSON-LD."""

import json

import pytest
from authorsite.seo.head import make_description, serialize_graph


def test_json_ld_cannot_close_its_script_element():
    text = serialize_graph([{"name": "</script><!-- <b>", "empty": "", "none": None, "list": [{"x": ""}]}])
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
    assert make_description(summary, html) == expected
    assert len(make_description(summary, html)) <= 160

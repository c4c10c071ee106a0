"""text_content, whose two implementations return the same text, and split_first_paragraph."""

import random

import pytest
from authorsite import markup

PIECES = ["<p>", "</p>", "a", "<b>", "&amp;", "&lt", "<br/>", "<img src='a>b'>", " ", '<a href="x">', "</a>", "<", '"']
PIECES += [">", "<h2 id=x>", "&#65;", "b ", "<script>", "</script>", "<!-- c -->"]


def test_text_content_by_regex_agrees_with_tokens_or_returns_none():
    rng, by_regex = random.Random(1), 0
    for _ in range(4000):
        html = "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 8)))
        text = markup._text_content_by_regex(html)
        by_regex += text is not None
        assert text in {None, markup._text_content_by_tokens(html)}, html
    assert by_regex > 500


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One</p>\n<p>Two</p>", ("<p>One</p>", "\n<p>Two</p>")),
        ("<h2>Title</h2>\n<p>One</p>", ("", "<h2>Title</h2>\n<p>One</p>")),
        ("<p>not closed", ("<p>not closed", "")),
        ("", ("", "")),
    ],
)
def test_split_first_paragraph(html, expected):
    assert markup.split_first_paragraph(html) == expected

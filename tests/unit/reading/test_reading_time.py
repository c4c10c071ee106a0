"""Word count and reading time."""

import pytest
from authorsite.reading.reading_time import estimate_word_count, reading_time


@pytest.mark.parametrize(
    ("html", "minutes"), [("", 1), ("<p>one two</p>", 1), ("word " * 231, 2), ("<a href='x y z'>w</a> " * 230, 1)]
)
def test_reading_time_counts_words_not_markup(html, minutes):
    assert reading_time(estimate_word_count(html)) == minutes


def test_words_are_not_split_at_tags_within_them():
    html = (
        '<p>One <span class="citations">[<a href="#a">1</a>]</span>, <b>t</b>wo</p><p>three<br>four</p><aside>x</aside>'
    )
    assert estimate_word_count(html) == 6

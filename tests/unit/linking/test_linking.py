"""What belongs together, and how long it takes to find and to read."""

import time

import pytest
from authorsite.linking.related import related
from authorsite.linking.trails import reading_minutes, words_in


def of(*texts):
    return [frozenset(text.split()) for text in texts]


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        (of("a", "a", "b"), [(1,), (0,), ()]),
        (of("", ""), [(), ()]),
        ([], []),
        # All have "common": it says nothing.
        (of("common", "common", "common"), [(), (), ()]),
        # The rare one counts more than the frequent one.
        (of("rare often", "rare", "often", "often", "none"), [(1, 2, 3), (0,), (3, 0), (2, 0)]),
        # Of equals, the nearest in time.
        (of("a", "x", "x", "x", "a", "a"), [(4, 5), (2, 3), (1, 3), (2, 1), (5, 0), (4, 0)]),
    ],
)
def test_posts_are_related_by_what_few_share(features, expected):
    assert related(features)[: len(expected)] == expected


def test_no_more_than_asked_for():
    assert related(of("a", "a", "a", "a", "b"), count=2)[0] == (1, 2)


def test_ten_times_the_posts_take_about_ten_times_as_long():
    def seconds(count):
        features = [frozenset((f"t{n % 5}", f"r{n % (count // 4)}")) for n in range(count)]
        started = time.process_time()
        related(features)
        return time.process_time() - started

    small, large = min(seconds(400) for _ in range(3)), seconds(4000)
    assert large < 25 * small


@pytest.mark.parametrize(
    ("html", "minutes"), [("", 1), ("<p>one two</p>", 1), ("word " * 231, 2), ("<a href='x y z'>w</a> " * 230, 1)]
)
def test_reading_time_counts_words_not_markup(html, minutes):
    assert reading_minutes(words_in(html)) == minutes

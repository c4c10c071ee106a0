"""What belongs together, and how long it takes to find and to read."""

import time
from datetime import UTC, date, datetime, timedelta
from functools import partial
from types import SimpleNamespace

import pytest
from authorsite.navigation.adapter import connect, list_periods
from authorsite.navigation.reading_time import reading_minutes, words_in
from authorsite.navigation.related import related
from pelican.generators import ArticlesGenerator


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


def posts(*given):
    """Posts one day after the other, from "series | tags" each."""
    made = []
    for number, text in enumerate(given):
        series, _, tags = text.partition("|")
        record = SimpleNamespace(series=series.strip(), book="", chapter=None, reblog=None)
        made.append(
            SimpleNamespace(
                url=f"{number}/",
                date=date(2019, 1, 1) + timedelta(number),
                record=record,
                references=(),
                category=None,
                tags=[SimpleNamespace(slug=tag) for tag in tags.split()],
                _content="<p>Some words.</p>",
            )
        )
    return made


def connected(articles, hidden=(), pages=()):
    context = {
        "SITENAME": "Ann",
        "articles": articles[::-1],
        "hidden_articles": list(hidden),
        "pages": list(pages),
    }
    connect([SimpleNamespace(context=context)])


def urls(some):
    return [article.url[:-1] if article else None for article in some]


@pytest.mark.parametrize(
    ("given", "neighbours", "series", "others"),
    [
        ([], [], [], []),
        ([""], [[None, None]], [[]], [[]]),
        (["", ""], [[None, "1"], ["0", None]], [[], []], [[], []]),
        (
            ["A |", "a", " A", "B"],
            [[None, "1"], ["0", "2"], ["1", "3"], ["2", None]],
            [["0", "1", "2"]] * 3 + [["3"]],
            [[]] * 4,
        ),
        (
            ["| x", "| y", "| x", "| x y"],
            [[None, "1"], ["0", "2"], ["1", "3"], ["2", None]],
            [[]] * 4,
            [["2", "3"], ["3"], ["3", "0"], ["1", "2", "0"]],
        ),
        (
            ["A | x", "", "A | x"],
            [[None, "1"], ["0", "2"], ["1", None]],
            [["0", "2"], [], ["0", "2"]],
            [["2"], [], ["0"]],
        ),
    ],
)
def test_posts_know_their_neighbours_their_series_and_what_is_related(given, neighbours, series, others):
    articles = posts(*given)
    connected(articles)
    assert [urls([a.previous, a.next]) for a in articles] == neighbours
    assert [urls(a.series_posts) for a in articles] == series
    assert [urls(a.related) for a in articles] == others


def test_a_hidden_post_is_nobodys_neighbour_and_in_no_series():
    shown, (hidden,) = posts("A", "A"), posts("A")
    connected(shown, [hidden])
    assert (hidden.previous, hidden.next, hidden.related, hidden.series_posts) == (None, None, (), ())
    assert [urls(a.series_posts) for a in shown] == [["0", "1"]] * 2


def test_posts_of_one_moment_stand_in_the_order_of_their_addresses():
    articles = posts("", "", "")
    for article in articles:
        article.date = date(2019, 1, 1)
    connected([articles[2], articles[0], articles[1]])
    assert [urls([a.previous, a.next]) for a in articles] == [[None, "1"], ["0", "2"], ["1", None]]


def test_the_way_up_leads_over_the_blog_and_the_category():
    (article,), page = posts(""), SimpleNamespace(_content="")
    article.category = type("Category", (), {"url": "category/a/", "__str__": lambda _: "A"})()
    connected([article], pages=[page])
    assert [(c.label, c.url) for c in article.breadcrumbs] == [("Home", ""), ("Blog", "blog/"), ("A", "category/a/")]
    assert [(c.label, c.url) for c in page.breadcrumbs] == [("Home", "")]


def test_years_and_months_hold_the_posts_that_pelican_puts_there():
    days = [(2018, 1), (2019, 3), (2018, 1), (2019, 4), (2020, 1), (2018, 7)]
    articles = [SimpleNamespace(date=datetime(year, month, 1, tzinfo=UTC)) for year, month in days]
    settings = {f"{kind}_ARCHIVE_{what}": "" for kind in ("YEAR", "MONTH", "DAY") for what in ("URL", "SAVE_AS")}
    settings |= {"YEAR_ARCHIVE_SAVE_AS": "{date:%Y}", "MONTH_ARCHIVE_SAVE_AS": "{date:%Y}/{date:%m}"}
    dates = sorted(articles, key=lambda article: article.date)
    plain = ArticlesGenerator._build_period_archives
    generator = SimpleNamespace(_build_period_archives=partial(plain, None))
    list_periods(generator)
    # One is listed that is no article, such as a translation.
    some = articles[1:]
    assert generator._build_period_archives(dates, some, settings) == plain(None, dates, some, settings)

"""Previous and next posts, series, related posts, breadcrumbs, reading time, period archives."""

import time
from datetime import UTC, date, datetime, timedelta
from functools import partial
from types import SimpleNamespace

import pytest
from authorsite.navigation.adapter import add_navigation, optimize_period_archives
from authorsite.navigation.reading_time import reading_time, word_count
from authorsite.navigation.related import find_related
from pelican.generators import ArticlesGenerator


def features_of(*texts):
    return [frozenset(text.split()) for text in texts]


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        (features_of("a", "a", "b"), [(1,), (0,), ()]),
        (features_of("", ""), [(), ()]),
        ([], []),
        # A feature that all posts have weighs nothing.
        (features_of("common", "common", "common"), [(), (), ()]),
        # A rare feature weighs more than a frequent one.
        (features_of("rare often", "rare", "often", "often", "none"), [(1, 2, 3), (0,), (3, 0), (2, 0)]),
        # Of equal scores, the nearest in time wins.
        (features_of("a", "x", "x", "x", "a", "a"), [(4, 5), (2, 3), (1, 3), (2, 1), (5, 0), (4, 0)]),
    ],
)
def test_rare_common_features_relate_posts_most(features, expected):
    assert find_related(features)[: len(expected)] == expected


def test_find_related_returns_at_most_count_posts():
    assert find_related(features_of("a", "a", "a", "a", "b"), count=2)[0] == (1, 2)


def test_find_related_takes_linear_time():
    def measure_seconds(count):
        features = [frozenset((f"t{n % 5}", f"r{n % (count // 4)}")) for n in range(count)]
        started = time.process_time()
        find_related(features)
        return time.process_time() - started

    small, large = min(measure_seconds(400) for _ in range(3)), measure_seconds(4000)
    assert large < 25 * small


@pytest.mark.parametrize(
    ("html", "minutes"), [("", 1), ("<p>one two</p>", 1), ("word " * 231, 2), ("<a href='x y z'>w</a> " * 230, 1)]
)
def test_reading_time_counts_words_not_markup(html, minutes):
    assert reading_time(word_count(html)) == minutes


def make_posts(*specs):
    """Return posts dated one day after the other, one from each "series | tags"."""
    articles = []
    for number, spec in enumerate(specs):
        series, _, tags = spec.partition("|")
        record = SimpleNamespace(series=series.strip(), book="", chapter=None, reblog=None)
        articles.append(
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
    return articles


def run_add_navigation(articles, hidden=(), pages=()):
    context = {
        "SITENAME": "Ann",
        "articles": articles[::-1],
        "hidden_articles": list(hidden),
        "pages": list(pages),
    }
    add_navigation([SimpleNamespace(context=context)])


def urls(articles):
    return [article.url[:-1] if article else None for article in articles]


@pytest.mark.parametrize(
    ("specs", "prev_next", "series", "related"),
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
def test_posts_get_prev_next_series_and_related(specs, prev_next, series, related):
    articles = make_posts(*specs)
    run_add_navigation(articles)
    assert [urls([a.previous, a.next]) for a in articles] == prev_next
    assert [urls(a.series_posts) for a in articles] == series
    assert [urls(a.related) for a in articles] == related


def test_hidden_posts_are_left_out_of_navigation():
    shown, (hidden,) = make_posts("A", "A"), make_posts("A")
    run_add_navigation(shown, [hidden])
    assert (hidden.previous, hidden.next, hidden.related, hidden.series_posts) == (None, None, (), ())
    assert [urls(a.series_posts) for a in shown] == [["0", "1"]] * 2


def test_posts_of_the_same_date_are_sorted_by_url():
    articles = make_posts("", "", "")
    for article in articles:
        article.date = date(2019, 1, 1)
    run_add_navigation([articles[2], articles[0], articles[1]])
    assert [urls([a.previous, a.next]) for a in articles] == [[None, "1"], ["0", "2"], ["1", None]]


def test_breadcrumbs_lead_through_blog_and_category():
    (article,), page = make_posts(""), SimpleNamespace(_content="")
    article.category = type("Category", (), {"url": "category/a/", "__str__": lambda _: "A"})()
    run_add_navigation([article], pages=[page])
    assert [(c.label, c.url) for c in article.breadcrumbs] == [("Home", ""), ("Blog", "blog/"), ("A", "category/a/")]
    assert [(c.label, c.url) for c in page.breadcrumbs] == [("Home", "")]


def test_optimized_period_archives_equal_those_of_pelican():
    days = [(2018, 1), (2019, 3), (2018, 1), (2019, 4), (2020, 1), (2018, 7)]
    articles = [SimpleNamespace(date=datetime(year, month, 1, tzinfo=UTC)) for year, month in days]
    settings = {f"{kind}_ARCHIVE_{what}": "" for kind in ("YEAR", "MONTH", "DAY") for what in ("URL", "SAVE_AS")}
    settings |= {"YEAR_ARCHIVE_SAVE_AS": "{date:%Y}", "MONTH_ARCHIVE_SAVE_AS": "{date:%Y}/{date:%m}"}
    dates = sorted(articles, key=lambda article: article.date)
    original = ArticlesGenerator._build_period_archives
    generator = SimpleNamespace(_build_period_archives=partial(original, None))
    optimize_period_archives(generator)
    # `dates` may hold more than `articles`, such as a translation.
    some = articles[1:]
    assert generator._build_period_archives(dates, some, settings) == original(None, dates, some, settings)

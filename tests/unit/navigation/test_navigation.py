"""Previous and next posts, series, related posts, breadcrumbs, period archives."""

import gc
import time
from datetime import UTC, date, datetime, timedelta
from functools import partial
from types import SimpleNamespace

import pytest
from authorsite.navigation.adapter import optimize_period_archives
from authorsite.navigation.breadcrumbs import make_breadcrumbs
from authorsite.navigation.posts import link_posts
from authorsite.navigation.related import find_related
from authorsite.problems import ProblemLog
from authorsite.reading.parsed import ParsedContent
from authorsite.reading.schemas import PostMetadata
from authorsite.settings import SiteSettings
from authorsite.site_build import BUILD_KEY, SiteBuild
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
        gc.disable()  # or it would also look at what other tests have left
        started = time.process_time()
        find_related(features)
        seconds = time.process_time() - started
        gc.enable()
        return seconds

    small, large = min(measure_seconds(400) for _ in range(3)), measure_seconds(4000)
    assert large < 25 * small


def make_posts(*specs):
    """Return posts dated one day after the other, one from each "series | tags"."""
    posts = []
    for number, spec in enumerate(specs):
        series, _, tags = spec.partition("|")
        record = PostMetadata.model_construct(series=series.strip(), book="", chapter=None, reblog=None, lang="")
        parsed = ParsedContent(
            record, headers={}, draft=False, toc="", references=(), words=2, has_internal_links=False
        )
        day = date(2019, 1, 1) + timedelta(number)
        tag_objects = [SimpleNamespace(slug=tag) for tag in tags.split()]
        post = SimpleNamespace(url=f"{number}/", slug=number, date=day, parsed=parsed, category=None, tags=tag_objects)
        posts.append(post)
    return posts


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
    posts = make_posts(*specs)
    links = link_posts(posts[::-1], find_works(posts))
    assert [urls([links[id(p)].previous, links[id(p)].next]) for p in posts] == prev_next
    assert [urls(links[id(p)].series_posts) for p in posts] == series
    assert [urls(links[id(p)].related) for p in posts] == related


def find_works(posts):
    return {id(post): post.slug for post in posts}


def test_posts_of_the_same_date_are_sorted_by_url():
    posts = make_posts("", "", "")
    for post in posts:
        post.date = date(2019, 1, 1)
    links = link_posts([posts[2], posts[0], posts[1]], find_works(posts))
    assert [urls([links[id(p)].previous, links[id(p)].next]) for p in posts] == [[None, "1"], ["0", "2"], ["1", None]]


def test_post_and_its_translations_link_to_their_neighbors_in_their_own_language():
    posts = make_posts("S | x", "S | x", "S | x", "T | x y", "| y", "| z")
    for post, lang, slug in zip(posts, ["", "de", "fr", "", "de", "de"], ["a", "a", "a", "b", "b", "c"], strict=True):
        post.parsed.record.__dict__["lang"], post.slug = lang, slug
    links = link_posts(posts, find_works(posts))
    assert [urls([links[id(p)].previous, links[id(p)].next]) for p in posts] == [
        [None, "3"],
        [None, "4"],
        [None, "3"],
        ["0", "5"],
        ["1", "5"],
        ["4", None],
    ]
    assert [urls(links[id(p)].related) for p in posts] == [["3"], ["4"], ["3"], ["0"], ["1"], []]
    assert [urls(links[id(p)].series_posts) for p in posts] == [["0"], ["1"], ["2"], ["3"], [], []]


def test_posts_of_one_slug_and_language_are_no_translations():
    posts = make_posts("", "", "")
    for post in posts:
        post.slug = "news"
    assert urls([link_posts(posts, find_works(posts))[id(posts[1])].next]) == ["2"]


def test_breadcrumbs_lead_through_blog_and_category():
    (post,) = make_posts("")
    post.category = type("Category", (), {"url": "category/a/", "__str__": lambda _: "A"})()
    site = SiteSettings(url="https://example.org", language="de")
    context = {BUILD_KEY: SiteBuild(ProblemLog(), _site=site), "DIRECT_TEMPLATES": ["index", "blog"]}
    crumbs = [(crumb.label, crumb.url) for crumb in make_breadcrumbs(post, context)]
    assert crumbs == [("Startseite", ""), ("Blog", "blog/"), ("A", "category/a/")]
    without_blog = make_breadcrumbs(post, {**context, "DIRECT_TEMPLATES": ["index"]})
    assert [crumb.label for crumb in without_blog] == ["Startseite", "A"]
    assert [crumb.label for crumb in make_breadcrumbs(None, context)] == ["Startseite"]


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

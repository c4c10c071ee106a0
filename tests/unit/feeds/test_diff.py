"""Comparing feeds: changes that subscribers would notice."""

from datetime import UTC, datetime, timedelta

import pytest
from authorsite.feeds.diff import compare_feed, compare_feeds
from authorsite.feeds.formats import serialize_atom, serialize_json_feed, serialize_rss
from authorsite.feeds.guid import make_fix_hint
from authorsite.feeds.parsing import parse_feed
from authorsite.problems import ProblemLog
from feed_samples import FEED, make_entry

SITE = "https://example.org"


def post(number, **overrides):
    url = f"{SITE}/2019/03/{number:02}/post-{number}/"
    date = datetime(2019, 3, number, tzinfo=UTC)
    defaults = {"guid": url, "url": url, "title": f"Post {number}", "published": date, "updated": date}
    return make_entry(**defaults | {"html": f"<p>Text {number}</p>"} | overrides)


def rss_feed(*entries):
    return serialize_rss(FEED, sorted(entries, key=lambda e: e.published, reverse=True))


def posts(first, last):
    return [post(n) for n in range(first, last + 1)]


@pytest.mark.parametrize("serialize", [serialize_rss, serialize_atom, serialize_json_feed])
def test_parse_feed_reads_all_formats(serialize):
    (item,) = parse_feed(serialize(FEED, [post(1)]))
    assert (item.guid, item.url, item.title) == (post(1).guid, post(1).url, "Post 1")
    assert item.published == post(1).published
    assert item.content_hash == parse_feed(rss_feed(post(1)))[0].content_hash


@pytest.mark.parametrize(
    "item",
    [
        '<a:link rel="self" href="https://example.org/self"/><link>https://example.org/a/</link>',
        '<a:link rel="edit" href="https://example.org/edit"/><a:link href="https://example.org/a/"/>',
        "<!-- a comment --><link> https://example.org/a/ </link><guid> </guid>",
    ],
)
def test_items_of_other_generators_have_the_url_of_their_page(item):
    feed = f'<rss xmlns:a="http://www.w3.org/2005/Atom"><channel><item>{item}</item></channel></rss>'
    (parsed,) = parse_feed(feed.encode())
    assert (parsed.guid, parsed.url) == ("https://example.org/a/", "https://example.org/a/")


def test_new_changed_and_removed_items():
    old = rss_feed(*posts(1, 4))
    new = rss_feed(post(1), post(2, html="<p>Mended</p>"), post(4), post(5))
    diff = compare_feed("feed.xml", old, new)
    assert [[i.title for i in part] for part in (diff.new, diff.changed, diff.removed)] == [
        ["Post 5"],
        ["Post 2"],
        ["Post 3"],
    ]
    assert not diff.reannounced
    assert not diff.mass_change


def test_items_pushed_out_by_newer_ones_are_not_removed():
    assert compare_feed("feed.xml", rss_feed(*posts(1, 3)), rss_feed(*posts(2, 4))).removed == ()


def test_changed_markup_around_the_same_words_is_no_change():
    assert not compare_feed("f", rss_feed(post(1)), rss_feed(post(1, html="<p id='x'>Text\n 1</p>"))).changed


@pytest.mark.parametrize(
    ("overrides", "line"),
    [
        (
            {"guid": f"{SITE}/2019/03/02/renamed/", "url": f"{SITE}/2019/03/02/renamed/"},
            "aliases: [/2019/03/02/post-2/]",
        ),
        ({"guid": f"{SITE}/x/", "url": f"{SITE}/x/", "title": "Another title"}, "aliases: [/2019/03/02/post-2/]"),
        ({"guid": f"{SITE}/x/", "url": f"{SITE}/x/", "html": "<p>New text</p>"}, "aliases: [/2019/03/02/post-2/]"),
        ({"guid": "tag:example.org,2019:2"}, "aliases: [/2019/03/02/post-2/]"),
    ],
)
def test_items_under_a_new_guid_are_reannounced_with_a_fix_hint(overrides, line):
    overrides = {"html": post(2).html, **overrides}
    if overrides.get("title"):
        overrides["url"] = post(2).url
    diff = compare_feed("feed.xml", rss_feed(*posts(1, 3)), rss_feed(post(1), post(2, **overrides), post(3)))
    ((before, after),) = diff.reannounced
    assert (before.guid, after.guid) == (post(2).guid, overrides["guid"])
    assert line in make_fix_hint(before.guid, after.url)
    assert (diff.new, diff.removed) == ((), ())


def test_a_retitled_post_is_recognized_by_its_text_and_date():
    overrides = {"guid": f"{SITE}/x/", "url": f"{SITE}/x/", "title": "Another title", "html": post(2).html}
    diff = compare_feed("f", rss_feed(*posts(1, 3)), rss_feed(post(1), post(2, **overrides), post(3)))
    assert [(a.guid, b.guid) for a, b in diff.reannounced] == [(post(2).guid, f"{SITE}/x/")]
    later = overrides | {"published": post(20).published}
    assert not compare_feed("f", rss_feed(*posts(1, 3)), rss_feed(post(1), post(2, **later), post(3))).reannounced


def test_pages_that_are_known_decide_what_was_announced_before():
    other = {"guid": f"{SITE}/x/", "url": f"{SITE}/x/", "title": "All new", "html": "<p>All new</p>"}
    feeds = rss_feed(*posts(1, 3)), rss_feed(post(1), post(2, **other), post(3))
    assert not compare_feed("f", *feeds).reannounced
    assert len(compare_feed("f", *feeds, {post(2).guid: f"{SITE}/x/"}).reannounced) == 1
    same = rss_feed(post(1), post(2, **other | {"title": "Post 2", "html": post(2).html}), post(3))
    pushed_out = compare_feed("f", feeds[0], same, {post(2).guid: post(2).guid})
    assert (pushed_out.reannounced, pushed_out.removed) == ((), ())


def test_a_new_post_with_the_title_of_one_pushed_out_is_new():
    diff = compare_feed(
        "f", rss_feed(post(1, title="Round-up"), *posts(2, 3)), rss_feed(*posts(2, 3), post(4, title="Round-up"))
    )
    assert [i.guid for i in diff.new] == [post(4).guid]
    assert not diff.reannounced


def reported_problems(old, new, **allow):
    log = ProblemLog(strict=True)
    compare_feeds(
        {"feed.xml": old, "category/x/feed.xml": old}, {"feed.xml": new, "category/x/feed.xml": new}, log, allow
    )
    return [str(problem) for problem in log]


RENAMED = {"guid": f"{SITE}/2019/03/02/renamed/", "url": f"{SITE}/2019/03/02/renamed/"}
REDATED = {"published": post(2).published + timedelta(days=40)}


@pytest.mark.parametrize(
    ("new", "message", "name"),
    [
        (rss_feed(post(1), post(2, **RENAMED), post(3)), "see “Post 2” again", "/2019/03/02/renamed/"),
        (rss_feed(post(1), post(2, **REDATED), post(3)), "the date of “Post 2” changes", "/2019/03/02/post-2/"),
    ],
)
def test_reannounced_and_redated_items_are_reported_once_unless_allowed(new, message, name):
    (problem,) = reported_problems(rss_feed(*posts(1, 3)), new)
    assert message in problem
    assert f'"{name}": "why"' in problem
    assert reported_problems(rss_feed(*posts(1, 3)), new, **{name: "on purpose"}) == []
    assert reported_problems(rss_feed(*posts(1, 3)), new, **{"/other/": "on purpose"}) == [problem]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (posts(1, 6), [post(n, html="<p>All new</p>") for n in range(1, 7)], "6 of 6 items change at once"),
        (posts(6, 9), posts(1, 9), "5 new items are older"),
    ],
)
def test_mass_changes_are_reported_unless_allowed(old, new, message):
    assert message in reported_problems(rss_feed(*old), rss_feed(*new))[0]
    assert reported_problems(rss_feed(*old), rss_feed(*new), **{"mass change": "a new licence line"}) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (posts(1, 3), posts(1, 4)),
        (posts(1, 10), [*(post(n, html="<p>x</p>") for n in range(1, 6)), *posts(6, 10)]),
        (posts(1, 3), posts(1, 2)),
    ],
    ids=["new post", "half of the posts edited", "removed post"],
)
def test_ordinary_changes_are_not_reported(old, new):
    assert reported_problems(rss_feed(*old), rss_feed(*new)) == []


VALID = rss_feed(post(1))
BROKEN = b"<rss><channel>"


@pytest.mark.parametrize(("old", "new", "which"), [(BROKEN, VALID, "published"), (VALID, BROKEN, "new")])
def test_invalid_feed_is_reported(old, new, which):
    (problem, _) = reported_problems(old, new)
    assert f"the {which} feed is invalid: " in problem


@pytest.mark.parametrize("text", ["{}", '{"items": [1]}', '{"items": 1}', '{"items": {"id": "x"}}', "{"])
def test_json_that_is_no_feed_raises_value_error(text):
    with pytest.raises(ValueError):
        parse_feed(text.encode())
    assert "the published feed is invalid" in reported_problems(text.encode(), VALID)[0]


@pytest.mark.parametrize("field", ['"url": null, "date_published": 5', '"content_html": [1]'])
def test_json_fields_of_another_type_raise_value_error(field):
    with pytest.raises(ValueError):
        parse_feed(f'{{"items": [{{"id": "x", {field}}}]}}'.encode())

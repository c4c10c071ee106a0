"""What subscribers would notice."""

from datetime import UTC, datetime, timedelta

import pytest
from authorsite.feeds.diff import check, compare, items_of, remedy
from authorsite.feeds.json_feed import json_feed
from authorsite.feeds.xml_feeds import atom, rss
from authorsite.problems import ProblemLog
from feed_samples import FEED, entry

SITE = "https://example.org"


def item(number, **changed):
    url = f"{SITE}/2019/03/{number:02}/post-{number}/"
    date = datetime(2019, 3, number, tzinfo=UTC)
    given = {"guid": url, "url": url, "title": f"Post {number}", "published": date, "updated": date}
    return entry(**given | {"html": f"<p>Text {number}</p>"} | changed)


def feed(*entries):
    return rss(FEED, sorted(entries, key=lambda e: e.published, reverse=True))


def posts(first, last):
    return [item(n) for n in range(first, last + 1)]


@pytest.mark.parametrize("make", [rss, atom, json_feed])
def test_items_are_read_from_any_format(make):
    (found,) = items_of(make(FEED, [item(1)]))
    assert (found.guid, found.url, found.title) == (item(1).guid, item(1).url, "Post 1")
    assert found.published == item(1).published
    assert found.told == items_of(feed(item(1)))[0].told


def test_new_changed_and_gone_are_told_apart():
    old = feed(*posts(1, 4))
    new = feed(item(1), item(2, html="<p>Mended</p>"), item(4), item(5))
    diff = compare("feed.xml", old, new)
    assert [[i.title for i in part] for part in (diff.new, diff.changed, diff.gone)] == [
        ["Post 5"],
        ["Post 2"],
        ["Post 3"],
    ]
    assert not diff.again
    assert not diff.mass


def test_what_newer_items_push_out_is_not_gone():
    assert compare("feed.xml", feed(*posts(1, 3)), feed(*posts(2, 4))).gone == ()


def test_other_markup_for_the_same_words_is_no_change():
    assert not compare("f", feed(item(1)), feed(item(1, html="<p id='x'>Text\n 1</p>"))).changed


@pytest.mark.parametrize(
    ("changed", "line"),
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
def test_an_item_under_a_new_guid_is_known_again_and_the_line_that_prevents_it_named(changed, line):
    changed = {"html": item(2).html, **changed}
    if changed.get("title"):
        changed["url"] = item(2).url
    diff = compare("feed.xml", feed(*posts(1, 3)), feed(item(1), item(2, **changed), item(3)))
    ((was, again),) = diff.again
    assert (was.guid, again.guid) == (item(2).guid, changed["guid"])
    assert line in remedy(was, again)
    assert (diff.new, diff.gone) == ((), ())


def test_a_guid_that_is_no_address_of_the_site_is_kept_by_a_guid_line():
    before = item(2, guid="https://old.example.com/?p=7", permanent=False)
    diff = compare("f", feed(item(1), before), feed(*posts(1, 2)))
    assert remedy(*diff.again[0]) == "write in its front matter: `guid: https://old.example.com/?p=7`"


def test_a_new_post_with_the_title_of_one_long_pushed_out_is_new():
    diff = compare("f", feed(item(1, title="Round-up"), *posts(2, 3)), feed(*posts(2, 3), item(4, title="Round-up")))
    assert [i.guid for i in diff.new] == [item(4).guid]
    assert not diff.again


def findings(old, new, **allow):
    log = ProblemLog(strict=True)
    check({"feed.xml": old, "category/x/feed.xml": old}, {"feed.xml": new, "category/x/feed.xml": new}, log, allow)
    return [str(problem) for problem in log]


RENAMED = {"guid": f"{SITE}/2019/03/02/renamed/", "url": f"{SITE}/2019/03/02/renamed/"}
JUMPED = {"published": item(2).published + timedelta(days=40)}


@pytest.mark.parametrize(
    ("new", "finding", "name"),
    [
        (feed(item(1), item(2, **RENAMED), item(3)), "see “Post 2” again", "/2019/03/02/renamed/"),
        (feed(item(1), item(2, **JUMPED), item(3)), "“Post 2” jumps", "/2019/03/02/post-2/"),
    ],
)
def test_what_would_confuse_subscribers_is_a_problem_once_until_it_is_allowed_by_name(new, finding, name):
    (found,) = findings(feed(*posts(1, 3)), new)
    assert finding in found
    assert f'"{name}": "why"' in found
    assert findings(feed(*posts(1, 3)), new, **{name: "meant"}) == []
    assert findings(feed(*posts(1, 3)), new, **{"/other/": "meant"}) == [found]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (posts(1, 6), [item(n, html="<p>All new</p>") for n in range(1, 7)], "6 of 6 items change"),
        (posts(6, 9), posts(1, 9), "5 items from the past appear"),
    ],
)
def test_a_mass_change_is_a_problem_until_it_is_allowed(old, new, words):
    assert words in findings(feed(*old), feed(*new))[0]
    assert findings(feed(*old), feed(*new), **{"mass change": "a new licence line"}) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [(posts(1, 3), posts(1, 4)), (posts(1, 9), [item(1, html="<p>x</p>"), *posts(2, 9)]), (posts(1, 3), posts(1, 2))],
    ids=["a post more", "one edited", "one withdrawn"],
)
def test_everyday_changes_are_no_problem(old, new):
    assert findings(feed(*old), feed(*new)) == []


def test_a_feed_that_cannot_be_read_is_a_problem_and_no_traceback():
    assert "cannot be compared" in findings(b"<rss><channel>", feed(item(1)))[0]

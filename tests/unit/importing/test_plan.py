"""Where posts go: slugs, URLs, aliases, dates, categories and tags; and how front matter and comments are written."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import yaml
from authorsite.importing.comments import convert_comments
from authorsite.importing.front_matter import format_front_matter, quote_text
from authorsite.importing.names import clean_slug, parse_date
from authorsite.importing.wxr_model import RawComment
from authorsite.reading.front_matter import parse_front_matter
from authorsite.urls import Slug
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from wordpress import BLOG, make_export, make_item, prepare_import, run_import


def import_one(tmp_path, *items, **options):
    """Import the items, and return the front matter of each file by its path."""
    run_import(tmp_path, make_export(*items), **options)
    found = {}
    for file in sorted((tmp_path / "content").rglob("*.md")):
        parsed = parse_front_matter(file.read_text(), lambda *error: pytest.fail(str(error)))
        found[file.relative_to(tmp_path / "content").as_posix()] = parsed.data
    return found


@pytest.mark.parametrize(
    ("slug", "title", "path", "front"),
    [
        ("a-post", "A", "posts/2014/a-post.md", {"slug": "a-post"}),
        ("stra%c3%9fe", "A", "posts/2014/straße.md", {"slug": "straße"}),
        ("a__b", "A", "posts/2014/a-b.md", {"slug": "a-b", "aliases": ["/2014/03/01/a__b/"]}),
        ("Über-Uns", "A", "posts/2014/über-uns.md", {"slug": "über-uns"}),
        ("", "Ein Haus", "posts/2014/ein-haus.md", {"slug": "ein-haus"}),
        ("", "!!!", "posts/2014/post-1.md", {"slug": "post-1"}),
        ("../../x", "A", "posts/2014/x.md", {"slug": "x"}),
        ("x" * 300, "A", f"posts/2014/{'x' * 120}.md", {"slug": "x" * 200}),
    ],
)
def test_slugs_are_decoded_and_made_valid(tmp_path, slug, title, path, front):
    found = import_one(tmp_path, make_item(title=title, slug=slug, link=f"{BLOG}/2014/03/01/{slug}/" if slug else ""))
    assert list(found) == [path]
    assert {key: found[path][key] for key in front} == front


@settings(deadline=None, derandomize=True)
@given(st.text(max_size=40))
def test_a_clean_slug_is_valid_or_empty(text):
    slug = clean_slug(text)
    assert not slug or TypeAdapter(Slug).validate_python(slug) == slug


@pytest.mark.parametrize("slug", ["blog", "books", "search", "category", "feed", "2014", "images"])
def test_a_page_at_an_address_of_the_site_gets_another_one(tmp_path, slug):
    found = import_one(tmp_path, make_item(title="A page", slug=slug, post_type="page", link=f"{BLOG}/{slug}/"))
    assert found == {f"pages/{slug}-page.md": {"title": "A page", "slug": f"{slug}-page"}}


@pytest.mark.parametrize("slug", ["author", "drafts", "pages", "tags", "2014-review"])
def test_a_page_at_any_other_address_keeps_it(tmp_path, slug):
    assert list(import_one(tmp_path, make_item(title="A page", slug=slug, post_type="page"))) == [f"pages/{slug}.md"]


@pytest.mark.parametrize(
    ("link", "meta", "aliases"),
    [
        (f"{BLOG}/2014/03/01/a-post/", (), None),
        ("http://www.lena.example/2014/03/01/a-post", (), None),
        (f"{BLOG}/?p=1", (), None),
        (f"{BLOG}/a-post/", (), ["/a-post/"]),
        (f"{BLOG}/archives/12", (), ["/archives/12"]),
        (f"{BLOG}/index.php/2014/a-post", (), ["/index.php/2014/a-post"]),
        (f"{BLOG}/category/x/a-post/", (), None),
        (f"{BLOG}/blog/", (), None),
        (
            f"{BLOG}/2014/03/01/a-post/",
            [("_wp_old_slug", "b"), ("_wp_old_slug", "c")],
            ["/2014/03/01/b/", "/2014/03/01/c/"],
        ),
        (f"{BLOG}/2014/03/01/a-post/", [("_wp_old_date", "2013-12-24")], ["/2013/12/24/a-post/"]),
        (
            f"{BLOG}/2014/03/01/a-post/",
            [("_wp_old_slug", "../../x"), ("_wp_old_slug", "a?b"), ("_wp_old_slug", "other")],
            None,
        ),
        ("javascript:alert(1)", (), None),
    ],
)
def test_old_urls_redirect(tmp_path, link, meta, aliases):
    found = import_one(tmp_path, make_item(title="A post", link=link, meta=meta), make_item(2, "Other"))
    assert found["posts/2014/a-post.md"].get("aliases") == aliases


@pytest.mark.parametrize(
    ("fields", "date"),
    [
        ({"date": "2014-03-01 20:30:00"}, "2014-03-01T20:30"),
        ({"date": "2014-03-01 20:30:09"}, "2014-03-01T20:30:09"),
        # The blog had another time zone then: the URL counts.
        ({"date": "2014-03-02 01:30:00", "link": f"{BLOG}/2014/03/01/a-post/"}, "2014-03-01T01:30"),
        ({"date": "2014-03-09 01:30:00", "link": f"{BLOG}/2014/03/01/a-post/"}, "2014-03-09T01:30"),
        ({"date": "0000-00-00 00:00:00", "post_date_gmt": "2014-03-01 09:00:00", "link": ""}, "2014-03-01T09:00"),
        ({"date": "0000-00-00 00:00:00", "link": ""}, "1970-01-01T00:00"),
        ({"date": "nonsense", "link": ""}, "1970-01-01T00:00"),
    ],
)
def test_dates_are_those_of_the_wall_clock(tmp_path, fields, date):
    (front,) = import_one(tmp_path, make_item(**fields)).values()
    assert front["date"] == date


@pytest.mark.parametrize("text", ["2014-02-30 00:00:00", "0000-00-00 00:00:00", "", "Mon, 99 Mar 2014 12:00:00 +0000"])
def test_what_is_no_date_is_none(text):
    assert parse_date(text) is None
    assert parse_date(text, "Mon, 10 Mar 2014 12:00:00 +0000") == datetime(2014, 3, 10, 12)  # noqa: DTZ001


def test_categories_and_tags_keep_their_names_unless_their_urls_collide(tmp_path):
    terms = [("category", "uncategorized", "Uncategorized"), ("category", "b", "B &amp; C"), ("category", "d", "D")]
    tags = [("post_tag", "x-y", "x, y"), ("post_tag", "c", "C"), ("post_tag", "c-2", "C++"), ("post_tag", "m", "!!!")]
    found = import_one(
        tmp_path,
        make_item(1, "One", terms=[*terms, *tags]),
        make_item(2, "Two", terms=[("post_tag", "c", "C"), ("post_tag", "x", "X"), ("category", "x", "x")]),
        make_item(3, "Three", terms=[("post_tag", "x", "x")]),
    )
    assert found["posts/2014/one.md"]["category"] == "B & C"
    assert found["posts/2014/one.md"]["tags"] == ["D", "x, y", "C", "c-2", "m"]
    assert found["posts/2014/two.md"]["category"] == "x"
    assert {tag for path in ("two", "three") for tag in found[f"posts/2014/{path}.md"]["tags"]} == {"C", "X"}


def test_a_post_with_too_many_tags_keeps_as_many_as_the_site_accepts(tmp_path):
    (front,) = import_one(tmp_path, make_item(terms=[("post_tag", f"t{n}", f"T{n}") for n in range(250)])).values()
    assert len(front["tags"]) == 200


def test_the_author_is_named_if_it_is_another_one(tmp_path):
    names = {"lena": "Lena Writer", "gus": "Gus Guest", "shy": "shy"}
    authors = "".join(
        f"<wp:author><wp:author_login>{login}</wp:author_login><wp:author_email>x@mail.example</wp:author_email>"
        f"<wp:author_display_name>{name}</wp:author_display_name></wp:author>"
        for login, name in names.items()
    )
    items = [
        make_item(n, f"Post {login}").replace(">lena<", f">{login}<") for n, login in enumerate([*names, "lost"], 1)
    ]
    found = import_one(tmp_path, authors, *items)
    assert [front.get("author") for front in found.values()] == [
        "Gus Guest" if "gus" in path else None for path in found
    ]


def test_items_of_other_types_and_states_stay_out(tmp_path):
    kinds = [
        ("revision", "inherit"),
        ("feedback", "publish"),
        ("post", "trash"),
        ("product", "publish"),
        ("post", "auto-draft"),
    ]
    found = import_one(
        tmp_path, *(make_item(n, f"Item {n}", post_type=t, status=s) for n, (t, s) in enumerate(kinds, 1))
    )
    assert found == {}


def test_an_item_that_comes_twice_counts_as_it_came_last(tmp_path):
    run = prepare_import(tmp_path, make_export(make_item(content="Old.")), make_export(make_item(content="New.")))
    report = run.run()
    assert (tmp_path / "content/posts/2014/a-post.md").read_text().endswith("New.\n")
    assert not list(report.inventory.find_errors())
    assert report.inventory.found["items"] == 2


def test_a_menu_is_printed_as_settings(tmp_path):
    def entry(number, title, kind, target, url=""):
        meta = {"_menu_item_type": kind, "_menu_item_object_id": target, "_menu_item_url": url}
        fields = {"post_type": "nav_menu_item", "menu_order": 9 - number}
        return make_item(number, title, "", meta=meta.items(), **fields)

    report = run_import(
        tmp_path,
        make_export(
            make_item(1, "About &amp; me", slug="about", post_type="page"),
            entry(2, "", "post_type", 1),
            entry(3, "Shop", "custom", 3, "https://shop.example/"),
            entry(4, "Gone", "post_type", 99),
        ),
    )
    shop, about = '{"label": "Shop", "url": "https://shop.example/"},', '{"label": "About & me", "url": "/about/"},'
    assert report.menu == [shop, about]


TEXTS = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\u2028\u2029\ufffe\uffff"), max_size=30
)


@settings(deadline=None, derandomize=True)
@given(text=TEXTS.map(lambda text: " ".join(text.split())), in_list=st.booleans())
def test_what_is_quoted_is_read_back(text, in_list):
    front = format_front_matter({"title": "T", "key": [text, "b"] if in_list else text})
    expected = {"title": "T"} if not text and not in_list else {"title": "T", "key": [text, "b"] if in_list else text}
    inner = front.removeprefix("---\n").removesuffix("---\n")
    assert yaml.safe_load(inner) == expected
    assert parse_front_matter(front, lambda *error: pytest.fail(str(error))).data == expected


@pytest.mark.parametrize(
    "text", ["A post", "It’s – „so“ (2)", "/a/b/", "https://lena.example/?p=1", "C++", "what? no!", "A & B"]
)
def test_plain_texts_need_no_quotes(text):
    assert quote_text(text) == text


@pytest.mark.parametrize(
    "text", ["no", "2014", "1.5", "2014-03-01", "a: b", "a #b", "- a", "[a]", "~", "null", "a:", "*a"]
)
def test_texts_that_mean_something_in_yaml_are_quoted(text):
    assert quote_text(text) == f'"{text}"'


def make_comment(number, **fields):
    values = {"id": str(number), "author": "Gus", "content": "Yes", "approved": "1", "parent": "0"}
    return RawComment(**{**values, "date_gmt": "2014-03-01 12:00:00", **fields})


ZONE = ZoneInfo("America/Chicago")


def test_replies_to_comments_that_stay_out_move_up():
    raws = [
        make_comment(1),
        make_comment(2, approved="0", parent="1"),
        make_comment(3, parent="2"),
        make_comment(4, approved="spam"),
        make_comment(5, parent="4"),
        make_comment(6, parent="6"),
        make_comment(7, approved="0", parent="8"),
        make_comment(8, approved="0", parent="7"),
        make_comment(9, parent="7"),
    ]
    comments, skipped = convert_comments(raws, ZONE)
    assert {comment.id: comment.parent for comment in comments} == {"1": "", "3": "1", "5": "", "6": "", "9": ""}
    assert skipped == {1: "it was not approved", 3: "it is spam", 6: "it was not approved", 7: "it was not approved"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"author": "A &amp; <b>B</b>\x07"}, {"name": "A & B", "kind": "comment"}),
        ({"url": "javascript:alert(1)"}, {"url": ""}),
        ({"url": "http://"}, {"url": ""}),
        (
            {"type": "pingback", "url": "https://a.example/", "content": "[…]"},
            {"kind": "mention", "html": "", "parent": ""},
        ),
        (
            {"content": 'Reblogged this on <a href="https://b.example/x">Bees</a>.'},
            {"kind": "mention", "name": "Bees", "url": "https://b.example/x"},
        ),
        ({"content": "a<script>x()</script>\r\n\r\nb"}, {"html": "<p>a</p><p>b</p>"}),
        (
            {"date_gmt": "0000-00-00 00:00:00", "date": "2014-03-01 12:00:00"},
            {"date": datetime(2014, 3, 1, 12, tzinfo=ZONE)},
        ),
    ],
)
def test_comments_are_cleaned(fields, expected):
    ((comment,), skipped) = convert_comments([make_comment(1, **fields)], ZONE)
    assert not skipped
    for key, value in expected.items():
        actual = getattr(comment, key)
        assert (re.sub(r"\s+", "", actual) if key == "html" else actual) == value


@pytest.mark.parametrize(
    "fields", [{"type": "order_note"}, {"id": "a b"}, {"approved": "post-trashed"}, {"approved": ""}]
)
def test_other_comments_stay_out_with_a_reason(fields):
    comments, skipped = convert_comments([make_comment(1, **fields)], ZONE)
    assert not comments
    assert skipped[0]


def test_a_guid_is_written_once(tmp_path):
    found = import_one(
        tmp_path, make_item(1, "One", guid="x"), make_item(2, "Two", guid="x"), make_item(3, "Three", guid="")
    )
    assert {path: front.get("guid") for path, front in found.items()} == {
        "posts/2014/one.md": "x", "posts/2014/two.md": None, "posts/2014/three.md": None,
    }  # fmt: skip


def test_items_of_two_blogs_with_one_number_both_come_in(tmp_path):
    other = make_item(
        1, "Other", slug="other", link="https://b.example/2014/03/01/other/", guid="https://b.example/?p=1"
    )
    run_import(tmp_path, make_export(make_item()), make_export(other))
    assert sorted(file.name for file in (tmp_path / "content/posts/2014").iterdir()) == ["a-post.md", "other.md"]


@pytest.mark.parametrize(
    "item",
    [
        make_item("9" * 5_000),
        make_item(meta=[("_thumbnail_id", "9" * 5_000)]),
        make_item(menu_order="9" * 5_000, post_type="page"),
        make_item(content=f'<img src="/x.jpg" width="{"9" * 5_000}">'),
        make_item(meta=[("is_reblog", "1"), ("reblog_snapshot", 'a:1:{s:9:"permalink";s:13:"https://[bad/";}')]),
    ],
    ids=["id", "picture", "order", "width", "reblog"],
)
def test_numbers_and_addresses_that_are_none_do_not_stop_an_import(tmp_path, item):
    assert len(import_one(tmp_path, item)) == 1


@pytest.mark.parametrize("date", ["0001-01-01 00:00:00", "9999-12-31 23:59:59"])
@pytest.mark.parametrize("zone", ["America/Chicago", "Asia/Tokyo"])
def test_a_comment_at_the_end_of_the_calendar_comes_along(date, zone):
    raw = RawComment(id="1", author="A", content="x", approved="1", date=date, date_gmt=date)
    comments, skipped = convert_comments([raw], ZoneInfo(zone))
    assert (len(comments), skipped) == (1, {})

"""What a record says stays one value in every machine file: URLs are encoded, lines are lines."""
# ruff: noqa: E501 - one case a line

import json
import re

import icalendar
import pytest
from authorsite.books.exports.citations import format_bibtex, format_csl_json, format_ris
from authorsite.problems import ProblemLog
from authorsite.reading.bibliography import format_bibtex as format_bibliography
from authorsite.reading.bibliography import parse_entry
from authorsite.seo.headers import format_headers
from authorsite.seo.redirects import Alias, format_redirects
from authorsite.settings import SiteSettings
from authorsite.validation import validate
from conftest import book, post
from lxml import etree

POST, BOOK, EVENT, SHOPS = "posts/a.md", "books/b.md", "events/e.md", "data/shops.yaml"


def make_book(lines="", offer="", title="A guide"):
    offers = f"offers:\n- {{shop: author, url: https://a.example/{offer}}}\n" if offer else ""
    return f"---\ntitle: {title}\neditions: [{{format: ebook}}]\n{lines}{offers}---\nText.\n"


def make_event(lines="", title="A talk"):
    return f"---\ntitle: {title}\nstart: 2020-06-01T17:00\n{lines}---\nText.\n"


REFUSED = {
    "a line in an alias": (POST, post(aliases='["/old/ /x 301\\n/* https://evil.example/ 301"]'), 4, "is not a URL path"),
    "an encoded line in an alias": (POST, post(aliases='["/old/%0A/x"]'), 4, "is not a URL path"),
    "an encoded NUL in an alias": (POST, post(aliases='["/old/%00"]'), 4, "is not a URL path"),
    "encoded dots in an alias": (POST, post(aliases='["/%2e%2e/x/"]'), 4, "is not a path on this site"),
    "half encoded dots in an alias": (POST, post(aliases='["/a/.%2E/x/"]'), 4, "is not a path on this site"),
    "a backslash in an alias": (POST, post(aliases='["/a\\\\..\\\\x/"]'), 4, "is not a path on this site"),
    "a line in a title": (POST, post(title='"A\\nB"'), 2, "`title` has a line break"),
    "a line separator in a title": (POST, post(title='"A\\u2028B"'), 2, "`title` has a line break"),
    "a line in a tag": (POST, post(tags='["a\\nb"]'), 4, "`tags` has a line break"),
    "NUL in a category": (POST, post(category='"a\\0b"'), 4, "control character U+0000"),
    "an escape in a summary": (POST, post(summary='"a\\x1b[2Jb"'), 4, "control character U+001B"),
    "a script as the original": (POST, post(reblog="{title: T, author: A, url: 'javascript:alert(1)//https://a.example'}"), 4, "is not a URL"),
    "a line in the original": (POST, post(reblog='{title: T, author: A, url: "https://a.example/\\nx"}'), 4, "is not a URL"),
    "a line in a slug": (POST, post(slug='"a\\nb"'), 4, "is not a valid slug"),
    "a line in an author": (POST, post(author='"A\\nER  - "'), 4, "`author` has a line break"),
    "a line in an offer": (BOOK, make_book(offer='"x"').replace('https://a.example/"x"', '"https://a.example/\\n/* /x 301"'), 5, "is not a URL"),
    "an offer in a data URL": (BOOK, make_book("offers: [{shop: author, url: 'data:text/html,x'}]\n"), 4, "is not a URL"),
    "an offer without a host": (BOOK, make_book("offers: [{shop: author, url: 'https:///x'}]\n"), 4, "is not a URL"),
    "an offer with a space for a host": (BOOK, make_book("offers: [{shop: author, url: 'https://a b/x'}]\n"), 4, "is not a URL"),
    "an offer with a backslash in the host": (BOOK, make_book("offers: [{shop: author, url: 'https://a.example\\evil.example/'}]\n"), 4, "is not a URL"),
    "a line in a book's title": (BOOK, make_book(title='"A\\nER  - "'), 2, "`title` has a line break"),
    "a line in an imprint": (BOOK, '---\ntitle: A\neditions: [{format: ebook, imprint: "P\\nUR  - x"}]\n---\n', 3, "line break"),
    "a line in a contributor": (BOOK, make_book('contributors: [{name: "A\\nAU  - B"}]\n'), 4, "line break"),
    "a line in a subject": (BOOK, make_book('subjects: ["a\\nb"]\n'), 4, "line break"),
    "a line in an event's place": (EVENT, make_event('place: "A\\nATTENDEE:x"\n'), 4, "`place` has a line break"),
    "a line in an event's title": (EVENT, make_event(title='"A\\r\\nB"'), 2, "`title` has a line break"),
    "a line in an event's guid": (EVENT, make_event('guid: "a\\nb"\n'), 4, "`guid` has a line break"),
    "a script as an affiliate link": (SHOPS, "kiosk: {name: K, affiliate: 'javascript:alert({tag})'}\n", 1, "is not a URL with {tag} and {isbn13} in it"),
    "a script before a placeholder": (SHOPS, "kiosk: {name: K, search: 'javascript:alert(\"https://{query}\")'}\n", 1, "is not a URL with {query} in it"),
    "a placeholder as the host": (SHOPS, "kiosk: {name: K, isbn13: 'https://{isbn13}.example/'}\n", 1, "is not a URL with {isbn13} in it"),
    "another placeholder": (SHOPS, "kiosk: {name: K, isbn13: 'https://k.example/{isbn13}/{isbn}'}\n", 1, "is not a URL with {isbn13} in it"),
    "an affiliate parameter with more": (SHOPS, "kiosk: {name: K, affiliate: 'tag&x'}\n", 1, "is not a URL with {tag} and {isbn13} in it"),
    "a path as the key of a shop": (SHOPS, "../../evil: {name: K}\n", 1, "`../../evil` cannot be the key of a shop"),
    "a space in the key of a shop": (SHOPS, 'name: {name: N}\n"a b": {name: K}\n', 2, "`a b` cannot be the key of a shop"),
}  # fmt: skip


@pytest.mark.parametrize(("path", "text", "line", "expected"), REFUSED.values(), ids=REFUSED)
def test_a_record_that_would_write_more_than_its_value_is_refused(path, text, line, expected, make_site):
    files = {f"content/{path}": text, "content/books/z.md": book("/images/none.png").replace("cover:", "# ")}
    built = make_site(files).build(AUTHORSITE={"search": False, "social_cards": False})
    reports = [str(problem) for problem in built.problems]
    assert [r for r in reports if r.startswith(f"content/{path}:{line}: ") and expected in r], reports
    assert not [r for r in reports if not r.startswith("content/")], reports


SETTINGS = {
    "a line in the site's URL": ({"url": "https://a.example\nSitemap: x"}, "`url` has a line break"),
    "a query in the site's URL": ({"url": "https://a.example/?x"}, "is not a full URL"),
    "a script in the menu": ({"menu": [{"label": "A", "url": "javascript:alert(1)"}]}, "is not a link"),
    "another host without a scheme": ({"menu": [{"label": "A", "url": "//evil.example/"}]}, "is not a link"),
    "a script as a profile": ({"social": [{"label": "A", "url": "data:text/html,x"}]}, "is not a link"),
    "a script as the hub": ({"feeds": {"hub": "javascript:x"}}, "is not a URL"),
    "a line in the domain": ({"publish": {"kind": "git", "cname": "a.example\nb.example"}}, "has a line break"),
    "a script for an annual date": ({"observances": [{"name": "A", "rule": "May", "url": "vbscript:x"}]}, "is not a link"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), SETTINGS.values(), ids=SETTINGS)
def test_a_setting_that_would_write_more_than_its_value_is_refused(changes, expected, tmp_path):
    log = ProblemLog(root=tmp_path)
    assert validate(SiteSettings, {"url": "https://a.example", **changes}, log, "pelicanconf.py") is None
    assert [problem for problem in log if expected in str(problem)], list(log)


ENCODED = {
    "a space": ("a b", "a%20b"),
    "a quote": ('a\\"b', "a%22b"),
    "an angle bracket": ("a<b>", "a%3Cb%3E"),
    "a brace": ("a}b{", "a%7Db%7B"),
    "a backslash": ("a\\\\b", "a%5Cb"),
    "another script": ("ä/я", "%C3%A4/%D1%8F"),
    "what is encoded": ("a%20b?c=%7B&d=e#f", "a%20b?c=%7B&d=e#f"),
    "a percent sign": ("100%", "100%25"),
}


@pytest.mark.parametrize(("written", "encoded"), ENCODED.values(), ids=ENCODED)
def test_the_url_of_an_offer_is_encoded_in_every_file(written, encoded, make_site):
    site = make_site(
        {f"content/{BOOK}": make_book(f'offers: [{{shop: author, url: "https://a.example/{written}"}}]\n')}
    )
    built = site.build(AUTHORSITE={"search": False, "social_cards": False})
    assert not built.failed, list(built.problems)
    rules = [line.split(" ") for line in site.output("_redirects").splitlines()]
    assert all(len(rule) == 3 and rule[2] in {"301", "302"} for rule in rules), rules
    assert ["/go/b/author/", f"https://a.example/{encoded}", "302"] in rules
    html_encoded = encoded.replace("&", "&amp;")
    assert f'href="https://a.example/{html_encoded}"' in site.output("books/b/buy/index.html")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/a b/", "/a%20b/"),
        ("/old/*", "/old/%2A"),
        ("/:year/x/", "/%3Ayear/x/"),
        ("/1:2/", "/1:2/"),
        ("/ä/", "/%C3%A4/"),
        ("/a\n/b", "/a%0A/b"),
        ("/a\u2028b/", "/a%E2%80%A8b/"),
    ],
)
def test_a_redirect_is_one_line_of_three_words(path, expected):
    text = format_redirects([Alias(path, "new/", "New", "a.md")], [("/go/b/*", "https://a.example/x y", 302)], "")
    assert text == f"{expected} /new/ 301\n/go/b/* https://a.example/x%20y 302\n"


@pytest.mark.parametrize(
    ("folder", "expected"),
    [("a b", "/a%20b/*"), ("a\n/*\n  X-Evil: 1\nb", "/a%0A/*"), ("a\u2028b", "/a%E2%80%A8b/*"), ("ä", "/ä/*")],
)
def test_a_folder_adds_one_rule_to_headers(folder, expected):
    lines = format_headers([f"{folder}/index.html"], "").split("\n")
    assert expected in lines
    assert [line for line in lines if "Evil" in line and not line.startswith("/")] == []
    assert all(re.fullmatch(r"/\S*|  [\w-]+: .+|", line) for line in lines), lines


NASTY = "A}b{ \\ % & # _ $ ~ ^ @ \" ' <i>\r\nER  - \r\nTY  - BOOK\u2028<!-- ]]> -->"


def test_a_citation_has_its_fields_and_no_others():
    item = {"id": "b", "type": "book", "title": NASTY, "publisher": NASTY, "URL": "https://a.example/}{"}
    ris = format_ris([item]).split("\r\n")
    assert [line[:2] for line in ris] == ["TY", "TI", "PB", "UR", "ER", ""]
    assert json.loads(format_csl_json([item])) == [item]
    _assert_balanced(format_bibtex([item]))


@pytest.mark.parametrize(
    "text", [NASTY, f'{NASTY}, "{NASTY}", 2019, https://a.example/}}', "A, *B*, https://a.example/{"]
)
def test_a_bibliography_entry_has_its_fields_and_no_others(text):
    _assert_balanced(format_bibliography([parse_entry(1, text)]))


def _assert_balanced(bibtex):
    """Check that each line is a field whose braces are balanced, as BibTeX counts them."""
    first, *fields, last, rest = bibtex.split("\n")
    assert re.fullmatch(r"@\w+\{[\w:.-]+,", first)
    assert (last, rest) == ("}", "")
    for field in fields:
        value = re.fullmatch(r"  \w+ = \{(.*)\},", field)[1]
        depth = 0
        for brace in re.findall("[{}]", value):
            depth += 1 if brace == "{" else -1
            assert depth >= 0, field
        assert depth == 0, field


def test_texts_with_several_lines_keep_them_in_calendars_and_onix(make_site):
    summary = "One, two; three\\n\\nBEGIN:VEVENT\\nUID:x"
    lines = f'description: "{summary}"\npublished: 2019-03-01\n'
    site = make_site({f"content/{EVENT}": make_event(f'summary: "{summary}"\n'), f"content/{BOOK}": make_book(lines)})
    built = site.build(AUTHORSITE={"search": False, "social_cards": False})
    assert not built.failed, list(built.problems)
    (event,) = icalendar.Calendar.from_ical(site.output("events.ics")).walk("VEVENT")
    assert str(event["description"]) == "One, two; three\n\nBEGIN:VEVENT\nUID:x"
    etree.fromstring((site.root / "output/books/b/onix.xml").read_bytes())
    for script in re.findall(r'<script type="application/ld\+json">(.*?)</script>', site.output("books/b/index.html")):
        json.loads(script)

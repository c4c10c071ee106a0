"""What the reader makes of dates, front matter, references, reblogs, links and summaries."""

import re
from zoneinfo import ZoneInfo

import pytest
import yaml
from authorsite.feeds.sanitizing import for_readers
from authorsite.markup import count_words, plain
from authorsite.reading import front_matter
from authorsite.reading.bibliography import bibtex, parse_entry
from authorsite.reading.dates import parse_date
from authorsite.reading.links import SiteMap, Target
from authorsite.reading.markdown import Converter, summary_of, typographic
from authorsite.reading.reblogs import passed_on
from authorsite.reading.sources import parse_file
from authorsite.validation import Fault
from hypothesis import example, given, settings
from hypothesis import strategies as st

CHICAGO = ZoneInfo("America/Chicago")
LIST = '\n\n## References\n\n1. Ann Author, *A Book*. Press, 2018.\n2. Bea Builder, "A Talk", *Talks*, 2019.\n'


def converted(body, prefix="a-post"):
    return Converter().convert(body, prefix)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2019-07-15", "2019-07-15T00:00:00-05:00"),
        ("2019-07-15T09:30", "2019-07-15T09:30:00-05:00"),
        ("2019-07-15 09:30:05", "2019-07-15T09:30:05-05:00"),
        ("2019-07-15T09:30Z", "2019-07-15T04:30:00-05:00"),
        ("2019-07-15T09:30+02:00", "2019-07-15T02:30:00-05:00"),
        ("2019-01-15T09:30 Europe/Berlin", "2019-01-15T02:30:00-06:00"),
    ],
)
def test_a_date_is_the_moment_it_names_in_the_zone_of_the_site(written, read):
    assert parse_date(written, CHICAGO).isoformat() == read


@pytest.mark.parametrize(
    ("written", "message", "hint"),
    [
        ("2019-02-30", "2019-02-30 is not a date", "check the day"),
        ("March", "`March` is ambiguous", "write 2019-03-01"),
        ("March 2018", "`March 2018` is ambiguous", "write 2018-03-01"),
        ("3 May 2018", "`3 May 2018` is not an ISO date", "write 2018-05-03"),
        ("2019-03-01T24:61", "2019-03-01T24:61 is not a time", "check the day"),
    ],
)
def test_anything_else_is_no_date_and_the_hint_says_what_to_write(written, message, hint):
    with pytest.raises(Fault) as raised:
        parse_date(written, CHICAGO)
    assert str(raised.value) == message
    assert raised.value.hint.startswith(hint)


@pytest.mark.parametrize(
    "raw",
    [
        b"---\ntitle: T\ntags: [a, b]\n---\nBody",
        b"\xef\xbb\xbf---\ntitle: T\ntags: [a, b]\n---\nBody",
        b"---\r\ntitle: T\r\ntags: [a, b]\r\n---\r\nBody",
        b"---\ntitle: T\ntags:\n  - a\n  - b\n---\nBody",
    ],
)
def test_the_same_front_matter_is_read_however_it_is_written(raw):
    faults = []
    found = parse_file(raw, lambda *fault: faults.append(fault))
    assert (found.data, found.body.strip(), faults) == ({"title": "T", "tags": ["a", "b"]}, "Body", [])


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("title: T            # or another", "T"),
        ("title: T #", "T"),
        ("title: T #: mine", "T"),
        ("title: C#1", "C#1"),
        ('title: "We are #1"', "We are #1"),
        ("#draft: yes\n  #-1\ntitle: T\n#lang: de", "T"),
        ("title: >\n  We are #1", "We are #1"),
    ],
)
def test_a_comment_is_a_comment_and_no_word_is_taken_for_one(written, read):
    assert front_matter.parse(f"---\n{written}\n---\n", print).data == {"title": read}


def test_pelicans_own_headers_still_read():
    found = parse_file(b"Title: One: two\nTags: a, b\nSummary:\n\nBody", print)
    assert found.data == {"title": "One: two", "tags": "a, b"}
    assert (found.body, found.body_line) == ("Body", 5)


def test_scalars_stay_what_the_author_wrote():
    found = front_matter.parse("---\na: no\nb: 1.10\nc: 2019-02-30\nd: ~\n---\n", print)
    assert found.data == {"a": "no", "b": "1.10", "c": "2019-02-30", "d": None}


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("title: What? Why: yes", 'put the value in quotes: title: "What? Why: yes"'),
        ("title: [Draft] What is it?", 'put the value in quotes: title: "[Draft] What is it?"'),
        ('title: "Round" tables', "end the value with the quote it begins with, and use the other kind inside"),
        ('title: The "round: one"', """put the value in quotes: title: 'The "round: one"'"""),
        ("title: @home", 'put the value in quotes: title: "@home"'),
        ("title: &c others", 'put the value in quotes: title: "&c others"'),
        ("title: !wow", 'put the value in quotes: title: "!wow"'),
        ("title: *so* round", 'put the value in quotes: title: "*so* round"'),
        ("title: We are #1", 'put the value in quotes: title: "We are #1"'),
        ("title: #MeToo, again", 'put the value in quotes: title: "#MeToo, again"'),
        ("tags: [a, #b]", "put what holds `?`, `:`, `#` or a comma in quotes within the brackets"),
        ("tags: [a, b", "close the bracket; put what holds a comma or a colon in quotes"),
        ("reblog: {title: Why?, author: A}", "put what holds `?`, `:`, `#` or a comma in quotes within the brackets"),
        ("title: 'It's'", "end the value with the quote it begins with, and use the other kind inside"),
    ],
)
def test_the_hint_for_what_yaml_cannot_read_is_the_line_as_it_should_be(line, hint):
    said = []
    assert front_matter.parse(f"---\n{line}\ndate: 2019-03-01\n---\n", lambda *fault: said.append(fault)) is None
    assert [(number, told) for number, _, told in said] == [(2, hint)]


def test_the_line_as_it_should_be_is_read_as_meant():
    found = front_matter.parse('---\na: "What? Why: yes"\nb: \'"Round" tables\'\n---\n', print)
    assert found.data == {"a": "What? Why: yes", "b": '"Round" tables'}


@pytest.mark.parametrize(
    ("text", "author", "title", "container", "year", "url"),
    [
        (
            'Natalie Kais, "Doctors Open Practice", PSFK, 2019, https://example.org/a-b.html',
            "Natalie Kais", "Doctors Open Practice", "PSFK", "2019", "https://example.org/a-b.html",
        ),
        ("Frieda First, *One Thing*. Made-up Press, 2015.", "Frieda First", "One Thing", "Made-up Press", "2015", ""),
        ('Ann Author, "A Talk?", *Talks*, 2018', "Ann Author", "A Talk?", "Talks", "2018", ""),
        ("Something that somebody once said.", "", "", "", "", ""),
    ],
)  # fmt: skip
def test_an_entry_is_read_into_its_parts_or_stays_as_written(text, author, title, container, year, url):
    found = parse_entry(1, text)
    assert found.text == text
    assert (found.author, found.title, found.container, found.year, found.url) == (author, title, container, year, url)


def test_citations_and_entries_lead_to_each_other_with_names():
    html = converted("One [1], both [1, 2], and ([2], p. 6)." + LIST).html
    for number, time_ in [(1, 1), (1, 2), (2, 1), (2, 2)]:
        place, entry = f"cite-a-post-{number}-{time_}", f"source-a-post-{number}"
        assert html.count(f'id="{place}"') == html.count(f'href="#{place}"') == 1
        assert html.count(f'id="{entry}"') == 1
        assert f'href="#{entry}"' in html
    assert html.count('aria-label="Reference 1"') == 2
    assert html.count('aria-label="Back to reference') == 4


@pytest.mark.parametrize("body", ["`a[1]`", "    a[1]\n", "[see [1]](https://example.org/)", "```\na[1]\n```"])
def test_code_and_links_are_left_alone(body):
    assert 'class="citation"' not in converted(f"{body}\n\nCited [2], [1]{LIST}").html.partition("Cited")[0]


def test_cells_are_aligned_by_class_and_never_by_a_style_that_the_policy_forbids():
    html = converted("| a {: .own } | b | c | d |\n|:--|:-:|--:|---|\n| 1 | 2 | 3 | 4 |").html
    assert "style=" not in html
    assert '<th class="own align-left">a</th>' in html
    assert '<td class="align-center">2</td>\n<td class="align-right">3</td>\n<td>4</td>' in html


def test_numbers_in_brackets_mean_nothing_without_a_list():
    found = converted("An array a[1] and [2].")
    assert (found.html, found.references, found.found) == ("<p>An array a[1] and [2].</p>", (), ())


def test_a_closing_list_that_nothing_cites_is_a_list():
    assert "references" not in converted("Do this:\n\n1. Get up.\n2. Go out.").html


def test_numbers_without_entry_and_entries_without_number_are_found_with_their_lines():
    found = converted("One [1].\n\nThree [3]." + LIST).found
    assert [(f.line, f.message) for f in found] == [
        (3, "reference [3] has no entry"),
        (8, "reference 2 is never cited"),
    ]


FIVE = "\n\n" + "".join(f"{n}. Ann Author, *Book {n}*.\n" for n in range(1, 6))
ALL = "Cited [1, 2, 3, 4, 5]. "


@pytest.mark.parametrize(
    ("written", "shown", "cited"),
    [
        ("[2-4]", "[2–4]", [2, 3, 4]),
        ("[2–4, 1]", "[2–4, 1]", [2, 3, 4, 1]),
        ("[4 - 5]", "[4–5]", [4, 5]),
        ("[2018-2020]", "[2018-2020]", []),
        ("[10-12]", "[10-12]", []),
        ("[0-9]", "[0-9]", []),
        ("[4-2]", "[4-2]", []),
        ("[1-555]", "[1–555]", [1, 2, 3, 4, 5]),
    ],
)  # fmt: skip
def test_a_range_cites_each_of_its_entries_and_other_numbers_with_a_dash_are_left_alone(written, shown, cited):
    made = converted(f"{ALL}Here {written} there.{FIVE}")
    here = made.html.partition("Here ")[2].partition(" there")[0]
    assert plain(here) == shown
    assert re.findall(r'id="cite-a-post-(\d)-2"', here) == [str(n) for n in cited]
    for number in cited:
        assert f'href="#cite-a-post-{number}-2"' in made.html
    assert bool(made.found) == ("555" in written)


def test_in_a_group_each_number_counts_for_itself():
    made = converted("Both [1, 3].\n\n1. Ann Author, *A Book*.")
    assert [f.message for f in made.found] == ["reference [3] has no entry"]
    assert '">1</a>, 3]</span>' in made.html


def test_ids_of_two_posts_on_one_page_differ():
    body = "Cited [1, 2].[^n]" + LIST + "\n[^n]: A note.\n"
    one, two = ids(converted(body, "one").html), ids(converted(body, "two").html)
    assert one & two == {"references"}


def ids(html):
    from authorsite.reading.links import ids_in

    return set(ids_in(html))


def test_feeds_show_references_as_plain_text():
    html, _ = for_readers(converted("One [1] and [1, 2]." + LIST).html, "https://example.org/p/")
    assert "One [1] and [1, 2]." in html.replace("<span>", "").replace("</span>", "")
    assert "↩" not in html


def test_bibtex_has_one_key_for_each_entry():
    made = bibtex(converted("One [1], two [2]." + LIST).references)
    assert made.count("@") == 2
    assert "title = {{A Book}}" in made or "title = {A Book}" in made


TOLD = {"title": "T", "author": "B", "site": "S", "url": "https://example.org/o/"}


@pytest.mark.parametrize(
    ("words", "limit", "more"),
    [(364, 150, "214 more words"), (2632, 150, "2,482 more words"), (151, 150, "1 more word<"), (None, 150, "50 more")],
)
def test_the_way_to_the_original_says_how_many_words_are_left(words, limit, more):
    html = passed_on(f"<p>{'word ' * 200}</p>", **TOLD, words=words, limit=limit, locale="en_US")
    assert more in html
    assert count_words(html.partition("<blockquote")[2].partition("</blockquote>")[0].partition(">")[2]) == limit


def test_foreign_html_does_nothing():
    html = passed_on(
        '<p onclick="x()">a<script>alert(1)</script><a href="javascript:x()">b</a><iframe src="//e"></iframe></p>',
        **TOLD, words=None, limit=9, locale="en",
    )  # fmt: skip
    assert not any(bad in html for bad in ("onclick", "<script", "javascript:", "<iframe"))


@pytest.mark.parametrize(
    ("body", "summary"),
    [
        ("First.\n\nSecond.", "<p>First.</p>"),
        ("First.\n\nSecond.\n\n<!-- more -->\n\nThird.", "<p>First.</p>\n<p>Second.</p>"),
        ("## Heading\n\nText.", "<p>Text.</p>"),
        ("Note.[^1]\n\n[^1]: Well.", "<p>Note.</p>"),
        ("See [that](#here).", "<p>See that.</p>"),
        ("", ""),
    ],
)
def test_the_summary_is_whole_and_leads_nowhere(body, summary):
    assert summary_of(converted(body).html) == summary


@pytest.mark.parametrize(
    ("link", "becomes", "said"),
    [
        ("b.md", "/sub/2019/b/", None),
        ("{filename}/posts/b.md#why", "/sub/2019/b/#why", None),
        ("../pages/c.md", "/sub/c/", None),
        ("/old/", "/sub/2019/b/", None),
        ("https://example.org/b.md", "https://example.org/b.md", None),
        ("b.md#whi", "/sub/2019/b/#whi", "posts/b.md has no `#whi`"),
        ("x.md", "x.md", "there is no content/posts/x.md"),
        ("d.md", "d.md", "posts/d.md is not published yet"),
        ("../images/x.png", "../images/x.png", "there is no content/images/x.png"),
    ],
)
def test_links_lead_from_file_to_file(link, becomes, said):
    reports = []
    pages = {"posts/b.md": Target("2019/b/", '<h2 id="why">Why</h2>'), "pages/c.md": Target("c/")}
    site = SiteMap(pages, moved={"/old/": "2019/b/"}, drafts=frozenset({"posts/d.md"}), root="/sub")
    html = site.resolve(f'<a href="{link}">x</a>', "posts/a.md", lambda *report: reports.append(report))
    assert html == f'<a href="{becomes}">x</a>'
    assert [report[1] for report in reports] == ([said] if said else [])


def test_what_is_not_markdown_has_the_same_typography():
    said = "\"It's <here>\", she said -- &amp; 'there'... in the '90s"
    assert typographic(said) == "“It’s <here>”, she said – &amp; ‘there’… in the ’90s"
    html = passed_on("<p>a</p>", **TOLD | {"title": "It's", "site": "Bob's -- <b>"}, words=None, limit=9, locale="en")
    assert ">It’s</a> by B on Bob’s – &lt;b&gt;:</p>" in html


def test_anchors_of_pages_that_are_not_made_yet_are_checked_when_they_are():
    reports = []
    site = SiteMap({"books/b.md": Target("books/b/")})
    site.resolve('<a href="../books/b.md#chaptres">x</a>', "posts/a.md", lambda *report: reports.append(report))
    [(url, check)] = site.later
    assert (url, reports) == ("books/b/", [])
    check(frozenset({"chapters"}))
    assert [report[1:] for report in reports] == [("books/b.md has no `#chaptres`", "did you mean `chapters`?")]


def test_typography_leaves_code_alone():
    html = converted('"Round" -- and `"straight" --`').html
    assert html == '<p>&ldquo;Round&rdquo; &ndash; and <code>"straight" --</code></p>'


YAML = ["title", "tags", ": ", ":", "- ", "[", "]", ", ", '"', "'", "\\n", "\n", "  ", " ", "a", "é", "2019-01-02"]
YAML += ["why?", "no!", "? ", "!", "https://x", "~", "---", "...", "<<", "=", "-", ".", "\\", "\u2028"]


def told(node):
    """Return all that is asked of a composed YAML node."""
    if node is None:
        return None
    value = node.value
    if isinstance(node, yaml.MappingNode):
        value = [(told(key), told(item)) for key, item in value]
    elif isinstance(node, yaml.SequenceNode):
        value = [told(item) for item in value]
    return type(node), node.tag, value, getattr(node, "style", None) or "", node.start_mark.line


@settings(max_examples=600, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(YAML), max_size=25).map("".join))
@example("tags: [why? yes]")
@example("title: why? yes!")
@example("tags: [no!, why?]")
def test_front_matter_is_composed_as_pyyaml_does(text):
    def composed(compose):
        try:
            return told(compose())
        except yaml.YAMLError:
            return "a fault"

    slow = composed(lambda: yaml.compose(text, Loader=front_matter._Loader))
    assert composed(lambda: front_matter._composed(text)) == slow

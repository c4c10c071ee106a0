"""Parsing and rendering of dates, front matter, references, reblogs, links and summaries."""

import re
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import yaml
from authorsite.feeds.sanitizing import sanitize_for_feed
from authorsite.markup import count_words, text_content
from authorsite.reading import front_matter
from authorsite.reading.bibliography import build_bibliography, format_bibtex, parse_entry
from authorsite.reading.bibtex import format_entry
from authorsite.reading.dates import parse_date
from authorsite.reading.front_matter import parse_front_matter
from authorsite.reading.links import LinkResolver, LinkTarget, collect_ids
from authorsite.reading.markdown import MarkdownRenderer, make_summary, smarten_punctuation
from authorsite.reading.reblogs import render_reblog
from authorsite.reading.sources import parse_file
from authorsite.validation import InvalidValue
from hypothesis import example, given, settings
from hypothesis import strategies as st

CHICAGO = ZoneInfo("America/Chicago")
LIST = '\n\n## References\n\n1. Ann Author, *A Book*. Press, 2018.\n2. Bea Builder, "A Talk", *Talks*, 2019.\n'


def render(body, prefix="a-post"):
    return MarkdownRenderer().render(body, prefix)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2019-07-15", "2019-07-15T00:00:00-05:00"),
        ("2019-07-15T09:30", "2019-07-15T09:30:00-05:00"),
        ("2019-07-15 09:30:05", "2019-07-15T09:30:05-05:00"),
        ("2019-07-15T09:30Z", "2019-07-15T04:30:00-05:00"),
        ("2019-07-15T09:30+02:00", "2019-07-15T02:30:00-05:00"),
        ("2019-01-15T09:30 Europe/Berlin", "2019-01-15T02:30:00-06:00"),
    ],
)
def test_dates_are_converted_to_the_site_time_zone(text, iso):
    assert parse_date(text, CHICAGO).isoformat() == iso


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("2019-02-30", "2019-02-30 is not a date", "February 2019 has 28 days"),
        ("2019-13-01", "2019-13-01 is not a date", "check the month and the day"),
        ("2019-00-31", "2019-00-31 is not a date", "check the month and the day"),
        ("0000-01-01", "0000-01-01 is not a date", "check the month and the day"),
        ("March", "`March` is ambiguous", "write 2019-03-01"),
        ("March 2018", "`March 2018` is ambiguous", "write 2018-03-01"),
        ("3 May 2018", "`3 May 2018` is not an ISO date", "write 2018-05-03"),
        ("2019-03-01T24:61", "2019-03-01T24:61 is not a time", "check the hours and the minutes"),
        ("0001-01-01T00:00+14:00", "0001-01-01T00:00+14:00 is outside the calendar", "check the year"),
        ("9999-12-31T23:59-12:00", "9999-12-31T23:59-12:00 is outside the calendar", "check the year"),
    ],
)
def test_invalid_dates_get_a_hint_what_to_write(text, message, hint):
    with pytest.raises(InvalidValue) as raised:
        parse_date(text, CHICAGO)
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
def test_front_matter_is_read_with_any_line_ends_bom_or_list_style(raw):
    issues = []
    source = parse_file(raw, lambda *issue: issues.append(issue))
    assert (source.data, source.body.strip(), issues) == ({"title": "T", "tags": ["a", "b"]}, "Body", [])


@pytest.mark.parametrize(
    ("text", "title"),
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
def test_comments_are_dropped_and_hash_signs_in_words_are_kept(text, title):
    assert parse_front_matter(f"---\n{text}\n---\n", print).data == {"title": title}


def test_pelican_headers_are_read():
    source = parse_file(b"Title: One: two\nTags: a, b\nSummary:\n\nBody", print)
    assert source.data == {"title": "One: two", "tags": "a, b"}
    assert (source.body, source.body_line) == ("Body", 5)


def test_scalars_stay_strings():
    parsed = parse_front_matter("---\na: no\nb: 1.10\nc: 2019-02-30\nd: ~\n---\n", print)
    assert parsed.data == {"a": "no", "b": "1.10", "c": "2019-02-30", "d": None}


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("title: What? Why: yes", 'put the value in quotes: title: "What? Why: yes"'),
        ("title: [Draft] What is it?", 'put the value in quotes: title: "[Draft] What is it?"'),
        (
            'title: "Round" tables',
            "end the value with the quote it starts with, and use the other kind of quote inside",
        ),
        ('title: The "round: one"', """put the value in quotes: title: 'The "round: one"'"""),
        ("title: @home", 'put the value in quotes: title: "@home"'),
        ("title: &c others", 'put the value in quotes: title: "&c others"'),
        ("title: !wow", 'put the value in quotes: title: "!wow"'),
        ("title: *so* round", 'put the value in quotes: title: "*so* round"'),
        ("title: We are #1", 'put the value in quotes: title: "We are #1"'),
        ("title: #MeToo, again", 'put the value in quotes: title: "#MeToo, again"'),
        ("tags: [a, #b]", "inside the brackets, quote items that contain `?`, `:`, `#` or a comma"),
        ("tags: [a, b", "close the bracket, and quote items that contain a comma or a colon"),
        ("reblog: {title: Why?, author: A}", "inside the brackets, quote items that contain `?`, `:`, `#` or a comma"),
        ("title: 'It's'", "end the value with the quote it starts with, and use the other kind of quote inside"),
    ],
)
def test_invalid_yaml_gets_a_hint_with_the_corrected_line(line, hint):
    issues = []
    assert parse_front_matter(f"---\n{line}\ndate: 2019-03-01\n---\n", lambda *issue: issues.append(issue)) is None
    assert [(number, text) for number, _, text in issues] == [(2, hint)]


def test_corrected_lines_are_read_as_intended():
    parsed = parse_front_matter('---\na: "What? Why: yes"\nb: \'"Round" tables\'\n---\n', print)
    assert parsed.data == {"a": "What? Why: yes", "b": '"Round" tables'}


@pytest.mark.parametrize(
    ("text", "author", "title", "container", "year", "url"),
    [
        (
            'Natalie Kais, "Doctors Open Practice", PSFK, 2019, https://example.org/a-b.html',
            "Natalie Kais", "Doctors Open Practice", "PSFK", "2019", "https://example.org/a-b.html",
        ),
        ("Frieda First, *One Thing*. Made-up Press, 2015.", "Frieda First", "One Thing", "Made-up Press", "2015", ""),
        ('Ann Author, "A Talk?", *Talks*, 2018', "Ann Author", "A Talk?", "Talks", "2018", ""),
        ("Ann Author, *A Book*. Press 1950, 2003.", "Ann Author", "A Book", "Press 1950", "2003", ""),
        ("Ann Author, „Ein Titel“, *Zeitung*, 2018", "Ann Author", "Ein Titel", "Zeitung", "2018", ""),
        ("Ann Author, « Un titre », 2018", "Ann Author", "Un titre", "", "2018", ""),
        ("آن كاتبة، «سلالم»، مجلة، 2018", "آن كاتبة", "سلالم", "مجلة", "2018", ""),
        ("آن كاتبة، *كتاب السلالم*، 2018.", "آن كاتبة", "كتاب السلالم", "", "2018", ""),
        ("Something that somebody once said.", "", "", "", "", ""),
    ],
)  # fmt: skip
def test_reference_entries_are_parsed_into_fields(text, author, title, container, year, url):
    entry = parse_entry(1, text)
    assert entry.text == text
    assert (entry.author, entry.title, entry.container, entry.year, entry.url) == (author, title, container, year, url)


def test_citations_and_entries_link_to_each_other_with_labels():
    html = render("One [1], both [1, 2], and ([2], p. 6)." + LIST).html
    for number, count in [(1, 1), (1, 2), (2, 1), (2, 2)]:
        citation, entry = f"cite-a-post-{number}-{count}", f"source-a-post-{number}"
        assert html.count(f'id="{citation}"') == html.count(f'href="#{citation}"') == 1
        assert html.count(f'id="{entry}"') == 1
        assert f'href="#{entry}"' in html
    assert html.count('aria-label="Reference 1"') == 2
    assert html.count('aria-label="Back to reference') == 4


@pytest.mark.parametrize("body", ["`a[1]`", "    a[1]\n", "[see [1]](https://example.org/)", "```\na[1]\n```"])
def test_numbers_in_code_and_links_are_not_citations(body):
    assert 'class="citation"' not in render(f"{body}\n\nCited [2], [1]{LIST}").html.partition("Cited")[0]


def test_cells_are_aligned_by_class_without_inline_styles():
    html = render("| a {: .own } | b | c | d |\n|:--|:-:|--:|---|\n| 1 | 2 | 3 | 4 |").html
    assert "style=" not in html
    assert '<th class="own align-left">a</th>' in html
    assert '<td class="align-center">2</td>\n<td class="align-right">3</td>\n<td>4</td>' in html


def test_numbers_in_brackets_are_not_citations_without_a_list():
    body = render("An array a[1] and [2].")
    assert (body.html, body.references, body.issues) == ("<p>An array a[1] and [2].</p>", (), ())


def test_a_final_list_without_citations_is_not_a_reference_list():
    assert "references" not in render("Do this:\n\n1. Get up.\n2. Go out.").html


def test_missing_and_uncited_entries_are_reported_with_lines():
    issues = render("One [1].\n\nThree [3]." + LIST).issues
    assert [(issue.line, issue.message) for issue in issues] == [
        (3, "reference [3] has no entry"),
        (8, "reference 2 is never cited"),
    ]


FIVE_ENTRIES = "\n\n" + "".join(f"{n}. Ann Author, *Book {n}*.\n" for n in range(1, 6))
CITE_ALL = "Cited [1, 2, 3, 4, 5]. "


@pytest.mark.parametrize(
    ("text", "shown", "cited"),
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
def test_a_range_cites_each_entry_and_other_dashed_numbers_are_not_citations(text, shown, cited):
    body = render(f"{CITE_ALL}Here {text} there.{FIVE_ENTRIES}")
    here = body.html.partition("Here ")[2].partition(" there")[0]
    assert text_content(here) == shown
    assert re.findall(r'id="cite-a-post-(\d)-2"', here) == [str(n) for n in cited]
    for number in cited:
        assert f'href="#cite-a-post-{number}-2"' in body.html
    assert bool(body.issues) == ("555" in text)


def test_a_group_may_contain_an_unknown_number():
    body = render("Both [1, 3].\n\n1. Ann Author, *A Book*.")
    assert [issue.message for issue in body.issues] == ["reference [3] has no entry"]
    assert '">1</a>, 3]</span>' in body.html


def test_ids_of_two_posts_on_one_page_differ():
    body = "Cited [1, 2].[^n]" + LIST + "\n[^n]: A note.\n"
    one, two = collect_ids(render(body, "one").html), collect_ids(render(body, "two").html)
    assert one & two == {"references"}


def test_feeds_show_references_as_plain_text():
    html, _ = sanitize_for_feed(render("One [1] and [1, 2]." + LIST).html, "https://example.org/p/")
    assert "One [1] and [1, 2]." in html.replace("<span>", "").replace("</span>", "")
    assert "↩" not in html


def test_sources_are_merged_across_posts_and_sorted_by_family_name():
    texts = [
        [
            "Bea Builder, *One Thing*, 2015.",
            'Ann Zander, "A Talk", 2019, https://www.example.org/talk/',
            "Said by somebody.",
            "Said by  somebody.",
        ],
        [
            'Ann Zander, "A Talk, Again", 2019, http://example.org/talk',
            "BEA BUILDER, *One thing*, first published 2015.",
        ],
    ]
    posts = [SimpleNamespace(references=[parse_entry(1, text) for text in entries]) for entries in texts]
    assert [(source.reference.text, len(source.posts)) for source in build_bibliography(posts, ())] == [
        ("BEA BUILDER, *One thing*, first published 2015.", 2),
        ("Said by somebody.", 1),
        ('Ann Zander, "A Talk, Again", 2019, http://example.org/talk', 2),
    ]


def test_an_own_book_is_one_source_however_it_is_written():
    books = [SimpleNamespace(title="Other", subtitle=""), SimpleNamespace(title="One Thing", subtitle="And more")]
    texts = "B. Bo, *One Thing*, 2015.", "B. Bo, *One thing: and more*.", "Bo, *One Thing*, 2015, https://a.example/b"
    posts = [SimpleNamespace(references=[parse_entry(1, text)]) for text in texts]
    (source,) = build_bibliography(posts, books)
    assert (source.book, source.posts) == (books[1], tuple(posts))
    assert source.reference.url == "https://a.example/b"


def test_bibtex_has_one_key_for_each_entry():
    same_year = 'Author, "One", 2018', 'Ann Author, "Two", 2018', 'Ann Author, "Three", 2019'
    bibtex = format_bibtex([parse_entry(1, text) for text in same_year])
    assert re.findall(r"@misc\{(.*),", bibtex) == ["author2018", "author2018-2", "author2019"]
    assert "  title = {{One}},\n" in bibtex


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("R&D: 100 % of $5, #1, a_b", r"R\&D: 100 \% of \$5, \#1, a\_b"),
        ("A~B ^C", r"A\textasciitilde{}B \textasciicircum{}C"),
        (r"{D} \E", r"\textbraceleft{}D\textbraceright{} \textbackslash{}E"),
        ("an open {", r"an open \textbraceleft{}"),
        ("Übermut “à la” Łódź", "Übermut “à la” Łódź"),
    ],
)
def test_bibtex_escapes_what_tex_would_read_as_commands(text, tex):
    entry = format_entry("misc", "a", {"title": text, "note": text})
    assert f"  title = {{{{{tex}}}}},\n  note = {{{tex}}},\n" in entry
    assert entry.count("{") == entry.count("}")


def test_bibtex_does_not_escape_urls_but_encodes_their_braces():
    entry = format_entry("misc", "a", {"author": "", "url": "https://example.org/~a_b?c=1%20&d={\\"})
    assert entry == "@misc{a,\n  url = {https://example.org/~a_b?c=1%20&d=%7B%5C},\n}\n"


REBLOG = {"title": "T", "author": "B", "site": "S", "url": "https://example.org/o/"}


@pytest.mark.parametrize(
    ("words", "limit", "remaining"),
    [(364, 150, "214 more words"), (2632, 150, "2,482 more words"), (151, 150, "1 more word<"), (None, 150, "50 more")],
)
def test_the_link_to_the_original_says_how_many_words_remain(words, limit, remaining):
    html = render_reblog(f"<p>{'word ' * 200}</p>", **REBLOG, words=words, limit=limit)
    assert remaining in html
    assert count_words(html.partition("<blockquote")[2].partition("</blockquote>")[0].partition(">")[2]) == limit


def test_a_citation_in_a_reblog_is_one_word():
    text = "One [1] two, <a href='x'>three</a>, four &amp; five. " * 10
    html = render_reblog(render(text + LIST).html, **REBLOG, words=70, limit=14)
    assert "View original post: 56 more words" in html
    assert text_content(html.partition("<blockquote")[2].partition("</blockquote>")[0]).endswith("four & five.")


def test_the_authors_note_comes_before_the_original_and_counts_none_of_its_words():
    body = render("My *own* note.\n\n<!-- original -->\n\nOne two three four.").html
    html = render_reblog(body, **REBLOG, words=None, limit=2)
    note, _, rest = html.partition('<p class="attribution">')
    assert note == "<p>My <em>own</em> note.</p>\n"
    assert "<p>One two</p>" in rest
    assert "2 more words" in rest
    assert "note" not in rest


@pytest.mark.parametrize(
    ("author", "site", "attribution"),
    [("B", "S", "From T by B on S:"), ("B", "", "From T by B:"), ("", "S", "From T on S:"), ("", "", "From T:")],
)
def test_a_reblog_names_what_is_known_of_the_original(author, site, attribution):
    html = render_reblog("<p>a</p>", **REBLOG | {"author": author, "site": site}, words=None, limit=9)
    assert text_content(html.partition("</p>")[0]) == attribution


def test_reblogged_html_is_sanitized():
    html = render_reblog(
        '<p onclick="x()">a<script>alert(1)</script><a href="javascript:x()">b</a><iframe src="//e"></iframe></p>',
        **REBLOG, words=None, limit=9,
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
        ("Call `print()` in .NET, voilà !", "<p>Call <code>print()</code> in .NET, voilà !</p>"),
        ("`ls ..` See .htaccess ( or not )", "<p><code>ls ..</code> See .htaccess ( or not )</p>"),
        ("One [1] and [1, 2]." + LIST, "<p>One and.</p>"),
        ("One ([1], p. 6), two ([1]) f() .x (see [2])." + LIST, "<p>One, two f() .x (see).</p>"),
        ("One[^1] , two .[^1]\n\n[^1]: Well.", "<p>One , two .</p>"),
        ("- a\n- b\n\nLater.", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("## Heading\n\n1. " + "a " * 60, f"<ol>\n<li>{'a ' * 54}a…</li></ol>"),
        ("a " * 54 + "*a, b* c", f"<p>{'a ' * 54}<em>a…</em></p>"),
        ("a " * 54 + "[`a` b](#x)", f"<p>{'a ' * 54}<code>a…</code></p>"),
        ("a " * 54 + "[b](#x)", f"<p>{'a ' * 54}b</p>"),
        ("a " * 49 + "a\n\n" + "b " * 6 + "\n\n<!-- more -->", f"<p>{'a ' * 49}a</p>\n<p>{'b ' * 4}b…</p>"),
        ("- a\n    - b\n- c\n\nLater.", "<ul>\n<li>a<ul>\n<li>b</li>\n</ul>\n</li>\n<li>c</li>\n</ul>"),
        ("Text.\n\n- a", "<p>Text.</p>"),
        ("> a\n\nLater.", "<p>a</p>"),
        ("", ""),
    ],
)
def test_summaries_are_well_formed_and_have_no_links(body, summary):
    assert make_summary(render(body).html) == summary


@pytest.mark.parametrize(
    ("link", "url", "message"),
    [
        ("b.md", "/sub/2019/b/", None),
        ("{filename}/posts/b.md#why", "/sub/2019/b/#why", None),
        ("../pages/c.md", "/sub/c/", None),
        ("/old/", "/sub/2019/b/", None),
        ("/old", "/sub/2019/b/", None),
        ("/old/#why", "/sub/2019/b/#why", None),
        ("/other", "/sub/other", None),
        ("b.md#w%C3%BCrde", "/sub/2019/b/#w%C3%BCrde", None),
        ("#%C3%BCber", "#%C3%BCber", None),
        ("#ueber", "#ueber", "there is no `#ueber` on this page"),
        ("https://example.org/b.md", "https://example.org/b.md", None),
        ("b.md#whi", "/sub/2019/b/#whi", "posts/b.md has no `#whi`"),
        ("x.md", "x.md", "there is no content/posts/x.md"),
        ("d.md", "d.md", "posts/d.md is not published yet"),
        ("e.md", "e.md", None),
        ("../images/x.png", "../images/x.png", "there is no content/images/x.png"),
    ],
)
def test_links_to_files_and_aliases_become_urls(link, url, message):
    issues = []
    heading, other = '<h2 id="über">Über</h2>', '<h2 id="why">Why</h2><h2 id="würde">Würde</h2>'
    targets = {"posts/b.md": LinkTarget("2019/b/", other), "pages/c.md": LinkTarget("c/")}
    unpublished, invalid = frozenset({"posts/d.md"}), frozenset({"posts/e.md"})
    resolver = LinkResolver(targets, {}, {"/old/": "2019/b/"}, unpublished, invalid, "/sub")
    body = f'{heading}<a href="{link}">x</a>'
    html = resolver.resolve(body, "posts/a.md", lambda *issue: issues.append(issue))
    assert html == f'{heading}<a href="{url}">x</a>'
    assert [issue[1] for issue in issues] == ([message] if message else [])


def test_plain_text_gets_smart_punctuation_too():
    text = "\"It's <here>\", she said -- &amp; 'there'... in the '90s"
    assert smarten_punctuation(text) == "“It’s <here>”, she said – &amp; ‘there’… in the ’90s"
    fields = REBLOG | {"title": "It's", "site": "Bob's -- <b>"}
    html = render_reblog("<p>a</p>", **fields, words=None, limit=9)
    assert ">It’s</a> by B on Bob’s – &lt;b&gt;:</p>" in html


def test_anchors_of_pages_not_rendered_yet_are_checked_later():
    issues = []
    resolver = LinkResolver({"books/b.md": LinkTarget("books/b/")})
    resolver.resolve('<a href="../books/b.md#chaptres">x</a>', "posts/a.md", lambda *issue: issues.append(issue))
    [(url, check)] = resolver.pending_anchor_checks
    assert (url, issues) == ("books/b/", [])
    check(frozenset({"chapters"}))
    assert [issue[1:] for issue in issues] == [("books/b.md has no `#chaptres`", "did you mean `chapters`?")]


def test_smart_punctuation_does_not_change_code():
    html = render('"Round" -- and `"straight" --`').html
    assert html == '<p>&ldquo;Round&rdquo; &ndash; and <code>"straight" --</code></p>'


YAML_FRAGMENTS = [
    "title",
    "tags",
    ": ",
    ":",
    "- ",
    "[",
    "]",
    ", ",
    '"',
    "'",
    "\\n",
    "\n",
    "  ",
    " ",
    "a",
    "é",
    "2019-01-02",
]
YAML_FRAGMENTS += ["why?", "no!", "? ", "!", "https://x", "~", "---", "...", "<<", "=", "-", ".", "\\", "\u2028"]


def to_tuple(node):
    """Return the properties of a composed YAML node that the parser uses."""
    if node is None:
        return None
    value = node.value
    if isinstance(node, yaml.MappingNode):
        value = [(to_tuple(key), to_tuple(item)) for key, item in value]
    elif isinstance(node, yaml.SequenceNode):
        value = [to_tuple(item) for item in value]
    return type(node), node.tag, value, getattr(node, "style", None) or "", node.start_mark.line


@settings(max_examples=600, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(YAML_FRAGMENTS), max_size=25).map("".join))
@example("tags: [why? yes]")
@example("title: why? yes!")
@example("tags: [no!, why?]")
def test_libyaml_composes_front_matter_like_pyyaml(text):
    def compose_or_error(compose):
        try:
            return to_tuple(compose())
        except yaml.YAMLError:
            return "error"

    expected = compose_or_error(lambda: yaml.compose(text, Loader=front_matter._Loader))
    assert compose_or_error(lambda: front_matter._compose(text)) == expected


TABLE = "| a | b |\n|---|---|\n| 1 | 2 |"
NESTED = "<table><tr><td><table><tr><td>1</td></tr></table></td></tr></table>"


@pytest.mark.parametrize(
    ("body", "boxes"),
    [
        (TABLE, 1),
        (f"{TABLE}\n\nWords\n\n{TABLE}", 2),
        (NESTED, 1),
        (f"> {NESTED}", 1),
        ("<table><tr><td>not closed", 0),
        ("`<table></table>`", 0),
        ('<p title="<table>">Words</p>', 0),
        ("<!-- <table></table> -->", 0),
    ],
)
def test_each_outermost_table_has_a_box_that_scrolls(body, boxes):
    html = render(body).html
    assert html.count('<div class="table-box" role="group" aria-label="Table" tabindex="0"><table') == boxes
    assert html.count("</table></div>") == boxes

"""No text makes the reader raise, and none makes it take time that grows with the square of its length."""

import copy
import time
from xml.etree import ElementTree as ET

import pytest
from authorsite.markup import excerpt, plain, without
from authorsite.reading.adapter import AuthorReader
from authorsite.reading.limits import bound
from authorsite.reading.markdown import Converter, summary_of
from authorsite.reading.sources import parse_file
from authorsite.settings import SiteSettings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown import Markdown
from pelican.settings import DEFAULT_CONFIG

CONVERTER = Converter()
EXTENSIONS = ["extra", "sane_lists", "smarty", "toc", "codehilite"]
PLAIN, BOUNDED = Markdown(extensions=EXTENSIONS), bound(Markdown(extensions=EXTENSIONS))
READER = AuthorReader(copy.deepcopy(DEFAULT_CONFIG) | {"AUTHORSITE": SiteSettings(url="https://example.org")})
HEAD = "---\ntitle: T\nreblog: {title: T, author: A, url: 'https://example.org/'}\n---\n"
PIECES = [
    "---\n", "title: ", "\n", "\n\n", "[1]", "[^1]", "[^1]: ", "1. ", "- ", "    ", "> ", "`", "```\n", "*", "_", "|",
    "<p", ">", "</b>", "<b>", "<!--", "-->", "<!-- more -->", "&#8;", "&amp", "\t", "[", "](", ")", "![", "# ", "\\",
    "<div markdown=1>", "</div>", "## References\n\n", "*[a]: ", "{: #a }", ": ", "\x02", "\x03", "wzxhzdk:0", "a",
    "*[a]: b\n", "# h\n", "| a | b |\n", "|---|---|\n", "---\n", ": d\n", "[x]: http://example.org\n", "[x]",
    "~~~~\n", "```python\n", "{: .c }\n", "a b", "(a)", "[a](b)",
]  # fmt: skip
MARKDOWN = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
some = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@some
@given(st.one_of(st.text(max_size=400), MARKDOWN))
def test_no_body_makes_the_conversion_raise(body):
    summary_of(CONVERTER.convert(body, "a-post").html)


@some
@given(st.one_of(st.text(max_size=400), MARKDOWN), st.sampled_from(["", HEAD, "---\n", "Title: T\n\n"]))
def test_no_file_makes_the_reader_raise(text, head):
    READER.parse((head + text).encode("utf-8", "surrogatepass"), "a.md")


@some
@given(st.binary(max_size=100))
def test_no_bytes_make_the_reader_raise(raw):
    parse_file(raw, lambda *_: None)
    parse_file(b"---\n" + raw + b"\n---\n", lambda *_: None)


def read(body):
    """Let a text be read as a post's; nothing may be refused."""
    html, given, *_ = READER.parse((HEAD + body).encode(), "a.md")
    assert [fault for fault in given["faults"] if fault[3] == "markdown"] == []
    return html


def seconds(work, *given):
    started = time.process_time()
    work(*given)
    return time.process_time() - started


def grows_no_faster_than_its_text(work, text, size):
    # Four times the text takes four times as long, or sixteen times where time grows with the square. Whatever else the
    # machine does only adds: once is enough.
    return any(seconds(work, text * 4 * size) < 9 * seconds(work, text * size) + 0.02 for _ in range(4))


REPEATED = [
    "[a]", "*", "*a **b ", "<b>", "<b>x</i> <!-- y --> ", "- a\n", "1. a\n", "> a\n", "[^1]",
    "# h\n\n", "Words [1].\n\n", "[1] *a* `b` ", "<p\n", "<a ", "</b>", "</p>\n", "*[a]: b\n\n",
    "# h\n\na\n---\n\n", "<http://", "<!--\n", "&a", "\x08\n", '"a', "![](a.png) ", '[a]("b) ', "a | b\n",
    "[" * 99 + "\n\n", "[a](" * 99 + "\n\n",
]  # fmt: skip


@pytest.mark.parametrize("text", REPEATED)
def test_reading_takes_time_that_grows_with_the_text(text):
    assert grows_no_faster_than_its_text(read, text, 300 if len(text) < 99 else 10)


def test_so_it_does_with_many_places_that_lead_to_one_note_and_with_blocks_of_code():
    assert grows_no_faster_than_its_text(lambda t: CONVERTER.convert(t + "\n\n[^1]: x"), "[^1]", 500)
    assert grows_no_faster_than_its_text(read, "```\na\n```\n", 60)


def test_so_it_does_where_typography_is_set_in_many_blocks():
    def work(blocks):
        BOUNDED.treeprocessors["smarty"].run(ET.fromstring(f"<div>{blocks}</div>"))

    assert grows_no_faster_than_its_text(work, "<p>a</p>\n", 5_000)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("[", "close its brackets"),
        ("![", "close its brackets"),
        ("[a](", "close its brackets"),
        ("<div markdown=1>\n[a](<", "close its brackets"),
        ("# a {: ", "close its brackets"),
        ("# a {b} c ", "close its brackets"),
        ("# h\n", "part it by empty lines"),
        ("a\n---\n", "part it by empty lines"),
        ("*[a]: b\n", "part it by empty lines"),
        ("|a|b|\n---\n", "part it by empty lines"),
        ("```a\n", "close each block of code"),
    ],
)
def test_what_would_take_longer_is_refused_at_its_line(text, hint):
    started = time.process_time()
    html, given, *_ = READER.parse((HEAD + "Text.\n\n" + text * 20_000).encode(), "a.md")
    assert time.process_time() - started < 2
    assert [(line, told.startswith(hint)) for line, _, told, _ in given["faults"]] == [
        (8 if "markdown" in text else 7, True)
    ]
    assert "Text." not in html


@pytest.mark.parametrize("named", ["*[a]: {}\n\n{}", "[a]: {}\n\n{}"])
def test_a_long_title_or_address_is_not_repeated_to_megabytes(named):
    repeated = "[a] "
    made = CONVERTER.convert("Text.\n\n" + named.format("x" * 20_000, repeated * 4_000))
    assert (made.html, [fault.line for fault in made.found]) == ("", [3])
    assert CONVERTER.convert(named.format("x" * 2_000, repeated * 100)).html


@pytest.mark.parametrize(
    ("text", "size", "found"),
    [
        ("Some words in a row. " * 40 + "\n\n", 2_500, []),
        ("Some words (and [a link](https://example.org/a)) in a row. ", 1_000, []),
        ("a" * 99 + "\n", 50_000, [(6, "this goes on for too long")]),
        ("<p\n", 60_000, [(6, "this goes on for too long")]),
        ("    code\n\n", 50_000, [(4, "this goes on for too long")]),
        ("```\n" + "code[(\n" * 9_000 + "```\n", 20, []),
        ("    code[(\n", 3_000, []),
        ("| a | b |\n|---|---|\n" + "| [a](https://example.org/) | `{[` |\n" * 2_000, 1, []),
    ],
)  # fmt: skip
def test_megabytes_are_read_or_refused_in_seconds(text, size, found):
    started = time.process_time()
    html, given, *_ = READER.parse(("---\ntitle: T\n---\nText.\n\n" + text * size).encode(), "a.md")
    assert time.process_time() - started < 20
    assert [(line, message) for line, message, *_ in given["faults"]] == found
    assert bool(html) != bool(found)


@some
@given(MARKDOWN)
def test_what_is_bounded_makes_of_a_text_what_python_markdown_makes_of_it(body):
    made = []
    for markdown in (PLAIN, BOUNDED):
        try:
            made.append(markdown.reset().convert(body))
        except Exception as error:  # noqa: BLE001 - it raises, and so must the other
            made.append(type(error))
    assert made[0] == made[1]


def test_many_references_take_time_that_grows_with_their_number():
    def work(number):
        entries = "".join(f"{n}. Ann Author, *A Book*, 2018.\n" for n in range(1, number + 1))
        return CONVERTER.convert("[1, 2, 999] " * number + "\n\n## References\n\n" + entries)

    assert any(seconds(work, 400) < 9 * seconds(work, 100) + 0.02 for _ in range(4))


def test_quotes_in_quotes_are_read_or_reported():
    for depth in (20, 2000):
        made = CONVERTER.convert("> " * depth + "a")
        assert made.html or made.found


@pytest.mark.parametrize("text", ["<b>", "</i>", "<b>x</i>", "<p>", "<p ", "word ", "&amp ", "( ", " "])
@pytest.mark.parametrize(
    "work", [lambda t: excerpt(t, 10**9), plain, summary_of, lambda t: without(f"<b><i>{t}", lambda _: False)]
)
def test_cutting_html_takes_time_that_grows_with_it(work, text):
    assert grows_no_faster_than_its_text(work, text, 500)

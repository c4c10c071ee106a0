"""No text makes the reader raise, and none makes it take time that grows with the square of its length."""

import copy
import time

import pytest
from authorsite.markup import excerpt, plain, without
from authorsite.reading.adapter import AuthorReader
from authorsite.reading.documents import parse_file
from authorsite.reading.markdown import Converter, summary_of
from authorsite.settings import SiteSettings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pelican.settings import DEFAULT_CONFIG

CONVERTER = Converter()
READER = AuthorReader(copy.deepcopy(DEFAULT_CONFIG) | {"AUTHORSITE": SiteSettings(url="https://example.org")})
HEAD = "---\ntitle: T\nreblog: {title: T, author: A, url: 'https://example.org/'}\n---\n"
PIECES = [
    "---\n",
    "title: ",
    "\n",
    "\n\n",
    "[1]",
    "[^1]",
    "[^1]: ",
    "1. ",
    "- ",
    "    ",
    "> ",
    "`",
    "```\n",
    "*",
    "_",
    "|",
]
PIECES += [
    "<p",
    ">",
    "</b>",
    "<b>",
    "<!--",
    "-->",
    "<!-- more -->",
    "&#8;",
    "&amp",
    "\t",
    "[",
    "](",
    ")",
    "![",
    "# ",
    "\\",
]
PIECES += [
    "<div markdown=1>",
    "</div>",
    "## References\n\n",
    "*[a]: ",
    "{: #a }",
    ": ",
    "\x02",
    "\x03",
    "wzxhzdk:0",
    "a",
]
MARKDOWN = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
some = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@some
@given(st.one_of(st.text(max_size=400), MARKDOWN))
def test_no_body_makes_the_conversion_raise(body):
    summary_of(CONVERTER.convert(body, "a-post").html)


@some
@given(st.one_of(st.text(max_size=400), MARKDOWN), st.sampled_from(["", HEAD, "---\n", "Title: T\n\n"]))
def test_no_file_makes_the_reader_raise(text, head):
    READER.prepare((head + text).encode("utf-8", "surrogatepass"))


@some
@given(st.binary(max_size=100))
def test_no_bytes_make_the_reader_raise(raw):
    parse_file(raw, lambda *_: None)
    parse_file(b"---\n" + raw + b"\n---\n", lambda *_: None)


def seconds(work):
    """The least of some runs: what else the machine does only adds."""
    least = 60.0
    for _ in range(3):
        started = time.process_time()
        work()
        least = min(least, time.process_time() - started)
    return least


def grows_no_faster_than_its_text(work, text, size):
    # Four times the text takes four times as long, or sixteen times where time grows with the square.
    small, large = text * size, text * (4 * size)
    return seconds(lambda: work(large)) < 9 * seconds(lambda: work(small)) + 0.02


@pytest.mark.parametrize(
    "text",
    ["[", "![", "[a](", "[a]", "*", "*a **b ", "<b>", "<b>x</i> <!-- y --> ", "- a\n", "1. a\n", "> a\n", "[^1]",
     "# h\n\n", "Words [1].\n\n", "[1] *a* `b` "],
)  # fmt: skip
def test_converting_takes_time_that_grows_with_the_text(text):
    assert grows_no_faster_than_its_text(CONVERTER.convert, text, 300)


def test_many_references_take_time_that_grows_with_their_number():
    def work(number):
        entries = "".join(f"{n}. Ann Author, *A Book*, 2018.\n" for n in range(1, number + 1))
        return CONVERTER.convert("[1, 2, 999] " * number + "\n\n## References\n\n" + entries)

    assert seconds(lambda: work(400)) < 9 * seconds(lambda: work(100)) + 0.02


def test_quotes_in_quotes_are_read_or_reported():
    for depth in (20, 2000):
        made = CONVERTER.convert("> " * depth + "a")
        assert made.html or made.found


@pytest.mark.parametrize("text", ["<b>", "</i>", "<b>x</i>", "<p>", "word ", "&amp ", "( ", " "])
@pytest.mark.parametrize(
    "work", [lambda t: excerpt(t, 10**9), plain, summary_of, lambda t: without(f"<b><i>{t}", lambda _: False)]
)
def test_cutting_html_takes_time_that_grows_with_it(work, text):
    assert grows_no_faster_than_its_text(work, text, 1000)

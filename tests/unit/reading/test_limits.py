"""No text makes the reader raise, or takes time that grows with the square of its length."""

import copy
import time
from xml.etree import ElementTree as ET

import pytest
from authorsite.markup import remove_elements, text_content, truncate_html
from authorsite.problems import ProblemLog
from authorsite.reading.adapter import FrontMatterReader
from authorsite.reading.body_checks import find_body_issues
from authorsite.reading.limits import apply_limits
from authorsite.reading.markdown import MarkdownRenderer, make_summary
from authorsite.reading.sources import parse_file
from authorsite.settings import SiteSettings
from authorsite.site_build import BUILD_KEY, SiteBuild
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown import Markdown
from pelican.settings import DEFAULT_CONFIG

RENDERER = MarkdownRenderer()
EXTENSIONS = ["extra", "sane_lists", "smarty", "toc", "codehilite"]
UNLIMITED, LIMITED = Markdown(extensions=EXTENSIONS), apply_limits(Markdown(extensions=EXTENSIONS))
BUILD = SiteBuild(ProblemLog(), _site=SiteSettings(url="https://example.org"))
READER = FrontMatterReader(copy.deepcopy(DEFAULT_CONFIG) | {BUILD_KEY: BUILD})
FRONT_MATTER = "---\ntitle: T\nreblog: {title: T, author: A, url: 'https://example.org/'}\n---\n"
FRAGMENTS = [
    "---\n", "title: ", "\n", "\n\n", "[1]", "[^1]", "[^1]: ", "1. ", "- ", "    ", "> ", "`", "```\n", "*", "_", "|",
    "<p", ">", "</b>", "<b>", "<!--", "-->", "<!-- more -->", "&#8;", "&amp", "\t", "[", "](", ")", "![", "# ", "\\",
    "<div markdown=1>", "</div>", "## References\n\n", "*[a]: ", "{: #a }", ": ", "\x02", "\x03", "wzxhzdk:0", "a",
    "*[a]: b\n", "# h\n", "| a | b |\n", "|---|---|\n", "---\n", ": d\n", "[x]: http://example.org\n", "[x]",
    "~~~~\n", "```python\n", "{: .c }\n", "a b", "(a)", "[a](b)",
]  # fmt: skip
MARKDOWN = st.lists(st.sampled_from(FRAGMENTS), max_size=60).map("".join)
fuzz = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@fuzz
@given(st.one_of(st.text(max_size=400), MARKDOWN))
def test_rendering_never_raises_for_any_body(body):
    make_summary(RENDERER.render(body, "a-post").html)


@fuzz
@given(st.one_of(st.text(max_size=400), MARKDOWN), st.sampled_from(["", FRONT_MATTER, "---\n", "Title: T\n\n"]))
def test_parsing_never_raises_for_any_text(text, start):
    READER.parse((start + text).encode("utf-8", "surrogatepass"), "a.md")


@fuzz
@given(st.binary(max_size=100))
def test_parsing_never_raises_for_any_bytes(raw):
    parse_file(raw, lambda *_: None)
    parse_file(b"---\n" + raw + b"\n---\n", lambda *_: None)


def parse_post(body):
    """Return the HTML of a post; it must not be rejected."""
    html, data, *_ = READER.parse((FRONT_MATTER + body).encode(), "a.md")
    assert [issue for issue in data["issues"] if issue[3] == "markdown"] == []
    return html


def measure(work, *args):
    started = time.process_time()
    work(*args)
    return time.process_time() - started


def takes_linear_time(work, text, size):
    # Four times the text takes four times as long in linear time, sixteen times in quadratic time. Load on the machine
    # only adds, so one good measurement is enough.
    return any(measure(work, text * 4 * size) < 9 * measure(work, text * size) + 0.02 for _ in range(4))


REPEATED = [
    "[a]", "*", "*a **b ", "<b>", "<b>x</i> <!-- y --> ", "- a\n", "1. a\n", "> a\n", "[^1]",
    "# h\n\n", "Words [1].\n\n", "[1] *a* `b` ", "<p\n", "<a ", "</b>", "</p>\n", "*[a]: b\n\n",
    "# h\n\na\n---\n\n", "<http://", "<!--\n", "&a", "\x08\n", '"a', "![](a.png) ", '[a]("b) ', "a | b\n",
    "<code> ", "<pre> ", "<kbd>a ", "<!-- \n\n", "`` a ` ", "[" * 99 + "\n\n", "[a](" * 99 + "\n\n",
]  # fmt: skip


@pytest.mark.parametrize("text", REPEATED)
def test_parsing_repeated_syntax_takes_linear_time(text):
    assert takes_linear_time(parse_post, text, 300 if len(text) < 99 else 10)


@pytest.mark.parametrize("text", ["[caption ", "{% a ", "{{< a ", "{{ a "])
def test_looking_for_tags_of_other_programs_takes_linear_time(text):
    assert takes_linear_time(lambda line: list(find_body_issues(line)), text, 3_000)


def test_parsing_footnote_references_and_code_blocks_takes_linear_time():
    assert takes_linear_time(lambda t: RENDERER.render(t + "\n\n[^1]: x"), "[^1]", 500)
    assert takes_linear_time(parse_post, "```\na\n```\n", 60)


def test_smart_punctuation_in_many_blocks_takes_linear_time():
    def work(blocks):
        LIMITED.treeprocessors["smarty"].run(ET.fromstring(f"<div>{blocks}</div>"))

    assert takes_linear_time(work, "<p>a</p>\n", 5_000)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("[", "close its brackets"),
        ("![", "close its brackets"),
        ("[a](", "close its brackets"),
        ("<div markdown=1>\n[a](<", "close its brackets"),
        ("# a {: ", "close its brackets"),
        ("# a {b} c ", "close its brackets"),
        ("# h\n", "split it with blank lines"),
        ("a\n---\n", "split it with blank lines"),
        ("*[a]: b\n", "split it with blank lines"),
        ("|a|b|\n---\n", "split it with blank lines"),
        ("```a\n", "close each code block"),
    ],
)
def test_text_that_would_take_quadratic_time_is_rejected_with_its_line(text, hint):
    started = time.process_time()
    html, data, *_ = READER.parse((FRONT_MATTER + "Text.\n\n" + text * 20_000).encode(), "a.md")
    assert time.process_time() - started < 2
    assert [(line, text.startswith(hint)) for line, _, text, _ in data["issues"]] == [
        (8 if "markdown" in text else 7, True)
    ]
    assert "Text." not in html


@pytest.mark.parametrize("definition", ["*[a]: {}\n\n{}", "[a]: {}\n\n{}"])
def test_a_long_title_or_url_is_not_copied_to_megabytes(definition):
    repeated = "[a] "
    body = RENDERER.render("Text.\n\n" + definition.format("x" * 20_000, repeated * 4_000))
    assert (body.html, [issue.line for issue in body.issues]) == ("", [3])
    assert RENDERER.render(definition.format("x" * 2_000, repeated * 100)).html


@pytest.mark.parametrize(
    ("text", "size", "issues"),
    [
        ("Some words in a row. " * 40 + "\n\n", 2_500, []),
        ("Some words (and [a link](https://example.org/a)) in a row. ", 1_000, []),
        ("a" * 99 + "\n", 50_000, [(6, "this block is too long or too complex")]),
        ("<p\n", 60_000, [(6, "this block is too long or too complex")]),
        ("    code\n\n", 50_000, [(4, "this block is too long or too complex")]),
        ("```\n" + "code[(\n" * 9_000 + "```\n", 20, []),
        ("    code[(\n", 3_000, []),
        ("| a | b |\n|---|---|\n" + "| [a](https://example.org/) | `{[` |\n" * 2_000, 1, []),
    ],
)  # fmt: skip
def test_megabytes_are_parsed_or_rejected_in_seconds(text, size, issues):
    started = time.process_time()
    html, data, *_ = READER.parse(("---\ntitle: T\n---\nText.\n\n" + text * size).encode(), "a.md")
    assert time.process_time() - started < 20
    assert [(line, message) for line, message, *_ in data["issues"]] == issues
    assert bool(html) != bool(issues)


@fuzz
@given(MARKDOWN)
def test_limits_do_not_change_the_output_of_python_markdown(body):
    results = []
    for markdown in (UNLIMITED, LIMITED):
        try:
            results.append(markdown.reset().convert(body))
        except Exception as error:  # noqa: BLE001 - both must raise the same
            results.append(type(error))
    assert results[0] == results[1]


def test_many_references_take_linear_time():
    def work(number):
        entries = "".join(f"{n}. Ann Author, *A Book*, 2018.\n" for n in range(1, number + 1))
        return RENDERER.render("[1, 2, 999] " * number + "\n\n## References\n\n" + entries)

    assert any(measure(work, 400) < 9 * measure(work, 100) + 0.02 for _ in range(4))


def test_deeply_nested_quotes_are_rendered_or_reported():
    for depth in (20, 2000):
        body = RENDERER.render("> " * depth + "a")
        assert body.html or body.issues


@pytest.mark.parametrize(
    "text", ["<b>", "</i>", "<b>x</i>", "<p>", "<p ", "word ", "&amp ", "( ", " ", "<!--", "<style>"]
)
@pytest.mark.parametrize(
    "work",
    [
        lambda t: truncate_html(t, 10**9),
        text_content,
        make_summary,
        lambda t: remove_elements(f"<b><i>{t}", lambda _: False),
    ],
)
def test_truncating_html_takes_linear_time(work, text):
    assert takes_linear_time(work, text, 500)

"""Any HTML comes back the same from Markdown, nothing harmful does, and no text takes long."""

import re
import time
from collections import Counter

import pytest
from authorsite.importing.blocks import render_blocks
from authorsite.importing.body import convert_body
from authorsite.importing.cleaning import clean_html
from authorsite.importing.compare import is_same, list_events, normalize_text
from authorsite.importing.dom import parse_html
from authorsite.importing.shortcodes import expand_shortcodes
from authorsite.reading.markdown import MarkdownRenderer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

RENDERER = MarkdownRenderer()


def render(markdown):
    return RENDERER.render(markdown, "a-post").html


WORDS = st.sampled_from(
    (
        "a b Ladder rung, 1. 2) # ## - + * ** _ __ `x` ` < > & &amp; &lt; [1] [a](b) [^1] ![a] : | --- === ~~~ {#a} {% "
        '\\ \\* it\'s "so" … — http://example.org/a_b_c https://example.org/(x). <b> é 日本 10&nbsp;km *a* _b_ a_b_c '
        "%} 10&nbsp;km $1 @ann [TOC] *[a]: [a]: \n"
    ).split(" ")
)
TEXT = (
    st.lists(WORDS, min_size=1, max_size=6)
    .map(" ".join)
    .map(lambda text: re.sub(r"&(?!\w+;)", "&amp;", text).replace("<", "&lt;"))
)
INLINE = st.recursive(
    TEXT,
    lambda inner: st.one_of(
        st.builds("<{0}>{1}</{0}>".format, st.sampled_from("em strong b i u sub sup del code span".split()), inner),
        st.builds(
            '<a href="https://example.org/{}">{}</a>'.format, st.sampled_from(["", "a_b", "(c)", "?d=1&amp;e"]), inner
        ),
        st.just("<br>"),
        st.builds('<img src="/images/a.png" alt="{}">'.format, TEXT.map(lambda text: text.replace('"', ""))),
        st.lists(inner, min_size=1, max_size=3).map("".join),
    ),
    max_leaves=6,
)
BLOCK = st.recursive(
    st.one_of(
        st.builds("<p>{}</p>".format, INLINE),
        st.builds("<h{0}>{1}</h{0}>".format, st.integers(2, 6), INLINE),
        st.builds("<pre>{}</pre>".format, TEXT),
        st.just("<hr>"),
        st.builds("<table><tr><th>{}</th></tr><tr><td>{}</td></tr></table>".format, INLINE, INLINE),
        st.builds("<figure><img src='/a.png' alt=''><figcaption>{}</figcaption></figure>".format, INLINE),
        st.builds("<dl><dt>{}</dt><dd>{}</dd></dl>".format, INLINE, INLINE),
    ),
    lambda inner: st.one_of(
        st.builds(
            "<{0}>{1}</{0}>".format, st.sampled_from(["blockquote", "div"]), st.lists(inner, max_size=3).map("".join)
        ),
        st.builds(
            "<{0}>{1}</{0}>".format,
            st.sampled_from(["ul", "ol"]),
            st.lists(st.one_of(INLINE, inner).map("<li>{}</li>".format), min_size=1, max_size=3).map("".join),
        ),
    ),
    max_leaves=5,
)
HTML = st.lists(BLOCK, min_size=1, max_size=4).map("".join)


def count_words(node):
    """Count the words of a text, without numbers, which lists of references lose, and what our reader adds."""
    parts = []

    def collect(element):
        for child in element.children:
            if isinstance(child, str):
                parts.append(child)
            elif child.attributes.get("class") not in {"citation-back", "footnote-backref"}:
                separator = "" if child.tag in INLINE_TAGS else " "
                shown = " ".join(child.attributes.get(name) or "" for name in ("alt", "title"))
                parts.append(separator)
                collect(child)
                parts.append(separator and f" {shown} ")

    collect(node)
    return Counter(re.findall(r"[^\W\d]+", normalize_text("".join(parts))))


INLINE_TAGS = frozenset("em strong b i u sub sup del code span a".split())


def check_round_trip(html):
    html = f"<!-- wp:html -->{html}<!-- /wp:html -->"
    body = convert_body(html, render)
    assert body.is_equal
    before = count_words(clean_html(render_blocks(expand_shortcodes(html).html).html))
    assert count_words(parse_html(render(body.markdown))) == before


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(HTML)
def test_html_comes_back_the_same(html):
    check_round_trip(html)


@pytest.mark.nightly
@settings(max_examples=5000, deadline=None, suppress_health_check=list(HealthCheck))
@given(HTML)
def test_much_html_comes_back_the_same(html):
    check_round_trip(html)


FRAGMENTS = st.sampled_from(
    (
        "\n \n\n <p> </p> <em> </em> <ul> <li> </ul> <pre> </pre> <!-- --> <!--more--> [caption] [/caption] [gallery] "
        '[[ ]] <img <a href=# > " <table> <td> <!--wp:quote--> <!--/wp:quote--> <blockquote> $latex $ <div> <br> '
        "\ufdd2 \x00 \ud800"
    ).split(" ")
)


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(TEXT, FRAGMENTS), max_size=12).map("".join))
def test_no_text_raises(text):
    body = convert_body(text, render)
    assert body.markdown == "" or body.markdown.endswith("\n")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<p>a</p>", "<p>b</p>"),
        ("<p>a</p>", "<h2>a</h2>"),
        ("<p>a b</p>", "<p>a<br>b</p>"),
        ("<p><em>a</em></p>", "<p>a</p>"),
        ("<p><em>a b</em></p>", "<p><em>a</em> b</p>"),
        ('<p><a href="/a">a</a></p>', '<p><a href="/b">a</a></p>'),
        ('<p><img src="/a" alt="b"></p>', '<p><img src="/a" alt="c"></p>'),
        ("<ul><li>a</li></ul>", "<ol><li>a</li></ol>"),
        ("<ol><li>a</li></ol>", '<ol start="2"><li>a</li></ol>'),
        ("<ul><li>a</li></ul><ul><li>b</li></ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<pre>a  b</pre>", "<pre>a b</pre>"),
        ("<p>a</p><hr>", "<p>a</p>"),
        ("<p>a</p><!-- more -->", "<p>a</p>"),
        ("<p>a<sup>1</sup></p>", "<p>a1</p>"),
        ('<table><tr><td class="align-right">a</td></tr></table>', "<table><tr><td>a</td></tr></table>"),
    ],
)
def test_differences_are_seen(one, other):
    assert not is_same(parse_html(one), parse_html(other))
    assert list_events(parse_html(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<p>“a” — b…</p>", '<p>"a" -- b...</p>'),
        ("<p>a\n  b</p>", "<div><p>a b</p></div>"),
        ("<p><b>a</b> <b>b</b></p>", "<p><strong>a b</strong></p>"),
        ("<p><em><a href='/x'>a</a></em></p>", "<p><a href='/x'><i>a</i></a></p>"),
        ("<li><p>a</p></li>", "<li>a</li>"),
        ("<figure><img src='/a' alt=''><figcaption>b</figcaption></figure>", "<p><img src='/a' alt='' title='b'></p>"),
    ],
)
def test_what_readers_do_not_see_is_no_difference(one, other):
    assert is_same(parse_html(one), parse_html(other))


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">a</a>',
        '<a href="&#106;avascript&colon;alert(1)">a</a>',
        '<a href="java\nscript:alert(1)">a</a>',
        '<iframe src="javascript:alert(1)"></iframe>',
        '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
        "<svg><script>alert(1)</script></svg>",
        "<math><mtext><script>alert(1)</script></mtext></math>",
        '<table><tr><td style="background:url(javascript:alert(1))">a</td></tr></table>',
        '<p title="a&quot; onclick=&quot;alert(1)">a</p>',
        '<abbr title="a&quot; onclick=&quot;alert(1)">a</abbr>',
        '<img src="/a" alt="a&quot; onerror=&quot;alert(1)">',
        '<a href="/a" title="b&quot;) <script>alert(1)</script>">a</a>',
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<code>&lt;script&gt;alert(1)&lt;/script&gt;</code>",
        "<pre>&lt;/pre&gt;&lt;script&gt;alert(1)&lt;/script&gt;</pre>",
        "[sourcecode]</code></pre><script>alert(1)</script>[/sourcecode]",
        '[caption caption="<script>alert(1)</script>"]<img src="/a">[/caption]',
        '[youtube src="https://a&quot;onclick=&quot;alert(1)"]',
        '[gallery ids="1"]',
        "$latex </code><script>alert(1)</script>$",
        '<!-- wp:embed {"url":"javascript:alert(1)"} /-->',
        '<!-- wp:embed {"url":"https://a/\\"><script>alert(1)</script>"} /-->',
        "<details><summary>a</summary><script>alert(1)</script><img src=/x onerror=alert(1)></details>",
        '<form action="/x"><input onfocus=alert(1)><button formaction="javascript:alert(1)">a</button></form>',
        '<meta http-equiv="refresh" content="0"><base href="//evil.test/"><link rel="stylesheet" href="//evil.test/a">',
        '<p>a {: onclick="alert(1)"}</p>',
        '<h2>a {#b onclick="alert(1)"}</h2>',
    ],
)
def test_nothing_harmful_remains(html):
    for around in (
        "{}",
        "<ul><li>{}</li></ul>",
        "<table><tr><td>{}</td></tr></table>",
        "<blockquote>a {} b</blockquote>",
    ):
        body = convert_body(around.format(html), render)
        for node in parse_html(render(body.markdown)).iterate():
            assert node.tag not in {"script", "iframe", "svg", "math", "form", "input", "meta", "base", "link", "style"}
            assert not [name for name in node.attributes if name.startswith("on") or name in {"style", "srcdoc"}]
            urls = [node.attributes.get(name, "") for name in ("href", "src")]
            assert not [url for url in urls if re.match(r"\s*(?:java|vb)?script|data:", url, re.IGNORECASE)]


PIECES = (
    "[ ] [caption] [[caption] [/caption] [a=b] [gallery] $latex  < <!-- <!--x--> <a <a> </a> <b> <p> </p> <div> </div> "
    "<li> <ul><li> <pre> <br> <table><td> <blockquote> <img> <!--wp:x--> <!--wp:x{ * _ ` \\ & &amp; ( ) ]( [a]( ![a]( "
    "http:// {: # > 1. - <em>a</em> <em>a<strong> <h2> [1] [1]<ol><li> <sup> <figure> <span> \xa0 \" ' : | ~~~ ``` "
    "[^1] <details> <object> <dl><dt> <q> <script> <math"
).split(" ")


@pytest.mark.parametrize(
    ("size", "separator"),
    [(800, ""), *(pytest.param(4000, separator, marks=pytest.mark.nightly) for separator in ("", " ", "\n", "\n\n"))],
)
def test_no_text_takes_long(size, separator):
    """Time is linear: eight times the length takes no more than some thirty times as long."""
    pieces = [f"a{piece}{separator}" for piece in PIECES]
    assert not [piece for piece in pieces if _measure(piece, size // 8) * 30 < _measure(piece, size) - 0.3]


def _measure(piece, size):
    text = piece * (size // len(piece) * 5)
    start = time.process_time()
    convert_body(text, lambda _: "")
    return time.process_time() - start


def test_a_text_that_comes_back_the_same_is_rendered_once():
    paragraph = (
        "Some <em>people</em> climb a ladder, says <a href='https://example.org/'>Ann</a>, and others hold it [1]. " * 6
    )
    text = "\n\n".join([paragraph] * 12) + "<ol><li>Ann, <em>Ladders</em>, 2014. https://example.org/</li></ol>\n&nbsp;"
    calls = []
    body = convert_body(text, lambda markdown: calls.append(markdown) or render(markdown))
    assert body.is_equal
    assert calls == [body.markdown]

import pytest
from authorsite.newsletter.plain_text import html_to_text


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("", ""),
        ("<p>one\n two<br>three</p><p>four</p>", "one two\nthree\n\nfour"),
        ("a<p>b</p>c<!-- d -->", "a\n\nb\n\nc"),
        ("<h1>One &amp; two</h1><h2>Ab</h2><h3>C</h3>", "One & two\n=========\n\nAb\n--\n\nC"),
        ('<p>See <a href="https://a.example/b">this <em>page</em> </a>.</p>', "See this page <https://a.example/b>."),
        ('<a href="https://a.example/">a.example</a>', "<https://a.example/>"),
        ('<a href="https://a.example/b">https://a.example/b</a>', "<https://a.example/b>"),
        ('<a href="mailto:a@b.example">a@b.example</a>', "<mailto:a@b.example>"),
        ('<a href="https://a.example/"></a><a>b</a>', "b"),
        ('<p><img src="a.jpg" alt="A ladder"><img src="b.jpg" alt=""></p>', "[A ladder]"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "- a\n- b\n  - c"),
        ('<ol start="9"><li>a</li><li>b</li></ol>', "9. a\n10. b"),
        ('<ol start="x"><li><p>a</p><p>b</p></li><li>c</li></ol>', "1. a\n\n   b\n\n2. c"),
        ("<ul></ul>a", "a"),
        ("<blockquote><p>a</p><blockquote>b</blockquote></blockquote>", "> a\n>\n> > b"),
        ("<blockquote> </blockquote>a", "a"),
        ("<pre>\n<code>if x:\n    y</code></pre>", "    if x:\n        y"),
        ("<dl><dt>a</dt><dd>b</dd></dl>", "a\n\n    b"),
        ("<table><tr><th>a<th><p>b</p><br>c</tr><tr><td>1<td>2</tr></table>", "a | b c\n1 | 2"),
        ("a<hr>b", "a\n\n* * *\n\nb"),
        ("m<sup>2</sup>, <q>so</q> x&nbsp;y&nbsp;", 'm^2, "so" x\u00a0y'),
        ("<figure><img alt='A' src='a'><figcaption>B</figcaption></figure>", "[A]\n\nB"),
    ],
)
def test_html_becomes_text(html, expected):
    assert html_to_text(html) == expected


def test_lines_are_wrapped_and_long_words_and_urls_are_not_broken():
    words = "<blockquote><p>" + "word-of-a-kind " * 20 + "</p></blockquote>" + "<p>" + "x" * 100 + " y</p>"
    lines = html_to_text(words).split("\n")
    assert max(map(len, lines[:-3])) <= 72
    assert all("of" not in line or "word-of-a-kind" in line for line in lines)
    assert lines[-2:] == ["x" * 100, "y"]
    deep = html_to_text("<blockquote>" * 40 + "<p>" + "word " * 9 + "</p>")
    assert "word word word word" in deep

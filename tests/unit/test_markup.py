"""Visible text of HTML, and split_first_paragraph."""

import pytest
from authorsite import markup


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One\n two</p><p>three<br>four</p>", "One two three four"),
        ("un<em class='x'>break</em>able, a <my-tag>b</my-tag> c", "unbreakable, a b c"),
        ('<img src="a.png" alt="a > b &lt; c">d', "d"),
        ("Q&amp;A &lt;b&gt; &#65; &copy 2018", "Q&A <b> A © 2018"),
        ("a<!-- <p>b</p> -->c<!-->d<!-- e", "acd"),
        ("<!DOCTYPE html><?xml?>a", "a"),
        ("a<script type=x>1 < 2</script ><STYLE>p{}</STYLE><template><p>b</p></template>c", "ac"),
        ("a<style>p{}", "a"),
        ("1 < 2 > 0, <3", "1 < 2 > 0, <3"),
        ("<p>cut off in a <a href=", "cut off in a <a href="),
    ],
)
def test_text_content_is_what_a_browser_shows(html, text):
    assert markup.text_content(html) == text


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One</p>\n<p>Two</p>", ("<p>One</p>", "\n<p>Two</p>")),
        ("<h2>Title</h2>\n<p>One</p>", ("", "<h2>Title</h2>\n<p>One</p>")),
        ("<p>not closed", ("<p>not closed", "")),
        ("", ("", "")),
    ],
)
def test_split_first_paragraph(html, expected):
    assert markup.split_first_paragraph(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a<br>b <i class=x>c<img src=d><i>e</i></i>f</p>", "<p>a<br>b f</p>"),
        ("<p>a <b>c <i>d</i></b><b class=x>e</b></p>", "<p>a c <i>d</i></p>"),
        ("<i class=x>never closed <p>a</p>", ""),
        ("a</i></b>c", "a</i></b>c"),
    ],
)
def test_remove_elements_drops_or_unwraps_elements(html, expected):
    assert markup.remove_elements(html, lambda tag: "class" in tag.attributes, lambda tag: tag.name == "b") == expected


@pytest.mark.parametrize(
    ("html", "words"),
    [
        (
            "<p>One <span>[<a>1</a>]</span> two (<a>[2, 5]</a>), three [1-3].</p>",
            ["One", "[1]", "two", "([2,", "5]),", "three", "[1-3]."],
        ),
        ("<p>AT&amp;T wo<em>rd</em>s, <a>here</a>, H<sub>2</sub>O.</p>", ["AT&T", "words,", "here,", "H2O."]),
        ("<p>a&nbsp;b<br>c</p><ul><li>d</li><li>e</li></ul>f", list("abcdef")),
        ("in 2019, at 3 [sic] (4)", ["in", "2019,", "at", "3", "[sic]", "(4)"]),
    ],
)
def test_words_are_what_is_between_spaces_wherever_tags_are(html, words):
    assert markup.count_words(html) == len(words)
    for limit in range(1, len(words) + 1):
        excerpt = markup.truncate_html(html, limit)
        assert excerpt.remaining_words == len(words) - limit
        shown = markup.text_content(excerpt.html)
        assert shown.split()[0] == words[0]
        assert markup.count_words(excerpt.html) == limit
        assert words[limit - 1] in shown
        assert limit == len(words) or words[limit] not in shown.split()

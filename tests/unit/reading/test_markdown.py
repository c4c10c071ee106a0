"""Markdown is read as people know it from elsewhere, or a warning says where it is not."""
# ruff: noqa: E501 - one case a line

import re

import pytest
from authorsite.i18n import ENGLISH, Translator
from authorsite.reading.markdown import MarkdownRenderer

FIXED = {
    "braces at the end of a heading": ("## What is {this}", '<h2 id="what-is-this">What is {this}</h2>'),
    "braces at the end of a paragraph": ("Text\n{this}", "<p>Text\n{this}</p>"),
    "braces after emphasis": ("*a*{b} c", "<p><em>a</em>{b} c</p>"),
    "braces in a table": ("|a|\n|-|\n|b {c}|", "<td>b {c}</td>"),
    "braces in a list": ("- a {b}\n- c", "<li>a {b}</li>"),
    "an attribute list": ("## H {#x .y}", '<h2 class="y" id="x">H</h2>'),
    "an attribute list with a value": ("*a*{title=b}", '<em title="b">a</em>'),
    "an attribute list with a colon": ("*a*{: .b }", '<em class="b">a</em>'),
    "an attribute without a value": ("*a*{: hidden }", "<em hidden>a</em>"),
    "a sharp": ("## C#", '<h2 id="c">C#</h2>'),
    "two sharps": ("## F## and C#", "F## and C#</h2>"),
    "closing hashes": ("## Steps ##", '<h2 id="steps">Steps</h2>'),
    "closing hashes in the old style": ("##Steps##", '<h2 id="steps">Steps</h2>'),
    "a heading in Cyrillic": ("## Лестница 2", '<h2 id="лестница-2">'),
    "a heading in Japanese": ("## はしご", '<h2 id="はしご">'),
    "a heading with accents": ("## Café Ärger", '<h2 id="cafe-arger">'),
    "a heading of digits": ("## 2019", '<h2 id="2019">'),
    "two headings in Cyrillic": ("## я\n\n## я", '<h2 id="я_1">'),
    **{
        f"typography in {tag}": (f'"a" <{tag}>"b" -- it\'s... {{c}}</{tag}> "d"', f'<{tag}>"b" -- it\'s... {{c}}</{tag}> &ldquo;d')
        for tag in ("code", "kbd", "samp", "var", "tt")
    },
    "code within code": ('<kbd><kbd>"a"</kbd> "b"</kbd> "c"', '<kbd><kbd>"a"</kbd> "b"</kbd> &ldquo;c&rdquo;'),
    "characters in code": ("<code>a &lt; b & c < d</code>", "<code>a &lt; b &amp; c &lt; d</code>"),
    "emphasis in code": ('<code>"a" *b* "c"</code>', '<code>"a" <em>b</em> "c"</code>'),
    "code that is not closed": ('<code>"a"\n\n"b"', "<p>&ldquo;b&rdquo;</p>"),
    "a tag like code": ('<b>"a"</b>', "<b>&ldquo;a&rdquo;</b>"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), FIXED.values(), ids=FIXED)
def test_markdown_means_what_it_means_elsewhere(body, expected):
    rendered = MarkdownRenderer().render(body)
    assert expected in rendered.html
    assert [issue for issue in rendered.issues if "heading here" not in issue.message] == []


WARNED = {
    "a hashtag": ("Text.\n\n#ladders are fine", "3 `#ladders` is a heading here, and text elsewhere - write `#` and a space for a heading, or \\#ladders"),
    "a nested list": ("- a\n  - b", "2 this list item is not nested in the one above it - indent it by 4 spaces"),
    "a nested list in a numbered one": ("1. a\n   - b", "2 this list item is not nested in the one above it - indent it by 4 spaces"),
    "a deeper list": ("- a\n    - b\n      - c", "3 this list item is not nested in the one above it - indent it by 8 spaces"),
    "a list below a line": ("Text:\n- a\n- b", "2 this list continues the paragraph above it - put a blank line above it"),
    "a numbered list below a line": ("Text:\n1. a\n2. b", "2 this list continues the paragraph above it - put a blank line above it"),
    "a fence in a list": ("- a\n\n  ```\n  b\n  ```", "3 a code block between fences cannot be indented - move its lines to the left, or indent the code by 8 spaces"),
    **{
        name: (f"Text.\n\n{tag}", f"3 readers would see `{tag}`: it belongs to another program - write it as Markdown or HTML, or in backticks if you mean the text")
        for name, tag in {
            "Liquid": '{% img left a.jpg "A" %}', "Jinja": "{%- include 'a.html' -%}", "a variable": "{{ page.title }}",
            "Hugo": '{{< figure src="a.jpg" >}}', "Hugo with Markdown": "{{% notice %}}", "a gallery": '[gallery ids="1,2"]',
            "a caption": "[caption]", "an embed": "[/embed]",
        }.items()
    },
    "a footnote without a text": ("Text.[^a]", "1 the footnote [^a] has no text - add a line [^a]: …"),
    "a footnote without a mark": ("Text.\n\n[^a]: Note.", "3 nothing refers to the footnote [^a] - put [^a] into the text, or remove it"),
    "a footnote in another without a text": ("Text.[^a]\n\n[^a]: Note.[^b]", "3 the footnote [^b] has no text - add a line [^b]: …"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), WARNED.values(), ids=WARNED)
def test_what_would_be_read_otherwise_is_one_warning_with_its_line(body, expected):
    issues = MarkdownRenderer().render(body).issues
    assert [f"{issue.line} {issue.message} - {issue.hint}" for issue in issues] == [expected]
    assert all(issue.kind != "markdown" for issue in issues)


@pytest.mark.parametrize(
    "body",
    [
        "`{% a %}` and ``{{ b }}``",
        "```\n{% a %}\n#b\n- c\n  - d\nText\n- e\n```",
        "~~~\n```\n{% a %}\n~~~",
        "Text.\n\n    {% a %}\n    #b",
        "<!-- {% a %}\n#b -->",
        "<pre>\n{% a %}\n</pre>",
        r"\{% a %} and \#b",
        r"$\frac{{a}}{b}$ {{}} {a}",
        "A [video](a.md) and an [embed][b]\n\n[b]: https://a.example/",
        "- a\n    - b\n- c",
        "- a\n- b\n\nText.\n\n1. c\n2. d",
        "It was in\n2019. Nobody knew.",
        "## A\n\n- b",
        "A footnote.[^1]\n\n[^1]: Its text, `[^2]`.",
        "# A heading\n\n###### Another",
        "C# and #1 in a line",
    ],
)
def test_what_is_read_as_elsewhere_gives_no_warning(body):
    assert MarkdownRenderer().render(body).issues == ()


def test_a_footnote_without_a_mark_has_no_link_to_one():
    html = MarkdownRenderer().render("Text.[^a]\n\n[^a]: One.\n\n[^b]: Two.", "p").html
    targets, ids = re.findall('href="#(.*?)"', html), re.findall('id="(.*?)"', html)
    assert set(targets) <= set(ids)
    assert "Two." in html


CITED = """Text [1], and a note[^1].

[^1]: A note.

| a |
|---|
| b |

## {heading}

1. Ann Author, "A title", 2012, https://far.example/x
"""


@pytest.mark.parametrize(
    ("site", "language", "heading", "labels"),
    [
        (ENGLISH, "", "References", ("Table", "Jump back to footnote 1 in the text", "Reference 1")),
        (ENGLISH, "de", "Quellen", ("Tabelle", "Zurück zu Fußnote 1 im Text", "Quelle 1")),
        (ENGLISH, "de-AT", "References", ("Tabelle", "Zurück zu Fußnote 1 im Text", "Quelle 1")),
        (Translator("de"), "en", "Sources", ("Table", "Jump back to footnote 1 in the text", "Reference 1")),
        (Translator("de"), "de-CH", "Literatur", ("Tabelle", "Zurück zu Fußnote 1 im Text", "Quelle 1")),
        (Translator("de"), "fr", "Quellen", ("Tabelle", "Zurück zu Fußnote 1 im Text", "Quelle 1")),
        (ENGLISH, "fr", "Sources", ("Table", "Jump back to footnote 1 in the text", "Reference 1")),
        (Translator("de", {"Table": "Tafel"}), "de", "Quellen", ("Tafel", "Zurück zu Fußnote 1 im Text", "Quelle 1")),
    ],
)
def test_what_readers_see_beside_a_text_is_in_its_language(site, language, heading, labels):
    renderer = MarkdownRenderer(site)
    renderer.render(CITED.format(heading="References"), language="de")
    body = renderer.render(CITED.format(heading=heading), language=language)
    assert len(body.references) == 1
    for label in labels:
        assert f'="{label}"' in body.html, body.html
    again = MarkdownRenderer(site).render(CITED.format(heading=heading), language=language)
    assert again == body

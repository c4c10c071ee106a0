"""URLs in running text: what belongs to them, and that nothing changes them."""

import re
from html import unescape

import pytest
from authorsite.reading.autolinks import trim_url
from authorsite.reading.bibliography import build_bibliography, format_bibtex
from authorsite.reading.markdown import MarkdownRenderer

URLS = [
    "https://en.example.org/wiki/Ladder_(tool)",
    "https://a.example/watch?v=a--b---c...d",
    "https://a.example/it's*all*_here_~too",
    'https://a.example/?q="a"&lang=en',
    "https://a.example/[draft]/x",
    "http://localhost:8000/x",
]


@pytest.mark.parametrize(
    ("text", "url"),
    [
        *((url, url) for url in URLS),
        ("https://a.example/x).", "https://a.example/x"),
        ("https://a.example/(x))", "https://a.example/(x)"),
        ("https://a.example/x],", "https://a.example/x"),
        ("https://a.example/x?!*_~", "https://a.example/x"),
        ("https://a.example/x\"',", "https://a.example/x"),
        ("https://a.example/x&copy;", "https://a.example/x"),
    ],
)
def test_closing_punctuation_does_not_belong_to_a_url(text, url):
    assert trim_url(text) == url


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("template", ["See {}.", "(See {})", "Words <b>{}</b>", "“{}”", "**{}**"])
def test_url_in_the_text_becomes_a_link_and_stays_as_it_is(url, template):
    html = MarkdownRenderer().render(template.format(url)).html
    links = [(unescape(href), unescape(text)) for href, text in re.findall(r'href="([^"]*)">([^<]*)</a>', html)]
    assert links == [(url, url)]


@pytest.mark.parametrize(
    "body",
    [
        "[{0}]({0})",
        "[see {0} there](https://b.example/)",
        "[{0}][r]\n\n[r]: /r/",
        "<{0}>",
        'W <a href="{0}"><b>see</b> {0}</a>',
    ],
)
def test_url_in_the_text_of_a_link_stays_as_it_is(body):
    url = "https://a.example/x--y_z_...'z"
    html = MarkdownRenderer().render(body.format(url)).html
    assert html.count("<a ") == html.count("</a>") == 1
    assert url in unescape(re.sub("<[^>]*>", "", html))


@pytest.mark.parametrize(
    "body", ["`{}`", "    {}", '<a href="{0}">x</a>', "w <code>{}</code>", "<KBD>{}</KBD>", "![a]({} 'b')"]
)
def test_url_in_code_or_markup_becomes_no_link(body):
    assert 'class="address"' not in MarkdownRenderer().render(body.format("https://a.example/x", "")).html


def test_url_after_a_link_or_code_in_html_becomes_a_link():
    html = MarkdownRenderer().render('W <a href="/">x</a> <code>y</code> https://a.example/x').html
    assert ">https://a.example/x</a>" in html


def test_escaped_characters_belong_to_the_url():
    assert ">https://a.example/x_y_z</a> w" in MarkdownRenderer().render(r"https://a.example/x\_y\_z w").html


def test_code_and_tags_end_a_url():
    assert ">https://a.example/</a><code>x</code>" in MarkdownRenderer().render("https://a.example/`x`").html


@pytest.mark.parametrize("url", [url for url in URLS if '"' not in url and "[" not in url])
@pytest.mark.parametrize("template", ["{}", "[{0}]({0})", "[Journal]({})", "<{}>"])
def test_reference_has_the_url_in_list_bibliography_and_bibtex(url, template):
    entry = f'Ann Lee, "The Rope", Journal, 2019, {template.format(url)}.'
    rendered = MarkdownRenderer().render(f"Words [1].\n\n## References\n\n1. {entry}\n")
    (reference,) = rendered.references
    assert (reference.url, reference.container.partition(",")[0], reference.year) == (url, "Journal", "2019")
    assert f'href="{url}"' in rendered.html
    assert f"url = {{{url}}}" in format_bibtex([reference])
    assert build_bibliography([type("Post", (), {"references": [reference]})], ())[0].reference.url == url

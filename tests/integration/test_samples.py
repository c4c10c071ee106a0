"""Samples of a book: one page, several pages, or the chapters of a Markdown file; and the same as EPUB."""

import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from authorsite.books.samples import split_chapters
from authorsite.epub.writer import Chapter, Epub, build_epub
from authorsite.epub.xhtml import make_xhtml
from conftest import check_epub
from lxml import etree, html
from PIL import Image

BOOK = """---
title: The Tide Tables
contributors: [{{name: Ann Author, role: author}}]
published: 2018-06-01
updated: 2019-02-03
cover: {{src: images/cover.png, alt: A yellow ladder}}
sample: {sample}
editions: [{{format: paperback, isbn: 978-1-234-56001-0}}]
offers: [{{shop: bookshop-us, edition: paperback}}]
---
Words, [one](../pages/one.md).
"""
CHAPTERS = """# The *first* rung

Up it goes.[^1] See [the other one](../pages/one.md). [1]

![A step](../images/cover.png)

[^1]: Slowly.

## References

1. Ann Author, *A Book*, 2018.

# And & down

```
# not a chapter
```
"""
PAGE = "---\ntitle: {}\nslug: {}\n---\nText of {}. [One](one.md), [two](two.md), [three](three.md).\n"


def make_cover():
    buffer = io.BytesIO()
    Image.new("RGB", (200, 300), "yellow").save(buffer, "PNG")
    return buffer.getvalue()


def make_files(sample, more=()):
    pages = {f"content/pages/{slug}.md": PAGE.format(slug.title(), slug, slug) for slug in ("one", "two", "three")}
    return (
        {"content/books/tides.md": BOOK.format(sample=sample), "content/images/cover.png": make_cover()}
        | pages
        | dict(more)
    )


def read_epub(site):
    with zipfile.ZipFile(site.root / "output/books/tides/sample.epub") as file:
        return {name: file.read(name) for name in file.namelist()}


def list_links(page, path="//main//a"):
    return [(a.text_content().strip(), a.get("href")) for a in html.fromstring(page).xpath(path)]


def test_the_chapters_of_a_markdown_file_have_pages_with_contents_and_order(make_site):
    site = make_site(make_files("samples/tides.md", {"content/samples/tides.md": CHAPTERS}))
    built = site.build(strict=True, AUTHORSITE={"main_book": "tides"})
    assert [*map(str, built.problems)] == []
    contents = site.output("books/tides/sample/index.html")
    first, second = "/books/tides/sample/the-first-rung/", "/books/tides/sample/and-down/"
    assert [link for link in list_links(contents) if "/sample/" in link[1]] == [
        ("The first rung", first), ("And & down", second),
    ]  # fmt: skip
    pages = [site.output(f"{url[1:]}index.html") for url in (first, second)]
    for page in pages:
        assert {link for _, link in list_links(page)} >= {"/books/tides/buy/", "/books/tides/sample/"}
        assert 'href="/books/tides/sample.epub"' in page
    assert list_links(pages[0], "//*[@class='neighbours']//a") == [("After And & down", second)]
    assert list_links(pages[1], "//*[@class='neighbours']//a") == [("Before The first rung", first)]
    assert 'href="/one/"' in pages[0]
    assert "<picture" in pages[0]
    assert "# not a chapter" in pages[1]
    assert "/books/tides/sample/the-first-rung/" in site.output("sitemap.xml")
    book = site.output("books/tides/index.html")
    assert [link for link in list_links(book, "//*[@class='sample']//a") if "epub" not in link[1]] == [
        ("The first rung", first), ("And & down", second),
    ]  # fmt: skip
    files = read_epub(site)
    chapter = files["book/chapter-1.xhtml"].decode()
    assert "Up it goes." in chapter
    assert 'href="https://example.org/one/"' in chapter
    assert [name for name in files if name.startswith("book/images/")] != []
    check_epub(site.root / "output/books/tides/sample.epub")


def test_several_pages_keep_their_urls_and_lead_to_each_other(make_site):
    site = make_site(make_files("[one, two, three]"))
    assert not site.build(strict=True, AUTHORSITE={"main_book": "tides"}).failed
    assert list_links(site.output("books/tides/sample/index.html"), "//ol//a") == [
        ("One", "/one/"), ("Two", "/two/"), ("Three", "/three/"),
    ]  # fmt: skip
    assert list_links(site.output("two/index.html"), "//*[@class='neighbours']//a") == [
        ("Before One", "/one/"),
        ("After Three", "/three/"),
    ]
    assert "/books/tides/buy/" in site.output("three/index.html")
    assert b"Text of two." in read_epub(site)["book/chapter-2.xhtml"]


def test_a_single_page_is_the_sample_itself(make_site):
    site = make_site(make_files("one"))
    assert not site.build(strict=True, AUTHORSITE={"main_book": "tides"}).failed
    assert not (site.root / "output/books/tides/sample").exists()
    assert 'href="/one/">Read a sample' in site.output("books/tides/index.html")
    assert "neighbours" not in site.output("one/index.html")
    assert "sample.epub" in site.output("one/index.html")
    assert "sample.epub" not in site.output("two/index.html")
    package = etree.fromstring(read_epub(site)["book/package.opf"])
    assert package.xpath("string(//*[@property='dcterms:modified'])") == "2019-02-03T00:00:00Z"


@pytest.mark.parametrize(
    ("sample", "text", "problem"),
    [
        ("gone", "", "content/books/tides.md:7: sample: there is no page `gone`"),
        ("[one, gone]", "", "content/books/tides.md:7: sample: there is no page `gone`"),
        ("samples/none.md", "", "content/books/tides.md:7: sample: there is no file content/samples/none.md"),
        ("../pelicanconf.md", "", "content/books/tides.md:7: sample: there is no file content/../pelicanconf.md"),
        ("samples/a.md", "Words.\n\n# One\n", "content/samples/a.md:1: the text has no chapter title above it"),
        ("samples/a.md", "# One\n\n# One\n", "content/samples/a.md:3: two chapters have the title `One`"),
        ("samples/a.md", "# One\n\n[x](gone.md)\n", "content/samples/a.md:3: "),
        ("one", "# One\n", "content/samples/a.md: no book has this sample"),
    ],
)
def test_a_sample_that_cannot_be_shown_is_a_problem_with_its_line(make_site, sample, text, problem):
    more = {"content/samples/a.md": text} if text else {}
    (found,) = make_site(make_files(sample, more)).build(AUTHORSITE={"main_book": "tides"}).problems
    assert str(found).startswith(problem)


@pytest.mark.parametrize(
    ("text", "chapters"),
    [
        ("", []),
        ("# A\nx\n# B #\ny", [("A", 1, "x"), ("B", 3, "y")]),
        ("\n\n#A\n", [("", 1, "\n\n#A\n")]),
        ("# A\n~~~\n# B\n~~~~\n# C", [("A", 1, "~~~\n# B\n~~~~"), ("C", 5, "")]),
        ("# A\n````\n```\n# B\n````\n", [("A", 1, "````\n```\n# B\n````\n")]),
        ("## A\n# B", [("", 1, "## A"), ("B", 2, "")]),
    ],
)
def test_chapters_begin_at_headings_of_the_first_level(text, chapters):
    assert list(split_chapters(text)) == chapters


ODD_TEXTS = (
    "<center>In <b>the</b> middle</center><p>a</p><li>loose <i>one</i></li><li>two</li>",
    "<acronym>W</acronym> <strike>s</strike> <tt>t</tt> <ruby>x<rtc>y</rtc></ruby> <bdo>b</bdo> <data>d</data>",
    '<table><tr><td align="right">1</td><th scope="x">2</th></tr></table><ol start="x" type="z"><li>i</li></ol>',
    '<audio controls src="https://example.org/a.mp3"></audio>',
    '<video poster="https://example.org/p.png"><source src="https://example.org/a.mp4"><track src="https://a.example/t">',
    "<dt>x</dt><dd>y</dd><dl><div><dt>x</dt><dd>y</dd></div></dl><div><figcaption>c</figcaption></div>",
    "<summary>s</summary><ul><p>in a list</p><li>x</li></ul><map><area></map>",
    '<p id="1 2" dir="up" lang="no language">x <time datetime="soon">t</time> <q cite="no URL">q</q></p>',
    '<p><a href="https://example.org/a b|c">u</a> <img alt="" width="50%" src="https://example.org/i.png"></p>',
)
"""What authors may write in HTML, and EPUB does not allow."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<center>m</center>", "<div>m</div>"),
        ("<p>a</p><li>b</li>c", "<p>a</p><div>b</div>c"),
        ("<ul><p>a</p>b<li>c</li></ul>", "<ul><li><p>a</p></li>b<li>c</li></ul>"),
        ("<dl><div><dt>a</dt></div></dl><dd>b</dd>", "<dl><div><dt>a</dt></div></dl><div>b</div>"),
        ('<table><tr><td align="left">a</td></tr></table>', "<table><tr><td>a</td></tr></table>"),
        ('<audio src="https://a.example/b.mp3?c"><p>d</p></audio>e', '<a href="https://a.example/b.mp3?c">b.mp3</a>e'),
        ('<video><source src="https://a.example/b.mp4"></video>', '<a href="https://a.example/b.mp4">b.mp4</a>'),
        ('<a href="https://a.example/b c">d</a>', '<a href="https://a.example/b%20c">d</a>'),
        ('<p lang="de-AT" dir="rtl" id="x">a</p>', '<p lang="de-AT" dir="rtl" id="x">a</p>'),
    ],
)
def test_xhtml_is_valid_and_loads_nothing(text, expected):
    assert make_xhtml(text, {}) == expected


def make_epub():
    return Epub(
        identifier="https://example.org/books/x/sample.epub",
        title='A "<b>" & more',
        language="ar",
        authors=("Ann & Bo",),
        chapters=[
            Chapter(
                "<1>", '<p>a<br>b<img src="https://example.org/i.png" alt="&quot;x&quot;"></p><ul><li id="a">1</ul>'
            ),
            Chapter(
                "2",
                '<figure><picture><source srcset="y"><img src="https://other.example/i.png" alt=""></picture></figure>',
            ),
            Chapter("3", "only text & more"),
            *(Chapter(str(number), text) for number, text in enumerate(ODD_TEXTS, 4)),
        ],
        modified=date(2019, 1, 2),
        contents="Contents",
        accessibility="All images have descriptions.",
        images={"https://example.org/i.png": ("images/i.png", make_cover())},
    )


def test_an_epub_has_the_same_bytes_each_time_and_says_first_what_it_is():
    data = build_epub(make_epub())
    assert data == build_epub(make_epub())
    assert data[30:58] == b"mimetypeapplication/epub+zip"


@pytest.mark.parametrize(("language", "is_from_right"), [("ar", True), ("en", False)])
def test_an_epub_has_the_direction_of_its_language(language, is_from_right):
    with zipfile.ZipFile(io.BytesIO(build_epub(replace(make_epub(), language=language)))) as file:
        package, chapter = (file.read(f"book/{name}").decode() for name in ("package.opf", "chapter-1.xhtml"))
    assert ('page-progression-direction="rtl"' in package, ' dir="rtl">' in chapter) == (is_from_right, is_from_right)


@pytest.mark.nightly
def test_an_epub_of_odd_texts_and_images_is_valid(tmp_path):
    (tmp_path / "a.epub").write_bytes(build_epub(make_epub()))
    check_epub(tmp_path / "a.epub")

"""Press kits: pages and an archive of what the records have, and nothing else."""

import io
import zipfile

import pytest
from conftest import SITE_DATE, Site, post, restore_signals
from lxml import html
from PIL import Image
from PIL.ExifTags import Base

BOOK = """---
title: The Tide Tables
subtitle: A "short" guide
contributors: [{name: Ann Author, role: author}]
published: 2018-06-01
hook: Up & down.
description: About tides & ladders.
cover: {src: images/cover.png, alt: A yellow ladder}
endorsements: [{quote: I laughed., by: Gus Guest}]
press: {quotes: [Tides wait., Ladders do not.], questions: ["Why tides?"]}
editions: [{format: paperback, isbn: 978-1-234-56001-0}]
---
The *long* description.

In two paragraphs.
"""
EVENT = "---\ntitle: {}\nstart: 2018-07-01T19:00\nplace: The Hall\n{}---\nWords.\n"
AUTHOR = {
    "bio_short": "Ann Author writes.",
    "bio_long": "Ann Author writes books.\n\nShe lives by the sea.",
    "portrait": "images/ann.jpg",
    "alt": "Ann on a ladder",
    "credit": "Bo Photo, CC BY 4.0",
    "links": [{"label": "A made-up page", "url": "https://ann.example/"}],
}


def make_image(kind, **options):
    buffer = io.BytesIO()
    Image.new("RGB", (200, 300), "yellow").save(buffer, kind, **options)
    return buffer.getvalue()


def make_photo():
    exif = Image.Exif()
    exif[Base.Artist] = "Secret Name"
    return make_image("JPEG", exif=exif)


FILES = {
    "content/books/tides.md": BOOK,
    "content/books/bare.md": "---\ntitle: Bare\n---\n",
    "content/images/cover.png": make_image("PNG"),
    "content/images/ann.jpg": make_photo(),
    "content/events/a.md": EVENT.format("A talk", ""),
    "content/events/b.md": EVENT.format("Another book's talk", "book: bare\n"),
    "content/events/c.md": EVENT.format("A cancelled one", "cancelled: true\n"),
    "content/posts/a.md": post(),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site with FILES, built once in strict mode; read-only."""
    site = Site(tmp_path_factory.mktemp("press"), {}).write(FILES)
    settings = {"main_book": "tides", "author": AUTHOR, "contact": "ann@example.org"}
    with pytest.MonkeyPatch.context() as patch, restore_signals():
        patch.setenv("SITE_DATE", SITE_DATE)
        built = site.build(strict=True, AUTHORSITE=settings)
    assert [*map(str, built.problems)] == []
    return site


def read_texts(site, path):
    page = html.fromstring(site.output(f"{path}index.html")).xpath("//main")[0]
    return [" ".join(part.split()) for part in page.itertext() if part.strip()]


def test_the_kit_of_a_book_has_all_that_its_record_has(site):
    texts = read_texts(site, "books/tides/press/")
    for text in (
        "Press kit: The Tide Tables", "Up & down.", "About tides & ladders.", "The long description.", "I laughed.",
        "Tides wait.", "Why tides?", "Ann Author writes.", "She lives by the sea.", "A talk", "3 words", "9 words",
        "ann@example.org", "ISBN 978-1-234-56001-0",
    ):  # fmt: skip
        assert text in texts
    assert any("The author. Photo: Bo Photo, CC BY 4.0" in text for text in texts)
    assert "The Tide Tables: A “short” guide" in texts
    assert "Another book’s talk" not in texts
    assert "A cancelled one" not in texts


def test_the_archive_has_the_texts_and_the_pictures_without_their_metadata(site):
    with zipfile.ZipFile(site.root / "output/books/tides/press/tides-press-kit.zip") as archive:
        files = {name.removeprefix("tides-press-kit/"): archive.read(name) for name in archive.namelist()}
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert sorted(files) == [
        "about-the-author.txt", "about-the-book.txt", "contact.txt", "cover.png", "portrait.jpg",
    ]  # fmt: skip
    book = files["about-the-book.txt"].decode()
    assert book.startswith("The Tide Tables: A “short” guide\n\nAuthor: Ann Author\nPaperback: ")
    assert "IN A SENTENCE (3 WORDS)\n\nUp & down.\n" in book
    assert "PRAISE\n\n“I laughed.” – Gus Guest\n" in book
    assert "LONG BIOGRAPHY (9 WORDS)" in files["about-the-author.txt"].decode()
    assert b"Secret Name" not in files["portrait.jpg"]
    with Image.open(io.BytesIO(files["portrait.jpg"])) as photo:
        assert photo.size == (200, 300)


def test_what_is_not_there_is_not_shown(make_site):
    site = make_site({"content/books/bare.md": "---\ntitle: Bare\n---\n", "content/posts/a.md": post()})
    assert not site.build(strict=True, AUTHORSITE={"main_book": "bare", "author": {}}).failed
    assert read_texts(site, "books/bare/press/") == ["Press kit: Bare", "Download all of it (ZIP)"]
    with zipfile.ZipFile(site.root / "output/books/bare/press/bare-press-kit.zip") as archive:
        assert archive.namelist() == ["bare-press-kit/about-the-book.txt"]


def test_the_page_of_all_kits_lists_the_books_and_the_talks(site):
    texts = read_texts(site, "press/")
    assert texts[:2] == ["Press", "Books"]
    assert {"Press kit: The Tide Tables", "Press kit: Bare", "A talk", "Another book’s talk"} <= {*texts}
    book = html.fromstring(site.output("books/tides/index.html"))
    assert book.xpath("//a[@href='/books/tides/press/']")
    assert book.xpath("//*[@class='about-author']//img/@alt") == ["Ann on a ladder"]


@pytest.mark.parametrize(
    ("record", "line"),
    [
        ("endorsements: [{quote: I laughed., by: Gus}]", "“I laughed.” – Gus"),
        ("language: de\nendorsements: [{quote: Schön., by: Gus}]", "„Schön.“ – Gus"),
        (f"endorsements: [{{quote: {'long ' * 30}, by: Gus}}]\nawards: [{{name: Ladder, year: 2019}}]", "Ladder, 2019"),
        ("awards: [{name: Ladder}]", "Ladder"),
        ("", ""),
    ],
)
def test_one_line_of_praise_stands_beside_the_cover(make_site, record, line):
    site = make_site({"content/books/bare.md": f"---\ntitle: Bare\n{record}\n---\n"})
    assert not site.build(AUTHORSITE={"main_book": "bare"}).failed
    page = html.fromstring(site.output("books/bare/index.html"))
    assert page.xpath("string(//p[@class='hero-praise'])") == line


def test_a_portrait_that_is_not_there_is_a_problem(make_site):
    site = make_site({"content/books/bare.md": "---\ntitle: Bare\n---\n"})
    built = site.build(AUTHORSITE={"main_book": "bare", "author": {"portrait": "images/none.jpg"}})
    assert [str(problem).partition(" - ")[0] for problem in built.problems] == [
        "pelicanconf.py: there is no image images/none.jpg"
    ]


def test_the_old_key_is_reported_by_name(make_site):
    built = make_site({"content/posts/a.md": post()}).build(AUTHORSITE={"author_bio": "Ann writes."})
    (problem,) = built.problems
    assert "`author_bio` was renamed to `author` in version 0.2.0" in str(problem)


def test_an_event_leads_to_its_book_and_names_one_that_exists(make_site):
    site = make_site({**FILES, "content/events/d.md": EVENT.format("D", "book: bear\n")})
    (problem,) = site.build(AUTHORSITE={"main_book": "tides"}).problems
    assert str(problem).startswith("content/events/d.md:5: there is no book `bear` - did you mean `bare`")
    site.write({"content/events/d.md": EVENT.format("D", "book: bare\n")})
    assert not site.build(AUTHORSITE={"main_book": "tides"}).failed
    for folder, title in (("d/", "Bare"), ("a/", "The Tide Tables"), ("", "The Tide Tables")):
        page = html.fromstring(site.output(f"events/{folder}index.html"))
        assert page.xpath("string(//p[@class='book-step-title'])") == title

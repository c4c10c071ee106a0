"""A site in another language than English: nothing on its pages or in its feeds is English."""

import re

import pytest
from authorsite.markup import text_content, tokenize
from conftest import SITE_DATE, Site, post, restore_signals

ENGLISH = frozenset(
    "about address after all and any are available back before books bookshop browse buy by calendar changed chapter "
    "cited coming contents country countries day details draft each every found from go home if is it its jump "
    "last main menu more newer newest next no not number of older on or order other page pages past place posts read "
    "reference references related review sample search see shop site sources subscribe tags that the there this to "
    "trouble view when where with words year you your".split()
)
NAMES = re.compile(r"https?://\S+|/\S+/|\bOpen Library\b")
READ_ATTRIBUTES = {"alt", "aria-label", "title", "content", "data-label"}

POST = """---
title: Über Leitern
date: 2019-03-01
modified: 2019-03-09
category: Werkzeug
tags: [Leitern, Holz]
series: Hoch hinaus
chapter: 1
toc: true
summary: Kurz gesagt.
---
## Anfang

Ein Satz [1], noch einer [1] mit Fußnote[^1].

[^1]: Eine Fußnote.

## Quellen

1. Ann Autorin, *Das Buch der Leitern*, 2018.
"""
REBLOG = """---
title: Sprossen
date: 2019-03-02
category: Werkzeug
tags: [Leitern]
series: Hoch hinaus
reblog: {title: Alles über Sprossen, author: Bea, site: Sprossenblatt, url: "https://example.org/o/", words: 1264}
---
Sprosse um Sprosse.
"""
REVIEW = """---
title: Gelesen
date: 2019-04-02
tags: [Leitern]
review_of: {title: Holz, author: Bert}
---
Gut [1].

1. Ohne Angaben, https://example.org/holz
"""
BOOK = """---
title: Das Buch der Leitern
contributors: [{name: Ann Autorin}, {name: Ilse Bild, role: illustrator}]
series: {name: Werkzeuge, number: 1}
subjects: [Leitern]
language: de
published: 2018-06-01
description: Hoch hinaus.
chapters: [{number: 1, title: Anfang}]
endorsements: [{quote: Gut., by: Gast}]
awards: [{name: Leiterpreis, year: 2019}]
sample: sprossen
editions:
  - {format: paperback, isbn: 978-1-234-56001-0, pages: 212, trim: 6x9in, price: {EUR: 17.50}}
  - {format: ebook, isbn: 979-8-12345001-7, availability: out of print}
  - {format: hardcover, availability: announced}
  - {format: audiobook, duration: 7h35m, availability: preorder}
offers:
  - {shop: thalia, edition: paperback}
  - {shop: kobo, edition: ebook}
  - {shop: author, edition: paperback, url: "https://example.org/kaufen"}
---
Alles.
"""
COMING = """---
title: Lesung
start: 2020-03-05T19:00
place: Eckladen
online: https://example.org/live
url: https://example.org/lesung
---
Bitte anmelden.
"""
PAST = """---
title: Gespräch
start: 2019-03-05T19:00
recording: https://example.org/ton
url: https://example.org/gespraech
post: sprossen
---
Es war voll.
"""
PAGES = [
    *(f"{name}/index.html" for name in (
        "2019/03/01/uber-leitern", "2019/03/02/sprossen", "2019/04/02/gelesen", "2019/03", "archives", "blog",
        "blog/page/2", "category/werkzeug", "tag/leitern", "books", "books/leitern", "books/leitern/buy", "books/neu",
        "books/neu/buy", "buy", "go/leitern", "go/leitern/author", "events", "events/lesung", "events/gespraech",
        "references", "search", "subscribe", "rat", "alt",
    )),
    "index.html", "404.html", "feed.xml", "atom.xml", "books/feed.xml", "events/feed.xml",
]  # fmt: skip
SITE = {
    "SITENAME": "Ann Autorin",
    "SITESUBTITLE": "Leitern und mehr",
    "AUTHOR": "Ann Autorin",
    "TIMEZONE": "Europe/Vienna",
    "DEFAULT_CATEGORY": "Allerlei",
    "AUTHORSITE": {
        "language": "de-AT",
        "description": "Über Leitern.",
        "author": {"bio_short": "Schreibt."},
        "contact": "ann@example.org",
        "main_book": "leitern",
        "menu": [{"label": "Bücher", "url": "/books/"}],
        "observances": [{"name": "Leitertag", "rule": "February"}],
    },
}


@pytest.fixture(scope="module")
def german(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("german"), SITE).write(
        {
            "content/posts/a.md": POST,
            "content/posts/b.md": REBLOG,
            "content/posts/c.md": REVIEW,
            **{f"content/posts/n{n}.md": f"---\ntitle: N{n}\ndate: 2018-05-0{n}\n---\nN.\n" for n in range(1, 10)},
            "content/pages/m.md": "---\ntitle: Rat\ntemplate: mentoring\naliases: [/alt/]\n---\nRat.\n",
            "content/books/leitern.md": BOOK,
            "content/books/neu.md": BOOK.replace("2018-06-01", "2021-06-01").replace("978-1-234-56001-0", "")
            .replace("979-8-12345001-7", "").replace("Leitern\n", "Leitern 2\n").replace("chapters", "# chapters"),
            "content/events/lesung.md": COMING,
            "content/events/gespraech.md": PAST,
        }
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch, restore_signals():
        patch.setenv("SITE_DATE", SITE_DATE)
        built = site.build()
    assert not built.failed, "\n".join(map(str, built.problems))
    return site


def read_texts(html):
    """Return all that people read or hear of a page or a feed."""
    texts = [text_content(html)]
    for token in tokenize(html):
        for name, value in token.attributes.items():
            if name in READ_ATTRIBUTES or (token.name == "form" and name.startswith("data-")):
                texts.append(value or "")
    return texts


@pytest.mark.parametrize("name", PAGES)
def test_a_german_site_has_no_english_word(name, german):
    for text in read_texts(german.output(name)):
        found = ENGLISH & set(re.findall(r"\w+", NAMES.sub("", text).lower()))
        assert not found, text


def test_json_ld_names_the_home_page_in_the_sites_language(german):
    assert '"name":"Startseite"' in german.output("2019/03/01/uber-leitern/index.html")
    assert '"name":"Startseite"' in german.output("tag/leitern/index.html")


def test_a_list_of_references_may_have_a_heading_in_the_sites_language(german):
    page = german.output("2019/03/01/uber-leitern/index.html")
    assert '<section aria-labelledby="quellen" class="references">' in page
    assert 'aria-label="Zurück zu Quelle 1 im Text, Stelle 2"' in page
    assert 'title="Zurück zu Fußnote 1 im Text"' in page


FRENCH = r"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\n"

msgid "Search"
msgstr "Recherche"
"""


def test_texts_of_the_site_are_on_its_pages_and_change_with_its_file(make_site):
    site = make_site({"content/data/words/fr.po": FRENCH, "content/posts/a.md": post(slug="a")})
    settings = {"AUTHORSITE": {"language": "fr", "social_cards": False}}
    (notice,) = site.build(**settings).problems
    assert str(notice).startswith("content/data/words/fr.po: `# pages found` is not translated, nor are ")
    page = site.output("blog/index.html")
    assert ">Recherche<" in page
    site.write({"content/data/words/fr.po": FRENCH.replace("Recherche", "Chercher")})
    site.build(**settings)
    assert site.output("blog/index.html") == page.replace(">Recherche<", ">Chercher<")
    site.write({"content/data/words/fr.po": FRENCH.replace("Search", "by %(authors)s")})
    built = site.build(**settings)
    assert built.failed
    assert str(next(iter(built.problems))).startswith(
        "content/data/words/fr.po:6: the translation of `by %(authors)s` lacks"
    )

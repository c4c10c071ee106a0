"""The functions that replace Pelican's return what Pelican's return."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from pelican import generators, readers, urlwrappers, utils
from pelican.contents import Article, Page
from pelican.settings import DEFAULT_CONFIG
from pelican.utils import SafeDatetime
from pelican_incremental.manifest import Manifest
from pelican_incremental.patches import patch_pelican


def outcome(function, *args, **kwargs):
    """Return the result of a call, or the type and message of its exception."""
    try:
        return function(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 - any exception must be the same
        return type(error), str(error)


@pytest.fixture
def both(tmp_path):
    """Return a function that gives the outcomes of a call without and with the patches."""

    def call(function):
        original = outcome(function)
        with patch_pelican(Manifest(tmp_path / "cache", tmp_path / "output")):
            return original, outcome(function)

    return call


DATES = [
    SafeDatetime(2020, 3, 4, 5, 6, 7),
    SafeDatetime(987, 12, 31),
    SafeDatetime(2020, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1),
    datetime(2020, 3, 4, tzinfo=UTC),
    date(2020, 3, 4),
]
FORMATS = [
    "%d %B %Y",
    "%-d.%-m.%Y",
    "%a, %d. %b %Y %H:%M:%S %Z",
    "%%Y",
    "100%",
    "%Q",
    "",
    "le %d à %H h",
    "%x %X %c",
    "%s",
]


@pytest.mark.parametrize("date_format", FORMATS)
@pytest.mark.parametrize("date", DATES, ids=str)
def test_strftime(both, date, date_format):
    original, patched = both(lambda: utils.strftime(date, date_format))
    assert original == patched


DATE_TEXTS = [
    "2019-03-01",
    "2019-03-01 10:00",
    "2019-03-01T10:00:30",
    "2019-03-01  10:00",
    "2019-13-01",
    "2019-02-30",
    "0999-01-01",
    "2019-03-01 10:00:00.5",
    "2019-03-01 10:00+02:00",
    "1 March 2019",
    "03/01/2019",
    "٢٠١٩-٠٣-٠١",
    "soon",
    "",
]


@pytest.mark.parametrize("text", DATE_TEXTS)
def test_get_date(both, text):
    original, patched = both(lambda: readers.get_date(text))
    assert (original, type(original)) == (patched, type(patched))
    assert getattr(original, "tzinfo", None) == getattr(patched, "tzinfo", None)


def article(content="<p>Text</p>", kind=Article, settings=(), **metadata):
    defaults = {"title": "A title", "date": SafeDatetime(2020, 3, 4, tzinfo=UTC), "slug": "a-title"}
    path = "/content/posts/a.md"
    return kind(
        content,
        defaults | metadata,
        {**DEFAULT_CONFIG, "PATH": "/content", **dict(settings)},
        path,
        {"localsiteurl": ".."},
    )


PATTERNS = [
    "{slug}/",
    "{date:%Y}/{slug}/",
    "plain",
    "{{slug}}",
    "{slug}{category}",
    "{slug:>20}",
    "{slug",
    "}",
    "{nobody}",
    7,
]


@pytest.mark.parametrize("kind", [Article, Page])
@pytest.mark.parametrize("pattern", PATTERNS, ids=str)
def test_content_url(both, kind, pattern):
    original, patched = both(lambda: article(kind=kind, settings={f"{kind.__name__.upper()}_URL": pattern}).url)
    assert original == patched


BODIES = [
    "<p>No link</p>",
    '<a href="{filename}b.md">b</a>',
    '<a href="|static|b.png">b</a>',
    '<a href="{static}/b.png">b</a> and <img src="{attach}c.png">',
    '<a href="https://example.org/{x}">b</a>',
    '<a href="^filename^b.md">b</a>',
    "",
]


@pytest.mark.parametrize("link_regex", ["[{|](?P<what>.*?)[|}]", r"\^(?P<what>.*?)\^"])
@pytest.mark.parametrize("body", BODIES)
def test_intrasite_links(both, body, link_regex):
    def links():
        content = article(body, settings={"INTRASITE_LINK_REGEX": link_regex})
        return content.get_static_links(), content.content

    original, patched = both(links)
    assert original == patched


def test_static_links_are_found(both):
    original, patched = both(lambda: article('<a href="{static}/b.png">b</a>').get_static_links())
    assert original == patched == {"b.png"}


TRANSLATION_SETS = {
    "different slugs": [("b", "en"), ("a", "en"), ("c", "de")],
    "two share a slug": [("b", "en"), ("a", "de"), ("a", "en")],
    "two share a slug, none in the site's language": [("a", "fr"), ("a", "de")],
    "none": [],
}


@pytest.mark.parametrize(
    "translation_id", ["slug", {"slug", "lang"}, "nobody", None, 7], ids=["slug", "both", "unknown", "none", "7"]
)
@pytest.mark.parametrize("marked", [{}, {"translation": "true"}], ids=["plain", "marked"])
@pytest.mark.parametrize("case", TRANSLATION_SETS)
def test_process_translations(both, case, marked, translation_id):
    def process():
        articles = [article(slug=slug, lang=lang, **marked) for slug, lang in TRANSLATION_SETS[case]]
        originals, others = generators.process_translations(articles, translation_id)
        names = [[(content.slug, content.lang) for content in contents] for contents in (originals, others)]
        if not translation_id:
            return names, []
        return names, [(c.slug, c.lang, [(t.slug, t.lang) for t in c.translations]) for c in originals]

    original, patched = both(process)
    assert original == patched


def test_slugs_follow_the_settings(both):
    def slugs():
        preserving = {**DEFAULT_CONFIG, "SLUGIFY_PRESERVE_CASE": True}
        names = [
            ("C++", DEFAULT_CONFIG),
            ("A Name", DEFAULT_CONFIG),
            ("A Name", preserving),
            ("A Name", DEFAULT_CONFIG),
        ]
        return [urlwrappers.Tag(name, settings).slug for name, settings in names]

    original, patched = both(slugs)
    assert original == patched
    assert len(set(patched)) == 3

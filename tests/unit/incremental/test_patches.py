"""What the engine puts in the place of Pelican's functions answers as they do."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from pelican import generators, readers, urlwrappers, utils
from pelican.contents import Article, Page
from pelican.settings import DEFAULT_CONFIG
from pelican.utils import SafeDatetime
from pelican_incremental.manifest import Manifest
from pelican_incremental.patches import patched


def outcome(function, *args, **kwargs):
    """Return what a function returns, or raises."""
    try:
        return function(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 - whatever it is, it must be the same
        return type(error), str(error)


@pytest.fixture
def both(tmp_path):
    """Return what gives the outcomes of a call without and with the engine's functions."""

    def call(function):
        plain = outcome(function)
        with patched(Manifest(tmp_path / "cache", tmp_path / "output")):
            return plain, outcome(function)

    return call


DATES = [
    SafeDatetime(2020, 3, 4, 5, 6, 7),
    SafeDatetime(987, 12, 31),
    SafeDatetime(2020, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1),
    datetime(2020, 3, 4, tzinfo=UTC),
    date(2020, 3, 4),
]
FORMS = [
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


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("moment", DATES, ids=str)
def test_a_date_as_text(both, moment, form):
    plain, quick = both(lambda: utils.strftime(moment, form))
    assert plain == quick


WRITTEN = [
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


@pytest.mark.parametrize("text", WRITTEN)
def test_a_text_as_date(both, text):
    plain, quick = both(lambda: readers.get_date(text))
    assert (plain, type(plain)) == (quick, type(quick))
    assert getattr(plain, "tzinfo", None) == getattr(quick, "tzinfo", None)


def article(content="<p>Text</p>", kind=Article, settings=(), **metadata):
    known = {"title": "A title", "date": SafeDatetime(2020, 3, 4, tzinfo=UTC), "slug": "a-title"}
    path = "/content/posts/a.md"
    return kind(
        content,
        known | metadata,
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
def test_an_address(both, kind, pattern):
    plain, quick = both(lambda: article(kind=kind, settings={f"{kind.__name__.upper()}_URL": pattern}).url)
    assert plain == quick


BODIES = [
    "<p>No link</p>",
    '<a href="{filename}b.md">b</a>',
    '<a href="|static|b.png">b</a>',
    '<a href="{static}/b.png">b</a> and <img src="{attach}c.png">',
    '<a href="https://example.org/{x}">b</a>',
    '<a href="^filename^b.md">b</a>',
    "",
]


@pytest.mark.parametrize("begin", ["[{|](?P<what>.*?)[|}]", r"\^(?P<what>.*?)\^"])
@pytest.mark.parametrize("body", BODIES)
def test_links_to_other_texts(both, body, begin):
    def links():
        made = article(body, settings={"INTRASITE_LINK_REGEX": begin})
        return made.get_static_links(), made.content

    plain, quick = both(links)
    assert plain == quick


def test_links_that_can_begin_are_looked_for(both):
    plain, quick = both(lambda: article('<a href="{static}/b.png">b</a>').get_static_links())
    assert plain == quick == {"b.png"}


GROUPS = {
    "each of its own": [("b", "en"), ("a", "en"), ("c", "de")],
    "two of one": [("b", "en"), ("a", "de"), ("a", "en")],
    "two, none in the site's language": [("a", "fr"), ("a", "de")],
    "none": [],
}


@pytest.mark.parametrize(
    "by", ["slug", {"slug", "lang"}, "nobody", None, 7], ids=["slug", "both", "nobody", "none", "7"]
)
@pytest.mark.parametrize("marked", [{}, {"translation": "true"}], ids=["plain", "marked"])
@pytest.mark.parametrize("group", GROUPS)
def test_translations(both, group, marked, by):
    def found():
        made = [article(slug=slug, lang=lang, **marked) for slug, lang in GROUPS[group]]
        originals, others = generators.process_translations(made, by)
        told = [[(content.slug, content.lang) for content in contents] for contents in (originals, others)]
        return told, [(c.slug, c.lang, [(t.slug, t.lang) for t in c.translations]) for c in originals] if by else []

    plain, quick = both(found)
    assert plain == quick


def test_slugs_follow_the_settings(both):
    def slugs():
        kept = {**DEFAULT_CONFIG, "SLUGIFY_PRESERVE_CASE": True}
        names = [("C++", DEFAULT_CONFIG), ("A Name", DEFAULT_CONFIG), ("A Name", kept), ("A Name", DEFAULT_CONFIG)]
        return [urlwrappers.Tag(name, settings).slug for name, settings in names]

    plain, quick = both(slugs)
    assert plain == quick
    assert len(set(quick)) == 3

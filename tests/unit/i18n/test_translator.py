"""Texts in the site's language: the author's words win, then the catalogue, then English; plurals and placeholders."""

import pytest
from authorsite import i18n
from authorsite.i18n import ENGLISH, Translator, load_catalogue
from authorsite.settings import SiteSettings
from babel import Locale
from markupsafe import Markup
from pelican_incremental.purity import is_pure
from pydantic import ValidationError

POLISH = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\n"

msgid "%(count)s page"
msgid_plural "%(count)s pages"
msgstr[0] "%(count)s strona"
msgstr[1] "%(count)s strony"
msgstr[2] "%(count)s stron"
"""
PAGES = "%(count)s page", "%(count)s pages"


@pytest.mark.parametrize(
    ("language", "text"),
    [("de", "Suche"), ("de-AT", "Suche"), ("en-GB", "Search"), ("eo", "Search"), ("zh-Hant-TW", "Search")],
)
def test_the_language_chooses_the_catalogue(language, text):
    assert SiteSettings(url="https://example.org", language=language).translate("Search") == text


def test_a_text_without_a_translation_stays_english():
    assert Translator("de")("No such text") == "No such text"
    assert Translator("de")("") == ""


def test_the_authors_words_win_over_the_catalogue():
    words = {"Search": "Finden", "%(count)s pages": "%(count)s S."}
    translate = SiteSettings(url="https://example.org", language="de", words=words).translate
    assert (translate("Search"), translate("Books")) == ("Finden", "Bücher")
    assert (translate(*PAGES, count=1), translate(*PAGES, count=2)) == ("1 Seite", "2 S.")


@pytest.mark.parametrize(
    ("language", "texts"), [("en", "0 pages, 1 page, 2 pages"), ("de", "0 Seiten, 1 Seite, 2 Seiten")]
)
def test_the_count_chooses_the_plural_form(language, texts):
    assert ", ".join(Translator(language)(*PAGES, count=count) for count in range(3)) == texts


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "12,345 words"), ("de-CH", "12’345 Wörter"), ("de", "12.345 Wörter"), ("xx", "12,345 words")],
)
def test_the_digits_of_a_count_are_grouped_as_in_the_language(language, text):
    assert Translator(language)("%(count)s word", "%(count)s words", count=12_345) == text


def test_arabic_has_the_plural_forms_of_cldr():
    kinds = {0: "zero", 1: "one", 2: "two", 3: "few", 10: "few", 11: "many", 99: "many", 100: "other", 102: "other"}
    texts = {count: Translator("ar")(*PAGES, count=count) for count in kinds}
    expected = {"zero": "لا صفحات", "one": "صفحة واحدة", "two": "صفحتان", "few": "{} صفحات", "many": "{} صفحة"}
    assert texts == {count: expected.get(Locale("ar").plural_form(count), "{} صفحة").format(count) for count in kinds}
    assert {count: Locale("ar").plural_form(count) for count in kinds} == kinds


def test_a_catalogue_has_its_own_rule_for_plurals(tmp_path, monkeypatch):
    (tmp_path / "pl.po").write_text(POLISH, "utf-8")
    monkeypatch.setattr(i18n, "CATALOGUES", tmp_path)
    load_catalogue.cache_clear()
    texts = [Translator("pl-PL")(*PAGES, count=count) for count in (1, 2, 5, 22)]
    load_catalogue.cache_clear()
    assert texts == ["1 strona", "2 strony", "5 stron", "22 strony"]


def test_values_are_escaped_next_to_markup_and_the_translation_is_too():
    translate = Translator(words={"%(a)s & %(b)s": "%(b)s < %(a)s"})
    assert translate("%(a)s & %(b)s", a="<i>", b=1) == "1 < <i>"
    assert translate("%(a)s & %(b)s", a="<i>", b=Markup("<b>B</b>")) == Markup("<b>B</b> &lt; &lt;i&gt;")
    assert not hasattr(ENGLISH("%(a)s", a="<i>"), "__html__"), "a template must escape it"


def test_a_value_is_not_searched_for_placeholders():
    assert ENGLISH("%(a)s 100% %(b)s", a="%(b)s", b="%(a)s") == "%(b)s 100% %(a)s"


def test_a_word_with_an_unknown_placeholder_is_reported():
    with pytest.raises(ValidationError, match=r"`by %\(authors\)s` has no %\(author\)s"):
        SiteSettings(url="https://example.org", words={"by %(authors)s": "von %(author)s"})


@pytest.mark.parametrize(
    ("language", "author", "expected"),
    [
        ("ar", "Ann (2)", "بقلم \u2068Ann (2)\u2069"),
        ("ar", "آن", "بقلم آن"),
        ("ar", "2", "بقلم 2"),
        ("ar", Markup("<b>آن</b>"), "بقلم <b>آن</b>"),
        ("ar", Markup("<b>Ann</b>"), "بقلم \u2068<b>Ann</b>\u2069"),
        ("en", "آن (2)", "by \u2068آن (2)\u2069"),
        ("en", "Ann", "by Ann"),
    ],
)
def test_a_value_that_runs_in_the_other_direction_is_isolated(language, author, expected):
    text = Translator(language)("by %(authors)s", authors=author)
    assert (text, hasattr(text, "__html__")) == (expected, hasattr(author, "__html__"))


def test_translate_is_pure():
    assert is_pure(SiteSettings(url="https://example.org").translate)

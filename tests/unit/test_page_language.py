"""The frame of a page is in the page's language, if the site has it; dates and lists too."""

from datetime import date
from types import SimpleNamespace

import pytest
from authorsite.filters import make_filters
from authorsite.page_language import PageLanguage
from authorsite.settings import SiteSettings

SITE = SiteSettings(
    url="https://example.org",
    words={"Books": "My books"},
    languages={"de": {"words": {"Blog": "Tagebuch"}}, "ar": {}},
)


def show(lang):
    return SimpleNamespace(record=SimpleNamespace(lang=lang))


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ({}, "en"),
        ({"page_language": "de", "article": show("ar")}, "de"),
        ({"article": show("")}, "en"),
        ({"article": show("ar")}, "ar"),
        ({"page": show("fr")}, "en"),
        ({"article": object()}, "en"),
    ],
)
def test_language_of_a_page(context, expected):
    assert PageLanguage(SITE).find(context) == expected


def test_words_dates_and_lists_are_in_the_language_of_the_page():
    language = PageLanguage(SITE)
    filters = make_filters(SITE, language)

    def write():
        names = filters["join_list"](["A", "B", "C"])
        words = [language.translate(text) for text in ("Search", "Books", "Blog")]
        return words, filters["long_date"](date(2019, 3, 1)), names

    english = ["Search", "My books", "Blog"], "March 1, 2019", "A, B, and C"
    assert write() == english
    with language.use({"page_language": "de"}):
        assert write() == (["Suche", "Bücher", "Tagebuch"], "1. März 2019", "A, B und C")
    assert write() == english


@pytest.mark.parametrize(
    ("page", "own", "expected"),
    [
        ("en", "", ""),
        ("en", "en", ' lang="en"'),
        ("en", "ar", ' lang="ar" dir="rtl"'),
        ("ar", "ar", ""),
        ("ar", "", ' lang="en" dir="ltr"'),
        ("de", "en", ' lang="en"'),
    ],
)
def test_attributes_of_an_element_in_another_language_than_the_page(page, own, expected):
    language = PageLanguage(SITE)
    with language.use({"page_language": page}):
        assert make_filters(SITE, language)["lang_attributes"](own) == expected


@pytest.mark.parametrize(
    ("language", "expected"), [("de", "Tagebuch"), ("ar", "المدونة"), ("fr", "Blog"), ("en", "Blog")]
)
def test_what_belongs_to_a_text_in_another_language_has_the_words_of_that_language(language, expected):
    assert SITE.translate.for_language(language)("Blog") == expected

"""The key `languages` of AUTHORSITE."""

import ast
import re

import pytest
from authorsite.problems import ProblemLog
from authorsite.settings import SiteSettings
from authorsite.validation import validate
from conftest import ROOT

GERMAN = {"name": "Leitern", "menu": [{"label": "Blog", "url": "/de/blog/"}], "words": {"Home": "Daheim"}}


def validate_settings(tmp_path, **settings):
    log = ProblemLog(root=tmp_path)
    return validate(SiteSettings, {"url": "https://a.example", **settings}, log, "pelicanconf.py", kind="settings"), log


def test_the_settings_of_a_language_have_what_it_has_of_its_own(tmp_path):
    settings = {"description": "Ladders.", "contact": "ann@a.example", "languages": {"de": GERMAN, "pt-BR": {}}}
    site, log = validate_settings(tmp_path, **settings)
    assert list(log) == []
    german = site.for_language("de")
    assert (german.language, german.description, german.contact) == ("de", "", "ann@a.example")
    assert german.menu[0].url == "/de/blog/"
    assert [site.get_translator(each)("Home") for each in ("en", "de")] == ["Home", "Daheim"]
    assert site.for_language("en") is site
    assert [site.choose_language(each) for each in ("", "en", "de", "pt-BR", "fr")] == ["en", "en", "de", "pt-BR", "en"]


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"languages": {"german": {}}}, "`german` is not the code of a language - write it as de, ar or pt-BR"),
        ({"languages": {"../de": {}}}, "`../de` is not the code of a language - write it as de, ar or pt-BR"),
        ({"languages": {"qqq": {}}}, "`qqq` is not a language - write it as en, en-GB or de-DE"),
        ({"languages": {"en": {}}}, "`languages`: `en` is the main language of the site - remove it"),
        ({"languages": ["de"]}, "`languages` must be a mapping - write `key: value` lines below it, indented"),
        (
            {"languages": {"de": {"title": "Leitern"}}},
            "unknown key `title` - use one of: description, main_book, menu, name, tagline, words",
        ),
        (
            {"languages": {"de": {"words": {"Home": "%(x)s"}}}},
            "`words`: `Home` has no %(x)s - remove it",
        ),
        (
            {"languages": {"de": {}}, "use": ["feeds"]},
            '`languages` needs the package\'s own posts - add "posts" to `use`, or remove it',
        ),
    ],
)
def test_a_wrong_language_is_reported(settings, problem, tmp_path):
    _, log = validate_settings(tmp_path, **settings)
    assert [str(each) for each in log] == [f"pelicanconf.py: {problem}"]


def test_the_example_of_the_docs_is_valid(tmp_path):
    [example] = re.findall(r"```python\n(.*?)```", (ROOT / "docs/languages.md").read_text("utf-8"), re.DOTALL)
    site, log = validate_settings(tmp_path, **ast.literal_eval(f"{{{example}}}"))
    assert list(log) == []
    assert [*site.languages] == ["de", "ar"]

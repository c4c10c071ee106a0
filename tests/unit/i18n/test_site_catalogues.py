"""Catalogues of the site's own: what they change, and what is reported of a broken one."""

import pytest
from authorsite.i18n import Translator
from authorsite.i18n.site_catalogues import format_new_catalogue, load_site_catalogues
from authorsite.problems import ProblemLog

HEADER = r"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\n"

"""
SEARCH = 'msgid "Search"\nmsgstr "{}"\n\n'
PAGES = 'msgid "%(count)s page"\nmsgid_plural "%(count)s pages"\nmsgstr[0] "{}"\nmsgstr[1] "{}"\n\n'


def load(folder, log=None, **files):
    for name, text in files.items():
        (folder / f"{name}.po").write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_site_catalogues(folder, log or ProblemLog(root=folder))


def test_texts_of_the_site_come_first_then_those_of_the_package(tmp_path):
    french = HEADER + SEARCH.format("Recherche") + PAGES.format("une page", "%(count)s pages, oui")
    own = load(
        tmp_path, fr=french, de=HEADER + SEARCH.format("Finden"), **{"fr-CA": HEADER + SEARCH.format("Chercher")}
    )
    assert [catalogue.language for catalogue in own] == ["de", "fr-CA", "fr"]
    translators = {
        language: Translator(language, own=own) for language in ("fr", "fr-CA", "fr-FR", "de-AT", "ar", "en")
    }
    assert {language: translate("Search") for language, translate in translators.items()} == {
        "fr": "Recherche",
        "fr-CA": "Chercher",
        "fr-FR": "Recherche",
        "de-AT": "Finden",
        "ar": "البحث",
        "en": "Search",
    }
    counts = [translators["fr-CA"]("%(count)s page", "%(count)s pages", count=count) for count in (0, 1, 2)]
    assert counts == ["une page", "une page", "2 pages, oui"], "French has one form for 0 and 1"
    assert translators["de-AT"]("Books") == "Bücher"
    assert translators["fr"]("Books") == "Books"
    assert Translator("fr", {"Search": "Trouver"}, own)("Search") == "Trouver"


def test_a_text_in_another_language_has_the_sites_catalogue_for_it(tmp_path):
    own = load(tmp_path, fr=HEADER + SEARCH.format("Recherche"))
    assert Translator("en", own=own).for_language("fr")("Search") == "Recherche"
    assert Translator("en").for_language("fr")("Search") == "Search"


def test_a_changed_catalogue_is_read_again(tmp_path):
    before = load(tmp_path, fr=HEADER + SEARCH.format("Recherche"))
    assert Translator("fr", own=before)("Search") == "Recherche"
    after = load(tmp_path, fr=HEADER + SEARCH.format("Chercher"))
    assert Translator("fr", own=after)("Search") == "Chercher"
    assert repr(before) != repr(after), "caches of texts have it in their keys"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("klingon", HEADER, ["klingon.po: `klingon` is not a language - name the file fr.po or pt-BR.po"]),
        ("fr", b"\nmsg\xff", ["fr.po:2: this is not UTF-8 - save the file as UTF-8"]),
        ("fr", HEADER + 'msgid "Search"\n', ["fr.po:6: this is no catalogue of gettext: missing msgstr for msgid"]),
        ("fr", HEADER + "Search\n", ["fr.po:6: this is no catalogue of gettext: Unknown or misformatted keyword"]),
        ("fr", HEADER.replace("n > 1", "n.x()"), ["fr.po:1: the header's lines are not valid: "]),
        ("fr", HEADER.replace("n > 1", "n"), ["fr.po:1: the header's lines are not valid: Plural-Forms - copy"]),
        ("fr", HEADER.replace("utf-8", "klingon"), ["fr.po:1: the header's lines are not valid: charset=klingon"]),
        (
            "fr",
            HEADER + 'msgid "by %(authors)s"\nmsgstr "de %(author)s"\n',
            ["fr.po:6: `by %(authors)s` has no %(author)s - use the names of the English text"],
        ),
        (
            "fr",
            HEADER + 'msgid "by %(authors)s"\nmsgstr "de"\n',
            ["fr.po:6: the translation of `by %(authors)s` lacks %(authors)s - put it where it belongs"],
        ),
        ("fr", HEADER + PAGES.format("une", ""), ["fr.po:6: `%(count)s page` has 1 plural form - `Plural-Forms` in"]),
        ("fr", HEADER + SEARCH.format("\x07"), ["fr.po:6: the translation of `Search` has a control character"]),
    ],
)
def test_what_is_wrong_with_a_catalogue_is_reported(tmp_path, name, text, expected):
    log = ProblemLog(root=tmp_path)
    assert load(tmp_path, log, **{name: text}) == ()
    assert [str(problem)[: len(start)] for problem, start in zip(log, expected, strict=True)] == expected


def test_gaps_are_notices(tmp_path):
    log = ProblemLog(root=tmp_path)
    text = HEADER + SEARCH.format("Recherche") + SEARCH.format("X").replace("Search", "Old text")
    assert len(load(tmp_path, log, fr=text, de=HEADER)) == 2
    missing, unknown = log
    assert {unknown.severity, missing.severity} == {"notice"}
    assert str(unknown) == "fr.po: `Old text` is no text of this version - remove it, or look for the new text"
    assert ", nor are " in missing.message


def test_a_new_catalogue_has_every_text_and_the_rule_for_plurals(tmp_path):
    log = ProblemLog(root=tmp_path)
    new = format_new_catalogue("pl")
    assert "nplurals=3" in new
    assert "\n#. Reading time in minutes.\n" in new
    filled = new.replace('msgid "Search"\nmsgstr ""', 'msgid "Search"\nmsgstr "Szukaj"')
    assert Translator("pl", own=load(tmp_path, log, pl=filled))("Search") == "Szukaj"
    assert [problem.severity for problem in log] == ["notice"]
    with pytest.raises(ValueError, match="klingon"):
        format_new_catalogue("klingon")

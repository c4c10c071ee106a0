"""The catalogues have every text of templates and code, no other, and the same placeholders."""

import ast
import re

import pytest
from authorsite.i18n import CATALOGUES, find_placeholders
from authorsite.markup import text_content, tokenize
from babel.messages.pofile import read_po
from conftest import ROOT
from jinja2 import Environment
from jinja2.ext import extract_from_ast

PACKAGE = ROOT / "plugins" / "authorsite"
TEMPLATES = [*(ROOT / "theme" / "templates").rglob("*.html"), *(PACKAGE / "templates").rglob("*.html")]
NAMES = {"BibTeX", "RIS", "CSL-JSON", "ONIX", "ISBN"}
"""Words of templates that are the same in every language."""

ATTRIBUTES = {"alt", "aria-label", "placeholder", "data-one", "data-many", "data-none", "data-failed"}
"""Attributes whose values readers see or hear."""


def extract_from_template(path):
    for _, _, texts in extract_from_ast(Environment().parse(path.read_text("utf-8")), ["translate"], False):
        yield (texts,) if isinstance(texts, str) else texts


def extract_from_code(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", "") or getattr(node.func, "id", "")
            texts = tuple(arg.value for arg in node.args if isinstance(arg, ast.Constant) and type(arg.value) is str)
            if name.lstrip("_") in {"translate", "gettext_noop"} and texts:
                yield texts


@pytest.fixture(scope="module")
def messages():
    """The texts of templates and code: tuples of the English text and, if it has one, its plural."""
    found = {texts for path in TEMPLATES for texts in extract_from_template(path)}
    return found | {texts for path in PACKAGE.rglob("*.py") for texts in extract_from_code(path)}


@pytest.fixture(params=sorted(CATALOGUES.glob("*.po")), ids=lambda path: path.name)
def catalogue(request):
    with request.param.open("rb") as file:
        return read_po(file, request.param.stem, abort_invalid=True)


def test_a_catalogue_has_every_text_and_no_other(messages, catalogue):
    ids = {message.id if message.pluralizable else (message.id,) for message in catalogue if message.id}
    assert sorted(messages - ids) == [], "not in the catalogue"
    assert sorted(ids - messages) == [], "in no template and no module"


def test_a_catalogue_translates_every_text_with_its_placeholders(catalogue):
    for message in [message for message in catalogue if message.id]:
        english, strings = "".join(message.id), message.string if message.pluralizable else (message.string,)
        assert all(strings), f"{english}: not translated"
        assert not message.fuzzy, f"{english}: fuzzy"
        assert list(message.check(catalogue)) == [], f"{english}: the plural forms are not those of Plural-Forms"
        # A form may have the number in words.
        free = {"count"} if message.pluralizable else set()
        assert {find_placeholders(text) | free for text in strings} == {find_placeholders(english) | free}, english


def test_translate_is_called_with_constant_texts():
    """Else the texts cannot be found; the names of a book's details come from code that marks them.

    What the author says of a newsletter is translated by the setting `words` alone.
    """
    for path in TEMPLATES:
        for call in re.findall(r"\btranslate\((.)(.*?)[)]", path.read_text("utf-8")):
            assert call[0] == '"' or call in {("n", "ame"), ("n", "ewsletter.text")}, (
                f"{path.name}: translate({''.join(call)})"
            )


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_template_has_no_words_of_its_own(path):
    tokens = Environment().lex(path.read_text("utf-8"))
    html = []
    for _, kind, value in tokens:
        if kind == "data":
            html.append(value)
        elif kind == "variable_begin":
            html.append("{}")
    html = "".join(html)
    seen = [text_content(html)]
    for token in tokenize(html):
        seen += [value or "" for name, value in token.attributes.items() if name in ATTRIBUTES]
    words = {word for text in seen for word in re.findall(r"[A-Za-z]{2,}(?:-[A-Za-z]+)*", text)}
    assert words <= NAMES, f"use translate() for: {', '.join(sorted(words - NAMES))}"

"""Quotation marks by language, in bodies and in plain text."""

from html import unescape

import pytest
from authorsite.i18n import Translator
from authorsite.reading.markdown import MarkdownRenderer, smarten_punctuation

TEXT = "\"He said 'no', it's so,\" yes"
CASES = {
    "en": "“He said ‘no’, it’s so,” yes",
    "de": "„He said ‚no‘, it’s so,“ yes",
    "de-AT": "„He said ‚no‘, it’s so,“ yes",
    "de-CH": "«He said ‹no›, it’s so,» yes",
    "fr": "«\u202fHe said “no”, it’s so,\u202f» yes",
    "sv": "”He said ’no’, it’s so,” yes",
    "pl": "„He said ‚no’, it’s so,” yes",
    "tlh": "“He said ‘no’, it’s so,” yes",
}


@pytest.mark.parametrize(("language", "expected"), CASES.items())
def test_plain_text_and_body_have_the_quotation_marks_of_their_language(language, expected):
    assert smarten_punctuation(TEXT, language) == expected
    assert unescape(MarkdownRenderer().render(TEXT, language=language).html) == f"<p>{expected}</p>"


def test_the_sites_language_is_the_default():
    assert "„No“" in MarkdownRenderer(Translator("de")).render('"No"').html


def test_headings_and_their_table_of_contents_agree():
    body = MarkdownRenderer().render('## The "end"', language="de")
    assert "The „end“</h2>" in body.html
    assert "The „end“</a>" in body.toc


@pytest.mark.parametrize("body", ['`"a"`', '<code>"a"</code>', '    "a"', "**„a“**"])
def test_code_and_the_authors_own_marks_stay(body):
    html = unescape(MarkdownRenderer().render(body, language="fr").html)
    assert ('"a"' in html) or ("„a“" in html)

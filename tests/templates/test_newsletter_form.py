"""The form to sign up for a newsletter, as the theme and the package's own pages include it."""

import pytest
from authorsite.i18n import Translator
from authorsite.markup import tokenize
from authorsite.settings import SiteSettings
from authorsite.templating import TEMPLATES
from jinja2 import Environment, FileSystemLoader

LIST, OTHER = "c1f3f1b0-77a5-4c61-a1d5-4e3a4f1d1a11", "0b2c4d6e-1f3a-4b5c-8d7e-9f0a1b2c3d4e"
BUTTONDOWN = {"provider": "buttondown", "username": "ann"}
LISTMONK = {"provider": "listmonk", "url": "https://lists.example.org:8443/", "lists": [LIST, OTHER]}
FORM = {"provider": "form", "url": "https://post.example/add?u=1&id=2", "name": "Post & Co"}


def render(newsletter, language="en", root="", words=()):
    site = SiteSettings(url="https://example.org", language=language, newsletter=newsletter)
    environment = Environment(loader=FileSystemLoader(TEMPLATES), trim_blocks=True, lstrip_blocks=True)
    environment.globals["translate"] = Translator(language, dict(words))
    return environment.get_template("partials/newsletter.html").render(AUTHORSITE=site, SITEURL=root)


def read_form(html):
    """Return the URL of the form, and name, value and type of each of its fields."""
    elements = [token for token in tokenize(html) if token.kind == "start"]
    [form] = [token.attributes for token in elements if token.name == "form"]
    assert form["method"] == "post"
    inputs = [token.attributes for token in elements if token.name == "input"]
    return form["action"], [(field["name"], field.get("value"), field["type"]) for field in inputs]


def test_without_a_newsletter_there_is_not_even_a_line():
    assert render(None) == ""


@pytest.mark.parametrize(
    ("newsletter", "action", "fields", "origin"),
    [
        (
            BUTTONDOWN,
            "https://buttondown.com/api/emails/embed-subscribe/ann",
            [("embed", "1", "hidden"), ("email", None, "email")],
            "https://buttondown.com",
        ),
        (
            LISTMONK,
            "https://lists.example.org:8443/subscription/form",
            [("nonce", "", "hidden"), ("l", LIST, "hidden"), ("l", OTHER, "hidden"), ("email", None, "email")],
            "https://lists.example.org:8443",
        ),
        (
            {**FORM, "field": "EMAIL", "hidden": {"b_1": "", "tag": '"<b>'}},
            "https://post.example/add?u=1&id=2",
            [("b_1", "", "hidden"), ("tag", '"<b>', "hidden"), ("EMAIL", None, "email")],
            "https://post.example",
        ),
    ],
)
def test_the_form_has_what_the_provider_expects(newsletter, action, fields, origin):
    assert read_form(render(newsletter)) == (action, fields)
    assert SiteSettings(url="https://example.org", newsletter=newsletter).newsletter.form.origin == origin


@pytest.mark.parametrize(
    ("newsletter", "sentence"),
    [
        (BUTTONDOWN, "Buttondown processes your address, and sends you an e-mail to confirm it."),
        (LISTMONK, "lists.example.org:8443 processes your address, and sends you an e-mail to confirm it."),
        ({**LISTMONK, "name": "Ann", "double_opt_in": False}, "Ann processes your address."),
        (FORM, "Post &amp; Co processes your address."),
        (
            {**FORM, "double_opt_in": True},
            "Post &amp; Co processes your address, and sends you an e-mail to confirm it.",
        ),
    ],
)
def test_one_sentence_says_who_processes_the_address(newsletter, sentence):
    assert f"<small>{sentence}</small>" in render(newsletter)


def test_the_authors_words_are_escaped_and_the_privacy_policy_linked():
    html = render({**BUTTONDOWN, "text": "<b>Monthly</b>", "privacy": "/privacy/"}, root="/blog")
    assert "<p>&lt;b&gt;Monthly&lt;/b&gt;</p>" in html
    assert '<a href="/blog/privacy/">Privacy</a>' in html
    assert '<a href="https://a.example/p">' in render({**BUTTONDOWN, "privacy": "https://a.example/p"}, root="/blog")


def test_the_form_speaks_the_language_of_the_site():
    html = render({**BUTTONDOWN, "privacy": "/datenschutz/"}, "de")
    for text in ("E-Mail-Adresse", ">Anmelden<", "Buttondown verarbeitet die Adresse", ">Datenschutz<"):
        assert text in html
    assert "address" not in html


def test_words_translate_what_the_author_says_of_the_newsletter():
    words = {"Once a month.": "Einmal im Monat."}
    assert "<p>Einmal im Monat.</p>" in render({**BUTTONDOWN, "text": "Once a month."}, "de", words=words)

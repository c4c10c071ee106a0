"""The setting AUTHORSITE: which values are valid, and how they are normalized."""

import ast
import re

import pytest
from authorsite.problems import ProblemLog
from authorsite.settings import SiteSettings
from authorsite.validation import validate
from conftest import ROOT


def validate_settings(tmp_path, **settings):
    log = ProblemLog(root=tmp_path)
    return validate(
        SiteSettings, {"url": "https://example.org", **settings}, log, "pelicanconf.py", kind="settings"
    ), log


@pytest.mark.parametrize(
    ("url", "normalized", "root"),
    [
        ("https://example.org", "https://example.org", ""),
        ("https://example.org/", "https://example.org", ""),
        ("http://example.org/blog/", "http://example.org/blog", "/blog"),
    ],
)
def test_urls_have_no_trailing_slash(url, normalized, root, tmp_path):
    site, _ = validate_settings(tmp_path, url=url)
    assert (site.url, site.root) == (normalized, root)


def test_languages_may_be_written_as_babel_does(tmp_path):
    site, _ = validate_settings(tmp_path, language="en_GB")
    assert (site.language, site.locale) == ("en-GB", "en_GB")


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"url": "example.org"}, "`example.org` is not a full URL - write it as https://example.org"),
        ({"url": "https:///blog"}, "`https:///blog` is not a full URL - write it as https://example.org"),
        ({"url": "ftp://example.org"}, "`ftp://example.org` is not a full URL - write it as https://example.org"),
        ({"accent": "red"}, "`red` is not a color - write it as #17655f"),
        ({"accent": "#17655f;}"}, "`#17655f;}` is not a color - write it as #17655f"),
        ({"allow": {"link": " "}}, 'no reason is given for link - write {"link": "the reason"}'),
        ({"allow": {"imported lnk": "old"}}, "`imported lnk` cannot be allowed - did you mean `imported link`?"),
        ({"reblog_words": 0}, "`reblog_words` cannot be 0 - use at least 1"),
        ({"author": {"fediverse": "ann"}}, "`ann` is not a Fediverse handle - write it as @ann@social.example"),
        (
            {"author": {"fediverse": '@a@b">.c'}},
            '`@a@b">.c` is not a Fediverse handle - write it as @ann@social.example',
        ),
    ],
)
def test_an_invalid_setting_is_reported(settings, problem, tmp_path):
    site, log = validate_settings(tmp_path, **settings)
    assert site is None
    assert [str(p) for p in log] == [f"pelicanconf.py: {problem}"]


LIST = "c1f3f1b0-77a5-4c61-a1d5-4e3a4f1d1a11"


@pytest.mark.parametrize(
    "newsletter",
    [
        {"provider": "buttondown", "username": "ann"},
        {"provider": "listmonk", "url": "https://lists.example.org/", "lists": [LIST.upper()]},
        {"provider": "listmonk", "url": "http://127.0.0.1:9000", "lists": [LIST]},
        {"provider": "form", "url": "https://example.org/subscribe?u=1&id=2", "name": "Post Office"},
    ],
)
def test_newsletters_of_each_provider_are_valid(newsletter, tmp_path):
    site, log = validate_settings(tmp_path, newsletter=newsletter)
    assert not list(log)
    assert site.newsletter.provider == newsletter["provider"]


@pytest.mark.parametrize(
    ("newsletter", "problem"),
    [
        ({"username": "ann"}, "`newsletter.provider` is missing - use one of: buttondown, form, listmonk"),
        (
            {"provider": "mailchimp"},
            "`newsletter.provider` cannot be `mailchimp` - use one of: buttondown, form, listmonk",
        ),
        ({"provider": "buttondow"}, "`newsletter.provider` cannot be `buttondow` - did you mean `buttondown`?"),
        ({"provider": "buttondown"}, '`newsletter.buttondown.username` is missing - write "username": …'),
        (
            {"provider": "buttondown", "username": "https://buttondown.com/ann"},
            "`https://buttondown.com/ann` is not a username - write it as in the URL of your newsletter",
        ),
        (
            {"provider": "buttondown", "username": "ann", "api_key": "secret"},
            "unknown key `api_key` - use one of: from_email, from_name, privacy, provider, text, username",
        ),
        (
            {"provider": "buttondown", "username": "ann", "from_email": "Ann <ann@example.org>"},
            "`Ann <ann@example.org>` is not an e-mail address - write it as ann@example.org",
        ),
        (
            {"provider": "buttondown", "username": "ann", "privacy": "javascript:alert(1)"},
            "`javascript:alert(1)` is not a link - write /page/ for this site, or https://example.org/",
        ),
        (
            {"provider": "listmonk", "url": "http://lists.example.org", "lists": [LIST]},
            "`http://lists.example.org` would send addresses unencrypted - change http: to https:",
        ),
        (
            {"provider": "listmonk", "url": "https://lists.example.org/?a=b", "lists": [LIST]},
            "`https://lists.example.org/?a=b` is not the URL of a server - write it as https://lists.example.org",
        ),
        (
            {"provider": "listmonk", "url": "https://ann:secret@lists.example.org", "lists": [LIST]},
            "`https://ann:secret@lists.example.org` has no plain host - write it as https://lists.example.org",
        ),
        (
            {"provider": "listmonk", "url": "https://lists.example.org", "lists": []},
            "`lists` is empty - write the UUIDs of one or more public lists",
        ),
        (
            {"provider": "listmonk", "url": "https://lists.example.org", "lists": ["3"]},
            "`3` is not the UUID of a list - copy it from the page of the list in listmonk",
        ),
        (
            {"provider": "form", "url": "https://a.example; script-src *", "name": "Post Office"},
            "`https://a.example; script-src *` is not a URL - write the full URL: https://example.org/page",
        ),
        (
            {"provider": "form", "url": "https://a.example/add"},
            '`newsletter.form.name` is missing - write "name": …',
        ),
    ],
)
def test_an_invalid_newsletter_is_reported(newsletter, problem, tmp_path):
    _, log = validate_settings(tmp_path, newsletter=newsletter)
    assert [str(p) for p in log] == [f"pelicanconf.py: {problem}"]


def test_the_examples_of_the_docs_are_valid_newsletters(tmp_path):
    examples = re.findall(
        r"^```python\n(.*?)^```$", (ROOT / "docs/newsletter.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    for example in examples:
        _, log = validate_settings(tmp_path, **ast.literal_eval(f"{{{example}}}"))
        assert not list(log), example
    assert [ast.literal_eval(f"{{{e}}}")["newsletter"]["provider"] for e in examples] == [
        "buttondown",
        "listmonk",
        "form",
    ]

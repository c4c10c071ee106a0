"""What a build knows from the settings and the environment."""

from types import SimpleNamespace

import pytest
from authorsite.site_build import get_build_time, get_site, load_settings


@pytest.mark.parametrize(
    ("environment", "setting", "time"),
    [
        ("2020-02-03", None, "2020-02-03T00:00:00-06:00"),
        ("2020-02-04T03:00+00:00", None, "2020-02-03T21:00:00-06:00"),
        ("2020-02-03", "2019-01-01", "2020-02-03T00:00:00-06:00"),
        ("", "2019-01-01", "2019-01-01T00:00:00-06:00"),
    ],
)
def test_the_date_of_a_build_is_in_the_time_zone_of_the_site(environment, setting, time, tmp_path, monkeypatch):
    monkeypatch.setenv("SITE_DATE", environment)
    settings = {"PATH": str(tmp_path), "TIMEZONE": "America/Chicago", "AUTHORSITE": {"url": "https://example.org"}}
    pelican = SimpleNamespace(settings=settings | {"SITE_DATE": setting})
    load_settings(pelican)
    assert get_build_time(pelican.settings).isoformat() == time


OWN_THEME = {"templates/base.html": "{% block metadata %}{% endblock %}"}
URLS = {
    # AUTHORSITE, SITEURL, the theme's files: the site's URL, and SITEURL for templates
    "our theme": ({"url": "https://a.example/b"}, "https://a.example", OWN_THEME, "https://a.example/b", "/b"),
    "another theme": (
        {"url": "https://a.example/b"},
        "https://c.example",
        {},
        "https://a.example/b",
        "https://c.example",
    ),
    "no SITEURL": ({"url": "https://a.example/b"}, "", {}, "https://a.example/b", "/b"),
    "SITEURL alone": ({}, "https://c.example/d", {}, "https://c.example/d", "https://c.example/d"),
    "parts, while writing": ({"use": ["feeds"]}, "", {}, "http://localhost:8000", ""),
}


@pytest.mark.parametrize(("site", "site_url", "theme", "url", "shown"), URLS.values(), ids=URLS)
def test_other_themes_keep_siteurl(site, site_url, theme, url, shown, tmp_path):
    for name, text in theme.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text)
    settings = {"PATH": str(tmp_path), "THEME": str(tmp_path), "SITEURL": site_url, "AUTHORSITE": site}
    load_settings(SimpleNamespace(settings=settings))
    assert (get_site(settings).url, settings["SITEURL"]) == (url, shown)


def test_pelican_reads_no_records_of_books_and_events_as_posts(tmp_path):
    site = {"url": "https://a.example", "use": ["books"]}
    settings = {"PATH": str(tmp_path), "ARTICLE_EXCLUDES": ["pages"], "PAGE_EXCLUDES": [], "AUTHORSITE": site}
    load_settings(SimpleNamespace(settings=settings))
    assert (settings["ARTICLE_EXCLUDES"], settings["PAGE_EXCLUDES"]) == (["pages", "books"], ["books"])

"""Sitemap files and their size limit."""

import re
from datetime import UTC, datetime

from authorsite.seo import sitemap
from authorsite.seo.sitemap import SitemapPage


def test_a_small_site_has_one_sitemap():
    files = sitemap.build_sitemaps(
        {
            "https://example.org/b?x&y": SitemapPage(None),
            "https://example.org/": SitemapPage(datetime(2019, 3, 1, tzinfo=UTC)),
        },
        "",
    )
    assert list(files) == ["sitemap.xml"]
    assert "<loc>https://example.org/</loc><lastmod>2019-03-01T00:00:00+00:00</lastmod>" in files["sitemap.xml"]
    assert "<loc>https://example.org/b?x&amp;y</loc></url>" in files["sitemap.xml"]


def test_a_large_sitemap_is_split_and_indexed():
    pages = {f"https://example.org/{number:06}/": SitemapPage(None) for number in range(2 * sitemap.MAX_URLS + 1)}
    files = sitemap.build_sitemaps(pages, "https://example.org")
    parts = [f"sitemap-{number}.xml" for number in (1, 2, 3)]
    assert sorted(files) == [*parts, "sitemap.xml"]
    assert re.findall("<loc>(.*?)</loc>", files["sitemap.xml"]) == [f"https://example.org/{part}" for part in parts]
    assert "<sitemapindex " in files["sitemap.xml"]
    listed = [re.findall("<loc>(.*?)</loc>", files[part]) for part in parts]
    assert max(map(len, listed)) == sitemap.MAX_URLS
    assert [url for urls in listed for url in urls] == sorted(pages)

"""Pages that link to, list or translate other pages are updated when those change."""

import pytest
from tiny_site import ARTICLE, INDEX, POST, TinySite, post

T = "theme/templates/"
SECOND, DEEP, PAGE = "content/posts/b.md", "content/posts/deep/er/c.md", "content/pages/p.md"
IMAGE = "content/images/a.png"
LINK = "[it]({filename}b.md) and [that]({filename}/pages/p.md)"
POSTS = {
    POST: post(LINK, title="First"),
    SECOND: post("Second text.", title="Second", date="2020-01-03", tags="one, two", author="Ann"),
    DEEP: post(
        "[up]({filename}../../a.md) [down](|filename|/posts/b.md) [t]({tag}one) [c]({category}posts) [i]({index})",
        title="Third",
        date="2020-01-04",
    ),
    PAGE: "Title: A page\n\n[post]({filename}/posts/b.md) [author]({author}Ann)\n",
    IMAGE: "an image",
}
RENAMED = {SECOND: post("Second text.", title="Renamed", date="2020-01-03", tags="two, three", author="Bob")}
RELATIVE = {
    "RELATIVE_URLS": True,
    "ARTICLE_URL": "{date:%Y}/{date:%m}/{slug}/",
    "ARTICLE_SAVE_AS": "{date:%Y}/{date:%m}/{slug}/index.html",
    DEEP: post("[up]({filename}../../a.md)", title="Third", date="2020-01-04", summary="[s]({filename}../../b.md)"),
    "YEAR_ARCHIVE_SAVE_AS": "{date:%Y}/index.html",
}
TRANSLATED = {
    POST: post("[de]({filename}b.md)", title="First", slug="one", lang="en"),
    SECOND: post("[en]({filename}a.md)", title="Erster", date="2020-01-03", slug="one", lang="de"),
}
FEEDS = {
    "FEED_ALL_ATOM": "feeds/all.xml",
    "FEED_ALL_RSS": "feeds/all.rss",
    "FEED_ATOM": "feeds/atom.xml",
    "CATEGORY_FEED_ATOM": "feeds/c/{slug}.xml",
    "TAG_FEED_ATOM": "feeds/t/{slug}.xml",
    "AUTHOR_FEED_RSS": "feeds/a/{slug}.rss",
    "TRANSLATION_FEED_ATOM": "feeds/l/{lang}.xml",
}
LISTS = {
    INDEX: """{% for a in articles_page.object_list %}{{ a.title }}{{ a.tags|join(',') }}{{ a.url }}{% endfor %}
        {{ articles_page.number }}/{{ articles_paginator.num_pages }}
        {% if articles_page.has_next() %}{{ articles_next_page.url }}{% endif %}""",
    "PAGINATED_TEMPLATES": {"index": 2, "tag": 1},
}

CASES = {
    "the title of a post": ({}, RENAMED, {PAGE: "Title: Renamed page\n\nText.\n"}),
    "a post that is deleted and restored": ({}, {SECOND: None}, {SECOND: POSTS[SECOND]}),
    "a link to a post that is added later": (
        {POST: post("[x]({filename}later.md)")},
        {"content/posts/later.md": post(title="Later")},
    ),
    "the status of a post": (
        {},
        *(
            {SECOND: POSTS[SECOND].replace("\n\n", f"\nStatus: {status}\n\n", 1)}
            for status in ("draft", "hidden", "skip")
        ),
        {SECOND: POSTS[SECOND]},
    ),
    "the URL of all posts": (
        {},
        {"ARTICLE_URL": "p/{slug}/", "ARTICLE_SAVE_AS": "p/{slug}/index.html"},
        {"SITEURL": ""},
    ),
    "relative links": (
        RELATIVE,
        RENAMED,
        {SECOND: None},
        {DEEP: post("Text.", title="Third", date="2021-01-04", summary="[s]({filename}../../a.md)")},
        {"SUMMARY_MAX_LENGTH": 2},
        {"RELATIVE_URLS": False},
    ),
    "relative links in feeds": (RELATIVE | FEEDS, RENAMED, {SECOND: None}),
    "an image whose path changes": (
        {POST: post("![x]({static}/images/a.png)")},
        {"EXTRA_PATH_METADATA": {"images/a.png": {"path": "b.png"}}},
        {IMAGE: None},
        {"content/posts/a.png": "beside", POST: post("![x]({static}a.png)")},
    ),
    "an image that is attached": (
        {POST: post("![x]({attach}a.png)"), "content/posts/a.png": "beside", "ARTICLE_SAVE_AS": "{slug}/index.html"},
        {POST: post("![x]({attach}a.png)", title="Renamed")},
        {SECOND: post("![x]({attach}a.png)", title="Second", date="2020-01-03")},
        {POST: post("No image.", title="Renamed")},
        {SECOND: None},
        {DEEP: post("![x]({attach}../../a.png) ![x]({static}../../a.png)", title="Third", date="2020-01-04")},
    ),
    "links in summaries and other fields": (
        {POST: post(summary="[it]({filename}b.md)", note="[it]({filename}b.md)")}
        | {"FORMATTED_FIELDS": ["summary", "note"], ARTICLE: "{{ article.note }}{{ article.summary }}"},
        RENAMED,
        {SECOND: None},
    ),
    "links with another syntax": (
        {POST: post("[x](@filename@b.md)"), "INTRASITE_LINK_REGEX": "[@|](?P<what>.*?)[@|]"},
        RENAMED,
        {"INTRASITE_LINK_REGEX": "[{|](?P<what>.*?)[|}]"},
    ),
    "translations": (
        TRANSLATED,
        {SECOND: post(title="Zweiter", date="2020-01-03", slug="one", lang="de")},
        {SECOND: post(title="Zweiter", date="2020-01-03", slug="two", lang="de")},
        {SECOND: post(title="Second", date="2020-01-03", slug="one", lang="fr")},
        {"DEFAULT_LANG": "fr"},
        {POST: None},
    ),
    "translations by another key": (
        {POST: post(slug="one", key="x"), SECOND: post(title="B", date="2020-01-03", lang="de", key="x")}
        | {"ARTICLE_TRANSLATION_ID": "key", DEEP: post(title="Third", date="2020-01-04", key="z")},
        {SECOND: post(title="B", date="2020-01-03", lang="de", key="y")},
        {"ARTICLE_TRANSLATION_ID": "slug"},
    ),
    "drafts and hidden pages": (
        {POST: post(LINK, status="draft"), PAGE: "Title: A page\nStatus: hidden\n\nText.\n"},
        {PAGE: "Title: A page\nStatus: draft\n\nText.\n"},
        {POST: post("Other text.", status="draft"), "DRAFT_SAVE_AS": "d/{slug}.html"},
        {POST: post("Other text.", status="hidden")},
        {POST: post("Other text."), PAGE: "Title: A page\n\nText.\n"},
    ),
    "posts of the future": (
        {"WITH_FUTURE_DATES": False, SECOND: post(title="Second", date="2999-01-01")},
        {"WITH_FUTURE_DATES": True},
    ),
    "feeds": (
        FEEDS | TRANSLATED,
        RENAMED,
        {POST: post(LINK, title="A & <b>b</b>", summary="Short.", modified="2020-05-05")},
        {"FEED_MAX_ITEMS": 1},
        {"FEED_APPEND_REF": True, "RSS_FEED_SUMMARY_ONLY": False},
        {"SITENAME": "Other", "FEED_DOMAIN": "https://feeds.example.org"},
        {DEEP: None},
        {"FEED_ALL_RSS": None, "TAG_FEED_ATOM": None},
    ),
    "paginated lists": (
        LISTS,
        RENAMED,
        {SECOND: None},
        {"content/posts/d.md": post(title="D", date="2019-01-01", tags="one")},
        {"PAGINATED_TEMPLATES": {"index": 1}},
        {"PAGINATION_PATTERNS": [(1, "{url}", "{save_as}"), (2, "page/{number}/", "page/{number}/index.html")]},
        {"PAGINATED_TEMPLATES": {}, INDEX: "{{ articles|length }}"},
    ),
    "the order of posts": (
        {INDEX: "{% for a in articles %}{{ a.title }}{% endfor %}"},
        {SECOND: post(title="Second", date="2018-01-03")},
        {"ARTICLE_ORDER_BY": "title"},
        {"ARTICLE_ORDER_BY": "reversed-title"},
        {"NEWEST_FIRST_ARCHIVES": False},
        {"REVERSE_CATEGORY_ORDER": True},
    ),
    "archives of years and months": (
        {"YEAR_ARCHIVE_SAVE_AS": "{date:%Y}/index.html", "MONTH_ARCHIVE_SAVE_AS": "{date:%Y}/{date:%m}/index.html"},
        {SECOND: post(title="Second", date="2018-01-03")},
        {SECOND: None},
        {"MONTH_ARCHIVE_SAVE_AS": ""},
    ),
    "categories by folder and by name": (
        {"content/posts/news/d.md": post(title="D", date="2020-02-01")},
        {"USE_FOLDER_AS_CATEGORY": False, "DEFAULT_CATEGORY": "None"},
        {"CATEGORY_URL": "c/{slug}/", "CATEGORY_SAVE_AS": "c/{slug}/index.html"},
        {POST: post(category="News")},
        {"SLUG_REGEX_SUBSTITUTIONS": [(r"\s+", "_")]},
    ),
    "times and languages": (
        {ARTICLE: "{{ article.date }}{{ article.locale_date }}{{ article.lang }}{{ article.date|strftime('%c') }}"},
        {"TIMEZONE": "America/Chicago"},
        {"DEFAULT_DATE_FORMAT": "%d.%m.%Y"},
        {"DATE_FORMATS": {"en": "%Y/%m/%d"}},
        {"DEFAULT_LANG": "de"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_pages_are_updated_after_changes_of(tmp_path, case):
    first, *changes = CASES[case]
    TinySite(tmp_path).change(POSTS | first).compare_after_each(*changes)

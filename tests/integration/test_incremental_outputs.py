"""Static files, sources, template pages and pages that replace others are those of a clean build after any change."""

import os
import shutil

import pytest
from tiny_site import INDEX, POST, TinySite, post

T = "theme/templates/"
SECOND = "content/posts/b.md"
POSTS = {POST: post(title="First"), SECOND: post(title="Second", date="2020-01-03")}


def write_with_same_date_and_size(name, text):
    """Return a change that writes a file and keeps its date and size."""

    def change(site):
        path = site.root / name
        stat = path.stat()
        path.write_text(text)
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))

    return change


def write_with_older_date(name, text):
    """Return a change that writes a file with an older date."""

    def change(site):
        (site.root / name).write_text(text)
        os.utime(site.root / name, (1, 1))

    return change


IMAGE = "content/images/a.txt"
CASES = {
    "static files": (
        {IMAGE: "one", "content/images/deep/b.txt": "b"},
        {IMAGE: "two"},
        write_with_same_date_and_size(IMAGE, "owt"),
        write_with_older_date(IMAGE, "an old one"),
        {"content/images/deep/b.txt": None},
        {"content/images/deep": "a file where a folder was", "content/images/c.txt": "c"},
        {"STATIC_PATHS": []},
    ),
    "static files that are copied when they are newer": (
        {IMAGE: "one", "STATIC_CHECK_IF_MODIFIED": True},
        {IMAGE: "two"},
        {IMAGE: None},
    ),
    "static files that are links": (
        {IMAGE: "one", "STATIC_CREATE_LINKS": True},
        {IMAGE: "two"},
        write_with_same_date_and_size(IMAGE, "owt"),
        {IMAGE: None, "content/images/b.txt": "b"},
        {"STATIC_CREATE_LINKS": False},
        {"content/images/b.txt": "c"},
        {"STATIC_CREATE_LINKS": True},
    ),
    "static files with another output path": (
        {IMAGE: "one", "EXTRA_PATH_METADATA": {"images/a.txt": {"path": "robots.txt"}}},
        {"EXTRA_PATH_METADATA": {"images/a.txt": {"path": "deep/a.txt"}}},
        {"EXTRA_PATH_METADATA": {}},
    ),
    "the theme's files": (
        {"theme/static/css/a.css": "a {}"},
        {"theme/static/css/a.css": "b {}"},
        {"theme/static/css/b.css": "c {}", "theme/static/css/a.css": None},
        {"THEME_STATIC_DIR": "look"},
    ),
    "sources": (
        {"OUTPUT_SOURCES": True, "OUTPUT_SOURCES_EXTENSION": ".txt"},
        {POST: post("Other text.", title="First")},
        {POST: post("Other text.", title="First") + "<!-- shown nowhere -->"},
        {SECOND: None},
        {POST: post(title="Renamed")},
        {"OUTPUT_SOURCES_EXTENSION": ".source"},
        {"OUTPUT_SOURCES": False},
    ),
    "template pages": (
        {"TEMPLATE_PAGES": {"t/a.html": "a.html"}, "content/t/a.html": "{{ SITENAME }}{{ articles|length }}"},
        {"content/t/a.html": "edited {{ SITENAME }}"},
        {"SITENAME": "Other"},
        {"content/t/a.html": "{{ articles[0].title }}"},
        {SECOND: post(title="Renamed", date="2020-01-03")},
        {"TEMPLATE_PAGES": {"t/a.html": "deep/a.html"}},
        {"TEMPLATE_PAGES": {}},
    ),
    "files where folders were, and folders where files were": (
        {"ARTICLE_SAVE_AS": "{slug}"},
        {"ARTICLE_SAVE_AS": "{slug}/index.html"},
        {"ARTICLE_SAVE_AS": "{slug}"},
    ),
    "template pages named like an included template": (
        {
            "TEMPLATE_PAGES": {"a.html": "1.html", "b.html": "2.html"},
            "content/a.html": "one {% include 'b.html' ignore missing %}",
            "content/b.html": "two {% include 'a.html' ignore missing %}",
            T + "b.html": "b of the theme",
        },
        {"content/b.html": "edited {% include 'a.html' ignore missing %}"},
        {T + "a.html": "a of the theme"},
        {T + "b.html": "b of the theme, edited"},
    ),
    "template pages that replace another page": (
        {"TEMPLATE_PAGES": {"t.html": "index.html"}, "content/t.html": "instead {{ SITENAME }}"},
        {"content/t.html": "otherwise"},
        {INDEX: "never seen {{ articles|length }}"},
        {"TEMPLATE_PAGES": {}},
        {"TEMPLATE_PAGES": {"t.html": "first.html"}},
        {POST: post(title="Renamed")},
    ),
    "two posts for one file, one overriding": (
        {SECOND: post(title="Second", date="2020-01-03", save_as="first.html", url="first.html")},
        {POST: post("Other text.", title="First")},
        {SECOND: post("Other text.", title="Second", date="2020-01-03", save_as="first.html")},
        {SECOND: post(title="Second", date="2020-01-03")},
        {SECOND: post(title="Second", date="2020-01-03", save_as="first.html")},
        {SECOND: None},
    ),
    "a page that replaces a direct template": (
        {"content/pages/p.md": "Title: Home\nsave_as: index.html\nURL:\n\nWelcome.\n"},
        {"content/pages/p.md": "Title: Home\nsave_as: index.html\nURL:\n\nOther.\n"},
        {INDEX: "never seen"},
        {POST: post("Other text.", title="First")},
        {"content/pages/p.md": "Title: Home\n\nWelcome.\n"},
        {"content/pages/p.md": "Title: Home\nsave_as: archives.html\n\nWelcome.\n"},
        {"content/pages/p.md": None},
    ),
    "pages that are not to be written": (
        {"AUTHOR_SAVE_AS": "", "TAG_SAVE_AS": "", POST: post(tags="one")},
        {"TAG_SAVE_AS": "t/{slug}.html"},
        {"ARTICLE_SAVE_AS": "{date:%Y}/{slug}/index.html", "ARTICLE_URL": "{date:%Y}/{slug}/"},
        {"ARTICLE_SAVE_AS": "first.html/{slug}.html"},
        {"DIRECT_TEMPLATES": ["index"], "TAG_SAVE_AS": ""},
    ),
    "an output folder that is emptied before each build": (
        {"DELETE_OUTPUT_DIRECTORY": True, IMAGE: "one"},
        {POST: post("Other text.", title="First")},
        {SECOND: None},
        {"DELETE_OUTPUT_DIRECTORY": False},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_output_is_that_of_a_clean_build_with(tmp_path, case):
    first, *changes = CASES[case]
    site = TinySite(tmp_path).change(POSTS | first)
    site.compare()
    for change in ({}, *changes, {}):
        if callable(change):
            change(site)
        elif "content/images/deep" in change:
            shutil.rmtree(tmp_path / "content/images/deep")
            site.change(change)
        else:
            site.change(change)
        site.compare()


def test_two_posts_with_one_output_file_stop_the_build_as_in_pelican(tmp_path):
    site = TinySite(tmp_path).change(POSTS)
    site.compare()
    site.change({SECOND: post(title="First", date="2020-01-03")})
    for build in (site.build, site.build_clean, site.build):
        with pytest.raises(RuntimeError, match=r"first\.html"):
            build()
    site.change({SECOND: post(title="Third", date="2020-01-03")})
    site.compare()


def test_output_retention_keeps_files_when_the_output_folder_is_emptied(tmp_path):
    site = TinySite(tmp_path).change(POSTS)
    site.settings |= {"DELETE_OUTPUT_DIRECTORY": True, "OUTPUT_RETENTION": [".git", "CNAME"]}
    site.compare()
    site.change({"output/CNAME": "example.org", "output/.git/config": "[core]", "output/other.txt": "to go"})
    site.compare(by_hand=["CNAME", ".git/config"])
    site.change({SECOND: None})
    site.compare(by_hand=["CNAME", ".git/config"])


def test_the_source_of_a_linked_static_file_is_never_overwritten(tmp_path):
    site = TinySite(tmp_path, settings={"STATIC_CREATE_LINKS": True}).change(POSTS | {IMAGE: "the original"})
    site.compare()
    site.settings["STATIC_CREATE_LINKS"] = False
    site.change({SECOND: None, "content/pages/p.md": "Title: A page\nsave_as: images/a.txt\n\nA page.\n"})
    site.build()
    assert (tmp_path / IMAGE).read_text() == "the original"

"""Files that plugins write, or that are put there by hand, are kept or removed as they should be."""

import os
import shutil
import zlib
from hashlib import sha256
from pathlib import Path

import pytest
from tiny_site import ARTICLE, INDEX, POST, TinySite, make_plugin, post

T = "theme/templates/"
SECOND = "content/posts/b.md"
POSTS = {POST: post(title="First"), SECOND: post(title="Second", date="2020-01-03")}
ENGINE_FIRST_AND_LAST = pytest.mark.parametrize("engine_last", [False, True], ids=["engine first", "engine last"])


# Files that plugins write.


def stylesheet_plugin(*, always=False):
    """Return a plugin that writes theme/main.<hash of COLOR and of main.scss>.css, unless it is there."""

    def name(pelican):
        source = Path(pelican.settings["THEME"], "main.scss").read_text() + pelican.settings.get("COLOR", "")
        pelican.settings["CSS"] = f"theme/main.{sha256(source.encode()).hexdigest()[:8]}.css"
        pelican.settings["SOURCE_OF_CSS"] = source

    def write(pelican):
        path = Path(pelican.output_path, pelican.settings["CSS"])
        if always or not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(pelican.settings["SOURCE_OF_CSS"])

    return make_plugin(initialized=name, finalized=write)


@ENGINE_FIRST_AND_LAST
@pytest.mark.parametrize("always", [False, True], ids=["when it is missing", "in every build"])
def test_outdated_stylesheets_of_a_plugin_are_removed(tmp_path, engine_last, always):
    site = TinySite(tmp_path, engine_last=engine_last).change(POSTS | {"theme/main.scss": "a {}"})
    site.change({T + "base.html": "<link href='{{ SITEURL }}/{{ CSS }}'>{% block b %}{% endblock %}"})
    for name in ("index", "article"):
        site.change({f"{T}{name}.html": "{% extends 'base.html' %}"})
    site.settings["PLUGINS"] = [stylesheet_plugin(always=always)]
    site.compare_after_each(
        {POST: post("Other text.", title="First")},
        {"COLOR": "red"},
        {},
        {"theme/main.scss": "b {}"},
        {},
        {"COLOR": ""},
        {"theme/main.scss": "a {}"},
        {SECOND: None},
    )
    assert len(list(tmp_path.glob("output/theme/main.*.css"))) == 1


def thumbnail_plugin():
    """Return a plugin that writes a file for each post's image, unless it is there."""

    def write(generator, writer):
        for article in generator.articles:
            image = getattr(article, "image", "")
            path = Path(writer.output_path, "thumbs", image)
            if image and not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(f"small {image}")

    return make_plugin(article_writer_finalized=write)


@ENGINE_FIRST_AND_LAST
def test_a_thumbnail_of_a_plugin_is_kept_while_a_page_shows_it(tmp_path, engine_last):
    site = TinySite(tmp_path, engine_last=engine_last)
    site.change({POST: post(image="a.png"), SECOND: post(title="Second", date="2020-01-03", image="b.png")})
    site.change({ARTICLE: "<img src='{{ SITEURL }}/thumbs/{{ article.image }}' alt=''>"})
    site.change({INDEX: "{% for a in articles %}<img srcset='thumbs/{{ a.image }} 2x' alt=''>{% endfor %}"})
    site.settings["PLUGINS"] = [thumbnail_plugin()]
    site.compare_after_each({POST: post("Other text.", image="a.png")}, {SECOND: None}, {POST: post(image="c.png")}, {})


def file_plugin(name, *, always):
    """Return a plugin that writes the file `name`, in every build or once."""

    def write(pelican):
        path = Path(pelican.output_path, name)
        if always or not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"made for {pelican.settings['SITENAME']}" if always else "made once")

    return make_plugin(finalized=write)


@ENGINE_FIRST_AND_LAST
@pytest.mark.parametrize("always", [True, False], ids=["in every build", "once"])
def test_a_file_of_a_plugin_that_no_page_refers_to_is_kept(tmp_path, engine_last, always):
    site = TinySite(tmp_path, engine_last=engine_last).change(POSTS)
    site.settings["PLUGINS"] = [file_plugin("search/data.json", always=always)]
    site.compare_after_each({POST: post("Other text.", title="First")}, {SECOND: None}, {"SITENAME": "Other"})


def test_a_page_that_a_plugin_overwrites_is_that_of_a_clean_build(tmp_path):
    def stamp(path, context):
        del context
        if path.endswith("index.html"):
            text = Path(path).read_text()
            Path(path).write_text(f"{text.removesuffix('<!-- stamped -->')}<!-- stamped -->")

    site = TinySite(tmp_path, settings={"PLUGINS": [make_plugin(content_written=stamp)]}).change(POSTS)
    site.compare_after_each({POST: post("Other text.", title="First")}, {POST: post(title="Other")}, {})


# Files that are put there by hand.

BY_HAND = {"CNAME": "example.org", "old/index.html": "an old page", "old/deep/x.pdf": "a file", "tag/mine.html": "mine"}


@ENGINE_FIRST_AND_LAST
@pytest.mark.parametrize("when", ["before the first build", "between two builds"])
def test_files_put_there_by_hand_are_kept(tmp_path, engine_last, when):
    site = TinySite(tmp_path, engine_last=engine_last).change(POSTS | {POST: post(tags="one")})
    site.change({INDEX: "<a href='old/deep/x.pdf'>x</a>{% for a in articles %}{{ a.title }}{% endfor %}"})
    site.settings["PLUGINS"] = [file_plugin("search/data.json", always=True)]
    if when == "between two builds":
        site.compare()
    for name, text in BY_HAND.items():
        site.change({f"output/{name}": text})
    for change in ({}, {POST: post(tags="two")}, {POST: None}, {INDEX: "no link"}, {"SITENAME": "Other"}):
        site.change(change)
        site.compare(by_hand=BY_HAND)
    assert {name: site.read(name) for name in BY_HAND} == BY_HAND


def append_comment(path):
    path.write_text(path.read_text() + "<!-- by hand -->")


MANUAL_CHANGES = {
    "edited": append_comment,
    "emptied": lambda path: path.write_bytes(b""),
    "deleted": Path.unlink,
    "deleted with its folder": lambda path: shutil.rmtree(path.parent),
    "replaced by a link": lambda path: (path.unlink(), path.symlink_to(path.parents[1] / "CNAME")),
    "replaced by a dangling link": lambda path: (path.unlink(), path.symlink_to("nowhere")),
    "made unwritable": lambda path: path.chmod(0o444),
}


@pytest.mark.parametrize("change", MANUAL_CHANGES)
def test_an_output_file_is_restored_after_it_was(tmp_path, change):
    site = TinySite(tmp_path).change(POSTS | {"content/images/a.png": b"an image", "theme/static/a.css": "a {}"})
    site.compare()
    for name in ("index.html", "first.html", "category/posts.html", "images/a.png", "theme/a.css"):
        path = tmp_path / "output" / name
        if change != "deleted with its folder" or path.parent != tmp_path / "output":
            MANUAL_CHANGES[change](path)
            site.compare()


def test_an_output_folder_that_was_deleted_is_written_again(tmp_path):
    site = TinySite(tmp_path).change(POSTS)
    site.compare()
    shutil.rmtree(tmp_path / "output")
    site.compare()


def test_an_unchanged_build_creates_no_folders(tmp_path, monkeypatch):
    site = TinySite(tmp_path, settings={"ARTICLE_SAVE_AS": "{slug}/index.html"}).change(POSTS)
    site.compare()
    created, makedirs = [], os.makedirs
    monkeypatch.setattr(os, "makedirs", lambda path, **options: (created.append(path), makedirs(path, **options))[1])
    site.build()
    assert [path for path in created if "output/" in path] == []
    site.change({SECOND: post(title="Third", date="2020-01-04")}).build()
    assert str(tmp_path / "output/third") in created


def for_each_page(change):
    """Return a plugin that calls `change` with the path of each page when all are written."""

    def work(pelican):
        for path in sorted(Path(pelican.output_path).rglob("*.html")):
            change(path)

    return make_plugin(finalized=work)


def compress(path):
    path.with_name(f"{path.name}.z").write_bytes(zlib.compress(path.read_bytes()))


def compress_once(path):
    if not path.with_name(f"{path.name}.z").exists():
        compress(path)


@pytest.mark.parametrize(
    ("change", "emptied"),
    [
        (lambda path: path.write_text(path.read_text().upper()), False),
        (lambda path: path.write_text(f"{path.read_text()}."), False),
        (compress, False),
        (compress, True),
        (compress_once, True),
    ],
    ids=["written in capitals", "written longer", "compressed", "compressed, emptied", "compressed once, emptied"],
)
def test_files_that_a_plugin_derives_from_a_page_are_removed_with_it(tmp_path, change, emptied):
    site = TinySite(tmp_path, settings={"PLUGINS": [for_each_page(change)], "DELETE_OUTPUT_DIRECTORY": emptied}).change(
        POSTS
    )
    site.compare_after_each({POST: post("Other text.", title="First")}, {SECOND: None}, {})


def test_a_plugins_file_may_have_a_name_that_is_no_text(tmp_path):
    plugin = file_plugin(os.fsdecode(b"\xff.txt"), always=False)
    site = TinySite(tmp_path, settings={"PLUGINS": [plugin]}).change(POSTS)
    site.compare()
    assert site.build_and_list_templates() == set()
    site.compare()


@pytest.mark.parametrize("engine_last", [False, True])
def test_a_receiver_of_get_writer_may_return_none(tmp_path, engine_last):
    site = TinySite(tmp_path, engine_last=engine_last).change(POSTS)
    site.settings["PLUGINS"] = [make_plugin(get_writer=lambda _: None)]
    site.compare_after_each({POST: post("Other text.", title="First")}, {SECOND: None})
    assert site.build_and_list_templates() == set()

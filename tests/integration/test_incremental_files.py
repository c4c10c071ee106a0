"""Files that plugins write or that are put there by hand stay where a clean build would have them, and only there."""

import shutil
import zlib
from hashlib import sha256
from pathlib import Path

import pytest
from tiny_site import ARTICLE, INDEX, POST, TinySite, plugin, post

T = "theme/templates/"
SECOND = "content/posts/b.md"
POSTS = {POST: post(title="First"), SECOND: post(title="Second", date="2020-01-03")}
ENGINE_FIRST_AND_LAST = pytest.mark.parametrize("engine_last", [False, True], ids=["engine first", "engine last"])


# Files that plugins write.


def stylesheet(*, always=False):
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

    return plugin(initialized=name, finalized=write)


@ENGINE_FIRST_AND_LAST
@pytest.mark.parametrize("always", [False, True], ids=["when it is missing", "in every build"])
def test_of_a_stylesheet_that_a_plugin_writes_only_the_current_one_stays(tmp_path, engine_last, always):
    site = TinySite(tmp_path, engine_last=engine_last).change(POSTS | {"theme/main.scss": "a {}"})
    site.change({T + "base.html": "<link href='{{ SITEURL }}/{{ CSS }}'>{% block b %}{% endblock %}"})
    for name in ("index", "article"):
        site.change({f"{T}{name}.html": "{% extends 'base.html' %}"})
    site.settings["PLUGINS"] = [stylesheet(always=always)]
    site.steps(
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


def thumbnails():
    """Return a plugin that writes a file for each post's image, unless it is there."""

    def write(generator, writer):
        for article in generator.articles:
            image = getattr(article, "image", "")
            path = Path(writer.output_path, "thumbs", image)
            if image and not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(f"small {image}")

    return plugin(article_writer_finalized=write)


@ENGINE_FIRST_AND_LAST
def test_a_thumbnail_that_a_plugin_writes_once_stays_while_a_page_shows_it(tmp_path, engine_last):
    site = TinySite(tmp_path, engine_last=engine_last)
    site.change({POST: post(image="a.png"), SECOND: post(title="Second", date="2020-01-03", image="b.png")})
    site.change({ARTICLE: "<img src='{{ SITEURL }}/thumbs/{{ article.image }}' alt=''>"})
    site.change({INDEX: "{% for a in articles %}<img srcset='thumbs/{{ a.image }} 2x' alt=''>{% endfor %}"})
    site.settings["PLUGINS"] = [thumbnails()]
    site.steps({POST: post("Other text.", image="a.png")}, {SECOND: None}, {POST: post(image="c.png")}, {})


def writes(name, *, always):
    """Return a plugin that writes the file `name`, in every build or once."""

    def write(pelican):
        path = Path(pelican.output_path, name)
        if always or not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"made for {pelican.settings['SITENAME']}" if always else "made once")

    return plugin(finalized=write)


@ENGINE_FIRST_AND_LAST
@pytest.mark.parametrize("always", [True, False], ids=["in every build", "once"])
def test_a_file_that_no_page_refers_to_stays_when_a_plugin_writes_it(tmp_path, engine_last, always):
    site = TinySite(tmp_path, engine_last=engine_last).change(POSTS)
    site.settings["PLUGINS"] = [writes("search/data.json", always=always)]
    site.steps({POST: post("Other text.", title="First")}, {SECOND: None}, {"SITENAME": "Other"})


def test_a_file_that_a_plugin_links_to_goes_or_stays_as_the_plugin_has_it(tmp_path):
    """A page of the engine's own is overwritten by a plugin after it was written."""

    def stamp(path, context):
        del context
        if path.endswith("index.html"):
            text = Path(path).read_text()
            Path(path).write_text(f"{text.removesuffix('<!-- stamped -->')}<!-- stamped -->")

    site = TinySite(tmp_path, settings={"PLUGINS": [plugin(content_written=stamp)]}).change(POSTS)
    site.steps({POST: post("Other text.", title="First")}, {POST: post(title="Other")}, {})


# Files that are put there by hand.

BY_HAND = {"CNAME": "example.org", "old/index.html": "an old page", "old/deep/x.pdf": "a file", "tag/mine.html": "mine"}


@ENGINE_FIRST_AND_LAST
@pytest.mark.parametrize("when", ["before the first build", "between two builds"])
def test_files_put_there_by_hand_stay(tmp_path, engine_last, when):
    site = TinySite(tmp_path, engine_last=engine_last).change(POSTS | {POST: post(tags="one")})
    site.change({INDEX: "<a href='old/deep/x.pdf'>x</a>{% for a in articles %}{{ a.title }}{% endfor %}"})
    site.settings["PLUGINS"] = [writes("search/data.json", always=True)]
    if when == "between two builds":
        site.compare()
    for name, text in BY_HAND.items():
        site.change({f"output/{name}": text})
    for change in ({}, {POST: post(tags="two")}, {POST: None}, {INDEX: "no link"}, {"SITENAME": "Other"}):
        site.change(change)
        site.compare(by_hand=BY_HAND)
    assert {name: site.read(name) for name in BY_HAND} == BY_HAND


def touch_up(path):
    path.write_text(path.read_text() + "<!-- by hand -->")


HANDS = {
    "edited": touch_up,
    "emptied": lambda path: path.write_bytes(b""),
    "deleted": Path.unlink,
    "deleted with its folder": lambda path: shutil.rmtree(path.parent),
    "replaced by a link": lambda path: (path.unlink(), path.symlink_to(path.parents[1] / "CNAME")),
    "replaced by a link that leads nowhere": lambda path: (path.unlink(), path.symlink_to("nowhere")),
    "made unwritable": lambda path: path.chmod(0o444),
}


@pytest.mark.parametrize("hand", HANDS)
def test_an_output_file_is_made_good_when_it_was(tmp_path, hand):
    site = TinySite(tmp_path).change(POSTS | {"content/images/a.png": b"an image", "theme/static/a.css": "a {}"})
    site.compare()
    for name in ("index.html", "first.html", "category/posts.html", "images/a.png", "theme/a.css"):
        path = tmp_path / "output" / name
        if hand != "deleted with its folder" or path.parent != tmp_path / "output":
            HANDS[hand](path)
            site.compare()


def test_an_output_folder_that_was_deleted_is_made_again(tmp_path):
    site = TinySite(tmp_path).change(POSTS)
    site.compare()
    shutil.rmtree(tmp_path / "output")
    site.compare()


def everywhere(change):
    """Return a plugin that does something to each page of the output when all are written."""

    def work(pelican):
        for path in sorted(Path(pelican.output_path).rglob("*.html")):
            change(path)

    return plugin(finalized=work)


def compressed(path):
    path.with_name(f"{path.name}.z").write_bytes(zlib.compress(path.read_bytes()))


def compressed_once(path):
    if not path.with_name(f"{path.name}.z").exists():
        compressed(path)


@pytest.mark.parametrize(
    ("change", "emptied"),
    [
        (lambda path: path.write_text(path.read_text().upper()), False),
        (lambda path: path.write_text(f"{path.read_text()}."), False),
        (compressed, False),
        (compressed, True),
        (compressed_once, True),
    ],
    ids=["written in capitals", "written longer", "compressed", "compressed, emptied", "compressed once, emptied"],
)
def test_what_a_plugin_makes_of_each_page_goes_with_the_page(tmp_path, change, emptied):
    site = TinySite(tmp_path, settings={"PLUGINS": [everywhere(change)], "DELETE_OUTPUT_DIRECTORY": emptied}).change(
        POSTS
    )
    site.steps({POST: post("Other text.", title="First")}, {SECOND: None}, {})


@pytest.mark.parametrize("engine_last", [False, True])
def test_a_plugin_may_listen_to_the_choice_of_a_writer(tmp_path, engine_last):
    site = TinySite(tmp_path, engine_last=engine_last).change(POSTS)
    site.settings["PLUGINS"] = [plugin(get_writer=lambda _: None)]
    site.steps({POST: post("Other text.", title="First")}, {SECOND: None})
    assert site.rendered() == set()

"""URLs and feeds that a publish would take away: compared with what was last published, by source file."""

import json
import os
import shutil

import feedparser
import pytest
from authorsite.publishing import published
from authorsite.publishing.build import build
from authorsite.publishing.feed_diff import feed_diff
from authorsite.publishing.publish import check, publish
from conftest import ROOT, post
from publishing_site import every_local_target, for_targets, git

FIRST = "content/posts/first.md"
OLD = "/2019/03/06/first/"
LOST = (
    "error: content/posts/first.md:2: readers would not find it any more at its published URL /2019/03/06/first/ - "
    "write `aliases: [/2019/03/06/first/]` or, if it is gone for good, add `/2019/03/06/first/` to `gone` in AUTHORSITE"
)


def edit(author, *changes, name=FIRST):
    """Replace texts in a file of the author's."""
    path = author.root / name
    text = path.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)


def retitle(author):
    """Change title, text and, with the title, the URL of the first post."""
    edit(author, ("title: First", "title: A better title"), ("One.", "Not a word is the same."))


@every_local_target
def test_a_new_title_never_takes_a_url_away_nor_announces_a_post_again(author, capsys):
    assert author.publish() == 0, capsys.readouterr().err
    before = author.live()
    retitle(author)
    # Neither of them may compare with output/, which any build overwrites.
    assert not build(author.root / "publishconf.py").failed
    for command in (author.publish, lambda: check(author.root / "publishconf.py")):
        capsys.readouterr()
        assert command() == 1
        first, summary, *_ = capsys.readouterr().err.splitlines()
        assert first == LOST
        assert summary.startswith("1 error"), "one mistake, one message"
    assert feed_diff(author.root / "publishconf.py") == 1
    assert LOST in capsys.readouterr().out
    assert author.live() == before
    edit(author, ("title:", f"aliases: [{OLD}]\ntitle:"))
    assert author.publish() == 0, capsys.readouterr().err
    assert "feed: 0 new items" in author.messages[1]
    assert {OLD.lstrip("/") + "index.html", "2019/03/06/a-better-title/index.html"} <= author.live().keys()
    (entry,) = feedparser.parse(author.live()["feed.xml"]).entries
    assert entry.id == f"https://ann.example{OLD}"


def break_target(author):
    """Make the target unreachable."""
    if author.kind != "folder":
        author.destination.rename(author.root / "unplugged")


@every_local_target
def test_check_and_feed_diff_work_offline_and_say_with_what_they_compare(author, capsys):
    settings = author.root / "publishconf.py"
    assert check(settings) == 0
    unknown = {
        "folder": f"{author.destination}: ",
        "git": "branch gh-pages of origin (nothing was fetched from it yet): ",
        "rsync": f"127.0.0.1:{author.destination}/ (nothing was published to it from here yet): ",
    }[author.kind]
    assert f"Compared with {unknown}" in capsys.readouterr().out
    assert author.publish() == 0, capsys.readouterr().err
    author.write("second", "Two.")
    assert author.publish() == 0, capsys.readouterr().err
    known = {
        "folder": f"{author.destination}: ",
        "git": "branch gh-pages of origin, as last fetched: ",
        "rsync": f"127.0.0.1:{author.destination}/, as last published from here: ",
    }[author.kind]
    break_target(author)
    capsys.readouterr()
    assert check(settings) == 0
    assert f"Compared with {known}0 pages new, 0 changed, 0 removed; 0 other files; feed: 0 new items." in (
        capsys.readouterr().out
    )
    assert feed_diff(settings) == 0
    assert "Nothing changes for subscribers." in capsys.readouterr().out
    author.write("thirteenth", "Three.")
    assert feed_diff(settings) == 0
    printed = capsys.readouterr().out
    assert f"Compared with {known}1 page new" in printed
    assert "+ Thirteenth (https://ann.example/2019/03/11/thirteenth/)" in printed
    retitle(author)
    assert check(settings) == 1
    assert LOST in capsys.readouterr().err


@for_targets(["git"])
def test_a_fresh_clone_knows_what_was_published(author, capsys):
    assert author.publish() == 0, capsys.readouterr().err
    git(author.root, "update-ref", "-d", "refs/authorsite/published")
    git(author.root, "fetch", "-q", "origin")
    shutil.rmtree(author.root / ".cache")
    retitle(author)
    assert check(author.root / "publishconf.py") == 1
    assert LOST in capsys.readouterr().err


@for_targets(["local rsync"])
def test_a_publish_that_has_nothing_to_send_learns_what_is_published(author, capsys):
    assert author.publish() == 0, capsys.readouterr().err
    shutil.rmtree(author.root / ".cache")
    assert author.publish() == 0
    retitle(author)
    assert check(author.root / "publishconf.py") == 1
    assert LOST in capsys.readouterr().err


@for_targets(["git", "folder"])
def test_check_reports_what_is_wrong_with_the_target(author, capsys):
    if author.kind == "git":
        shutil.rmtree(author.root / ".git")
        # A new site: nothing is wrong with what was written.
        message, status = "notice: .: not a git repository - run git init, and git remote add origin URL", 0
    else:
        author.configure(path=str(author.root))
        message, status = "this folder is used for other files - use a folder for the site alone", 1
    assert check(author.root / "publishconf.py") == status
    printed = capsys.readouterr()
    assert message in printed.err
    assert "Ready to publish" not in printed.out


@for_targets(["folder"])
@pytest.mark.parametrize("state", [b"", b"{", b"[]", b'{"pages": [1]}', b'{"pages": {"posts/first.md": 1}}', b"\xff"])
def test_an_empty_or_damaged_state_is_replaced(author, capsys, state):
    assert author.publish() == 0, capsys.readouterr().err
    (author.destination / ".authorsite").write_bytes(state)
    assert author.publish() == 0, capsys.readouterr().err
    assert "posts/first.md" in json.loads((author.destination / ".authorsite").read_text())["pages"]


@for_targets(["folder"])
def test_drafts_scheduled_and_hidden_posts_are_not_in_the_state(author, capsys):
    lines = {"draft": "status: draft", "hidden": "status: hidden", "later": "date: 2099-01-01"}
    for name, line in lines.items():
        text = post(name).replace("date: 2019-03-01\n", "") if name == "later" else post(name)
        (author.root / f"content/posts/{name}.md").write_text(text.replace("---\n", f"---\n{line}\n", 1))
    assert author.publish() == 0, capsys.readouterr().err
    state = json.loads((author.destination / ".authorsite").read_text())["pages"]
    assert state == {
        "category News": ["", "/category/news/", [], []],
        "posts/first.md": [f"https://ann.example{OLD}", OLD, [], []],
    }


CONTENT = {
    "content/posts/a.md": post("A", aliases="[/older/]", tags="[oak]", category="News", body="[Home](/)"),
    "content/posts/b.md": post("B", "2019-03-02", category="Notes"),
    "content/pages/p.md": "---\ntitle: The page\n---\nText.\n",
    "content/books/b.md": "---\ntitle: The book\nlanguage: en\n---\nText.\n",
    "content/events/e.md": "---\ntitle: The event\nstart: 2019-10-20\n---\nText.\n",
}
SETTINGS = """
from authorsite.defaults import *
SITENAME, AUTHOR, TIMEZONE, DEFAULT_CATEGORY = "Ann Author", "Ann Author", "America/Chicago", "Commentary"
AUTHORSITE = {{"url": "https://ann.example", "social_cards": False, "search": False, "allow": {{"orphan": "one"}}}}
AUTHORSITE["publish"] = {{"kind": "folder", "path": {here!r} + "/live"}}
AUTHORSITE["gone"] = dict.fromkeys({gone!r}, "meant")
PATH, OUTPUT_PATH, CACHE_PATH = {here!r} + "/content", {here!r} + "/output", {here!r} + "/.cache"
"""


@pytest.fixture
def publish_site(tmp_path, capsys):
    """Return a function that publishes the site with changed files, and returns what it printed."""

    def publish_site(files, *gone, status=1):
        conf = tmp_path / "publishconf.py"
        conf.write_text(SETTINGS.format(root=str(ROOT), here=str(tmp_path), gone=gone))
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text) if text else path.unlink()
        capsys.readouterr()
        actual = publish(conf, yes=True, report=lambda _: None)
        errors = capsys.readouterr().err
        assert actual == status, errors
        return [line for line in errors.splitlines() if line.startswith(("error", "warning", "notice"))]

    assert publish_site(CONTENT, status=0) == []
    return publish_site


def change(name, old="", new=""):
    """Return a changed file."""
    return {name: CONTENT[name].replace(old, new) if old else None}


@pytest.mark.parametrize(
    ("files", "start", "hint", "gone"),
    [
        (
            change("content/posts/a.md", "title: A", "title: Z"),
            "content/posts/a.md:4: readers would not find it any more at its published URL /2019/03/01/a/",
            "write `aliases: [/older/, /2019/03/01/a/]`",
            ["/2019/03/01/a/"],
        ),
        (
            change("content/posts/a.md", "aliases: [/older/]", "slug: a\nguid: https://ann.example/older/"),
            "content/posts/a.md:4: readers would not find it any more at its published URL /older/",
            "write `aliases: [/older/]`",
            ["/older/"],
        ),
        (
            change("content/posts/a.md", "category: News", "category: News\nstatus: draft"),
            "content/posts/a.md: it was published at /2019/03/01/a/, /older/, and is left out now",
            "correct `status:` or `date:`",
            ["/2019/03/01/a/", "/older/", "/category/news/"],
        ),
        (
            change("content/posts/a.md") | {"content/posts/old/a.md": CONTENT["content/posts/a.md"].replace("A", "Z")},
            "content/posts/a.md: the file is missing, and readers would not find its published URL /2019/03/01/a/ any",
            "write `aliases: [/2019/03/01/a/]` in content/posts/old/a.md",
            ["/2019/03/01/a/"],
        ),
        (
            change("content/pages/p.md", "The page", "Another page"),
            "content/pages/p.md:2: readers would not find it any more at its published URL /the-page/",
            "write `aliases: [/the-page/]`",
            ["/the-page/"],
        ),
        (
            change("content/books/b.md", "title:", "slug: other\ntitle:"),
            "content/books/b.md:2: readers would not find it any more at its published URLs /books/b/, /books/b/buy/, ",
            "write `aliases: [/books/b/, /books/b/buy/, /go/b/]`",
            ["/books/b/", "/books/b/buy/", "/go/b/"],
        ),
        (
            change("content/events/e.md"),
            "content/events/e.md: the file is missing, and readers would not find its published URL /events/e/",
            "write `aliases: [/events/e/]` in the file that replaces it",
            ["/events/e/", "/events/feed.xml"],
        ),
        (
            change("content/posts/b.md", "category: Notes", "category: News"),
            "/category/notes/: category “Notes” was published, and no post has it any more",
            "write `aliases: [/category/notes/]` in a page or post that replaces it",
            ["/category/notes/"],
        ),
    ],
    ids="retitled unaliased withdrawn moved page book event category".split(),
)
def test_a_page_that_moves_or_vanishes_is_refused_unless_it_is_said_to_be_gone(publish_site, files, start, hint, gone):
    problems = publish_site(files)
    (problem,) = [line for line in problems if line.startswith(f"error: {start}")]
    assert hint in problem
    assert all(url in " ".join(problems) for url in gone), "all that is wrong is reported at once"
    assert len(problems) <= len(gone)
    assert not [line for line in publish_site({}, *gone, status=0) if not line.startswith("notice: ")]


def test_a_vanished_tag_is_a_notice(publish_site):
    hint = "nothing to do, unless others link to it: then add `aliases: [/tag/oak/]` to a page"
    assert publish_site(change("content/posts/a.md", "[oak]", "[elm]"), status=0) == [
        f"notice: /tag/oak/: this page and its feed would be removed - {hint}"
    ]


@pytest.mark.usefixtures("publish_site")
def test_pages_that_the_site_generates_are_no_orphans(tmp_path, capsys):
    """As /buy/ is, without a link by hand."""
    conf = tmp_path / "publishconf.py"
    conf.write_text(conf.read_text().replace(', "allow": {"orphan": "one"}', ""))
    assert check(conf) == 1
    orphans = [line for line in capsys.readouterr().err.splitlines() if "no other page links to this page" in line]
    assert [line.split(": ")[1] for line in orphans] == ["output/the-page/index.html"]


@for_targets(["folder"])
def test_check_looks_at_the_built_pages_after_a_warning_too(author, capsys):
    author.write("first", "[gone](/gone/)\n\n![](/style.css)")
    author.write("second", "A reference that is not there [7].\n\n## References\n\n1. One.")
    assert check(author.root / "publishconf.py") == 1
    errors = capsys.readouterr().err
    assert "warning: " in errors
    assert "broken link `/gone/`" in errors
    assert not (author.root / "output").exists()
    assert author.publish() == 1
    assert author.live() == {}


@for_targets(["git"])
def test_a_branch_of_a_remote_without_a_name_is_known_after_a_publish(author, capsys):
    author.configure(remote=str(author.destination))
    assert author.publish() == 0, capsys.readouterr().err
    author.destination.rename(author.root / "unplugged")
    assert check(author.root / "publishconf.py") == 0
    assert "as last fetched: 0 pages new, 0 changed, 0 removed; 0 other files" in capsys.readouterr().out


@for_targets(["folder"])
def test_a_folder_keeps_hidden_files_and_the_times_of_unchanged_ones(author, capsys):
    assert author.publish() == 0, capsys.readouterr().err
    (author.destination / ".well-known").mkdir()
    (author.destination / ".well-known/proof").write_text("somebody else's")
    style = author.destination / "style.css"
    os.utime(style, (1, 1))
    author.write("second", "Two.")
    for path in author.root.glob("output/**/*"):
        os.utime(path)
    assert author.publish() == 0, capsys.readouterr().err
    assert (author.destination / ".well-known/proof").read_text() == "somebody else's"
    assert style.stat().st_mtime == 1
    assert (author.destination / "index.html").stat().st_mtime > 1


@for_targets(["folder", "git"])
def test_the_first_build_after_an_upgrade_says_what_differs_before_anything_is_published(author, capsys, monkeypatch):
    settings = author.root / "publishconf.py"
    monkeypatch.setattr(published, "get_version", lambda: "1.0.0")
    assert author.publish() == 0, capsys.readouterr().err
    assert check(settings) == 0
    assert "built by" not in capsys.readouterr().out
    monkeypatch.setattr(published, "get_version", lambda: "1.1.0")
    author.write("second", "Two.")
    expected = [
        "Published by authorsite 1.0.0, built by 1.1.0. What differs:",
        "  new: /2019/03/07/second/",
        "  feed.xml: 1 differences",
        "    + Second (https://ann.example/2019/03/07/second/)",
    ]
    assert check(settings) == 0
    printed = capsys.readouterr().out.splitlines()
    assert set(expected) <= set(printed)
    assert author.publish(dry_run=True) == 0
    assert set(expected) <= set(author.messages[2].splitlines())
    assert author.publish() == 0
    assert set(expected) <= set(author.messages[2].splitlines())
    assert author.publish() == 0
    assert author.messages[-1].startswith("Nothing to publish")
    assert not [text for text in author.messages if "built by" in text]

"""Hidden content is in no list and no file for machines; drafts leave nothing; obsolete files go (issue 16, 5)."""

import io
import json
import os
import re
import shutil
import subprocess

import pytest
from authorsite import output
from authorsite.publishing.publish import run_checks
from conftest import ROOT, post
from PIL import Image
from publishing_site import author, for_targets, git  # noqa: F401 - fixtures


def picture(color):
    file = io.BytesIO()
    Image.new("RGB", (90, 60), color).save(file, "PNG")
    return file.getvalue()


CITED = 'Text [1].\n\n1. Ann Author, "Secret source", 2012, https://secret-source.example/x\n'
PUBLIC = {
    "content/posts/a.md": post("A", slug="a", tags="[ladders]", category="News", body="![Text](../images/a.png)"),
    "content/events/talk.md": "---\ntitle: A talk\nstart: 2020-03-05\n---\nText.\n",
    "content/images/a.png": picture("red"),
}
PAGES = {
    "content/posts/h.md": post(
        "Hush", slug="hush-post", status="hidden", tags="[hush-tag, ladders]", category="Hush-category", body=CITED
    ),
    "content/posts/o.md": post(
        "Hush 2", date="2018-01-01", slug="hush-other", status="hidden", aliases="[/hush-alias/]"
    ),
    "content/posts/t.md": post("Hush 3", slug="a", lang="de", status="hidden"),
    "content/pages/p.md": f"---\ntitle: Hush\nslug: hush-page\nstatus: hidden\naliases: [/hush-old/]\n---\n{CITED}",
    "content/events/e.md": "---\ntitle: Hush event\nslug: hush-event\nstart: 2020-03-05\nstatus: hidden\n---\nText.\n",
}
HIDDEN_FILES = (
    "2019/03/01/hush-post/",
    "2018/01/01/hush-other/",
    "hush-alias/",
    "de/2019/03/01/a/",
    "hush-page/",
    "hush-old/",
    "events/hush-event/",
    "events/hush-event.ics",
)
TRACES = re.compile(rb"hush|secret.source|de/2019/03/01/a/|2018", re.IGNORECASE)


@pytest.mark.parametrize("engine", [True, False], ids=["engine", "plain"])
def test_hidden_content_leaves_no_trace_outside_of_its_own_pages(make_site, engine):
    site = make_site({**PUBLIC, **PAGES})
    report = []

    def approve(staged):
        run_checks(staged)
        report.extend(map(str, staged.problems))
        return True

    site.build(approve=approve, BUILD_ENGINE=engine)
    assert [line for line in report if "orphan" not in line and "no other page" not in line] == []
    tree = site.tree()
    assert "2019/03/01/hush-post/index.html" in tree
    assert "events/hush-event/index.html" in tree
    assert not [name for name in tree if "hush-tag" in name or "hush-category" in name]
    for name, content in tree.items():
        if not name.startswith((*HIDDEN_FILES, "images/cards/", output.FILE_LIST, ".authorsite")):
            assert not TRACES.search(content), (name, TRACES.search(content))


def test_every_hidden_page_asks_search_engines_to_leave_it_out(make_site):
    site = make_site({**PUBLIC, **PAGES})
    assert not site.build().failed
    for name in HIDDEN_FILES:
        if name.endswith("/") and name not in {"hush-alias/", "hush-old/"}:
            assert '<meta name="robots" content="noindex">' in site.output(f"{name}index.html"), name


def test_a_hidden_post_shows_only_tags_and_categories_that_have_a_page(make_site):
    site = make_site({**PUBLIC, **PAGES})
    assert not site.build().failed
    html = site.output("2019/03/01/hush-post/index.html")
    assert 'href="/tag/ladders/"' in html
    assert "/tag/hush-tag/" not in html
    assert "/category/" not in html


DRAFTS = {
    "draft": post("D", status="draft", body="![Text](../images/d.png)"),
    "scheduled": post("D", date="2030-01-01", body="Text ![Text](/images/d.png)."),
    "raw HTML": post("D", status="draft", body='<img src="../images/d.png" alt="Text">'),
    "front matter": post("D", status="draft", image="images/d.png", image_alt="Text"),
    "link": post("D", status="draft", body="[Text]({static}/images/d.png)"),
}


@pytest.mark.parametrize("engine", [True, pytest.param(False, marks=pytest.mark.nightly)], ids=["engine", "plain"])
@pytest.mark.parametrize("draft", DRAFTS.values(), ids=DRAFTS)
def test_a_picture_that_only_a_draft_uses_is_not_published(make_site, draft, engine):
    files = {
        "content/posts/d.md": draft,
        "content/images/d.png": picture("blue"),
        "content/images/free.png": picture("tan"),
    }
    site = make_site({**PUBLIC, **files})
    assert not site.build(strict=True, BUILD_ENGINE=engine).failed
    assert {name for name in site.tree() if re.match(r"images/\w+\.png", name)} == {"images/a.png", "images/free.png"}
    assert not site.build(drafts=True, BUILD_ENGINE=engine).failed
    assert "images/d.png" in site.tree()
    assert not site.build(BUILD_ENGINE=engine).failed
    assert "images/d.png" not in site.tree()


@pytest.mark.parametrize(
    "name", ["a b.png", "ä.png", "x(1).pdf", "paper.pdf", "sub/d.png", "event.png", "page.png"], ids=lambda name: name
)
def test_any_file_that_only_a_draft_uses_is_not_published(make_site, name):
    data = picture("blue") if name.endswith("png") else b"%PDF-1.4"
    body = f"[Text](<../images/{name}>)"
    draft = {"content/posts/d.md": post("D", status="draft", body=body)}
    if name == "event.png":
        draft = {"content/events/d.md": f"---\ntitle: D\nstart: 2020-04-01\nstatus: draft\n---\n{body}\n"}
    elif name == "page.png":
        draft = {"content/pages/d.md": f"---\ntitle: D\nstatus: draft\n---\n{body}\n"}
    site = make_site({**PUBLIC, **draft, f"content/images/{name}": data})
    assert [str(problem) for problem in site.build(strict=True).problems] == []
    assert f"images/{name}" not in site.tree()


USERS = {
    "a post": {"content/posts/u.md": post("U", body="![Text](../images/d.png)")},
    "a link": {"content/posts/u.md": post("U", body="[Text](../images/d.png)")},
    "an absolute link": {"content/posts/u.md": post("U", body="[Text](https://ann.example/images/d.png)")},
    "a hidden page": {"content/pages/u.md": "---\ntitle: U\nstatus: hidden\n---\n![Text](../images/d.png)\n"},
    "front matter": {"content/posts/u.md": post("U", image="images/d.png", image_alt="Text")},
    "a book": {"content/books/u.md": "---\ntitle: U\ncover: {src: images/d.png, alt: Text}\n---\nText.\n"},
    "an event": {"content/events/u.md": "---\ntitle: U\nstart: 2020-04-01\n---\n![Text](../images/d.png)\n"},
}


@pytest.mark.parametrize("files", USERS.values(), ids=USERS)
def test_a_picture_that_something_published_uses_too_is_published(make_site, files):
    draft = {"content/posts/d.md": DRAFTS["draft"], "content/images/d.png": picture("blue")}
    site = make_site({**PUBLIC, **files, **draft})
    assert [str(problem) for problem in site.build().problems] == []
    assert "images/d.png" in site.tree()


@pytest.mark.parametrize("engine", [True, False], ids=["engine", "plain"])
@pytest.mark.parametrize("cache", ["kept", "lost"])
def test_what_an_earlier_build_made_is_removed_and_files_put_there_by_hand_stay(make_site, engine, cache):
    drafts = {
        "content/posts/d.md": post("Draft", slug="d", status="draft", tags="[later]", category="Later"),
        "content/events/d.md": "---\ntitle: Draft\nstart: 2020-04-01\nstatus: draft\n---\nText.\n",
    }
    site = make_site(PUBLIC)
    assert not site.build(BUILD_ENGINE=engine).failed
    expected = site.tree()
    site.write(drafts)
    assert not site.build(drafts=True, BUILD_ENGINE=engine).failed
    assert "2019/03/01/d/index.html" in site.tree()
    by_hand = {"google1234.html": b"x", "2019/03/01/d/mine.txt": b"y", "tag/mine.html": b"z"}
    for name, content in by_hand.items():
        (site.root / "output" / name).write_bytes(content)
    if cache == "lost":
        shutil.rmtree(site.root / ".cache")
    assert not site.build(BUILD_ENGINE=engine).failed
    assert site.tree() == {**expected, **by_hand}
    assert not (site.root / "output/tag/later").exists()


@pytest.mark.parametrize(
    "text", ["", "{", "null", "7", '["../secret.txt", "/etc/passwd", "..", "", "a\\u0000"]', '[["x"], 3]']
)
def test_a_damaged_list_of_files_removes_nothing(make_site, text):
    site = make_site({**PUBLIC, "secret.txt": "Secret."})
    assert not site.build().failed
    before = site.tree()
    (site.root / "output" / output.FILE_LIST).write_text(text)
    assert not site.build().failed
    assert site.tree() == before
    assert (site.root / "secret.txt").exists()


def test_the_list_names_what_the_build_wrote(make_site):
    site = make_site(PUBLIC)
    assert not site.build().failed
    listed = json.loads(site.output(output.FILE_LIST))
    assert listed == sorted(listed)
    assert set(listed) == site.tree().keys() - {output.FILE_LIST}


@for_targets(["git"])
def test_the_documented_commands_remove_a_post_from_the_history_of_the_branch(author):  # noqa: F811 - the fixture
    section = (ROOT / "docs/publishing.md").read_text("utf-8").partition("## Withdraw a post for good")[2]
    commands = re.findall(r"^    (git (?:fetch|push --force origin) .*)", section, re.MULTILINE)
    assert len(commands) == 2
    author.write("secret", "Secret.")
    assert author.publish() == 0
    (author.root / "content/posts/secret.md").unlink()
    author.configure(gone=["/2019/03/07/secret/"])
    assert author.publish() == 0
    before = author.live()
    assert "Secret" in git(author.destination, "log", "-p", "gh-pages")
    identity = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org"}
    identity |= {name.replace("AUTHOR", "COMMITTER"): value for name, value in identity.items()}
    for command in commands:
        subprocess.run(["sh", "-c", command], cwd=author.root, env={**os.environ, **identity}, check=True)
    assert git(author.destination, "rev-list", "--count", "gh-pages") == "1"
    assert "Secret" not in git(author.destination, "log", "-p", "gh-pages")
    assert author.live() == before
    assert author.publish() == 0
    assert author.messages[-1].startswith("Nothing to publish")

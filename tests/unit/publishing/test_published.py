"""The parts of a comparison with what was last published."""

import pytest
from authorsite.problems import ProblemLog
from authorsite.publishing import published
from authorsite.publishing.published import (
    PublishedPage,
    describe_upgrade,
    find_lost_urls,
    format_state,
    parse_state,
    parse_version,
    report_lost_urls,
    report_removed_pages,
)
from authorsite.publishing.tree_diff import TreeDiff

PAGE = PublishedPage("urn:x:1", "/a/", ["/b/"], ["/go/a/"])


def test_a_state_can_be_read_again_and_has_one_line_for_each_value():
    state = {"posts/a.md": PAGE, "category News": PublishedPage("", "/category/news/")}
    text = format_state(state)
    assert parse_state(text.encode()) == {**state, "category News": PublishedPage("", "/category/news/", [], [])}
    assert format_state(dict(reversed(state.items()))) == text
    assert '\n"category News": [\n' in text


@pytest.mark.parametrize(
    ("files", "gone", "lost"),
    [
        (["a/index.html", "b/index.html", "go/a/index.html"], [], []),
        (["b/index.html"], [], ["/a/", "/go/a/"]),
        ([], ["/a/", "/go/a/"], ["/b/"]),
        ([], ["/a/", "/b/", "/go/a/"], []),
        (["a.html", "b"], [], ["/a/", "/b/", "/go/a/"]),
    ],
)
def test_lost_urls_are_those_without_a_page_or_redirect(tmp_path, files, gone, lost):
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert find_lost_urls({"posts/a.md": PAGE}, tmp_path, gone) == ({"posts/a.md": lost} if lost else {})


@pytest.mark.parametrize(
    ("removed", "known", "reported"),
    [
        (["tag/oak/index.html", "tag/oak/feed.xml"], [], ["/tag/oak/: this page and its feed would be removed"]),
        (["tag/oak/index.html"], [], ["/tag/oak/: this page would be removed"]),
        (["hidden/index.html", "x.txt"], [], ["/hidden/: this page would be removed"]),
        (["plain.html"], [], ["/plain.html: this page would be removed"]),
        (["2019/index.html", "2019/03/index.html", "blog/page/2/index.html", "tag/x/page2.html"], [], []),
        (["a/index.html", "a/more/index.html", "ab/index.html"], ["/a/"], ["/ab/: this page would be removed"]),
        (["category/x/index.html", "category/x/feed.xml"], [], []),  # for its feed
    ],
)
def test_other_removed_pages_are_notices(removed, known, reported):
    log = ProblemLog(strict=True)
    report_removed_pages(removed, known, log)
    assert [f"{problem.path}: {problem.message}" for problem in log] == reported
    assert not log.failed


def test_the_proposed_aliases_begin_with_the_oldest(tmp_path):
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts/a.md").write_text("---\ntitle: A\nslug: new\naliases: [/b/, /vanity/]\n---\n")
    new = {"posts/a.md": PublishedPage("urn:x:1", "/new/", ["/b/", "/vanity/"])}
    log = ProblemLog(root=tmp_path)
    report_lost_urls({"posts/a.md": ["/a/"]}, {"posts/a.md": PAGE}, new, tmp_path, log)
    (problem,) = log
    assert (problem.path, problem.line) == ("posts/a.md", 4)
    assert "write `aliases: [/b/, /a/, /vanity/]` or, if it is gone for good" in problem.hint
    assert log.failed


def test_the_state_says_which_version_has_published_the_site(monkeypatch):
    monkeypatch.setattr(published, "get_version", lambda: "1.2.0")
    assert parse_version(format_state({}).encode()) == "1.2.0"
    for data in (b"", b"{", b"[]", b'{"pages": {}}', b"\xff"):
        assert parse_version(data) == ""


@pytest.mark.parametrize(
    ("old_version", "files", "lines"),
    [
        ("1.2.0", TreeDiff(removed=("a/index.html",)), []),
        (
            "1.1.0",
            TreeDiff(changed=("a/index.html",)),
            [
                "Published by authorsite 1.1.0, built by 1.2.0. What differs:",
                "  no URL is new or gone",
                "  no feed has changed",
            ],
        ),
        (
            "",
            TreeDiff(new=("b/index.html", "b.png", "tag/b/feed.xml"), removed=("a/index.html",)),
            [
                "Published by authorsite (an earlier version), built by 1.2.0. What differs:",
                "  new: /b/",
                "  new: /tag/b/feed.xml",
                "  gone: /a/",
                "  no feed has changed",
            ],
        ),
    ],
)
def test_an_upgrade_says_which_urls_differ(monkeypatch, old_version, files, lines):
    monkeypatch.setattr(published, "get_version", lambda: "1.2.0")
    assert describe_upgrade(old_version, files, []).splitlines() == lines


def test_an_upgrade_that_changes_all_urls_is_reported_in_one_screen():
    files = TreeDiff(new=tuple(f"{number}/index.html" for number in range(3000)))
    assert len(describe_upgrade("0.0.1", files, []).splitlines()) == 53
    assert "  … and 2950 more" in describe_upgrade("0.0.1", files, [])

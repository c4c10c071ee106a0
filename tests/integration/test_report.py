"""The problem report of a build: the setting `allow`, files that are skipped, and the three formats."""

import io
import json

import pytest
from authorsite.problems import IGNORABLE_KINDS, ProblemLog
from authorsite.publishing import build_report
from authorsite.reading.markdown import MarkdownRenderer
from conftest import post

FILES_WITH_PROBLEMS = {
    "content/posts/a.md": post(body="[there](b.md)\n\n![](../images/x.png)"),
    "content/posts/b c.md": post("B", "March"),
}


def test_allowed_problems_do_not_fail_the_build_and_are_counted(make_site):
    site = make_site({"content/posts/a.md": post(body="[there](b.md)")})
    built = site.build(strict=True, AUTHORSITE={"allow": {"link": "the other post comes tomorrow"}})
    assert not built.failed
    assert built.problems.summary() == "no problems (1 allowed: link)"


@pytest.mark.parametrize(
    ("kind", "hint"),
    [
        ("lnik", "did you mean `link`?"),
        ("front-matter", "use one of: " + ", ".join(sorted(IGNORABLE_KINDS))),
    ],
)
def test_unknown_kinds_and_kinds_that_lose_a_post_cannot_be_allowed(kind, hint, make_site):
    site = make_site({"content/posts/a.md": post("Lost", "March")})
    built = site.build(AUTHORSITE={"allow": {kind: "why not"}})
    assert [str(p) for p in built.problems] == [f"pelicanconf.py: `{kind}` cannot be allowed - {hint}"]
    assert built.failed


def test_allowing_log_does_not_allow_skipped_files(make_site, monkeypatch):
    monkeypatch.setattr(MarkdownRenderer, "render", lambda *_: 1 / 0)
    built = make_site({"content/posts/a.md": post()}).build(AUTHORSITE={"allow": {"log": "noise"}})
    assert built.failed
    assert ["Could not process" in str(p) for p in built.problems] == [True]


@pytest.mark.parametrize("name", ["b.rst", "b.html"])
def test_content_that_is_not_markdown_is_reported(name, make_site):
    built = make_site({f"content/posts/{name}": "B\n=\n\n:date: 2019-03-01\n\nText."}).build()
    hint = f"convert it: pandoc -s -t markdown -o b.md {name}"
    assert [str(p) for p in built.problems] == [f"content/posts/{name}: only Markdown files are supported - {hint}"]
    assert built.failed


def test_file_extensions_may_be_in_capitals(make_site):
    site = make_site({"content/posts/A.MD": post(), "content/posts/b.md": post("B", body="[there](A.MD)")})
    assert not site.build(strict=True).failed
    assert 'href="/2019/03/01/a-post/"' in site.output("2019/03/01/b/index.html")


def test_all_report_formats_have_the_same_content(make_site):
    built = make_site(FILES_WITH_PROBLEMS).build()
    reports = {}
    for form in ("text", "json", "github"):
        built.problems._is_printed = False
        stream = io.StringIO()
        built.problems.print(form, stream)
        reports[form] = stream.getvalue()
    data = json.loads(reports["json"])
    assert data["failed"]
    assert reports["text"].splitlines() == [
        *(f"{p['severity']}: {p['path']}:{p['line']}: {p['message']} - {p['hint']}" for p in data["problems"]),
        data["summary"],
    ]
    assert reports["github"].splitlines() == [
        f"::{p['severity']} file={p['path']},line={p['line']}::{p['message']} - {p['hint']}" for p in data["problems"]
    ]


def test_a_notice_is_printed_in_every_format_and_fails_no_build(tmp_path):
    log = ProblemLog(root=tmp_path, strict=True)
    log.notice("tag/oak/", 0, "no post has this tag any more", "nothing to do")
    assert not log.failed
    log.stop_if_failed()
    assert log.summary() == "1 notice"
    assert log.list_files_with_errors() == []
    line = "tag/oak/: no post has this tag any more - nothing to do"
    for form, expected in {
        "text": f"notice: {line}\n1 notice\n",
        "github": "::notice file=tag/oak/,line=1::no post has this tag any more - nothing to do\n",
    }.items():
        stream, log._is_printed = io.StringIO(), False
        log.print(form, stream)
        assert stream.getvalue() == expected
    stream, log._is_printed = io.StringIO(), False
    stream.isatty = lambda: True
    log.print("text", stream)
    assert stream.getvalue().startswith("\033[36mnotice\033[0m \033[1mtag/oak/\033[0m: ")
    log.warning("a.md", 1, "a warning")
    assert log.failed


def test_github_annotations_escape_reserved_characters(tmp_path):
    log, stream = ProblemLog(root=tmp_path), io.StringIO()
    log.error(tmp_path / "a, b: 5%.md", 0, "5% is no number", "write 5")
    log.print("github", stream)
    assert stream.getvalue() == "::error file=a%2C b%3A 5%25.md,line=1::5%25 is no number - write 5\n"


@pytest.mark.parametrize(
    ("text", "name", "path", "expected"),
    [
        ("slug: the-guide", "the-guide", "other.md", True),
        ("Text.", "a", "other.md", True),  # by its file name
        ("slug: the-guide", "guide", "other.md", False),  # another word
        ("slug: the-guide", "the-guide", "a.md", False),  # its own file
    ],
)
def test_a_missing_name_follows_from_errors_in_another_file_that_has_it(
    tmp_path, monkeypatch, text, name, path, expected
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.md").write_text(text)
    log = ProblemLog(root=tmp_path)
    log.error("a.md", 1, "unknown key")
    assert log.is_consequence(name, path) is expected


def test_a_build_by_another_version_says_so_once(make_site, monkeypatch, capsys):
    site = make_site({"content/posts/a.md": post()})
    settings = site.root / "pelicanconf.py"
    settings.write_text(
        "from authorsite.defaults import *\nSITENAME = AUTHOR = 'Ann'\nTIMEZONE = 'UTC'\n"
        "AUTHORSITE = {'url': 'https://ann.example', 'search': False, 'social_cards': False}\n"
    )
    monkeypatch.chdir(site.root)
    printed = []
    for version in ("0.1.0", "0.1.0", "0.2.0 (1a2b3c4)", "0.2.0 (1a2b3c4)"):
        monkeypatch.setattr(build_report, "get_version", lambda version=version: version)
        assert build_report.build_command(settings) == 0
        printed.append(capsys.readouterr().out.partition("\n")[2])
    note = "authorsite is 0.2.0 (1a2b3c4) now, was 0.1.0. To see what changes for readers, run: "
    assert [text.partition(note)[1] for text in printed] == ["", "", note, ""]
    assert printed[1] == printed[3] == ""

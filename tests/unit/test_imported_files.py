"""Problems of imported posts are counted by kind, and do not stop a publish."""

import json
from io import StringIO

import pytest
from authorsite.commands import format_command
from authorsite.imported_files import ImportedFiles
from authorsite.problems import ProblemLog
from authorsite.publishing.build import BuildResult
from authorsite.publishing.build_worker import _make_response
from pelican_incremental.manifest import BuildReport
from pelican_incremental.session import BuildSession

NEW, OLD = "content/posts/new.md", "content/posts/2014/old.md"


@pytest.fixture
def log(tmp_path):
    report = tmp_path / "content/imported/report.json"
    report.parent.mkdir(parents=True)
    report.write_text(json.dumps({"version": 1, "files": {"posts/2014/old.md": {"digest": "0"}}}))
    return ProblemLog(tmp_path, strict=True, imported=ImportedFiles(tmp_path / "content", "content"))


def print_report(log, **options):
    stream = StringIO()
    log.print(stream=stream, **options)
    return stream.getvalue().splitlines()


def add_pictures(log, path, count):
    for line in range(1, count + 1):
        log.warning(log.root / path, line, "no alt text", "write one", kind="image")


def test_what_an_import_cannot_know_is_one_notice_of_its_kind(log):
    add_pictures(log, OLD, 300)
    log.warning(log.root / OLD, 7, "never cited", kind="reference")
    assert not log.failed
    assert print_report(log) == [
        "In imported posts, the least work first:",
        f"notice: reference (1): {OLD}:7: never cited",
        f"notice: image (300): {OLD}:1: no alt text - write one",
        f"To list all of a kind: {format_command('check', '--kind', 'image')}",
        'To leave some as they are, add their lines to "allow" in AUTHORSITE:',
        '    "imported reference": "as on the old blog",',
        '    "imported image": "as on the old blog",',
        "301 notices",
    ]


def test_new_posts_are_held_to_the_rules(log):
    add_pictures(log, OLD, 2)
    add_pictures(log, NEW, 1)
    assert log.failed
    lines = print_report(log)
    assert lines[0] == f"warning: {NEW}:1: no alt text - write one"
    assert lines[-1] == "1 warning, 2 notices"


def test_dead_links_come_first_and_may_be_left(log):
    add_pictures(log, OLD, 1)
    log.error(log.root / OLD, 3, "broken link", kind="link")
    log.error(log.root / OLD, 2, "no title", kind="front-matter")
    assert log.failed
    lines = print_report(log)
    assert [line.split(":")[0] for line in lines[1:4]] == ["error", "error", "notice"]
    assert '    "imported link": "as on the old blog",' in lines
    assert not [line for line in lines if "imported front-matter" in line]


@pytest.mark.parametrize(("path", "failed"), [(OLD, False), (NEW, True)])
def test_a_kind_may_be_allowed_in_imported_posts_alone(log, path, failed):
    log.allowed = {"imported link": "dead"}
    log.error(log.root / path, 3, "broken link", kind="link")
    assert log.failed is failed


def test_all_problems_of_a_kind_can_be_listed(log):
    add_pictures(log, OLD, 300)
    log.warning(log.root / NEW, 7, "never cited", kind="reference")
    lines = print_report(log, kind="image")
    assert lines[0] == f"notice: {OLD}:1: no alt text - write one"
    assert lines[-1] == "image: 300 problems"
    assert len(lines) == 301


def test_the_development_server_leaves_notices_of_imported_posts_out(log):
    add_pictures(log, OLD, 3)
    log.notice(log.root / NEW, 1, "a photo says where it was taken")
    log.error(log.root / OLD, 3, "broken link", kind="link")
    result = BuildResult(log, log.root / "output", BuildReport(), 1.0)
    problems = _make_response(result, BuildSession())["problems"]
    assert [(problem["path"], problem["severity"]) for problem in problems] == [(OLD, "error"), (NEW, "notice")]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"files": 3}'])
def test_a_damaged_report_names_no_files(log, text):
    (log.root / "content/imported/report.json").write_text(text)
    add_pictures(log, OLD, 1)
    assert log.failed

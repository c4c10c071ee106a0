"""Texts of a new site that an author forgot to replace."""

import pytest
from authorsite.problems import ProblemLog
from authorsite.publishing.init_site import Answers, _make_values, _write_site
from authorsite.publishing.placeholders import report_placeholders

BOOK = "content/books/tides.md"


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("Your Name", [("pelicanconf.py", "AUTHOR = "), (BOOK, "What the book is")]),
        ("Ann Author", [(BOOK, "What the book is")]),
    ],
)
def test_texts_of_the_starter_folder_are_named_once_with_their_line(tmp_path, monkeypatch, author, expected):
    monkeypatch.setattr("authorsite.publishing.init_site.pin_generator", lambda _: "authorsite")
    _write_site(tmp_path, _make_values(Answers("Tides", author, "https://ann.example", "Tides")))
    log = ProblemLog(tmp_path)
    report_placeholders([tmp_path / "pelicanconf.py", tmp_path / BOOK, tmp_path / "content/pages/about.md"], log)
    found = [(problem.path, problem.line) for problem in log]
    assert sorted(name for name, _ in found) == sorted(name for name, _ in expected)
    for name, start in expected:
        lines = (tmp_path / name).read_text("utf-8").splitlines()
        assert lines[dict(found)[name] - 1].startswith(start)
    assert not log.failed

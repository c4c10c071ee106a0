"""How an invalid setting is described."""

import pytest
from authorsite.problems import ProblemLog
from authorsite.settings import SiteSettings
from authorsite.validation import find_similar, validate

INVALID_TARGETS = [
    ({"kind": "ftp"}, "`publish.kind` cannot be `ftp` - use one of: folder, git, rsync"),
    ({"kind": "gti"}, "`publish.kind` cannot be `gti` - did you mean `git`?"),
    ({}, "`publish.kind` is missing - use one of: folder, git, rsync"),
    ({"kind": "git", "brnch": "x"}, "unknown key `brnch` - did you mean `branch`?"),
    ({"kind": "rsync", "path": "/x", "user": "x"}, '`publish.rsync.host` is missing - write "host": …'),
]


@pytest.mark.parametrize(("target", "expected"), INVALID_TARGETS, ids=[str(target) for target, _ in INVALID_TARGETS])
def test_an_invalid_target_is_reported_with_the_valid_kinds(tmp_path, target, expected):
    log = ProblemLog(root=tmp_path)
    settings = {"url": "https://example.org", "publish": target}
    assert validate(SiteSettings, settings, log, "pelicanconf.py", kind="settings") is None
    assert f"pelicanconf.py: {expected}" in map(str, log)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, '`url` is missing - write "url": …'),
        ({"url": "https://a.example", "menu": "/about/"}, '`menu` must be a list - write "menu": [one, two]'),
        (
            {"url": "https://a.example", "reblog_words": "many"},
            '`many` is not a whole number - write "reblog_words": 3',
        ),
        ({"url": "https://a.example", "search": "maybe"}, "`search` cannot be `maybe` - write true or false"),
    ],
)
def test_a_hint_for_a_setting_is_python(tmp_path, settings, expected):
    log = ProblemLog(root=tmp_path)
    assert validate(SiteSettings, settings, log, "pelicanconf.py", kind="settings") is None
    assert [str(problem) for problem in log] == [f"pelicanconf.py: {expected}"]


@pytest.mark.parametrize(
    ("word", "options", "expected"),
    [
        ("sumary", ["summary", "status"], "summary"),
        ("tgas", ["tags", "title"], "tags"),
        ("hero", ["series", "author"], ""),
        ("colour", ["cover", "aliases"], ""),
        ("gti", ["git", "folder"], "git"),
    ],
)
def test_only_a_likely_word_is_suggested(word, options, expected):
    assert find_similar(word, options) == expected

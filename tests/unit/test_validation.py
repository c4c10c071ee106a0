"""How an invalid setting is described."""

import pytest
from authorsite.problems import ProblemLog
from authorsite.settings import SiteSettings
from authorsite.validation import validate

INVALID_TARGETS = [
    ({"kind": "ftp"}, "`publish.kind` cannot be `ftp` - use one of: folder, git, rsync"),
    ({"kind": "gti"}, "`publish.kind` cannot be `gti` - did you mean `git`?"),
    ({}, "`publish.kind` is missing - use one of: folder, git, rsync"),
    ({"kind": "git", "brnch": "x"}, "unknown key `brnch` - did you mean `branch`?"),
    ({"kind": "rsync", "path": "/x", "user": "x"}, "`publish.rsync.host` is missing - add a line `host: …`"),
]


@pytest.mark.parametrize(("target", "expected"), INVALID_TARGETS, ids=[str(target) for target, _ in INVALID_TARGETS])
def test_an_invalid_target_is_reported_with_the_valid_kinds(tmp_path, target, expected):
    log = ProblemLog(root=tmp_path)
    settings = {"url": "https://example.org", "publish": target}
    assert validate(SiteSettings, settings, log, "pelicanconf.py", kind="settings") is None
    assert f"pelicanconf.py: {expected}" in map(str, log)

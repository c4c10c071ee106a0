"""Waiting for the live site."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from authorsite.publish_targets import FolderTarget, GitTarget, RsyncTarget
from authorsite.publishing import verification
from authorsite.publishing.verification import describe_first_step, verify

PAGES = "switch on Pages: in the repository's settings on GitHub, under Pages, choose the branch `gh-pages`"


@pytest.fixture
def wait(tmp_path, monkeypatch):
    """Return a function that verifies a site which is live after so many seconds of a fake clock; returns messages."""
    (tmp_path / "index.html").write_bytes(b"new")
    now = 0.0

    def sleep(seconds):
        nonlocal now
        now += seconds

    monkeypatch.setattr(verification, "time", SimpleNamespace(monotonic=lambda: now, sleep=sleep))

    def wait(live_after, timeout=180, hint=""):
        @contextmanager
        def client(**_):
            def get(_):
                return SimpleNamespace(is_success=now >= live_after, status_code=404, content=b"new")

            yield SimpleNamespace(get=get)

        monkeypatch.setattr(verification.httpx, "Client", client)
        messages = []
        mismatch = verify(tmp_path, "https://ann.example", timeout, messages.append, hint)
        return mismatch, messages, now

    return wait


def test_a_site_that_is_live_at_once_needs_no_waiting(wait):
    assert wait(0) == ("", ["https://ann.example/ shows the new site."], 0)


def test_a_long_wait_says_what_it_waits_for(wait):
    mismatch, messages, _ = wait(40, hint="switch it on")
    assert mismatch == ""
    missing = "https://ann.example/ returns status 404"
    assert messages == [
        f"Waiting, up to 180 s: {missing} - switch it on …",
        f"Waiting, 16 of 180 s: {missing} …",
        f"Waiting, 31 of 180 s: {missing} …",
        "https://ann.example/ shows the new site.",
    ]


def test_the_wait_ends(wait):
    mismatch, messages, seconds = wait(10**6, timeout=60)
    assert mismatch == "https://ann.example/ returns status 404"
    assert len(messages) == 4
    assert 55 <= seconds <= 60


@pytest.mark.parametrize(
    ("target", "url", "step"),
    [
        (GitTarget(kind="git"), "https://ann.github.io/site", PAGES),
        (GitTarget(kind="git"), "https://ann.example", f"{PAGES}, and let the DNS of ann.example point to GitHub"),
        (
            FolderTarget(kind="folder", path="/srv/a"),
            "http://a.example",
            "let the web server of a.example serve /srv/a",
        ),
        (
            RsyncTarget(kind="rsync", host="h", path="/srv/a"),
            "http://a.example",
            "let the web server of a.example serve /srv/a",
        ),
    ],
)
def test_the_first_step_after_the_first_upload(target, url, step):
    assert describe_first_step(target, url) == step

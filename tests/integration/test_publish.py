"""Publishing to a folder, a real git repository and a real SSH server; killed and interrupted publishes."""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager

import pytest
from authorsite.publishing import atomic_swap
from authorsite.publishing.build import build
from authorsite.publishing.publish import check
from authorsite.publishing.targets.folder import Folder
from conftest import ROOT, post
from publishing_site import every_local_target, every_target, for_targets, git
from serving import FolderHandler, serve_folder

PAGES = "switch on Pages: in the repository's settings on GitHub, under Pages, choose the branch `gh-pages`"
STYLE = re.compile(rb'rel="stylesheet" href="[^"]*?/([^"/]+)"')


def serve_folder_and_hub(folder, pings, failures=0):
    """Serve a folder; `pings` collects POST bodies, the first `failures` of which get status 503."""

    class Handler(FolderHandler):
        def do_POST(self):  # noqa: N802 - as http.server has it
            pings.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(204 if len(pings) > failures else 503)
            self.end_headers()

    return serve_folder(folder, Handler)


def is_complete(live):
    """Whether the site has its home page, its feed, and every stylesheet that a page uses."""
    sheets = {sheet for name, text in live.items() if name.endswith(".html") for sheet in STYLE.findall(text)}
    names = {name.rpartition("/")[2] for name in live}
    return sheets and {"index.html", "feed.xml"} <= live.keys() and {sheet.decode() for sheet in sheets} <= names


@every_target
def test_a_publish_uploads_the_whole_site_and_a_second_one_has_nothing_to_do(author, capsys):
    assert author.publish() == 0, capsys.readouterr().err
    pages = sum(name.endswith(".html") for name in author.output())
    assert f"{pages} pages new, 0 changed, 0 removed" in author.messages[1]
    assert "feed: 1 new item" in author.messages[1]
    assert author.live() == author.output()
    assert author.publish() == 0
    assert author.messages[-1].startswith("Nothing to publish: ")
    author.write("second", "Two.")
    (author.root / "content/posts/first.md").unlink()
    author.configure(verify=0, gone=["/2019/03/06/first/"])
    assert author.publish() == 0, capsys.readouterr().err
    assert re.search("1 page new, [1-9][0-9]* changed, 1 removed", author.messages[1])
    assert "feed: 1 new item" in author.messages[1]
    assert author.live() == author.output()
    assert "2019/03/06/first/index.html" not in author.live()


DESKS = (
    "/category/desks/: category “Desks” was published, and no post has it any more - write "
    "`aliases: [/category/desks/]` in a page or post that replaces it"
)
FIRST = (
    "content/posts/first.md:5: readers would not find it any more at its published URL /2019/03/06/first/ - "
    "write `aliases: [/2019/03/06/first/]`"
)


@for_targets(["local rsync"])
def test_a_folder_on_a_server_is_created_with_those_above_it(author, capsys):
    author.destination = author.root / "srv/www/live"
    author.target["path"] = str(author.destination)
    author.configure()
    author.write("second", "Two.")
    assert author.publish() == 0, capsys.readouterr().err
    assert author.live() == author.output()


@every_local_target
def test_changes_that_would_disturb_feed_subscribers_are_not_published_until_allowed(author, capsys):
    author.write("second", "Two.", category="Desks")
    assert author.publish() == 0, capsys.readouterr().err
    # Only the category's feed still has the first post, and only the target knows what subscribers have.
    shutil.rmtree(author.root / "output")
    author.write("second", "Two.", category="Notes")
    path = author.root / "content/posts/first.md"
    path.write_text(path.read_text().replace("category: News", "category: News\nslug: renamed"))
    before = author.live()
    assert author.publish() == 1
    assert capsys.readouterr().err.splitlines()[:-1] == [
        f"error: {DESKS} or, if it is gone for good, add `/category/desks/` to `gone` in AUTHORSITE",
        f"error: {FIRST} or, if it is gone for good, add `/2019/03/06/first/` to `gone` in AUTHORSITE",
        "2 errors",
    ]
    assert author.live() == before
    author.configure(gone=["/category/desks/", "/2019/03/06/first/"])
    assert author.publish() == 1
    assert "see “First” again under a new guid" in capsys.readouterr().err, "the text is still there"
    author.configure(gone=["/category/desks/", "/2019/03/06/first/"], allow=["/2019/03/06/renamed/"])
    assert author.publish() == 0, capsys.readouterr().err
    assert author.live() == author.output()


@every_local_target
def test_a_kill_at_any_step_leaves_the_target_complete_and_the_next_publish_finishes(author, capsys):
    assert author.publish() == 0, capsys.readouterr().err
    author.change()
    before, step = author.live(), 0
    states = []
    while author.publish_and_kill_at(step):
        live = author.live()
        assert is_complete(live), f"step {step}"
        if author.kind != "rsync":
            assert live in (before, author.output()), f"step {step}: neither the old site nor the new one"
        states.append(live)
        step += 1
        assert step < 20
    assert step >= 4
    assert before in states
    assert author.live() == author.output() != before
    assert author.publish() == 0
    assert author.messages[-1].startswith("Nothing to publish: ")


def take_snapshot(folder):
    """Return path, inode, size and time of every file below a folder, to tell its states apart quickly."""
    snapshot, folders = set(), [str(folder)] if folder.exists() else []
    for path in folders:
        with os.scandir(path) as entries:
            for entry in entries:
                status = entry.stat()
                snapshot.add((entry.path, status.st_ino, status.st_size, 0 if entry.is_dir() else status.st_mtime_ns))
                if entry.is_dir():
                    folders.append(entry.path)
    return frozenset(snapshot)


@contextmanager
def record_states(*folders):
    """Yield a list of distinct snapshots for each folder, taken while the code in the context runs in this thread.

    A snapshot is taken at every function call; in the publishing package also at every line, and in atomic_swap at
    every bytecode instruction.
    """
    recorded = tuple([] for _ in folders)

    def trace(frame, *_):
        for folder, states in zip(folders, recorded, strict=True):
            if (state := take_snapshot(folder)) not in states:
                states.append(state)
        frame.f_trace_opcodes = frame.f_code.co_filename == atomic_swap.__file__
        return trace if "publishing" in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield recorded
    finally:
        sys.settrace(before)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux exchanges two folders in one step")
@for_targets(["folder"])
def test_output_and_target_are_each_replaced_atomically(author, capsys):
    assert author.publish() == 0, capsys.readouterr().err
    author.change()
    folders = author.root / "output", author.destination
    before, recorded = [take_snapshot(folder) for folder in folders], []
    with ExitStack() as recording:

        def report(text):
            if text.startswith("Swapping in"):
                recorded.extend(recording.enter_context(record_states(*folders)))

        assert author.publish(report=report) == 0, capsys.readouterr().err
    after = [take_snapshot(folder) for folder in folders]
    assert all(old != new for old, new in zip(before, after, strict=True))
    for folder, old, new, states in zip(folders, before, after, recorded, strict=True):
        assert frozenset() not in states, f"{folder.name} was missing"
        assert len(states) == 2, f"{folder.name} was neither the old tree nor the new one"
        assert states == [old, new]


SEEDS = [0, 1, *(pytest.param(seed, marks=pytest.mark.nightly) for seed in range(2, 25))]


@every_local_target
@pytest.mark.parametrize("seed", SEEDS)
def test_a_kill_at_a_random_time_leaves_the_target_complete_and_the_next_publish_finishes(author, seed, capsys):
    started = time.monotonic()
    assert author.publish() == 0, capsys.readouterr().err
    author.change()
    before = author.live()
    delay = random.Random(f"{author.kind} {seed}").uniform(0, time.monotonic() - started)
    author.publish_and_kill_after(delay)
    live = author.live()
    assert is_complete(live), f"after {delay:.3f} s"
    assert author.publish() == 0, capsys.readouterr().err
    assert author.live() == author.output() != before
    if author.kind != "rsync":
        assert live in (before, author.output()), f"after {delay:.3f} s: neither the old site nor the new one"


@every_local_target
def test_a_killed_first_publish_is_finished_by_the_next(author, capsys):
    assert author.publish_and_kill_at(5)
    assert author.publish() == 0, capsys.readouterr().err
    assert author.live() == author.output()


@every_local_target
def test_a_dry_run_a_broken_link_and_a_missing_terminal_change_nothing(author, capsys, monkeypatch):
    assert author.publish(dry_run=True) == 0, capsys.readouterr().err
    assert re.search("[1-9] pages new, 0 changed, 0 removed", author.messages[1])
    assert not (author.root / "output").exists()
    assert author.live() == {}
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    assert author.publish(yes=False) == 1
    assert "use --yes" in capsys.readouterr().err
    assert author.live() == {}
    author.write("broken", "[gone](/gone/)")
    assert author.publish() == 1
    assert "/gone/" in capsys.readouterr().err
    assert author.live() == {}
    assert not list(author.root.glob("output*"))


@every_target
def test_a_target_with_other_files_is_an_error_in_one_line(author, capsys):
    if author.kind == "git":
        (author.root / "thesis.txt").write_text("all my work")
        git(author.root, "add", "thesis.txt")
        git(author.root, "commit", "-qm", "not a site")
        git(author.root, "push", "-q", "origin", "main:gh-pages")
    else:
        author.destination.mkdir()
        (author.destination / "thesis.txt").write_text("all my work")
    before = author.live()
    assert author.publish() == 1
    errors = capsys.readouterr().err.strip().splitlines()
    assert len([line for line in errors if line.startswith("Not published: ")]) == 1
    assert author.live() == before != {}


@for_targets(["folder"])
@pytest.mark.parametrize("path", ["/", "~", ".", "..", "content/live", "output", "theme/static", "link"])
def test_a_folder_that_is_not_for_the_site_alone_is_an_error(author, path, capsys, monkeypatch):
    home = author.root / "home"
    home.mkdir()
    (author.root / "link").symlink_to(home)
    monkeypatch.setenv("HOME", str(home))
    author.configure(path=path)
    assert author.publish() == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not list(home.iterdir())
    assert not (author.root / "output").exists()


def push_by_others(author, files, message):
    """Push a commit to the published branch from another clone, which is returned; None as content removes a file."""
    other = author.root / "other"
    if not other.exists():
        git(author.root, "clone", "-q", "-b", "gh-pages", str(author.destination), str(other))
    git(other, "pull", "-q")
    for name, data in files.items():
        if data is None:
            (other / name).unlink()
        else:
            (other / name).parent.mkdir(parents=True, exist_ok=True)
            (other / name).write_bytes(data)
    git(other, "add", ".")
    git(other, "commit", "-q", "--allow-empty", "-m", message)
    git(other, "push", "-q")
    return other


@for_targets(["git"])
def test_each_publish_is_one_commit_on_top_of_commits_by_others(author):
    assert author.publish() == 0
    theirs = {"proof.txt": b"of a second writer", "talks/Fr\u00fchling 1.txt": b"slides"}
    replaced = {"index.html": b"theirs", "2019/03/07/second": b"in a folder's place"}
    other = push_by_others(author, theirs | replaced, "by a second writer")
    assert (other / ".nojekyll").exists()
    assert (other / "CNAME").read_text() == "ann.example\n"
    author.write("second", "Two.")
    assert author.publish() == 0
    assert re.search("1 page new, [1-9][0-9]* changed, 0 removed", author.messages[1])
    assert author.live() == author.output() | theirs
    (author.root / "content/posts/second.md").unlink()
    author.configure(gone=["/2019/03/07/second/"])
    assert author.publish() == 0
    assert author.live() == author.output() | theirs
    assert "2019/03/07/second/index.html" not in author.live()
    subjects = git(author.destination, "log", "--format=%s", "gh-pages").splitlines()
    ours = "Publish https://ann.example"
    assert subjects == [ours, ours, "by a second writer", ours]
    push_by_others(author, {"proof.txt": None}, "not needed any more")
    author.write("third", "Three.")
    assert author.publish() == 0
    del theirs["proof.txt"]
    assert author.live() == author.output() | theirs
    assert git(author.root, "status", "--porcelain", "--untracked-files=no") == ""
    assert git(author.root, "branch", "--list") == ""


@for_targets(["git"])
def test_a_file_by_others_that_a_page_replaced_is_removed_with_the_page(author):
    assert author.publish() == 0
    page = "2019/03/07/second/index.html"
    push_by_others(author, {page: b"theirs"}, "by a second writer")
    author.write("second", "Two.")
    assert author.publish() == 0
    assert author.live() == author.output()
    (author.root / "content/posts/second.md").unlink()
    author.configure(gone=["/2019/03/07/second/"])
    assert author.publish() == 0
    assert page not in author.live()


@for_targets(["git"])
def test_a_commit_by_others_between_fetch_and_push_is_kept(author):
    assert author.publish() == 0
    author.write("second", "Two.")
    pushed = []

    def report(text):
        if text.startswith("Pushing") and not pushed:
            pushed.append(text)
            push_by_others(author, {}, "in between")

    assert author.publish(report=report) == 0
    subjects = git(author.destination, "log", "--format=%s", "gh-pages").splitlines()
    assert pushed
    assert subjects == ["Publish https://ann.example", "in between", "Publish https://ann.example"]
    assert author.live() == author.output()


@for_targets(["git"])
def test_a_password_in_a_url_is_never_printed(author, capsys):
    author.configure(remote="http://ann:secret-word@127.0.0.1:9/site.git")
    assert author.publish() == 1
    output = "\n".join([*author.messages, *capsys.readouterr()])
    assert "secret-word" not in output
    assert "127.0.0.1" in output
    author.configure(remote="https://ann:secret-word@127.0.0.1:9/site.git", branch="x")
    assert author.publish() == 1
    assert "secret-word" not in "\n".join([*author.messages, *capsys.readouterr()])


@for_targets(["rsync"])
def test_only_changed_files_are_sent(author):
    assert author.publish() == 0
    (author.destination / ".well-known").mkdir()
    (author.destination / ".well-known/proof").write_text("somebody else's")
    before = {p: (p.stat().st_ino, p.stat().st_mtime_ns) for p in author.destination.rglob("*") if p.is_file()}
    author.write("second", "Two.")
    for path in author.root.glob("output/**/*"):
        os.utime(path)
    assert author.publish() == 0
    sent = {
        p.relative_to(author.destination).as_posix()
        for p, was in before.items()
        if p.exists() and (p.stat().st_ino, p.stat().st_mtime_ns) != was
    }
    assert "index.html" in sent
    assert not {"style.css", "2019/03/06/first/index.html", ".well-known/proof"} & sent


@for_targets(["rsync"])
def test_a_failed_authentication_is_reported_in_one_line(author, capsys, monkeypatch):
    monkeypatch.setenv(
        "RSYNC_RSH",
        "ssh -i /none/such -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -F none",
    )
    assert author.publish() == 1
    errors = capsys.readouterr().err
    assert "Not published: rsync: " in errors
    assert "Permission denied" in errors


@for_targets(["folder"])
def test_after_the_upload_the_live_site_is_verified_and_the_hub_is_notified(author, capsys):
    pings = []
    author.destination.mkdir()
    (author.destination / ".authorsite").touch()
    with serve_folder_and_hub(author.destination, pings) as url:
        author.configure(url, hub=f"{url}/hub", verify=5)
        assert author.publish() == 0, capsys.readouterr().err
    assert f"{url}/ shows the new site." in author.messages
    assert "hub.mode=publish" in pings[0]
    assert "feed.xml" in pings[0]


@for_targets(["folder"])
def test_a_live_site_that_stays_old_is_reported(author, capsys, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/index.html").write_text("old")
    with serve_folder(tmp_path / "elsewhere") as url:
        author.configure(url, verify=1)
        assert author.publish() == 0
        author.write("second", "Two.")
        assert author.publish() == 1
    assert f"Waiting, up to 1 s: {url}/ does not show the new version yet …" in author.messages
    assert f"Uploaded, but {url}/ does not show the new version yet" in capsys.readouterr().err


@for_targets(["folder", "git"])
def test_a_site_that_is_not_live_after_its_first_publish_is_no_failure_and_the_next_step_is_named(
    author, capsys, tmp_path
):
    with serve_folder(tmp_path / "none") as url:
        author.configure(url, verify=1)
        assert author.publish() == 0, capsys.readouterr().err
        first = author.messages
        author.write("second", "Two.")
        assert author.publish() == 1
    assert f"Uploaded, but {url}/ returns status 404" in capsys.readouterr().err
    name, step = {
        "folder": (author.destination, f"let the web server of 127.0.0.1 serve {author.destination}"),
        "git": ("branch gh-pages of origin", f"{PAGES}, and let the DNS of 127.0.0.1 point to GitHub"),
    }[author.kind]
    assert first[-3:] == [
        f"Waiting, up to 1 s: {url}/ returns status 404 - {step} …",
        f"Published to {name}, but it is not live yet: {url}/ returns status 404.",
        f"Next step: {step}. Then publish again, which checks the live site.",
    ]


@for_targets(["folder"])
def test_a_first_upload_that_is_not_complete_is_a_failure(author, capsys, monkeypatch):
    monkeypatch.setattr(Folder, "upload", lambda *_: author.destination.mkdir())
    assert author.publish() == 1
    assert "does not have all files yet - publish again" in capsys.readouterr().err


@for_targets(["folder"])
@pytest.mark.parametrize("url", ["https://example.org", "https://www.example.com/blog", "http://example.net"])
def test_the_url_of_an_example_is_not_published(author, capsys, url):
    author.configure(url)
    where = f"`url` is still that of an example, {url} - write the URL of your own site"
    for options in ({}, {"dry_run": True}):
        assert author.publish(**options) == 1
        errors = capsys.readouterr().err
        assert errors == f"Not published: publishconf.py:4: {where}.\n"
    assert not author.destination.exists()
    assert not (author.root / "output").exists()
    assert check(author.root / "publishconf.py") == 0
    printed = capsys.readouterr()
    assert f"notice: publishconf.py:4: {where}" in printed.err
    assert "Ready to publish" not in printed.out


@for_targets(["folder"])
def test_check_reports_problems_and_writes_nothing(author, capsys):
    assert check(author.root / "publishconf.py") == 0
    assert "Ready to publish" in capsys.readouterr().out
    author.write("broken", "[gone](/gone/)")
    assert check(author.root / "publishconf.py", "json") == 1
    assert json.loads(capsys.readouterr().out)["failed"] is True
    assert check(author.root / "publishconf.py", "github") == 1
    assert "::error file=" in capsys.readouterr().out
    assert not list(author.root.glob("output*"))


@for_targets(["folder"])
def test_drafts_are_not_published_even_if_the_settings_show_them(author, capsys):
    (author.root / "content/posts/idea.md").write_text(post("Idea", status="draft"))
    settings = author.root / "publishconf.py"
    settings.write_text(settings.read_text() + 'AUTHORSITE["drafts"] = True\n')
    assert author.publish() == 0, capsys.readouterr().err
    assert "2019/03/06/first/index.html" in author.live()
    assert not [name for name in author.live() if "idea" in name]


@for_targets(["folder"])
def test_a_check_between_two_publishes_does_not_affect_the_second(author):
    assert author.publish() == 0
    author.write("second", "Two.")
    assert check(author.root / "publishconf.py") == 0
    assert author.publish() == 0
    assert author.live() == author.output()
    assert "2019/03/07/second/index.html" in author.live()


@for_targets(["folder"])
def test_the_next_publish_retries_a_failed_verification_and_a_failed_ping(author, capsys):
    pings, front = [], author.root / "front"
    front.mkdir()
    with serve_folder_and_hub(front, pings, failures=1) as url:
        author.configure(url, hub=f"{url}/hub", verify=1)
        # The first publish may come before the web server is set up.
        assert author.publish() == 0
        for _ in range(2):
            assert author.publish() == 1
            assert f"Uploaded, but {url}/ does not show the new version yet" in capsys.readouterr().err
        assert pings == []
        front.rmdir()
        front.symlink_to(author.destination)
        assert author.publish() == 1
        assert f"Uploaded, but the hub {url}/hub returns status 503" in capsys.readouterr().err
        for _ in range(2):
            assert author.publish() == 0, capsys.readouterr().err
            assert author.messages[-1].startswith("Nothing to publish: ")
    assert len(pings) == 2, "a notified hub is not pinged again"
    assert "feed.xml" in pings[1]


@for_targets(["folder"])
@pytest.mark.parametrize(
    ("answer", "status"), [("y", 0), ("", 1), ("no", 1), (EOFError(), 1), (KeyboardInterrupt(), 130)]
)
def test_a_publish_asks_on_a_terminal_and_continues_only_after_yes(author, monkeypatch, capsys, answer, status):
    def fake_input(_):
        if isinstance(answer, BaseException):
            raise answer
        return answer

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", fake_input)
    assert author.publish(yes=False) == status
    assert bool(author.live()) == (author.root / "output").exists() == (status == 0)
    assert "Traceback" not in capsys.readouterr().err


@for_targets(["folder"])
def test_a_second_publish_at_a_time_is_an_error_and_a_killed_one_releases_its_lock(author, capsys, monkeypatch):
    monkeypatch.setattr(atomic_swap, "LOCK_TIMEOUT", 0.1)
    code = (
        "import sys, time; sys.path.insert(0, sys.argv[1]); from pathlib import Path\n"
        "from authorsite.publishing.atomic_swap import exclusive_lock\n"
        "with exclusive_lock(Path(sys.argv[2])): print('in', flush=True); time.sleep(60)"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(ROOT / "plugins"), str(author.root)], stdout=subprocess.PIPE
    )
    assert other.stdout.readline() == b"in\n"
    assert author.publish() == 1
    error = f"{author.root}: another build or publish is running - try again when it has finished"
    assert capsys.readouterr().err == f"Not published: {error}.\n"
    with pytest.raises(SystemExit, match="another build or publish is running"):
        check(author.root / "publishconf.py")
    assert author.live() == {}
    other.kill()
    other.communicate()
    assert author.publish() == 0, capsys.readouterr().err


@for_targets(["folder"])
def test_no_build_runs_between_the_swap_and_the_upload(author, monkeypatch):
    monkeypatch.setattr(atomic_swap, "LOCK_TIMEOUT", 0.1)
    statuses = []

    def report(text):
        if text.startswith("Copying"):
            child = os.fork()
            if not child:
                try:
                    with pytest.raises(SystemExit):
                        build(author.root / "publishconf.py", drafts=True)
                    os._exit(0)
                finally:
                    os._exit(9)
            statuses.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))

    assert author.publish(report=report) == 0
    assert statuses == [0]

"""Publishing to a folder, a real git repository and a real SSH server: what arrives, and what a kill leaves."""

import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from authorsite.publishing import atomic_swap
from authorsite.publishing.build import build
from authorsite.publishing.publish import check, publish
from conftest import ROOT, post

KINDS = ("folder", "git", "rsync")
# A home page that links all posts, so that no check of the whole site stands in the way of what is tested here.
HOME = """<!DOCTYPE html><title>{{ SITENAME }}</title><link rel="stylesheet" href="{{ SITEURL }}/style.css">
{% for article in articles %}<a href="{{ SITEURL }}/{{ article.url }}">{{ article.title }}</a>{% endfor %}"""
PAGE = """<!DOCTYPE html><title>{{ article.title }}</title><link rel="stylesheet" href="{{ SITEURL }}/style.css">
{{ article.content|safe }}"""
# Stands in for ssh: the server's half of rsync runs on this machine.
SHELL = 'while [ "$1" != 127.0.0.1 ]; do shift; done; shift; exec "$@"'
STYLE = re.compile(rb'rel="stylesheet" href="[^"]*?/([^"/]+)"')
SETTINGS = """
import sys
sys.path.insert(0, {root!r})
from pelicanconf import *
AUTHORSITE = {{"url": {url!r}, "publish": {target!r}, "allow": {{"orphan": "one"}}}}
AUTHORSITE["feeds"] = {{"items": 1, "hub": {hub!r}, "allow": {allow!r}}}
PATH, OUTPUT_PATH, CACHE_PATH = {here!r} + "/content", {here!r} + "/output", {here!r} + "/.cache"
PLUGIN_PATHS = [{root!r} + "/plugins"]
THEME, THEME_STATIC_DIR = {here!r} + "/theme", ""
DIRECT_TEMPLATES = ["index"]
TAG_SAVE_AS = YEAR_ARCHIVE_SAVE_AS = MONTH_ARCHIVE_SAVE_AS = ""
"""


def needs(*programs):
    """Skip with a word where a program is missing; fail there with CI=true."""
    missing = [name for name in programs if not shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin")]
    if missing:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"not installed: {', '.join(missing)}")


def git(where, *words):
    identity = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"]
    done = subprocess.run(["git", *identity, *words], cwd=where, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@contextmanager
def served(folder, seen=None, deaf=0):
    """Serve a folder on a free port of this machine; `seen` collects what is posted, the first `deaf` times in vain."""

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_POST(self):
            seen.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(204 if len(seen) > deaf else 503)
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def ssh_server(tmp_path_factory):
    """A real sshd on a free port with keys of its own; gives the port and the shell that rsync is to use."""
    needs("sshd", "ssh", "rsync")
    home = tmp_path_factory.mktemp("ssh")
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(home / name)], check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (home / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {home}/host\nAuthorizedKeysFile {home}/user.pub\n"
        f"PidFile {home}/pid\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nUseDNS no\nPermitRootLogin yes\n"
    )
    # sshd, begun by root, wants this empty folder.
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    sshd = shutil.which("sshd", path=os.environ["PATH"] + ":/usr/sbin")
    with (home / "log").open("w") as log:
        process = subprocess.Popen([sshd, "-D", "-e", "-f", str(home / "config")], stderr=log)
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    shell = f"ssh -i {home}/user -o StrictHostKeyChecking=no -o UserKnownHostsFile={home}/known -F none -S {home}/c"
    # One connection for all: to prove oneself takes most of a short publish's time.
    master = subprocess.Popen([*shell.split(), "-M", "-N", "-p", str(port), "127.0.0.1"])
    yield port, shell
    for begun in (master, process):
        begun.terminate()
        begun.wait(10)


class Author:
    """An author's small site and the place it is published to; `live` gives what visitors find there."""

    def __init__(self, root, kind, port=None):
        self.root, self.kind, self.place = root, kind, root / "live"
        self.written = 0
        files = {
            "templates/index.html": HOME,
            "templates/category.html": HOME,
            "templates/article.html": PAGE,
            "static/style.css": "p { margin: 1em }",
        }
        for name, text in files.items():
            path = root / "theme" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.target = {
            "folder": {"kind": "folder", "path": str(self.place)},
            "git": {"kind": "git", "verify": 0},
            "rsync": {"kind": "rsync", "host": "127.0.0.1", "path": str(self.place), "port": port, "verify": 0},
        }[kind]
        if kind == "git":
            needs("git")
            git(root, "init", "-q", "--bare", "live")
            git(root, "init", "-q", "-b", "main")
            git(root, "remote", "add", "origin", str(self.place))
        self.configure()
        self.write("first", "One.")

    def configure(self, url="https://example.org", hub="", allow=(), **target):
        self.target |= target
        values = {"root": str(ROOT), "here": str(self.root), "url": url, "hub": hub, "target": self.target}
        values["allow"] = dict.fromkeys(allow, "meant")
        (self.root / "publishconf.py").write_text(SETTINGS.format(**values))

    def write(self, slug, body, category="News"):
        path = self.root / f"content/posts/{slug}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(post(title=slug.title(), date=f"2019-03-{1 + len(slug):02}", body=body, category=category))

    def publish(self, **how):
        self.told = []
        return publish(self.root / "publishconf.py", **{"yes": True, "say": self.told.append, **how})

    def killed_after(self, line):
        """Publish in a process of its own that is killed when it is about to say its line number `line`."""
        told = []

        def say(text):
            told.append(text)
            if len(told) > line:
                os.kill(os.getpid(), signal.SIGKILL)

        child = os.fork()
        if not child:
            try:
                os._exit(self.publish(say=say))
            finally:
                os._exit(9)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert status in {0, -signal.SIGKILL}
        return status != 0

    def killed_within(self, seconds):
        """Publish in a group of processes that is killed, all at once, after so many seconds."""
        child = os.fork()
        if not child:
            try:
                os.setpgid(0, 0)
                os._exit(self.publish())
            finally:
                os._exit(9)
        with suppress(OSError):
            os.setpgid(child, child)
        time.sleep(seconds)
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)

    def change(self):
        """Write a post, change a stylesheet, and let every post name a new one."""
        self.write("second", "Two.")
        (self.root / "theme/static/style.css").write_text("p { margin: 2em }")
        (self.root / "theme/static/new.css").write_text("b { margin: 2em }")
        (self.root / "theme/templates/article.html").write_text(PAGE.replace("style.css", "new.css"))

    def live(self):
        """Every file that visitors find, by its address."""
        place = self.place
        if self.kind == "git":
            if not git(place, "branch", "--list", "gh-pages"):
                return {}
            place = self.root / "checkout"
            shutil.rmtree(place, ignore_errors=True)
            git(self.root, "clone", "-q", "-b", "gh-pages", str(self.place), str(place))
        return {name: data for name, data in files_of(place).items() if name != "CNAME"}

    def output(self):
        return files_of(self.root / "output")


def files_of(folder):
    """Every file's bytes by its address, those of hidden files and folders at the top left out."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
    return {name: data for name, data in found.items() if name[0] != "."}


def stands(live):
    """Whether a visitor finds the site whole: its home page and feed, and every stylesheet that a page names."""
    named = {found for name, text in live.items() if name.endswith(".html") for found in STYLE.findall(text)}
    return named and {"index.html", "feed.xml"} <= live.keys() and {name.decode() for name in named} <= live.keys()


@pytest.fixture
def author(tmp_path, request, monkeypatch):
    kind, port = request.param, None
    if kind == "rsync":
        port, shell = request.getfixturevalue("ssh_server")
        monkeypatch.setenv("RSYNC_RSH", shell)
    if kind == "rsync here":
        needs("rsync")
        (tmp_path / "shell").write_text(SHELL)
        monkeypatch.setenv("RSYNC_RSH", f"sh {tmp_path}/shell")
    return Author(tmp_path, kind.split()[0], port)


only = partial(pytest.mark.parametrize, "author", indirect=True)
every_target = only(KINDS)
every_store = only(("folder", "git", "rsync here"))
"""For what does not hang on the way there."""


@every_target
def test_a_publish_brings_the_whole_site_and_a_second_one_has_nothing_to_do(author, capsys):
    assert author.publish() == 0, capsys.readouterr().err
    pages = sum(name.endswith(".html") for name in author.output())
    assert f"{pages} pages new, 0 changed, 0 removed" in author.told[1]
    assert "feed: 1 new item" in author.told[1]
    assert author.live() == author.output()
    assert author.publish() == 0
    assert author.told[-1].startswith("Nothing to publish: ")
    author.write("second", "Two.")
    (author.root / "content/posts/first.md").unlink()
    author.configure(verify=0)
    assert author.publish() == 0, capsys.readouterr().err
    assert re.search("1 page new, [1-9][0-9]* changed, 1 removed", author.told[1])
    assert "feed: 1 new item" in author.told[1]
    assert author.live() == author.output()
    assert "2019/03/06/first/index.html" not in author.live()


@every_store
def test_what_would_trouble_subscribers_of_the_live_site_is_not_published_until_it_is_allowed(author, capsys):
    author.write("second", "Two.", category="Desks")
    assert author.publish() == 0, capsys.readouterr().err
    # Only the category's feed still has the first post, and only the target knows what subscribers have.
    shutil.rmtree(author.root / "output")
    author.write("second", "Two.", category="Notes")
    path = author.root / "content/posts/first.md"
    path.write_text(path.read_text().replace("category: News", "category: News\nslug: renamed"))
    before = author.live()
    assert author.publish() == 1
    said = capsys.readouterr().err
    assert "see “First” again under a new guid" in said
    assert "/category/desks/feed.xml answers no more" in said
    assert author.live() == before
    author.configure(allow=["/category/desks/feed.xml"])
    assert author.publish() == 1
    assert "answers no more" not in capsys.readouterr().err
    author.configure(allow=["/category/desks/feed.xml", "https://example.org/2019/03/06/renamed/"])
    assert author.publish() == 0, capsys.readouterr().err
    assert author.live() == author.output()


@every_store
def test_a_kill_at_any_step_leaves_the_target_whole_and_the_next_publish_finishes(author, capsys):
    assert author.publish() == 0, capsys.readouterr().err
    author.change()
    before, step = author.live(), 0
    states = []
    while author.killed_after(step):
        live = author.live()
        assert stands(live), f"step {step}"
        if author.kind != "rsync":
            assert live in (before, author.output()), f"step {step}: neither the old site nor the new one"
        states.append(live)
        step += 1
        assert step < 20
    assert step >= 4
    assert before in states
    assert author.live() == author.output() != before
    assert author.publish() == 0
    assert author.told[-1].startswith("Nothing to publish: ")


def state_of(folder):
    """What tells one state of a folder from another, quickly: its files, their numbers, sizes and times."""
    found, left = set(), [str(folder)] if folder.exists() else []
    for place in left:
        with os.scandir(place) as entries:
            for entry in entries:
                status = entry.stat()
                found.add((entry.path, status.st_ino, status.st_size, 0 if entry.is_dir() else status.st_mtime_ns))
                if entry.is_dir():
                    left.append(entry.path)
    return frozenset(found)


@contextmanager
def every_state_of(*folders):
    """Give the states of each folder between the steps of Python code that run in this thread meanwhile.

    A step is a call of a function and, in the modules of publishing, a line or (swapping) an instruction.
    """
    seen = tuple([] for _ in folders)

    def look(frame, *_):
        for folder, states in zip(folders, seen, strict=True):
            if (state := state_of(folder)) not in states:
                states.append(state)
        frame.f_trace_opcodes = frame.f_code.co_filename == atomic_swap.__file__
        return look if "publishing" in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(look)
    try:
        yield seen
    finally:
        sys.settrace(before)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux exchanges two folders in one step")
@only(["folder"])
def test_output_and_target_are_each_exchanged_in_one_step(author, capsys):
    assert author.publish() == 0, capsys.readouterr().err
    author.change()
    places = author.root / "output", author.place
    before, states = [state_of(place) for place in places], []
    with ExitStack() as until_done:

        def say(text):
            if text.startswith("Swapping in"):
                states.extend(until_done.enter_context(every_state_of(*places)))

        assert author.publish(say=say) == 0, capsys.readouterr().err
    after = [state_of(place) for place in places]
    assert all(old != new for old, new in zip(before, after, strict=True))
    for place, old, new, found in zip(places, before, after, states, strict=True):
        assert frozenset() not in found, f"{place.name} was away"
        assert len(found) == 2, f"{place.name} was neither the old tree nor the new one"
        assert found == [old, new]


MOMENTS = [0, 1, *(pytest.param(moment, marks=pytest.mark.nightly) for moment in range(2, 25))]


@every_store
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_kill_at_any_moment_leaves_the_target_whole_and_the_next_publish_finishes(author, moment, capsys):
    began = time.monotonic()
    assert author.publish() == 0, capsys.readouterr().err
    author.change()
    before = author.live()
    delay = random.Random(f"{author.kind} {moment}").uniform(0, time.monotonic() - began)
    author.killed_within(delay)
    live = author.live()
    assert stands(live), f"after {delay:.3f} s"
    assert author.publish() == 0, capsys.readouterr().err
    assert author.live() == author.output() != before
    if author.kind != "rsync":
        assert live in (before, author.output()), f"after {delay:.3f} s: neither the old site nor the new one"


@every_store
def test_a_first_publish_that_is_killed_is_finished_by_the_next(author, capsys):
    assert author.killed_after(5)
    assert author.publish() == 0, capsys.readouterr().err
    assert author.live() == author.output()


@every_store
def test_a_dry_run_a_fault_and_a_missing_terminal_change_nothing(author, capsys, monkeypatch):
    assert author.publish(dry_run=True) == 0, capsys.readouterr().err
    assert re.search("[1-9] pages new, 0 changed, 0 removed", author.told[1])
    assert not (author.root / "output").exists()
    assert author.live() == {}
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    assert author.publish(yes=False) == 1
    assert "say --yes" in capsys.readouterr().err
    assert author.live() == {}
    author.write("broken", "[gone](/gone/)")
    assert author.publish() == 1
    assert "/gone/" in capsys.readouterr().err
    assert author.live() == {}
    assert not list(author.root.glob("output*"))


@every_target
def test_a_target_that_holds_something_else_is_refused_in_one_line(author, capsys):
    if author.kind == "git":
        (author.root / "thesis.txt").write_text("all my work")
        git(author.root, "add", "thesis.txt")
        git(author.root, "commit", "-qm", "not a site")
        git(author.root, "push", "-q", "origin", "main:gh-pages")
    else:
        author.place.mkdir()
        (author.place / "thesis.txt").write_text("all my work")
    before = author.live()
    assert author.publish() == 1
    told = capsys.readouterr().err.strip().splitlines()
    assert len([line for line in told if line.startswith("Not published: ")]) == 1
    assert author.live() == before != {}


@only(["folder"])
@pytest.mark.parametrize("place", ["/", "~", ".", "..", "content/live", "output", "theme/static", "link"])
def test_a_folder_that_is_not_for_the_site_alone_is_refused(author, place, capsys, monkeypatch):
    home = author.root / "home"
    home.mkdir()
    (author.root / "link").symlink_to(home)
    monkeypatch.setenv("HOME", str(home))
    author.configure(path=place)
    assert author.publish() == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not list(home.iterdir())
    assert not (author.root / "output").exists()


@only(["git"])
def test_each_publish_is_one_commit_on_top_of_everybody_elses(author):
    assert author.publish() == 0
    other = author.root / "other"
    git(author.root, "clone", "-q", "-b", "gh-pages", str(author.place), str(other))
    assert (other / ".nojekyll").exists()
    assert (other / "CNAME").read_text() == "example.org\n"
    theirs = {"proof.txt": b"of a second writer", "talks/Fr\u00fchling 1.txt": b"slides"}
    (other / "talks").mkdir()
    for name, data in {**theirs, "index.html": b"theirs", "2019/03/07/second": b"in a folder's place"}.items():
        (other / name).parent.mkdir(parents=True, exist_ok=True)
        (other / name).write_bytes(data)
    git(other, "add", ".")
    git(other, "commit", "-q", "-m", "by a second writer")
    git(other, "push", "-q")
    author.write("second", "Two.")
    assert author.publish() == 0
    assert re.search("1 page new, [1-9][0-9]* changed, 0 removed", author.told[1])
    assert author.live() == author.output() | theirs
    (author.root / "content/posts/second.md").unlink()
    assert author.publish() == 0
    assert author.live() == author.output() | theirs
    assert "2019/03/07/second/index.html" not in author.live()
    subjects = git(author.place, "log", "--format=%s", "gh-pages").splitlines()
    ours = "Publish https://example.org"
    assert subjects == [ours, ours, "by a second writer", ours]
    git(other, "pull", "-q")
    git(other, "rm", "-q", "proof.txt")
    git(other, "commit", "-q", "-m", "not needed any more")
    git(other, "push", "-q")
    author.write("third", "Three.")
    assert author.publish() == 0
    del theirs["proof.txt"]
    assert author.live() == author.output() | theirs
    assert git(author.root, "status", "--porcelain", "--untracked-files=no") == ""
    assert git(author.root, "branch", "--list") == ""


@only(["git"])
def test_a_second_writer_between_fetch_and_push_is_built_upon(author):
    assert author.publish() == 0
    other = author.root / "other"
    git(author.root, "clone", "-q", "-b", "gh-pages", str(author.place), str(other))
    author.write("second", "Two.")
    raced = []

    def say(text):
        if text.startswith("Pushing") and not raced:
            raced.append(text)
            git(other, "commit", "-q", "--allow-empty", "-m", "in between")
            git(other, "push", "-q")

    assert author.publish(say=say) == 0
    subjects = git(author.place, "log", "--format=%s", "gh-pages").splitlines()
    assert raced
    assert subjects == ["Publish https://example.org", "in between", "Publish https://example.org"]
    assert author.live() == author.output()


@only(["git"])
def test_a_password_in_an_address_is_never_printed(author, capsys):
    author.configure(remote="http://ann:secret-word@127.0.0.1:9/site.git")
    assert author.publish() == 1
    said = "\n".join([*author.told, *capsys.readouterr()])
    assert "secret-word" not in said
    assert "127.0.0.1" in said
    author.configure(remote="https://ann:secret-word@127.0.0.1:9/site.git", branch="x")
    assert author.publish() == 1
    assert "secret-word" not in "\n".join([*author.told, *capsys.readouterr()])


@only(["rsync"])
def test_only_changed_files_travel(author):
    assert author.publish() == 0
    (author.place / ".well-known").mkdir()
    (author.place / ".well-known/proof").write_text("somebody else's")
    before = {p: (p.stat().st_ino, p.stat().st_mtime_ns) for p in author.place.rglob("*") if p.is_file()}
    author.write("second", "Two.")
    for path in author.root.glob("output/**/*"):
        os.utime(path)
    assert author.publish() == 0
    sent = {
        p.relative_to(author.place).as_posix()
        for p, was in before.items()
        if p.exists() and (p.stat().st_ino, p.stat().st_mtime_ns) != was
    }
    assert "index.html" in sent
    assert not {"style.css", "2019/03/06/first/index.html", ".well-known/proof"} & sent


@only(["rsync"])
def test_a_server_that_does_not_let_us_in_is_said_in_one_line(author, capsys, monkeypatch):
    monkeypatch.setenv(
        "RSYNC_RSH",
        "ssh -i /none/such -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -F none",
    )
    assert author.publish() == 1
    errors = capsys.readouterr().err
    assert "Not published: rsync: " in errors
    assert "Permission denied" in errors


@only(["folder"])
def test_after_the_upload_the_live_site_is_compared_and_the_hub_is_told(author, capsys):
    seen = []
    author.place.mkdir()
    (author.place / ".authorsite").touch()
    with served(author.place, seen) as address:
        author.configure(address, hub=f"{address}/hub", verify=5)
        assert author.publish() == 0, capsys.readouterr().err
    assert f"{address}/ shows the new site." in author.told
    assert "hub.mode=publish" in seen[0]
    assert "feed.xml" in seen[0]


@only(["folder"])
def test_a_live_site_that_stays_the_old_one_is_reported(author, capsys, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/index.html").write_text("old")
    with served(tmp_path / "elsewhere") as address:
        author.configure(address, verify=1)
        assert author.publish() == 1
    assert f"Uploaded, but {address}/ is not yet what was uploaded" in capsys.readouterr().err


@only(["folder"])
def test_check_reports_and_writes_nothing(author, capsys):
    assert check(author.root / "publishconf.py") == 0
    assert "Ready to publish" in capsys.readouterr().out
    author.write("broken", "[gone](/gone/)")
    assert check(author.root / "publishconf.py", "json") == 1
    assert json.loads(capsys.readouterr().out)["failed"] is True
    assert check(author.root / "publishconf.py", "github") == 1
    assert "::error file=" in capsys.readouterr().out
    assert not list(author.root.glob("output*"))


@only(["folder"])
def test_a_check_between_two_builds_does_not_mislead_the_second(author):
    assert author.publish() == 0
    author.write("second", "Two.")
    assert check(author.root / "publishconf.py") == 0
    assert author.publish() == 0
    assert author.live() == author.output()
    assert "2019/03/07/second/index.html" in author.live()


@only(["folder"])
def test_the_next_publish_makes_up_for_a_live_site_that_was_not_looked_at_and_a_hub_that_did_not_hear(author, capsys):
    seen, front = [], author.root / "front"
    front.mkdir()
    with served(front, seen, deaf=1) as address:
        author.configure(address, hub=f"{address}/hub", verify=1)
        for _ in range(2):
            assert author.publish() == 1
            assert f"Uploaded, but {address}/ is not yet what was uploaded" in capsys.readouterr().err
        assert seen == []
        front.rmdir()
        front.symlink_to(author.place)
        assert author.publish() == 1
        assert f"Uploaded, but the hub {address}/hub answers 503" in capsys.readouterr().err
        for _ in range(2):
            assert author.publish() == 0, capsys.readouterr().err
            assert author.told[-1].startswith("Nothing to publish: ")
    assert len(seen) == 2, "a hub that heard is left alone"
    assert "feed.xml" in seen[1]


@only(["folder"])
@pytest.mark.parametrize(
    ("answer", "status"), [("y", 0), ("", 1), ("no", 1), (EOFError(), 1), (KeyboardInterrupt(), 130)]
)
def test_a_publish_asks_on_a_terminal_and_only_a_yes_is_one(author, monkeypatch, capsys, answer, status):
    def asked(_):
        if isinstance(answer, BaseException):
            raise answer
        return answer

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", asked)
    assert author.publish(yes=False) == status
    assert bool(author.live()) == (author.root / "output").exists() == (status == 0)
    assert "Traceback" not in capsys.readouterr().err


@only(["folder"])
def test_of_two_publishes_at_once_the_second_ends_in_one_line_and_a_killed_one_bars_nobody(author, capsys, monkeypatch):
    monkeypatch.setattr(atomic_swap, "PATIENCE", 0.1)
    code = (
        "import sys, time; sys.path.insert(0, sys.argv[1]); from pathlib import Path\n"
        "from authorsite.publishing.atomic_swap import alone\n"
        "with alone(Path(sys.argv[2])): print('in', flush=True); time.sleep(60)"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(ROOT / "plugins"), str(author.root)], stdout=subprocess.PIPE
    )
    assert other.stdout.readline() == b"in\n"
    assert author.publish() == 1
    refused = f"another build or publish is at work in {author.root}: try again when it has ended"
    assert capsys.readouterr().err == f"Not published: {refused}.\n"
    with pytest.raises(SystemExit, match="another build or publish is at work"):
        check(author.root / "publishconf.py")
    assert author.live() == {}
    other.kill()
    other.communicate()
    assert author.publish() == 0, capsys.readouterr().err


@only(["folder"])
def test_no_build_gets_between_the_swap_and_the_upload(author, monkeypatch):
    monkeypatch.setattr(atomic_swap, "PATIENCE", 0.1)
    tried = []

    def say(text):
        if text.startswith("Copying"):
            child = os.fork()
            if not child:
                try:
                    with pytest.raises(SystemExit):
                        build(author.root / "publishconf.py", drafts=True)
                    os._exit(0)
                finally:
                    os._exit(9)
            tried.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))

    assert author.publish(say=say) == 0
    assert tried == [0]

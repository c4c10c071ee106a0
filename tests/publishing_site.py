"""A small site, and the targets that it is published to: a folder, a git repository, a real SSH server."""

import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from authorsite.publishing.publish import publish
from conftest import ROOT, post

KINDS = ("folder", "git", "rsync")
# A home page that links to all posts, so that the checks of the site pass.
HOME = """<!DOCTYPE html><title>{{ SITENAME }}</title><link rel="stylesheet" href="{{ SITEURL }}/style.css">
{% for article in articles %}<a href="{{ SITEURL }}/{{ article.url }}">{{ article.title }}</a>{% endfor %}"""
PAGE = """<!DOCTYPE html><title>{{ article.title }}</title><link rel="stylesheet" href="{{ SITEURL }}/style.css">
{{ article.content|safe }}"""
# Replaces ssh: the server's half of rsync runs on this machine.
FAKE_SSH = 'while [ "$1" != 127.0.0.1 ]; do shift; done; shift; exec "$@"'
SETTINGS = """
from authorsite.defaults import *
SITENAME, AUTHOR, TIMEZONE, DEFAULT_CATEGORY = "Ann Author", "Ann Author", "America/Chicago", "Commentary"
AUTHORSITE = {{"url": {url!r}, "publish": {target!r}, "allow": {{"orphan": "one"}}}}
AUTHORSITE["feeds"] = {{"items": 1, "hub": {hub!r}, "allow": {allow!r}}}
AUTHORSITE["gone"] = {gone!r}
PATH, OUTPUT_PATH, CACHE_PATH = {here!r} + "/content", {here!r} + "/output", {here!r} + "/.cache"
PLUGIN_PATHS = [{root!r} + "/plugins"]
THEME, THEME_STATIC_DIR = {here!r} + "/theme", ""
DIRECT_TEMPLATES = ["index"]
TAG_SAVE_AS = YEAR_ARCHIVE_SAVE_AS = MONTH_ARCHIVE_SAVE_AS = ""
"""


def require_programs(*programs):
    """Skip the test if a program is missing; fail with CI=true."""
    missing = [name for name in programs if not shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin")]
    if missing:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"not installed: {', '.join(missing)}")


def git(folder, *arguments):
    identity = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"]
    process = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    return process.stdout.strip()


@pytest.fixture(scope="module")
def ssh_server(tmp_path_factory):
    """A real sshd on a free port with its own keys; returns its port and the ssh command for rsync."""
    require_programs("sshd", "ssh", "rsync")
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
    # As root, sshd needs this empty folder.
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
    # Share one connection: authentication takes most of the time of a short publish.
    master = subprocess.Popen([*shell.split(), "-M", "-N", "-p", str(port), "127.0.0.1"])
    yield port, shell
    for started in (master, process):
        started.terminate()
        started.wait(10)


class Author:
    """A small site and the folder `destination` that it is published to; `live` returns the published files."""

    def __init__(self, root, kind, port=None):
        self.root, self.kind, self.destination = root, kind, root / "live"
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
            "folder": {"kind": "folder", "path": str(self.destination)},
            "git": {"kind": "git", "verify": 0},
            "rsync": {"kind": "rsync", "host": "127.0.0.1", "path": str(self.destination), "port": port, "verify": 0},
        }[kind]
        if kind == "git":
            require_programs("git")
            git(root, "init", "-q", "--bare", "live")
            git(root, "init", "-q", "-b", "main")
            git(root, "remote", "add", "origin", str(self.destination))
        self.configure()
        self.write("first", "One.")

    def configure(self, url="https://ann.example", hub="", allow=(), gone=(), **target):
        self.target |= target
        values = {"root": str(ROOT), "here": str(self.root), "url": url, "hub": hub, "target": self.target}
        values |= {"allow": dict.fromkeys(allow, "meant"), "gone": dict.fromkeys(gone, "meant")}
        (self.root / "publishconf.py").write_text(SETTINGS.format(**values))

    def write(self, slug, body, category="News"):
        path = self.root / f"content/posts/{slug}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(post(title=slug.title(), date=f"2019-03-{1 + len(slug):02}", body=body, category=category))

    def publish(self, **options):
        self.messages = []
        return publish(self.root / "publishconf.py", **{"yes": True, "report": self.messages.append, **options})

    def publish_and_kill_at(self, step):
        """Publish in a process that is killed at its message number `step`; return whether it was killed."""
        messages = []

        def report(text):
            messages.append(text)
            if len(messages) > step:
                os.kill(os.getpid(), signal.SIGKILL)

        child = os.fork()
        if not child:
            try:
                os._exit(self.publish(report=report))
            finally:
                os._exit(9)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert status in {0, -signal.SIGKILL}
        return status != 0

    def publish_and_kill_after(self, seconds):
        """Publish in a process group that is killed after so many seconds."""
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
        """Add a post, change a stylesheet, and let every post use a new one."""
        self.write("second", "Two.")
        (self.root / "theme/static/style.css").write_text("p { margin: 2em }")
        (self.root / "theme/static/new.css").write_text("b { margin: 2em }")
        (self.root / "theme/templates/article.html").write_text(PAGE.replace("style.css", "new.css"))

    def live(self):
        """Return the published files by path."""
        folder = self.destination
        if self.kind == "git":
            if not git(folder, "branch", "--list", "gh-pages"):
                return {}
            folder = self.root / "checkout"
            shutil.rmtree(folder, ignore_errors=True)
            git(self.root, "clone", "-q", "-b", "gh-pages", str(self.destination), str(folder))
        return {name: data for name, data in read_tree(folder).items() if name != "CNAME"}

    def output(self):
        return read_tree(self.root / "output")


def read_tree(folder):
    """Return the content of every file by path, without hidden files and folders at the top."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    return {name: data for name, data in files.items() if name[0] != "."}


@pytest.fixture
def author(tmp_path, request, monkeypatch):
    kind, port = request.param, None
    if kind == "rsync":
        port, shell = request.getfixturevalue("ssh_server")
        monkeypatch.setenv("RSYNC_RSH", shell)
    if kind == "local rsync":
        require_programs("rsync")
        (tmp_path / "fake-ssh").write_text(FAKE_SSH)
        monkeypatch.setenv("RSYNC_RSH", f"sh {tmp_path}/fake-ssh")
    return Author(tmp_path, kind.split()[-1], port)


for_targets = partial(pytest.mark.parametrize, "author", indirect=True)
every_target = for_targets(KINDS)
every_local_target = for_targets(("folder", "git", pytest.param("local rsync", marks=pytest.mark.nightly)))
"""For tests that do not depend on the transport."""

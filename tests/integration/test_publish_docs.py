"""The commands of docs/start.md and docs/publishing.md, run as printed from an empty folder to a published site.

Blocks of `sh` are run; `python` blocks of one line are written into the settings; `text` is what the commands print.
Only what would leave this machine is replaced: pip finds the libraries of this environment, GitHub is a bare
repository, and the live site is not waited for.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import venv
from pathlib import Path

import httpx
import pytest
from conftest import ROOT
from serving import serve_folder

GITHUB = "git@github.com:YOU/my-site.git"
URL = "https://YOU.github.io/my-site"
BLOCK = re.compile(r"^```(sh|python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def do_not_wait(settings):
    """Publish without waiting for the live site, which is on the internet."""
    return settings.replace('{"kind": "git"}', '{"kind": "git", "verify": 0}')


class Newcomer:
    """Types the commands of a page of the docs in the folder `cwd`; `printed` has the output of each command."""

    def __init__(self, folder):
        self.cwd, self.github, self.printed = folder, folder / "github.git", {}
        git = {
            f"GIT_{role}_{key}": "a@ladders.example" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")
        }
        pip = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0"}
        self.env = {**os.environ, **git, **pip, "GIT_CONFIG_GLOBAL": os.devnull, "SITE_DATE": "2020-06-01T12:00"}
        subprocess.run(["git", "init", "-q", "--bare", str(self.github)], check=True)

    def follow(self, page):
        """Run and write what the page says, in order; its `text` must have been printed before."""
        for kind, text in BLOCK.findall((ROOT / "docs" / page).read_text("utf-8")):
            if kind == "sh":
                for command in text.splitlines():
                    self.type(command)
            elif kind == "python":
                self.write_setting(text)
            elif not text.startswith("Waiting"):
                assert text.strip() in "".join(self.printed.values())

    def type(self, command):
        if command.startswith("cd "):
            self.cwd /= command.removeprefix("cd ")
        elif command.startswith("python3 -m venv "):
            self.make_environment(self.cwd / command.removeprefix("python3 -m venv "))
        elif command.endswith("authorsite serve"):
            self.serve(command)
        else:
            command = re.sub(r"^(\S+)/pip ", r"\1/python -m pip ", command).replace(GITHUB, str(self.github))
            process = subprocess.run(
                ["sh", "-c", command],
                cwd=self.cwd,
                env=self.env,
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
            )
            self.printed[command] = process.stderr + process.stdout
            assert process.returncode == 0, f"{command}: {self.printed[command]}"
            if folder := re.search(r"authorsite init (\S+)", command):
                conf = self.cwd / folder[1] / "publishconf.py"
                conf.write_text(do_not_wait(conf.read_text("utf-8")), "utf-8")

    def make_environment(self, folder):
        """Make an environment that sees the libraries of this one."""
        venv.create(folder, symlinks=True)
        packages = sysconfig.get_path("purelib", vars={"base": str(folder)})
        Path(packages, "others.pth").write_text(sysconfig.get_path("purelib"))

    def serve(self, command):
        """Open the page that the server names, then stop it as Ctrl-C does."""
        with subprocess.Popen(
            [*command.split(), "--port", "8700"], cwd=self.cwd, env=self.env, stdout=subprocess.PIPE, text=True
        ) as server:
            try:
                url = next(match[0] for line in server.stdout if (match := re.search(r"http://127[\d.:]+/", line)))
                deadline = time.monotonic() + 30
                while httpx.get(url).status_code != 200:
                    assert time.monotonic() < deadline
                    time.sleep(0.1)
            finally:
                server.send_signal(signal.SIGINT)

    def write_setting(self, text):
        """Write a line into the settings file that has its key."""
        if text.count("\n") != 1:
            return
        (key,) = re.findall(r'^ *("url"|AUTHORSITE)', text)
        path = self.cwd / ("pelicanconf.py" if key == '"url"' else "publishconf.py")
        old = path.read_text("utf-8")
        new = re.sub(rf"^ *{key}.*\n", lambda _: do_not_wait(text), old, count=1, flags=re.MULTILINE)
        assert key in new
        path.write_text(new, "utf-8")


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory):
    newcomer = Newcomer(tmp_path_factory.mktemp("newcomer"))
    (newcomer.cwd / "authorsite").symlink_to(ROOT)
    return newcomer


@pytest.fixture(scope="module")
def started(newcomer):
    """The site of docs/start.md, published and upgraded."""
    newcomer.follow("start.md")
    return newcomer.cwd


def check_published(github, folder):
    """Clone the published branch and request every URL of its sitemap."""
    live = folder / "live/my-site"
    subprocess.run(["git", "clone", "-q", "-b", "gh-pages", str(github), str(live)], check=True)
    urls = re.findall(r"<loc>\s*(.*?)\s*</loc>", (live / "sitemap.xml").read_text("utf-8"))
    assert len(urls) >= 5
    with serve_folder(live.parent) as base_url, httpx.Client(base_url=base_url) as client:
        statuses = {url: client.get(url.removeprefix(URL.removesuffix("/my-site"))).status_code for url in urls}
    assert {url: status for url, status in statuses.items() if status != 200} == {}


def test_docs_start_leads_from_an_empty_folder_to_a_published_site(newcomer, started, tmp_path):
    assert (started / "content/posts/on-ladders.md").is_file()
    check_published(newcomer.github, tmp_path)
    upgraded = newcomer.printed[".venv/bin/authorsite upgrade ../authorsite"]
    assert "requirements.txt names it. Checking the site …" in upgraded
    assert "Ready to publish: no problems found." in upgraded


def test_docs_publishing_works_in_another_site_beside_it(started, tmp_path):
    newcomer = Newcomer(tmp_path)
    newcomer.env["PATH"] = f"{started}/.venv/bin:{newcomer.env['PATH']}"
    newcomer.type("authorsite init second --yes")
    (tmp_path / "second/.venv").symlink_to(started / ".venv")
    newcomer.type("cd second")
    newcomer.follow("publishing.md")
    assert "Dry run: nothing was swapped in or uploaded." in newcomer.printed[".venv/bin/authorsite publish --dry-run"]
    check_published(newcomer.github, tmp_path)


def test_a_missing_plugin_package_is_reported_in_one_line(tmp_path):
    for name in ("pelicanconf.py", "publishconf.py", "tasks.py"):
        shutil.copy2(ROOT / name, tmp_path)
    process = subprocess.run(
        [sys.executable, "-m", "invoke", "publish", "--yes"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert process.returncode == 1
    assert "Traceback" not in process.stdout + process.stderr
    assert process.stderr.strip().startswith("plugins/authorsite did not load")

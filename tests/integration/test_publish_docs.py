"""What docs/publishing.md promises a newcomer: its commands, run against a local bare repository."""

import os
import re
import shutil
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from conftest import ROOT

DATE = "2020-06-01T12:00"


def commands():
    """Return the arguments of each `make` in a sh block of the guide, in order."""
    guide = (ROOT / "docs/publishing.md").read_text("utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", guide, re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


def setting():
    """Return the line that the guide tells to put into publishconf.py."""
    return re.search(r"```python\n\s*(AUTHORSITE = .*?)\n\s*```", (ROOT / "docs/publishing.md").read_text("utf-8"))[1]


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The example site, as the guide publishes it: what each command said, and a checkout of what is live."""
    root = tmp_path_factory.mktemp("newcomer")
    bare, clone, live = root / "github.git", root / "my-site", root / "live"

    def run(*words, cwd=root, **more):
        env = {**os.environ, "SITE_DATE": DATE, "GIT_CONFIG_GLOBAL": os.devnull}
        done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=120, **more)
        return done.returncode, done.stdout + done.stderr

    run("git", "init", "-q", "--bare", str(bare))
    clone.mkdir()
    for name in ("content", "plugins", "theme"):
        shutil.copytree(ROOT / name, clone / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pelicanconf.py", "publishconf.py", "tasks.py", "Makefile"):
        shutil.copy2(ROOT / name, clone)
    # The locked dependencies are not installed a second time: `make X` is `invoke X` in this very environment.
    (clone / "Makefile").write_text(f"%:\n\t@{sys.executable} -m invoke $@ $(ARGS)\nMakefile: ;\n")
    run("git", "init", "-q", "-b", "main", cwd=clone)
    run("git", "remote", "add", "origin", str(bare), cwd=clone)
    conf = clone / "publishconf.py"
    # Nothing of this test is at the site's own address, so nobody there is asked.
    line = setting().replace('{"kind": "git"}', '{"kind": "git", "verify": 0}')
    assert line != setting()
    conf.write_text(re.sub(r"^AUTHORSITE = .*$", line, conf.read_text("utf-8"), flags=re.MULTILINE))
    told = [(command, *run("sh", "-c", command, cwd=clone)) for command in commands()]
    again = run("sh", "-c", commands()[-1], cwd=clone)
    run("git", "clone", "-q", "-b", "gh-pages", str(bare), str(live))
    return told, again, live, clone


def test_every_command_of_the_guide_does_what_it_says(published):
    told, _, live, clone = published
    assert [command for command, _, _ in told] == [
        "make new ARGS='\"On ladders\"'",
        "make check",
        "make publish ARGS=--dry-run",
        "make publish ARGS=--yes",
    ]
    for command, status, said in told:
        assert status == 0, f"{command}: {said}"
    assert "content/posts/on-ladders.md" in told[0][2]
    assert (clone / "content/posts/on-ladders.md").exists()
    assert "A dry run" in told[2][2]
    assert (live / ".nojekyll").exists()
    assert (live / "CNAME").read_text() == "whatiscoworkingthebook.com\n"


def test_a_second_publish_says_that_there_is_nothing_to_do(published):
    status, said = published[1]
    assert status == 0, said
    assert "Nothing to publish: branch gh-pages of origin holds this site already." in said


def test_the_published_site_answers_every_address_of_its_sitemap(published):
    live = published[2]

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(live)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here = f"http://127.0.0.1:{server.server_port}"
    site = "https://whatiscoworkingthebook.com"
    listed = re.findall(r"<loc>\s*(.*?)\s*</loc>", (live / "sitemap.xml").read_text("utf-8"))
    assert len(listed) > 20
    with httpx.Client(base_url=here) as client:
        answers = {url: client.get(url.removeprefix(site)).status_code for url in listed}
    server.shutdown()
    server.server_close()
    assert {url: status for url, status in answers.items() if status != 200} == {}


def test_what_a_bare_folder_lacks_is_said_in_one_line(tmp_path):
    for name in ("pelicanconf.py", "publishconf.py", "tasks.py"):
        shutil.copy2(ROOT / name, tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "invoke", "publish", "--yes"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stderr.strip().startswith("plugins/authorsite did not load")

"""The commands of docs/publishing.md, run against a local bare repository."""

import os
import re
import shutil
import subprocess
import sys

import httpx
import pytest
from conftest import ROOT
from serving import serve_folder

DATE = "2020-06-01T12:00"


def commands():
    """Return the arguments of each `make` in a sh block of the guide, in order."""
    guide = (ROOT / "docs/publishing.md").read_text("utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", guide, re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


def publish_setting():
    """Return the line for publishconf.py from the guide."""
    return re.search(r"```python\n\s*(AUTHORSITE = .*?)\n\s*```", (ROOT / "docs/publishing.md").read_text("utf-8"))[1]


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The example site, published by the guide's commands.

    Returns (command, status, output) of each command, (status, output) of a second publish, a checkout of the published
    branch, and the author's clone.
    """
    root = tmp_path_factory.mktemp("newcomer")
    bare, clone, live = root / "github.git", root / "my-site", root / "live"

    def run(*command, cwd=root):
        env = {**os.environ, "SITE_DATE": DATE, "GIT_CONFIG_GLOBAL": os.devnull}
        process = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=120)
        return process.returncode, process.stdout + process.stderr

    run("git", "init", "-q", "--bare", str(bare))
    clone.mkdir()
    for name in ("content", "plugins", "theme"):
        shutil.copytree(ROOT / name, clone / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pelicanconf.py", "publishconf.py", "tasks.py", "Makefile"):
        shutil.copy2(ROOT / name, clone)
    # Do not install the locked dependencies again: run `invoke X` in this environment for `make X`.
    (clone / "Makefile").write_text(f"%:\n\t@{sys.executable} -m invoke $@ $(ARGS)\nMakefile: ;\n")
    run("git", "init", "-q", "-b", "main", cwd=clone)
    run("git", "remote", "add", "origin", str(bare), cwd=clone)
    conf = clone / "publishconf.py"
    # The test does not publish to the site's own URL, so do not verify it there.
    line = publish_setting().replace('{"kind": "git"}', '{"kind": "git", "verify": 0}')
    assert line != publish_setting()
    conf.write_text(re.sub(r"^AUTHORSITE = .*$", line, conf.read_text("utf-8"), flags=re.MULTILINE))
    results = [(command, *run("sh", "-c", command, cwd=clone)) for command in commands()]
    second_publish = run("sh", "-c", commands()[-1], cwd=clone)
    run("git", "clone", "-q", "-b", "gh-pages", str(bare), str(live))
    return results, second_publish, live, clone


def test_every_command_of_the_guide_works(published):
    results, _, live, clone = published
    assert [command for command, _, _ in results] == [
        "make new ARGS='\"On ladders\"'",
        "make check",
        "make publish ARGS=--dry-run",
        "make publish ARGS=--yes",
    ]
    for command, status, output in results:
        assert status == 0, f"{command}: {output}"
    assert "content/posts/on-ladders.md" in results[0][2]
    assert (clone / "content/posts/on-ladders.md").exists()
    assert "Dry run" in results[2][2]
    assert (live / ".nojekyll").exists()
    assert (live / "CNAME").read_text() == "whatiscoworkingthebook.com\n"


def test_a_second_publish_has_nothing_to_do(published):
    status, output = published[1]
    assert status == 0, output
    assert "Nothing to publish: branch gh-pages of origin is up to date." in output


def test_the_published_site_serves_every_url_of_its_sitemap(published):
    live = published[2]
    site_url = "https://whatiscoworkingthebook.com"
    urls = re.findall(r"<loc>\s*(.*?)\s*</loc>", (live / "sitemap.xml").read_text("utf-8"))
    assert len(urls) > 20
    with serve_folder(live) as base_url, httpx.Client(base_url=base_url) as client:
        statuses = {url: client.get(url.removeprefix(site_url)).status_code for url in urls}
    assert {url: status for url, status in statuses.items() if status != 200} == {}


def test_a_missing_plugin_package_is_reported_in_one_line(tmp_path):
    for name in ("pelicanconf.py", "publishconf.py", "tasks.py"):
        shutil.copy2(ROOT / name, tmp_path)
    process = subprocess.run(
        [sys.executable, "-m", "invoke", "publish", "--yes"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert process.returncode == 1
    assert "Traceback" not in process.stdout + process.stderr
    assert process.stderr.strip().startswith("plugins/authorsite did not load")

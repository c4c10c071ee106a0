"""The Nu checker on every page: no error, no warning."""

import json
import os
import shutil
import subprocess
from contextlib import ExitStack
from urllib.parse import quote

import pytest
from conftest import ROOT
from serving import serve_folder

JAR = ROOT / "node_modules/vnu-jar/build/dist/vnu.jar"


@pytest.fixture(scope="session")
def checker():
    """The command; without Java, Node or the checker the test is skipped, or fails if CI=true."""
    if not JAR.exists() and shutil.which("npm"):
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=ROOT, check=False, capture_output=True, timeout=300)
    if not (shutil.which("java") and JAR.exists()):
        word = "no HTML checker: it needs java, npm and `npm ci --ignore-scripts`"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(word)
    return [
        "java",
        "-Xss8m",
        "-Dnu.validator.servlet.allow-forbidden-hosts=true",
        "-jar",
        str(JAR),
        "--format",
        "json",
        "--skip-non-html",
    ]


def test_every_page_is_valid_html(checker, site, rich, bare):
    pages = []
    with ExitStack() as servers:
        # By HTTP, so that the checker knows what "self" is in a page's policy.
        for output in (each.root / "output" for each in (site, rich, bare)):
            url = servers.enter_context(serve_folder(output))
            pages += [f"{url}/{quote(page.relative_to(output).as_posix())}" for page in sorted(output.rglob("*.html"))]
        done = subprocess.run([*checker, *pages], capture_output=True, text=True, timeout=170, check=False)
    found = {
        f"{m.get('url', '')}:{m.get('lastLine')}: {m['message']}: {m.get('extract', '')[:100]}"
        for m in json.loads(done.stderr or "{}")["messages"]
    }
    assert sorted(found)[:20] == []

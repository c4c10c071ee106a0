"""Upgrading a site: wheels of two versions, installed into an environment of its own that sees this one's libraries."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
from conftest import ROOT, SITE_DATE, post

SETTINGS = """from authorsite.defaults import *

SITENAME = AUTHOR = "Ann Author"
TIMEZONE = "UTC"
AUTHORSITE = {"url": "https://ann.example", "tagline": "Ladders", "search": False, "social_cards": False}
AUTHORSITE["publish"] = {"kind": "folder", "path": "live"}
AUTHORSITE["allow"] = {"orphan": "one"}
"""
WHEEL = "authorsite-{}-py3-none-any.whl"


def make_checkout(folder, version, **changes):
    """Copy what a wheel is made of, as another version with changed modules: `name=(old, new)`."""
    for name in ("plugins", "theme", "docs"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("README.md", "LICENSE"):
        shutil.copy2(ROOT / name, folder)
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    (folder / "pyproject.toml").write_text(
        re.sub('^version = ".*"', f'version = "{version}"', project, flags=re.MULTILINE)
    )
    for module, (old, new) in changes.items():
        path = folder / f"plugins/authorsite/{module}.py"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
    return folder


def build_wheel(checkout, folder):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=checkout,
        check=True,
        capture_output=True,
    )


@pytest.fixture(scope="module")
def versions(tmp_path_factory):
    """A folder with the wheels of two versions and, in new/, the checkout of the second one.

    The first has the setting `tagline`, which the second one calls `description`, as well as other URLs of tags.
    """
    folder = tmp_path_factory.mktemp("versions")
    description = '    description: str = ""\n'
    old = make_checkout(folder / "old", "1.0.0", settings=(description, description + '    tagline: str = ""\n'))
    new = make_checkout(
        folder / "new",
        "1.1.0",
        changed_keys=(
            "...] = (",
            '...] = (\n    ChangedKey("SiteSettings", "tagline", "1.1.0", "description"),\n',
        ),
        defaults=('TAG_URL = "tag/', 'TAG_URL = "topic/'),
    )
    for checkout in (old, new):
        build_wheel(checkout, folder)
    return folder


class InstalledSite:
    """A site with an environment of its own, in which pip downloads nothing."""

    def __init__(self, root):
        self.root, self.python = root, root / ".venv/bin/python"
        venv.create(root / ".venv", symlinks=True)
        packages = Path(sysconfig.get_path("purelib", vars={"base": str(root / ".venv")}))
        (packages / "others.pth").write_text(sysconfig.get_path("purelib"))

    def run(self, *command, **env):
        env = {**os.environ, "SITE_DATE": SITE_DATE, "PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", **env}
        process = subprocess.run(
            command, cwd=self.root, env=env, capture_output=True, text=True, check=False, timeout=120
        )
        return process.returncode, process.stdout + process.stderr

    def pip(self, *arguments):
        status, output = self.run(self.python, "-m", "pip", "install", "-q", *arguments)
        assert status == 0, output

    def authorsite(self, *arguments, **env):
        return self.run(self.root / ".venv/bin/authorsite", *arguments, **env)

    def version(self):
        return self.authorsite("--version")[1].split()[-1]

    def sources(self):
        """Return the content of every file of the site that is not made by a build or by pip."""
        made = {".venv", ".cache", "output", "live", "__pycache__"}
        paths = (path for path in self.root.rglob("*") if path.is_file())
        relative = {path: path.relative_to(self.root) for path in paths}
        return {name.as_posix(): path.read_bytes() for path, name in relative.items() if name.parts[0] not in made}


@pytest.fixture
def site(tmp_path, versions):
    """A site whose requirements name the first version, which is installed."""
    site = InstalledSite(tmp_path)
    first = WHEEL.format("1.0.0")
    files = {
        "pelicanconf.py": SETTINGS,
        "publishconf.py": SETTINGS,
        "requirements.txt": f"# The generator:\n./vendor/{first}\n",
        "content/posts/a.md": post("First", tags="[b]"),
        "theme_overrides/partials/note.html": "Mine.",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "vendor").mkdir()
    shutil.copy2(versions / first, tmp_path / "vendor")
    site.pip("-r", "requirements.txt")
    return site


def test_an_upgrade_says_what_has_changed_and_leaves_the_authors_files_alone(site, versions):
    status, output = site.authorsite("publish", "--yes")
    assert status == 0, output
    assert (site.root / "live/tag/b/index.html").exists()
    before, second = site.sources(), WHEEL.format("1.1.0")
    status, output = site.authorsite("upgrade", str(versions / second))
    # The renamed key stops the check that follows.
    assert status == 1, output
    assert "authorsite is 1.1.0 now (was 1.0.0)." in output
    assert "`tagline` was renamed to `description` in version 1.1.0 - rename it to `description`" in output
    assert site.version() == "1.1.0"
    after = site.sources()
    assert after.pop("requirements.txt") == f"# The generator:\n./vendor/{second}\n".encode()
    assert after.pop(f"vendor/{second}") == (versions / second).read_bytes()
    del before["requirements.txt"], before[f"vendor/{WHEEL.format('1.0.0')}"]
    assert after == before
    for name in ("pelicanconf.py", "publishconf.py"):
        (site.root / name).write_text(SETTINGS.replace("tagline", "description"))
    status, output = site.authorsite("publish", "--dry-run")
    assert status == 0, output
    assert "Published by authorsite 1.0.0, built by 1.1.0. What differs:" in output
    assert "  new: /topic/b/\n" in output
    assert "  gone: /tag/b/\n" in output
    assert (site.root / "live/tag/b/index.html").exists()


@pytest.mark.nightly
def test_a_checkout_of_the_same_version_is_installed_too(site, versions, tmp_path_factory):
    checkout = tmp_path_factory.mktemp("checkout")
    shutil.copytree(versions / "old", checkout, dirs_exist_ok=True)
    (checkout / "plugins/authorsite/shown.py").write_text("")
    status, output = site.authorsite("upgrade", str(checkout))
    assert status == 0, output
    assert "authorsite is 1.0.0 now (as before; it was installed again)." in output
    assert site.run(site.python, "-c", "import authorsite.shown")[0] == 0
    names = [path.name for path in (site.root / "vendor").iterdir()]
    assert names == [WHEEL.format("1.0.0")]
    assert (site.root / "vendor" / names[0]).read_bytes() != (versions / names[0]).read_bytes()


@pytest.mark.nightly
def test_a_git_url_is_pinned_to_its_commit(site, versions, tmp_path_factory):
    repository = tmp_path_factory.mktemp("repository")
    shutil.copytree(versions / "new", repository, dirs_exist_ok=True)
    git = ("git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-C", str(repository))
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "New"]):
        subprocess.run([*git, *command], check=True)
    commit = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    url = f"git+file://{repository}"
    _, output = site.authorsite("upgrade", url)
    assert "authorsite is 1.1.0 now (was 1.0.0)." in output
    line = f"authorsite @ {url}@{commit}"
    assert (site.root / "requirements.txt").read_text() == f"# The generator:\n{line}\n"
    assert commit[:7] in site.authorsite("--version")[1]


@pytest.mark.nightly
@pytest.mark.parametrize("source", ["authorsite-9.9-py3-none-any.whl", "git+file:///none/such"])
def test_an_upgrade_that_fails_changes_nothing(site, source):
    (site.root / "authorsite-9.9-py3-none-any.whl").write_bytes(b"This is no wheel.")
    before = site.sources()
    status, output = site.authorsite("upgrade", source)
    assert status == 1
    installing, line = output.splitlines()
    assert installing.startswith("Installing ")
    assert line.startswith("pip could not install it, and nothing has changed: ")
    assert site.sources() == before
    assert site.version() == "1.0.0"


def test_the_repository_itself_is_not_upgraded_by_pip(tmp_path):
    (tmp_path / "requirements.txt").write_text("authorsite==1.0\n")
    code = f"import sys; sys.path.insert(0, {str(ROOT / 'plugins')!r}); from authorsite.cli import main; main()"
    process = subprocess.run(
        [sys.executable, "-c", code, "upgrade"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert process.returncode == 1
    assert process.stderr == "authorsite is not installed here, but runs from its repository - use git pull\n"

"""The installed package: its files, its command, and the way from an empty folder to a published site.

No test downloads anything: new environments see the libraries of this one, and only the package is installed in them.
"""

import os
import re
import shutil
import site
import subprocess
import sys
import venv
from zipfile import ZipFile

import httpx
import pytest
from authorsite.publishing.build import build
from authorsite.publishing.installed_from import build_wheel, format_requirement
from authorsite.version import get_version
from conftest import ROOT, SITE_DATE, Site, post
from publishing_site import git, require_programs
from serving import serve_folder

WHEEL = f"authorsite-{get_version()}-py3-none-any.whl"
URL = "https://ladders.example"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, made from the repository by `pip wheel`."""
    return build_wheel(ROOT, tmp_path_factory.mktemp("wheel"))


def run(*command, cwd, status=0):
    """Run a command as in a new terminal of the author; return what it prints."""
    env = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    env |= {"GIT_CONFIG_GLOBAL": os.devnull, "SITE_DATE": SITE_DATE}
    process = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert process.returncode == status, process.stdout + process.stderr
    return process.stdout + process.stderr


def make_environment(folder):
    """Make a virtual environment that sees the libraries of this one, without pip; return a function that installs."""
    venv.create(folder, symlinks=True)
    packages = next(folder.glob("lib/python3*/site-packages"))
    (packages / "libraries.pth").write_text("\n".join(site.getsitepackages()))

    def install(*arguments, cwd=folder):
        pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin/python"), "install", "--quiet"]
        return run(*pip, "--no-deps", "--no-index", "--no-build-isolation", "--no-compile", *arguments, cwd=cwd)

    return install


def list_files(archive):
    return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_has_the_packages_with_their_data_and_nothing_else(wheel):
    assert wheel.name == WHEEL
    with ZipFile(wheel) as archive:
        names = archive.namelist()
    info = WHEEL.replace("-py3-none-any.whl", ".dist-info")
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"authorsite", "pelican_incremental", info}
    for source, target in (
        ("plugins/authorsite", "authorsite"),
        ("plugins/pelican_incremental", "pelican_incremental"),
        ("theme", "authorsite/theme"),
    ):
        files = {path.relative_to(ROOT / source).as_posix() for path in (ROOT / source).rglob("*") if path.is_file()}
        missing = {f"{target}/{name}" for name in files if "__pycache__" not in name} - set(names)
        assert not missing
    assert "authorsite/docs/start.md" in names or "authorsite/docs/writing.md" in names
    assert {f"{info}/licenses/LICENSE", f"{info}/entry_points.txt"} <= set(names)
    assert not [name for name in names if re.search(r"\.pyc$|(^|/)(tests|content)/", name)]


def test_the_metadata_names_the_libraries_and_the_license_and_invents_no_address(wheel):
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        header = archive.read(name).decode().partition("\n\n")[0]
    for line in ("Name: authorsite", "License-Expression: AGPL-3.0-or-later", "Requires-Python: >=3.11"):
        assert line in header.splitlines()
    assert "Requires-Dist: pelican<4.13,>=4.12" in header
    assert "://" not in header


@pytest.fixture(scope="module")
def walk(wheel, tmp_path_factory):
    """The way of a newcomer, command by command; returns the folder of the site and what each command printed."""
    require_programs("git")
    root = tmp_path_factory.mktemp("newcomer")
    folder, program = root / "my-site", root / "my-site/.venv/bin/authorsite"
    said = {}
    make_environment(folder / ".venv")(str(wheel))
    said["init"] = run(str(program), "init", "my-site", "--yes", cwd=root)

    def authorsite(*arguments):
        said[arguments[0]] = run(".venv/bin/authorsite", *arguments, cwd=folder)

    authorsite("--help")
    authorsite("new", "On ladders")
    for name, old, new in (
        ("pelicanconf.py", "https://example.org", URL),
        ("publishconf.py", '{"kind": "git"}', '{"kind": "git", "verify": 0}'),
        ("content/posts/on-ladders.md", "status: draft\n", ""),
    ):
        text = (folder / name).read_text("utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new))
    git(root, "init", "-q", "--bare", "origin.git")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "remote", "add", "origin", str(root / "origin.git"))
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "Begin")
    authorsite("check")
    authorsite("publish", "--yes")
    git(root, "clone", "-q", "-b", "gh-pages", "origin.git", "live")
    return folder, said


def test_a_newcomer_publishes_a_site_whose_sitemap_is_served(walk):
    folder, said = walk
    assert said["init"] == "my-site is ready. Next:\n  cd my-site\n  .venv/bin/authorsite serve\n"
    assert f"The documentation is in {folder}/.venv/lib/" in said["--help"]
    assert said["new"].strip() == str(folder / "content/posts/on-ladders.md")
    assert "Ready to publish: no problems found.\n" in said["check"]
    live = folder.with_name("live")
    assert (live / "CNAME").read_text() == "ladders.example\n"
    urls = re.findall(r"<loc>\s*(.*?)\s*</loc>", (live / "sitemap.xml").read_text("utf-8"))
    assert f"{URL}/2020/02/03/on-ladders/" in urls
    assert {f"{URL}/", f"{URL}/about/", f"{URL}/books/my-first-book/", f"{URL}/books/my-first-book/buy/"} <= {*urls}
    with serve_folder(live) as base_url, httpx.Client(base_url=base_url) as client:
        answers = {url: client.get(url.removeprefix(URL)) for url in urls}
    assert {url: answer.status_code for url, answer in answers.items() if answer.status_code != 200} == {}
    # Only what is to be published is in the repository.
    tracked = git(folder, "ls-files").splitlines()
    assert {name.partition("/")[0] for name in tracked} == {
        *".github .gitignore README.md content pelicanconf.py publishconf.py requirements.txt theme_overrides".split(),
        "vendor",
    }


def test_the_installed_package_writes_what_the_repository_writes(walk, tmp_path):
    folder, _ = walk
    for name in ("content", "pelicanconf.py", "publishconf.py"):
        copy = shutil.copytree if (folder / name).is_dir() else shutil.copy
        copy(folder / name, tmp_path / name)
    assert not build(tmp_path / "publishconf.py").failed
    expected, actual = Site(tmp_path, {}).tree(), Site(folder, {}).tree()
    del actual[".authorsite"]  # what was published
    assert len(expected) > 20
    assert expected.keys() == actual.keys()
    assert [name for name in expected if expected[name] != actual[name]] == []


def test_requirements_install_the_same_version_elsewhere(walk, wheel, tmp_path):
    folder, _ = walk
    assert (folder / "requirements.txt").read_text() == f"./vendor/{WHEEL}\n"
    with ZipFile(folder / "vendor" / WHEEL) as packed, ZipFile(wheel) as original:
        files, expected = list_files(packed), list_files(original)
    (record,) = (name for name in expected if name.endswith("RECORD"))
    assert sorted(files.pop(record).splitlines()) == sorted(expected.pop(record).splitlines())
    assert files == expected
    make_environment(tmp_path / "venv")("-r", "requirements.txt", cwd=folder)
    program = tmp_path / "venv/bin/authorsite"
    assert run(str(program), "--version", cwd=tmp_path) == f"authorsite {get_version()}\n"


def test_a_second_site_beside_the_first_has_nothing_of_it(walk):
    folder, _ = walk
    program, second = str(folder / ".venv/bin/authorsite"), folder.with_name("second-site")
    run(program, "init", "second-site", "--yes", "--name", "Stairs", "--book", "Down again", cwd=folder.parent)
    run(program, "build", cwd=second)
    home = (second / "output/index.html").read_text("utf-8")
    assert "Stairs" in home
    assert "My site" not in home + (second / "output/feed.xml").read_text("utf-8")
    assert "Stairs" not in (folder / "output/index.html").read_text("utf-8")


def test_the_sdist_installs(tmp_path):
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path), cwd=ROOT)
    (sdist,) = tmp_path.glob("*.tar.gz")
    make_environment(tmp_path / "venv")(str(sdist))
    assert run(str(tmp_path / "venv/bin/authorsite"), "--version", cwd=tmp_path) == f"authorsite {get_version()}\n"
    (theme,) = tmp_path.glob("venv/lib/python3*/site-packages/authorsite/theme/templates/base.html")
    assert theme.read_bytes() == (ROOT / "theme/templates/base.html").read_bytes()


@pytest.mark.parametrize(
    ("origin", "line"),
    [
        (
            {"url": "https://host.example/a.git", "vcs_info": {"vcs": "git", "commit_id": "1a2b"}},
            "authorsite @ git+https://host.example/a.git@1a2b",
        ),
        (
            {"url": "https://me:secret@host.example/a.git", "vcs_info": {"vcs": "git", "commit_id": "1a2b"}},
            "authorsite @ git+https://host.example/a.git@1a2b",
        ),
        (
            {"url": "https://host.example/a.whl", "archive_info": {"hashes": {"sha256": "3c4d"}}},
            "authorsite @ https://host.example/a.whl#sha256=3c4d",
        ),
        ({"url": "file:///home/me/a.whl", "archive_info": {"hashes": {"sha256": "3c4d"}}}, ""),
        ({"url": "file:///home/me/authorsite", "dir_info": {}}, ""),
        ({"url": "file:///home/me/authorsite", "vcs_info": {"vcs": "git", "commit_id": "1a2b"}}, ""),
        ({}, "authorsite==0.3.1"),
    ],
)
def test_a_requirement_pins_what_the_package_was_installed_from(origin, line):
    assert format_requirement("0.3.1", origin) == line


WITHOUT_POSIX = """
import os, sys
from pathlib import Path
from authorsite import cli
sys.modules["fcntl"] = None
for name in ("fork", "register_at_fork", "sched_getaffinity"):
    delattr(os, name)
from authorsite.publishing.build import build
result = build(Path("pelicanconf.py"))
print(result.problems.summary())
sys.argv = ["authorsite", "publish", "--yes"]
cli.main()
"""


def test_without_fork_and_file_locks_a_build_works_and_publishing_says_what_is_missing(tmp_path):
    conf = 'from authorsite.defaults import *\nTIMEZONE = "UTC"\nAUTHORSITE = {"url": "https://ladders.example"}\n'
    posts = {f"content/posts/{n}.md": post(f"Post {n}") for n in range(40)}
    tiny = Site(tmp_path, {}).write({"pelicanconf.py": conf, "publishconf.py": conf, **posts})
    env = {**os.environ, "PYTHONPATH": str(ROOT / "plugins")}
    process = subprocess.run(
        [sys.executable, "-c", WITHOUT_POSIX], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert process.returncode == 1, process.stderr
    assert process.stdout == "no problems\n"
    expected = "publishing needs the file locks of a POSIX system - on Windows, publish from WSL\n"
    assert process.stderr == expected
    assert len([*(tiny.root / "output/2019").rglob("index.html")]) >= 40

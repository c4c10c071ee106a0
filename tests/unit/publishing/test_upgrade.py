"""Which files an upgrade changes, with a pip that installs nothing; tests/integration has one with the real pip."""

import json
import subprocess
from types import SimpleNamespace

import pytest
from authorsite.cli import name_source
from authorsite.problems import CommandError
from authorsite.publishing import upgrade as module
from authorsite.publishing.upgrade import upgrade

OLD, NEW = "authorsite-1.0.0-py3-none-any.whl", "authorsite-1.1.0-py3-none-any.whl"
REQUIREMENTS = f"# The generator:\n./vendor/{OLD}\npelican-webassets\n"
COMMIT = {"url": "https://me:secret@git.example/a", "vcs_info": {"vcs": "git", "commit_id": "c0ffee"}}


class FakePip:
    """Replaces pip and the processes that ask what is installed; the list `installed` has what pip was to install."""

    def __init__(self, version="1.1.0", origin=None, error=""):
        self.now, self.after = ["1.0.0", {}], [version, origin or {}]
        self.error, self.installed = error, []

    def run(self, *command, cwd=None):
        if "pip" not in command:
            return json.dumps(self.now).encode()
        self.installed.append([word for word in command[4:] if word not in {"--quiet", "--disable-pip-version-check"}])
        assert cwd
        if self.error:
            raise CommandError(f"/usr/bin/python3: ERROR: {self.error}")
        self.now = self.after
        return b""


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Return a function that upgrades a site; it returns the status of the check, and the fake pip."""
    folder = tmp_path / "site"
    (folder / "vendor").mkdir(parents=True)
    (folder / "vendor" / OLD).write_bytes(b"old")
    (folder / "requirements.txt").write_text(REQUIREMENTS)
    monkeypatch.setattr(module, "distribution", lambda _: None)

    def run(source="", **options):
        pip, checks = FakePip(**options), []
        monkeypatch.setattr(module, "run_command", pip.run)

        def check(command, **_):
            checks.append(command[-1])
            return SimpleNamespace(returncode=0)

        monkeypatch.setattr(subprocess, "run", check)
        assert upgrade(folder, source) == 0
        assert checks == ["check"]
        return pip

    return SimpleNamespace(run=run, folder=folder, files=lambda: read(folder))


def read(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def requirements(line):
    return REQUIREMENTS.replace(f"./vendor/{OLD}", line).encode()


def test_without_a_source_the_requirements_are_installed(site, capsys):
    before = site.files()
    assert site.run().installed == [["-r", str(site.folder / "requirements.txt")]]
    assert site.files() == before
    assert "authorsite is 1.1.0 now (was 1.0.0). requirements.txt names it." in capsys.readouterr().out


def test_a_wheel_replaces_the_one_in_vendor(site, tmp_path):
    (tmp_path / NEW).write_bytes(b"new")
    assert site.run(str(tmp_path / NEW)).installed == [[f"./vendor/{NEW}"]]
    assert site.files() == {NEW: b"new", "requirements.txt": requirements(f"./vendor/{NEW}")}


def test_a_version_that_is_installed_already_is_installed_again(site, tmp_path, capsys):
    (tmp_path / OLD).write_bytes(b"changed")
    pip = site.run(str(tmp_path / OLD), version="1.0.0")
    assert pip.installed == [[f"./vendor/{OLD}"], ["--force-reinstall", "--no-deps", f"./vendor/{OLD}"]]
    assert site.files() == {OLD: b"changed", "requirements.txt": REQUIREMENTS.encode()}
    assert "authorsite is 1.0.0 now (as before; it was installed again)." in capsys.readouterr().out


def test_a_checkout_is_built_and_a_git_url_pinned_to_its_commit_without_its_password(
    site, tmp_path, monkeypatch, capsys
):
    def build(checkout, folder):
        assert checkout == tmp_path / "checkout"
        (folder / NEW).write_bytes(b"built")
        return folder / NEW

    monkeypatch.setattr(module, "build_wheel", build)
    (tmp_path / "checkout").mkdir()
    site.run(str(tmp_path / "checkout"))
    assert site.files() == {NEW: b"built", "requirements.txt": requirements(f"./vendor/{NEW}")}
    site.run("git+https://me:secret@git.example/a@main", origin=COMMIT)
    assert site.files()["requirements.txt"] == requirements("authorsite @ git+https://git.example/a@c0ffee")
    site.run("git+file:///home/me/a@main", origin=COMMIT | {"url": "file:///home/me/a"})
    assert site.files()["requirements.txt"] == requirements("authorsite @ git+file:///home/me/a@c0ffee")
    assert "secret" not in capsys.readouterr().out


@pytest.mark.parametrize("source", ["", OLD, NEW, "git+https://git.example/a"])
def test_if_pip_fails_everything_is_as_it_was(site, tmp_path, monkeypatch, source):
    for name in (OLD, NEW):
        (tmp_path / name).write_bytes(b"broken")
    monkeypatch.chdir(tmp_path)
    before = site.files()
    with pytest.raises(CommandError, match="pip could not install it, and nothing has changed: no such wheel"):
        site.run(source, error="no such wheel")
    assert site.files() == before


@pytest.mark.parametrize(
    ("source", "text", "message"),
    [
        ("1.1.0", REQUIREMENTS, "1.1.0: there is no such source - give a git URL"),
        ("other-1.0-py3-none-any.whl", REQUIREMENTS, "there is no such source"),
        ("", "pelican\nauthorsite-extra==1\n# authorsite\n", "requirements.txt: no line names authorsite - add one"),
        ("", None, "requirements.txt: no such file - go to your site's folder"),
    ],
)
def test_a_wrong_source_or_folder_is_one_line(site, tmp_path, monkeypatch, source, text, message):
    (tmp_path / "other-1.0-py3-none-any.whl").touch()
    monkeypatch.chdir(tmp_path)
    path = site.folder / "requirements.txt"
    path.write_text(text) if text is not None else path.unlink()
    before = site.files()
    with pytest.raises(CommandError) as error:
        site.run(source)
    assert message in str(error.value)
    assert site.files() == before


@pytest.mark.parametrize(
    "line",
    ["authorsite==1.0", "authorsite @ git+https://git.example/a@c0ffee", f"./vendor/{OLD}", "authorsite", OLD],
)
def test_the_line_of_the_generator_is_found(site, line):
    (site.folder / "requirements.txt").write_text(REQUIREMENTS.replace(f"./vendor/{OLD}", line))
    site.run("git+https://git.example/a", origin=COMMIT)
    assert site.files()["requirements.txt"] == requirements("authorsite @ git+https://git.example/a@c0ffee")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("upgrade", "upgrade"),
        ("upgrade a.whl", "upgrade --source a.whl"),
        ("upgrade --source a.whl", "upgrade --source a.whl"),
        ("upgrade --help", "upgrade --help"),
        ("new upgrade --kind page", "new upgrade --kind page"),
    ],
)
def test_the_source_may_stand_alone_on_the_command_line(words, expected):
    assert name_source(["authorsite", *words.split()]) == ["authorsite", *expected.split()]

"""Left-overs of earlier builds and full disks block nothing: they are cleared first, or named in one line."""

import errno
import os
import shutil
from functools import partial
from pathlib import Path

import pytest
from authorsite.publishing import atomic_swap
from authorsite.publishing.atomic_swap import list_leftovers
from authorsite.publishing.publish import publish
from conftest import ROOT, post

SETTINGS = """
from authorsite.defaults import *
SITENAME, AUTHOR, TIMEZONE, DEFAULT_CATEGORY = "Ann Author", "Ann Author", "America/Chicago", "Commentary"
AUTHORSITE = {{"url": "https://ann.example", "strict": True, "allow": {{"orphan": "one"}}, "publish": {target!r}}}
PATH, OUTPUT_PATH, CACHE_PATH = {here!r} + "/content", {here!r} + "/output", {here!r} + "/.cache"
"""


@pytest.fixture
def undeletable(monkeypatch):
    """Files named `stuck` cannot be deleted, as those of another owner; the tests may run as root."""
    unlink = os.unlink

    def refuse(path, *arguments, **options):
        if Path(path).name == "stuck":
            raise PermissionError(errno.EACCES, "Permission denied", path)
        unlink(path, *arguments, **options)

    monkeypatch.setattr(os, "unlink", refuse)


def put_stuck(folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "stuck").write_text("")


@pytest.mark.usefixtures("undeletable")
@pytest.mark.parametrize("exchange", [True, pytest.param(False, marks=pytest.mark.nightly)], ids=["exchange", "rename"])
@pytest.mark.parametrize("name", ["output.previous", "output.staging", "output"])
def test_a_left_over_that_cannot_be_deleted_does_not_stop_builds(make_site, monkeypatch, tmp_path, name, exchange):
    if not exchange:
        monkeypatch.setattr(atomic_swap, "_exchange", lambda *_: False)
    site = make_site({"content/posts/a.md": post()})
    put_stuck(tmp_path / name)
    put_stuck(tmp_path / name / "deep/er")
    for number in range(4):
        site.write({"content/posts/a.md": post(body=f"Version {number}.")})
        built = site.build(strict=True)
        assert not built.failed, [*map(str, built.problems)]
        assert f"Version {number}." in site.output("2019/03/01/a-post/index.html")
        notices = [str(problem) for problem in built.problems]
        [leftover] = list_leftovers(tmp_path / "output")
        hint = f"delete it as its owner: sudo rm -r {leftover}"
        if number or name != "output":  # the first swap has yet to leave it
            assert notices == [f"{leftover.name}: this left-over of an earlier build cannot be deleted - {hint}"]
    monkeypatch.undo()
    monkeypatch.setenv("SITE_DATE", "2020-02-03T12:00")
    assert not [*site.build(strict=True).problems]
    assert sorted(path.name for path in tmp_path.iterdir()) == [".cache", "content", "output"]


@pytest.fixture
def author(tmp_path):
    """Return a function that publishes a site to the folder live/, after its content has been written."""
    target = {"kind": "folder", "path": str(tmp_path / "live")}
    settings = tmp_path / "publishconf.py"
    settings.write_text(SETTINGS.format(root=str(ROOT), here=str(tmp_path), target=target))
    posts = tmp_path / "content/posts"
    posts.mkdir(parents=True)

    def publish_posts(count):
        for number in range(count):
            (posts / f"{number}.md").write_text(post(f"Post {number}", body="[Home](/)"))
        return publish(settings, yes=True, report=lambda _: None)

    return publish_posts


def list_names(folder):
    return sorted(path.name for path in folder.iterdir())


def make_disk_full(monkeypatch, folder, free):
    """Let copies into `folder` fail as on a full disk after so many files."""
    copied = []

    def copy(copy_file, source, destination, **options):
        if str(destination).startswith(f"{folder}.staging"):
            copied.append(destination)
            if len(copied) > free:
                raise OSError(errno.ENOSPC, "No space left on device", str(destination))
        return copy_file(source, destination, **options)

    for name in ("copy2", "copyfile", "copy"):
        monkeypatch.setattr(shutil, name, partial(copy, getattr(shutil, name)))


@pytest.mark.parametrize(
    "free", [pytest.param(0, marks=pytest.mark.nightly), 1, pytest.param(7, marks=pytest.mark.nightly)]
)
@pytest.mark.parametrize("published", [False, True], ids=["first", "second"])
def test_a_full_disk_at_the_folder_is_one_line_and_leaves_nothing(
    author, tmp_path, monkeypatch, capsys, free, published
):
    if published:
        assert author(1) == 0, capsys.readouterr().err
    before = list_names(tmp_path / "live") if published else []
    put = tmp_path / "live.staging/half-copied"
    put.mkdir(parents=True)
    (put / "big.bin").write_bytes(bytes(10_000))
    with monkeypatch.context() as patch:
        make_disk_full(patch, tmp_path / "live", free)
        assert author(30) == 1
    [line] = capsys.readouterr().err.strip().splitlines()
    assert line.startswith("Not published: ")
    assert line.endswith("No space left on device - free some space there, and try again.")
    assert len(line) < 500
    assert [name for name in list_names(tmp_path) if name.startswith("live")] == ["live"] * published
    assert (list_names(tmp_path / "live") if published else []) == before
    assert author(30) == 0, capsys.readouterr().err


def test_what_an_earlier_publish_left_is_deleted_before_the_copy_needs_its_space(author, tmp_path, monkeypatch):
    assert author(1) == 0
    for name in ("live.staging", "live.previous"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "big.bin").write_bytes(bytes(10_000))
    seen = []
    copy = shutil.copy2
    monkeypatch.setattr(
        shutil, "copy2", lambda *a, **o: seen.append([*tmp_path.glob("live*/big.bin")]) or copy(*a, **o)
    )
    assert author(2) == 0
    assert seen
    assert seen[-1] == []


def test_an_interrupted_copy_leaves_nothing(author, tmp_path, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        copy = shutil.copy2
        patch.setattr(shutil, "copy2", lambda s, d, **o: (interrupt if "live.staging" in str(d) else copy)(s, d, **o))
        assert author(1) == 130
    assert [name for name in list_names(tmp_path) if name.startswith("live")] == []


@pytest.mark.usefixtures("undeletable")
def test_a_left_over_beside_the_target_that_cannot_be_deleted_does_not_stop_a_publish(author, tmp_path, capsys):
    assert author(1) == 0
    for name in ("live.staging", "live.previous"):
        put_stuck(tmp_path / name)
    for number in (2, 3, 4):
        assert author(number) == 0, capsys.readouterr().err
        errors = capsys.readouterr().err
        leftovers = list_leftovers(tmp_path / "live")
        assert leftovers
        for leftover in leftovers:
            assert errors.count(f"sudo rm -r {leftover}") == 1


def test_a_full_disk_during_the_build_is_one_problem_with_its_remedy(make_site, monkeypatch, tmp_path):
    site = make_site({"content/posts/a.md": post()})

    def fail(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device", str(tmp_path / "output/x"))

    monkeypatch.setattr("authorsite.publishing.build.stage", fail)
    built = site.build(strict=True)
    assert [str(p) for p in built.problems] == [
        "output/x: No space left on device - free some space there, and try again"
    ]
    assert not [*tmp_path.glob("output.*")]

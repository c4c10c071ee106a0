"""Sites that must not be published: each has its report beside it, in expected.txt; some have settings of their own."""

import json
import shutil
from pathlib import Path

import pytest
from conftest import Site

INVALID = Path(__file__).parent.parent / "sites" / "invalid"
SITES = sorted(path for path in INVALID.iterdir() if (path / "content").is_dir())


@pytest.mark.parametrize("folder", SITES, ids=lambda path: path.name)
def test_a_site_with_a_mistake_is_not_published_and_says_which(folder, tmp_path, pytestconfig):
    shutil.copytree(folder / "content", tmp_path / "content")
    settings = folder / "settings.json"
    overrides = {"AUTHORSITE": json.loads(settings.read_text("utf-8"))} if settings.exists() else {}
    built = Site(tmp_path, overrides).build(strict=True)
    report = "".join(f"{problem.severity}: {problem}\n" for problem in built.problems)
    if pytestconfig.getoption("--write-expected"):
        (folder / "expected.txt").write_text(report, "utf-8")
    assert report == (folder / "expected.txt").read_text("utf-8")
    assert built.failed
    assert not (tmp_path / "output").exists()


def test_there_are_at_least_forty_of_them():
    assert len(SITES) >= 40

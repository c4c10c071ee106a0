"""Invalid sites must fail with the report in their expected.txt; some have their own settings.json."""

import json
import shutil
from pathlib import Path

import pytest
from conftest import Site

INVALID = Path(__file__).parent.parent / "sites" / "invalid"
SITES = sorted(path for path in INVALID.iterdir() if (path / "content").is_dir())


@pytest.mark.parametrize("folder", SITES, ids=lambda path: path.name)
def test_invalid_site_fails_with_the_expected_report(folder, tmp_path, pytestconfig):
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


def test_invalid_sites_are_found():
    assert len(SITES) >= 40

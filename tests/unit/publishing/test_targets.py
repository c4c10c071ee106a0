"""The target that settings name."""

import pytest
from authorsite.problems import CommandError
from authorsite.publishing.targets import make_target
from authorsite.settings import SiteSettings


def make(tmp_path, path):
    site = SiteSettings(url="https://ann.example", publish={"kind": "folder", "path": str(path)})
    return make_target(site, tmp_path / "site", tmp_path / "site/.cache")


def test_a_folder_is_found_through_the_links_above_it(tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "disk")
    assert make(tmp_path, tmp_path / "link/live").path == tmp_path / "disk/live"
    assert make(tmp_path, "../link/live").path == tmp_path / "disk/live"


def test_a_link_is_no_folder_to_publish_to(tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "disk").mkdir()
    (tmp_path / "live").symlink_to(tmp_path / "disk")
    with pytest.raises(CommandError, match="link"):
        make(tmp_path, tmp_path / "live")

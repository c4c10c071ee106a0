"""Paths of output files, their URLs, and output files of URLs."""

import pytest
from authorsite.feeds.entry_factory import EntryFactory
from authorsite.output import PathOutsideOutput, output_file_for, resolve_output_path, url_for
from authorsite.seo.redirects import Alias, format_redirects


@pytest.mark.parametrize(
    ("save_as", "expected"),
    [
        ("index.html", ""),
        ("blog/index.html", "blog/"),
        ("404.html", "404.html"),
        ("tag/ä b/index.html", "tag/%C3%A4%20b/"),
        ("myindex.html", "myindex.html"),
    ],
)
def test_url_for_output_file(save_as, expected):
    assert url_for(save_as) == expected


@pytest.mark.parametrize(
    ("alias", "expected"),
    [
        ("/old/", "old/index.html"),
        ("/old", "old/index.html"),
        ("/2012/a.html", "2012/a.html"),
        ("/", "index.html"),
        ("/a%20b/", "a b/index.html"),
    ],
)
def test_output_file_for_alias(alias, expected):
    assert output_file_for(alias) == expected


@pytest.mark.parametrize(
    ("path", "quoted"),
    [
        ("/100% wool/", "/100%25%20wool/"),
        ("/caf%C3%A9/", "/caf%C3%A9/"),
        ("/café/50%25/", "/caf%C3%A9/50%25/"),
    ],
)
def test_an_alias_is_percent_encoded_once(path, quoted):
    assert EntryFactory("https://example.org", "Ann").absolute_url(path) == f"https://example.org{quoted}"
    assert format_redirects([Alias(path, "new/", "", "")], (), "/blog") == f"/blog{quoted} /blog/new/ 301\n"


@pytest.mark.parametrize("save_as", ["../a", "b/../../a", "", "/", "link", "folder/a"])
def test_a_path_outside_the_output_folder_is_rejected(save_as, tmp_path):
    output = tmp_path / "output"
    output.mkdir()
    (output / "link").symlink_to(tmp_path / "a")
    (output / "folder").symlink_to(tmp_path)
    with pytest.raises(PathOutsideOutput):
        resolve_output_path({"OUTPUT_PATH": str(output)}, save_as)

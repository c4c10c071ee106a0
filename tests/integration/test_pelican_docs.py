"""docs/pelican.md: each variant is added to the settings of a Pelican site and built by the command that it prints."""

import re
import shlex

import pelican
import pytest
from authorsite.settings import FEATURES
from conftest import ROOT
from tiny_site import _reset_process_state, isolate_signals

TEXT = (ROOT / "docs/pelican.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))
VARIANTS = {title: body for title, body in SECTIONS.items() if "```python" in body}
CONF = """AUTHOR = "Ann Author"
SITENAME = "Ann's site"
SITEURL = ""
PATH = "content"
TIMEZONE = "Europe/Berlin"
DEFAULT_LANG = "en"
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
DEFAULT_PAGINATION = 10
"""
RST = "Ladders\n#######\n\n:date: 2019-01-02\n:tags: wood\n\nSome *text*.\n"
MARKDOWN = "Title: Stairs\nDate: 2019-02-03\nTags: wood\n\nSome *text*.\n"
READS_MARKDOWN_ONLY = {"The reader, too", "The theme, too"}


def list_blocks(body, kind):
    return re.findall(rf"^```{kind}\n(.*?)^```$", body, re.MULTILINE | re.DOTALL)


def list_files(body):
    """Return the files that the table of a section names."""
    cells = re.findall(r"^\| (`.+?`) \|", body, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+\.\w+)`", cell)}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "content").mkdir()
    (tmp_path / "pelicanconf.py").write_text(CONF)
    (tmp_path / "content/stairs.md").write_text(MARKDOWN)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(command):
    with isolate_signals(), _reset_process_state() as warnings:
        pelican.main(shlex.split(command)[1:])
    return [text for text in warnings if "SITEURL" not in text]


@pytest.mark.parametrize("title", VARIANTS)
def test_each_variant_works_in_a_pelican_site(title, folder, capsys):
    body, conf = VARIANTS[title], folder / "pelicanconf.py"
    _, build = [command.strip() for command in list_blocks(SECTIONS["Install"], "sh")]
    if title not in READS_MARKDOWN_ONLY:
        (folder / "content/ladders.rst").write_text(RST)
    if title == "The theme, too":
        (folder / "content/posts").mkdir()
        (folder / "content/stairs.md").rename(folder / "content/posts/stairs.md")
    (code,) = list_blocks(body, "python")
    conf.write_text(code + conf.read_text() if code.startswith("from") else conf.read_text() + code)
    for record in list_blocks(body, "yaml"):
        (folder / "content/books").mkdir()
        (folder / "content/books/my-book.md").write_text(record)
    assert run(build) == []
    assert capsys.readouterr().err == ""
    written = {path.relative_to(folder / "output").as_posix() for path in (folder / "output").rglob("*")}
    expected = list_files(body)
    assert expected <= written, f"not written: {sorted(expected - written)}"
    if title == "The theme, too":
        assert "2019/02/03/stairs/index.html" in written
    else:
        page = (folder / "output/stairs.html").read_text("utf-8")
        assert "<p>Some <em>text</em>.</p>" in page
        assert "Proudly powered by" in page


def test_parts_are_those_of_the_settings():
    assert set(re.findall(r"^\| `(\w+)` \|", SECTIONS["All but the reader"], re.MULTILINE)) == {*FEATURES}


def test_links_of_the_page_lead_to_files_and_headings():
    for file, anchor in re.findall(r"\]\((?!https?:)([\w.]+)(?:#([\w-]+))?\)", TEXT):
        headings = re.findall(r"^#+ (.+)$", (ROOT / "docs" / file).read_text("utf-8"), re.MULTILINE)
        slugs = {re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-")) for heading in headings}
        assert not anchor or anchor in slugs, f"{file}#{anchor}"

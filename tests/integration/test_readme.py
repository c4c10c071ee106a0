"""The first post of README.md, written into a new site; and its commands, which docs/start.md has as well."""

import re

import pytest
from authorsite.publishing import init_site
from authorsite.publishing.build import build
from authorsite.publishing.init_site import Answers
from conftest import ROOT

README = (ROOT / "README.md").read_text("utf-8")
PATH = re.search(r"^1\. Create `(.*?)`", README, re.MULTILINE)[1]
POST = re.sub("^   ", "", re.search(r"   ```\n(   ---\n.*?)   ```", README, re.DOTALL)[1], flags=re.MULTILINE)
URL = re.search(r"^2\. Open http://127.0.0.1:8000(/.*?)\. ", README, re.MULTILINE)[1]


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.setattr(init_site, "pin_generator", lambda _: "authorsite")
    init_site.init_site(tmp_path / "my-site", Answers(), ask=False)
    (tmp_path / "my-site" / PATH).write_text(POST)
    return tmp_path / "my-site"


def test_the_first_post_has_the_links_that_the_readme_promises(site):
    built = build(site / "pelicanconf.py", {"AUTHORSITE": {"url": "https://ann.example"}})
    assert [str(problem) for problem in built.problems] == []
    page = (site / f"output{URL}index.html").read_text("utf-8")
    assert 'class="citation" href="#source-hello-1"' in page
    assert re.search(r'<li id="source-hello-1">The author.*<a class="own-book" href="/books/my-first-book/buy/">', page)


def test_the_mistake_is_reported_with_its_line_and_the_fix(site):
    old, new = re.search(r"Make a mistake: change `(.*?)` to `(.*?)`", README).groups()
    (site / PATH).write_text(POST.replace(old, new))
    (problem,) = build(site / "pelicanconf.py").problems
    assert str(problem) == f"{PATH}:4: unknown key `catagory` - did you mean `category`?"


def test_the_commands_are_those_of_docs_start():
    (commands,) = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    start = "".join(re.findall(r"```sh\n(.*?)```", (ROOT / "docs/start.md").read_text("utf-8"), re.DOTALL))
    assert start.startswith(commands)


def test_every_page_of_the_docs_is_listed_and_every_link_leads_somewhere():
    for page in (ROOT / "docs").glob("*.md"):
        assert f"(docs/{page.name})" in README
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        text = re.sub(r"^(`{3,}).*?^\1", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
        for target, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([\w-]+))?\)", re.sub("`.*?`", "", text)):
            file = page.parent / target if target else page
            assert file.exists(), f"{page.name}: {target}"
            if anchor and file.suffix == ".md":
                titles = re.findall(r"^#+ (.*)", file.read_text("utf-8"), re.MULTILINE)
                assert anchor in {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}, anchor

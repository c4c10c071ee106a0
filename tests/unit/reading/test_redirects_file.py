"""content/redirects.yaml: what is read of it, and the line of each mistake."""

import re

import pytest
from authorsite.problems import ProblemLog
from authorsite.reading.redirects_file import Redirect, read_redirects
from conftest import ROOT


@pytest.fixture
def read(tmp_path):
    def read(text):
        path, log = tmp_path / "redirects.yaml", ProblemLog(tmp_path)
        path.write_text(text, "utf-8")
        return read_redirects(path, log), [str(problem) for problem in log]

    return read


def test_redirects_are_read_in_order(read):
    text = '# old\n/Feed/: /feed.xml\n\n"/a b/ü/": /new/ä/#x\n/shop/: https://shop.example/?a=b\n'
    redirects, problems = read(text)
    assert not problems
    assert redirects == (
        Redirect("/Feed/", "/feed.xml", 2, "/Feed/: /feed.xml"),
        Redirect("/a b/ü/", "/new/%C3%A4/#x", 4, '"/a b/ü/": /new/ä/#x'),
        Redirect("/shop/", "https://shop.example/?a=b", 5, "/shop/: https://shop.example/?a=b"),
    )


@pytest.mark.parametrize("target", ["/https://b.example/", "/go/?to=https://b.example/"])
def test_a_path_never_becomes_the_address_of_another_site(read, target):
    (redirect,), problems = read(f"/a/: {target}\n")
    assert not problems
    assert redirect.target == target.replace("://", "%3A//")


def test_the_example_in_the_docs_is_read(read):
    section = (ROOT / "docs/writing.md").read_text("utf-8").partition("content/redirects.yaml")[2].partition("\n#")[0]
    redirects, problems = read("\n".join(re.findall("^    (.+)$", section, re.MULTILINE)))
    assert not problems
    assert [redirect.path for redirect in redirects] == ["/category/workplaces/", "/feed/", "/shop/"]


@pytest.mark.parametrize("text", ["", "{}", "# nothing yet\n"])
def test_an_empty_file_has_no_redirects(read, text):
    assert read(text) == ((), [])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("/a/: /b/\nold/: /c/", "redirects.yaml:2: `old/` is not a path on this site - start it with a slash"),
        ("/a/: /b/\n/a/: /c/", "redirects.yaml:2: duplicate key `/a/` - remove this line or line 1"),
        ("/?p=1: /b/", "redirects.yaml:1: `/?p=1` is not a path - remove what begins with `?` or `#`"),
        ("/../a/: /b/", "redirects.yaml:1: `/../a/` is not a path on this site"),
        ("/a/: b", "redirects.yaml:1: `b` is not an address - write /page/ for this site"),
        ("/a/: mailto:x@example.org", "redirects.yaml:1: `mailto:x@example.org` is not an address"),
        ("/a/: //b.example/", "redirects.yaml:1: `//b.example/` is not an address"),
        ("/a/: javascript:b", "redirects.yaml:1: `javascript:b` is not an address"),
        ("/a/:", "redirects.yaml:1: `redirects./a/` is empty - write a value or remove the line"),
        ("- /a/", "redirects.yaml:1: `redirects` must be a mapping"),
        ("/a/: [", "redirects.yaml:1: invalid YAML"),
    ],
)
def test_a_mistake_is_a_problem_with_its_line(read, text, problem):
    redirects, problems = read(text)
    assert redirects == ()
    assert len(problems) == 1, problems
    assert problem in problems[0]

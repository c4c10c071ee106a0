import pytest
from authorsite.checking.internal import check_tree
from authorsite.problems import ProblemLog

LINKED = '<a href="/">home</a> <a href="/a/">a</a> <a href="/b/">b</a>'


def found(root, files, url="https://example.org"):
    for name, text in {"index.html": LINKED, "a/index.html": LINKED, "b/index.html": LINKED, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    log = ProblemLog(root=root)
    check_tree(root, url, log)
    return [f"{problem.path}: {problem.message}" for problem in log]


GOOD = [
    '<a href="/b/">to a folder</a>',
    '<a href="/b">to a folder without its slash</a>',
    '<a href="../b/">relative</a>',
    '<a href="/b/index.html">to its file</a>',
    '<a href="https://example.org/b/?from=here">whole, with a query</a>',
    '<a href="https://elsewhere.example/gone/">somebody else\'s</a>',
    '<a href="mailto:ann@example.org">mail</a> <a href="tel:1">call</a> <img src="data:image/png;base64,">',
    '<a href="#here">anchor</a> <p id="here">',
    '<a href="#top">the top</a> <a href="#">the top too</a>',
    '<a href="/c%20d.txt">escaped</a>',
    '<a href="#%C3%A9">anchor, escaped</a><i id="é"></i>',
    "<!-- <a href='/no/'> --> <script>'<a href=\"/no/\">'</script> <code>&lt;a href=\"/no/\"&gt;</code>",
    '<img alt="a > b" src="/x.png" srcset="/x.png 1x, /x.png 2x">',
]


@pytest.mark.parametrize("html", GOOD)
def test_links_that_answer_are_no_problem(tmp_path, html):
    assert found(tmp_path, {"a/index.html": LINKED + html, "c d.txt": "", "x.png": ""}) == []


BAD = [
    ('<a href="/gone/">', "`/gone/` leads to no page of this site"),
    ("<a class=x href=/gone/>", "`/gone/` leads to no page of this site"),
    ('<a href="gone.html">', "`gone.html` leads to no page of this site"),
    ('<a href="https://example.org/gone/">', "`https://example.org/gone/` leads to no page of this site"),
    ('<a href="post.md">', "`post.md` leads to no page of this site"),
    ('<img alt="a > b" src="/gone.png">', "`/gone.png` leads to no page of this site"),
    ('<img src="/x.png" srcset="/x.png 1x, /gone.png 2x">', "`/gone.png` leads to no page of this site"),
    ('<link rel="stylesheet" href="/gone.css">', "`/gone.css` leads to no page of this site"),
    ('<script src="/gone.js"></script>', "`/gone.js` leads to no page of this site"),
    ('<a href="/b/#gone">', "`/b/#gone` leads to a page without an anchor `gone`"),
    ('<a href="#gone">', "`#gone` leads to a page without an anchor `gone`"),
]


@pytest.mark.parametrize(("html", "message"), BAD)
def test_links_that_do_not_answer_are_errors(tmp_path, html, message):
    assert found(tmp_path, {"a/index.html": LINKED + html, "x.png": ""}) == [f"output/a/index.html: {message}"]


def test_a_site_below_a_folder_is_checked_below_it(tmp_path):
    linked = LINKED.replace('href="/', 'href="/book/')
    files = {"index.html": linked, "a/index.html": linked + '<a href="/book">', "b/index.html": linked}
    assert found(tmp_path, files, "https://example.org/book") == []
    files["b/index.html"] += '<a href="/book/gone/"><a href="/other/">'
    problems = found(tmp_path, files, "https://example.org/book")
    assert problems == ["output/b/index.html: `/book/gone/` leads to no page of this site"]


def test_a_broken_link_in_a_footer_is_said_once(tmp_path):
    files = {f"{name}/index.html": LINKED + '<a href="/gone/">' for name in "ab"}
    assert found(tmp_path, files) == ["output/a/index.html: `/gone/` leads to no page of this site (and 1 more pages)"]


def test_a_near_address_is_proposed(tmp_path):
    log = ProblemLog(root=tmp_path)
    (tmp_path / "contact").mkdir()
    (tmp_path / "contact/index.html").write_text("")
    (tmp_path / "index.html").write_text('<a href="/contact/"><a href="/contcat/">')
    check_tree(tmp_path, "https://example.org", log)
    assert [p.hint for p in log] == ["did you mean `/contact/`?"]


ORPHAN = "output/lonely/index.html: no page links to this one"
SITEMAP = "<urlset><url><loc>https://example.org/{}</loc></url></urlset>"
LONELY = [
    ({"lonely/index.html": LINKED}, [ORPHAN]),
    ({"lonely/index.html": LINKED + '<a href="/lonely/">itself</a>'}, [ORPHAN]),
    ({"lonely/index.html": LINKED, "a/index.html": '<a href="/lonely/#">' + LINKED}, []),
    ({"lonely/index.html": LINKED, "sitemap.xml": SITEMAP.format("lonely/")}, [ORPHAN]),
    ({"lonely/index.html": LINKED, "sitemap.xml": SITEMAP.format("a/")}, []),
    ({"lonely/index.html": '<meta http-equiv="refresh" content="0; url=/a/">'}, []),
    ({"lonely/index.html": '<META HTTP-EQUIV="Refresh" CONTENT="0; url=/a/">'}, []),
    ({"lonely/index.html": '<meta name="robots" content="noindex, follow">'}, []),
    ({"lonely/index.html": LINKED, "a/index.html": '<link rel="next" href="/lonely/">' + LINKED}, [ORPHAN]),
    ({"2019/index.html": LINKED, "2019/01/index.html": LINKED, "404.html": LINKED}, []),
]


@pytest.mark.parametrize(("files", "problems"), LONELY)
def test_pages_that_no_page_links_to_are_warned_of(tmp_path, files, problems):
    assert found(tmp_path, files) == problems

import pytest
from authorsite.checking.internal import check_built_site
from authorsite.problems import ProblemLog

LINKED = '<a href="/">home</a> <a href="/a/">a</a> <a href="/b/">b</a>'


def run_check(root, files, url="https://example.org"):
    for name, text in {"index.html": LINKED, "a/index.html": LINKED, "b/index.html": LINKED, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    log = ProblemLog(root=root)
    check_built_site(root, url, log)
    return [f"{problem.path}: {problem.message}" for problem in log]


WORKING = [
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


@pytest.mark.parametrize("html", WORKING)
def test_working_links_are_no_problem(tmp_path, html):
    assert run_check(tmp_path, {"a/index.html": LINKED + html, "c d.txt": "", "x.png": ""}) == []


MISSING = "no such page or file in this site"
BROKEN = [
    ('<a href="/gone/">', "/gone/", MISSING),
    ("<a class=x href=/gone/>", "/gone/", MISSING),
    ('<a href="gone.html">', "gone.html", MISSING),
    ('<a href="https://example.org/gone/">', "https://example.org/gone/", MISSING),
    ('<a href="post.md">', "post.md", MISSING),
    ('<img alt="a > b" src="/gone.png">', "/gone.png", MISSING),
    ('<img src="/x.png" srcset="/x.png 1x, /gone.png 2x">', "/gone.png", MISSING),
    ('<link rel="stylesheet" href="/gone.css">', "/gone.css", MISSING),
    ('<script src="/gone.js"></script>', "/gone.js", MISSING),
    ('<a href="/b/#gone">', "/b/#gone", "the page has no anchor `gone`"),
    ('<a href="#gone">', "#gone", "the page has no anchor `gone`"),
]


@pytest.mark.parametrize(("html", "link", "reason"), BROKEN)
def test_broken_links_are_errors(tmp_path, html, link, reason):
    problems = run_check(tmp_path, {"a/index.html": LINKED + html, "x.png": ""})
    assert problems == [f"output/a/index.html: broken link `{link}`: {reason}"]


def test_links_are_resolved_for_a_site_below_a_folder(tmp_path):
    linked = LINKED.replace('href="/', 'href="/book/')
    files = {"index.html": linked, "a/index.html": linked + '<a href="/book">', "b/index.html": linked}
    assert run_check(tmp_path, files, "https://example.org/book") == []
    files["b/index.html"] += '<a href="/book/gone/"><a href="/other/">'
    problems = run_check(tmp_path, files, "https://example.org/book")
    assert problems == [f"output/b/index.html: broken link `/book/gone/`: {MISSING}"]


def test_a_broken_link_on_several_pages_is_reported_once(tmp_path):
    files = {f"{name}/index.html": LINKED + '<a href="/gone/">' for name in "ab"}
    message = f"broken link `/gone/`: {MISSING} (also on 1 other page)"
    assert run_check(tmp_path, files) == [f"output/a/index.html: {message}"]


def test_a_similar_url_is_suggested(tmp_path):
    log = ProblemLog(root=tmp_path)
    (tmp_path / "contact").mkdir()
    (tmp_path / "contact/index.html").write_text("")
    (tmp_path / "index.html").write_text('<a href="/contact/"><a href="/contcat/">')
    check_built_site(tmp_path, "https://example.org", log)
    assert [p.hint for p in log] == ["did you mean `/contact/`?"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Text.\n\n[x](/abuot/)", 3),
        ("Text.\n[x](/abuot/ 'A title')", 2),
        ("Text.\n\n[x][y]\n\n[y]: /abuot/", 5),
        ('<a href="/abuot/">x</a>', 1),
        ('menu = [\n    {"label": "About", "url": "/abuot/"},\n]', 2),
        ("Text about /abuot/you/.", 0),
    ],
)
@pytest.mark.parametrize("root", ["", "/blog"])
def test_a_broken_link_is_reported_where_it_is_written(tmp_path, text, line, root):
    log = ProblemLog(root=tmp_path)
    (tmp_path / "index.html").write_text(f'<a href="{root}/abuot/">x</a>')
    (tmp_path / "a.md").write_text(text)
    check_built_site(tmp_path, f"https://example.org{root}", log, sources=[tmp_path / "a.md"])
    (problem,) = log
    assert (problem.path, problem.line) == (("a.md", line) if line else ("output/index.html", 0))


ORPHAN = "output/lonely/index.html: no other page links to this page"
SITEMAP = "<urlset><url><loc>https://example.org/{}</loc></url></urlset>"
ORPHAN_CASES = [
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


@pytest.mark.parametrize(("files", "problems"), ORPHAN_CASES)
def test_orphan_pages_are_warnings(tmp_path, files, problems):
    assert run_check(tmp_path, files) == problems

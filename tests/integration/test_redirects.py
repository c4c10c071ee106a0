"""content/redirects.yaml: redirecting pages, `_redirects`, and copies of feeds and other files."""

import pytest
from authorsite.checking.internal import check_built_site
from authorsite.problems import ProblemLog
from conftest import post

REDIRECTS = """\
/category/old/: /category/desks/
/feed/: /feed.xml
/category/desks/feed/: /category/desks/feed.xml
/wp-content/uploads/2014/a.txt: /files/a.txt
/shop/: https://shop.example/?a=b&c=d
/older/: /2019/03/01/a/#top
/twice/: /b/
"""


@pytest.fixture
def site(make_site):
    return make_site(
        {
            "content/posts/a.md": post("A", category="Desks", body="[old](/category/old/)"),
            "content/posts/b.md": post("B", "2019-03-02", category="Desks", aliases="[/b/]"),
            "content/files/a.txt": "A text.\n",
            "content/redirects.yaml": REDIRECTS,
        }
    )


def test_old_addresses_lead_to_the_new_ones(site):
    result = site.build(strict=True, AUTHORSITE={"url": "https://example.org/blog"})
    assert not list(result.problems)
    rules = site.output("_redirects").splitlines()
    for rule in (
        "/blog/category/old/ /blog/category/desks/ 301",
        "/blog/feed/ /blog/feed.xml 301",
        "/blog/shop/ https://shop.example/?a=b&c=d 301",
        "/blog/older/ /blog/2019/03/01/a/#top 301",
    ):
        assert rule in rules
    for name, target in [
        ("category/old", "/blog/category/desks/"),
        ("shop", "https://shop.example/?a=b&amp;c=d"),
        ("older", "/blog/2019/03/01/a/#top"),
        ("twice", "/blog/b/"),
    ]:
        page = site.output(f"{name}/index.html")
        assert f'content="0; url={target}"' in page
        assert f'<a href="{target}">' in page
    assert "<h1>A</h1>" not in site.output("twice/index.html")
    assert 'href="/blog/category/desks/"' in site.output("2019/03/01/a/index.html")
    assert "/category/old/" not in site.output("sitemap.xml")


def test_a_file_is_at_its_old_address_too(site):
    assert not site.build(strict=True).failed
    tree = site.tree()
    assert tree["feed/index.html"] == tree["feed.xml"]
    assert tree["category/desks/feed/index.html"] == tree["category/desks/feed.xml"]
    assert tree["wp-content/uploads/2014/a.txt"] == b"A text.\n"
    assert not site.build(strict=True).files.written
    site.write({"content/posts/a.md": post("New title", category="Desks", slug="a")})
    assert not site.build(strict=True).failed
    assert b"New title" in site.tree()["feed/index.html"]
    (site.root / "content/redirects.yaml").unlink()
    site.build(strict=True)
    assert not [name for name in site.tree() if name.startswith(("feed/", "shop/", "wp-content"))]


def test_a_feed_at_the_address_of_a_page_is_not_checked_as_a_page(tmp_path):
    files = {"index.html": "<p>Home</p>", "a/index.html": "<p>No page links to this one</p>"}
    files["feed/index.html"] = '<?xml version="1.0"?><rss><a href="/a/">a</a><a href="/gone/">b</a></rss>'
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    log = ProblemLog(tmp_path)
    check_built_site(tmp_path, "https://example.org", log)
    assert [str(problem.kind) for problem in log] == ["orphan"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("/b/: /feed.xml", "the redirect from /b/ is already used by content/posts/b.md"),
        ("/category/desks/: /blog/", "the redirect from /category/desks/ is already used by"),
        ("/feed.xml: /atom.xml", "the redirect from /feed.xml is already used by a file that the site generates"),
        ("/x/: /nowhere/", "the redirect from /x/ leads to /nowhere/, and there is no such page or file"),
        ("/x/: /nowhere.pdf", "the redirect from /x/ leads to /nowhere.pdf, and there is no such page or file"),
        ("/feed: /atom.xml", "the redirect from /feed is already used by content/redirects.yaml"),
        ("/_headers: /blog/", "the redirect from /_headers is already used by a file that the site generates"),
    ],
)
def test_a_redirect_that_cannot_be_is_a_problem_with_its_line(site, line, problem):
    site.write({"content/redirects.yaml": f"{REDIRECTS}{line}\n"})
    problems = list(site.build().problems)
    assert [(found.path, found.line) for found in problems] == [("content/redirects.yaml", 8)]
    assert problems[0].message.startswith(problem)


def test_an_old_address_of_a_file_that_only_a_draft_uses_is_not_published(site):
    site.write({"content/posts/c.md": post("C", status="draft", body="[a](../files/a.txt)")})
    assert not list(site.build(strict=True).problems)
    assert not [name for name in site.tree() if name.endswith("a.txt")]

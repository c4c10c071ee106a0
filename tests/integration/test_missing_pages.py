"""Links to pages that the site does not have are reported together with all other errors."""

import pytest
from authorsite.output import FILE_LIST
from authorsite.output_registry import OutputRegistry
from authorsite.reading.missing_pages import is_made_later
from conftest import post

OTHER_ERROR = {"content/posts/z.md": post("Z", body="![](../images/nowhere.png)")}
ABOUT = "---\ntitle: About\nslug: about\naliases: [/who/]\n---\nText.\n"


def build(site, **options):
    return [str(p) for p in site.build(**options).problems if "nowhere.png" not in str(p)]


@pytest.mark.parametrize("root", ["", "/my-site"])
@pytest.mark.parametrize(
    ("link", "hint"),
    [
        ("/abuot/", "did you mean `/about/`?"),
        ("/abuot", "did you mean `/about/`?"),
        ("/abuot/?a=1#b", "did you mean `/about/`?"),
        ("/files/nowhere.pdf", "correct or remove the link"),
        ("/2024/05/06/quite-another/", "correct or remove the link"),
        ("/tag/nowhere/", "correct or remove the link"),
    ],
)
def test_a_link_to_no_page_is_reported_with_its_line_and_the_other_errors(make_site, link, hint, root):
    a = post("A", slug="a", body=f"Text.\n\n[x]({link})")
    site = make_site({"content/posts/a.md": a, "content/pages/about.md": ABOUT, **OTHER_ERROR})
    expected = f"content/posts/a.md:8: broken link `{link}`: no such page or file in this site - {hint}"
    assert build(site, AUTHORSITE={"url": f"https://example.org{root}"}) == [expected]


def test_each_kind_of_content_is_looked_at(make_site):
    pages = {
        f"content/{kind}/x.md": f"---\ntitle: X\n{keys}---\n[x](/abuot/)\n"
        for kind, keys in {"pages": "", "books": "", "events": "start: 2020-03-05\n"}.items()
    }
    site = make_site({**pages, **OTHER_ERROR})
    lines = [problem.partition(" broken link `/abuot/`")[0] for problem in build(site)]
    assert lines == ["content/books/x.md:4:", "content/events/x.md:5:", "content/pages/x.md:4:"]


FILES = {
    "content/posts/a.md": post("A", slug="a", tags="[ladders]"),
    "content/posts/b.md": post("B", slug="b", status="hidden"),
    "content/pages/about.md": ABOUT,
    "content/books/guide.md": "---\ntitle: Guide\neditions: [{format: paperback, isbn: 9780306406157}]\n---\nText.\n",
    "content/events/talk.md": "---\ntitle: Talk\nstart: 2020-03-05\n---\nText.\n",
    "content/files/ä b.txt": "Text.",
}
GOOD_LINKS = [
    *("/", "/about/", "/about", "/about/index.html", "/who/", "/blog/", "/archives/", "/2019/", "/2019/03/"),
    *("/2019/03/01/a/", "/2019/03/01/b/", "/tag/ladders/", "/category/commentary/", "/books/guide/", "/events/talk/"),
    *("/books/", "/buy/", "/books/guide/buy/", "/go/guide/", "/events/", "/search/", "/subscribe/", "/references/"),
    *("/feed.xml", "/tag/ladders/feed.xml", "/events.ics", "/sitemap.xml", "/favicon.ico", "/books/guide/cite.bib"),
    *("/files/%C3%A4%20b.txt", "/blog/page/2/", "https://far.example/abuot/", "//far.example/abuot/", "#"),
]


def test_links_to_what_the_site_has_or_will_have_are_not(make_site):
    body = "\n\n".join(f"[x]({link})" for link in GOOD_LINKS)
    assert build(make_site({**FILES, **OTHER_ERROR, "content/posts/c.md": post("C", body=body)})) == []


LEFT_OUT = {
    "by file name": {"content/posts/my-post.md": post("Other", date="March")},
    "by slug": {"content/posts/d.md": post("Other", date="March", slug="my-post")},
    "by title": {"content/posts/d.md": post("Mý Post", date="March")},
    "a tag": {"content/posts/d.md": post("Other", date="March", tags="[My post]")},
    "an alias": {"content/posts/d.md": post("Other", date="March", aliases="[/x/my-post/]")},
    "a page": {"content/pages/d.md": "---\ntitle: My post\nunknown: 1\n---\nText.\n"},
}


@pytest.mark.parametrize("files", LEFT_OUT.values(), ids=LEFT_OUT)
def test_a_page_that_is_missing_because_its_file_has_errors_is_not_reported_again(make_site, files):
    links = post("A", body="[x](/2019/03/01/my-post/) [x](/tag/my-post/) [x](/my-post/)")
    assert len(build(make_site({"content/posts/a.md": links, **files}))) == 1


def test_a_page_of_an_earlier_build_may_be_made_by_another_plugin(make_site):
    site = make_site({"content/posts/a.md": post("A", body="[x](/gallery/)"), **OTHER_ERROR})
    site.write({"output/gallery/index.html": "By a plugin."})
    assert build(site) == []


def test_all_files_of_a_site_are_known_early_or_recognized(golden, monkeypatch, tmp_path):
    known = OutputRegistry.copy  # called when the aliases are validated, before anything is written
    early = set()
    monkeypatch.setattr(OutputRegistry, "copy", lambda self: early.update(self.owners) or known(self))
    site = type(golden)(tmp_path, golden.overrides)
    (tmp_path / "content").symlink_to(golden.root / "content")
    site.build()
    made = {name for name, data in golden.tree().items() if b'http-equiv="refresh"' not in data} - {FILE_LIST}
    unknown = {name for name in made - early if not is_made_later(name)}
    assert not unknown, f"add their folders to _MADE_LATER: {unknown}"
    assert len(early) > 20

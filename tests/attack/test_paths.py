"""Nothing is written outside the output folder, and nothing outside content/ is published (issue 16, 2 and 11)."""

import os

import pytest
from authorsite import output_adapter
from authorsite.output import PathOutsideOutput
from conftest import post
from pelican import writers

ENGINES = pytest.mark.parametrize(
    "engine", [True, pytest.param(False, marks=pytest.mark.nightly)], ids=["engine", "plain"]
)
PAGE = "---\ntitle: A page\n---\nText.\n"
FILES = {"README.md": "Mine.", "content/posts/a.md": post(), "content/images/a.txt": "A file.", "secret.txt": "Secret."}

LINKS = {
    "static": "[x]({static}/../README.md)",
    "static below a folder": "[x]({static}/images/../../README.md)",
    "attach": "[x]({attach}/images/../../secret.txt)",
    "relative": "[x]({static}../../secret.txt)",
    "with bars": "[x](|static|/../secret.txt)",
    "raw HTML": '<p><a href="{static}/../secret.txt">x</a></p>',
    "image": "![x]({attach}../../secret.txt)",
    "video": '<video controls poster="{static}/../secret.txt"></video>',
    "form": '<form action="{static}/../secret.txt"></form>',
    "citation": '<blockquote cite="{static}/../secret.txt"><p>x</p></blockquote>',
    "without braces": "[x](../../README.md)",
}


def list_files(folder):
    """Return the content of all files below a folder, without those of the output and the cache."""
    paths = (path for path in folder.rglob("*") if path.is_file() and ".cache" not in path.parts)
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in paths if "output" not in p.parts}


@ENGINES
@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_a_link_out_of_the_content_folder_copies_nothing(make_site, link, engine):
    site = make_site({**FILES, "content/posts/b.md": post("B", body=f"Text.\n\n{link}")})
    before = list_files(site.root)
    built = site.build(BUILD_ENGINE=engine)
    assert list_files(site.root) == before
    assert not {"secret.txt", "README.md", "hostname"} & {name.rpartition("/")[2] for name in site.tree()}
    [problem] = built.problems
    assert str(problem).startswith("content/posts/b.md:7: ")
    assert "is outside content/" in problem.message


def test_links_out_of_the_content_folder_copy_nothing_without_the_engine_either(make_site):
    posts = {f"content/posts/{number}.md": post(f"B {number}", body=link) for number, link in enumerate(LINKS.values())}
    site = make_site({**FILES, **posts})
    before = list_files(site.root)
    built = site.build(BUILD_ENGINE=False)
    assert list_files(site.root) == before
    assert {problem.path for problem in built.problems} == posts.keys()
    assert not (site.root / "output").exists()


FOREIGN = ["{static}/../README.md", "{attach}../../secret.txt", "%7Bstatic%7D/../secret.txt", "|static|/../secret.txt"]


@ENGINES
@pytest.mark.parametrize("link", [*FOREIGN, "{static}/images/a.txt", "{filename}/posts/a.md"])
def test_links_to_files_in_the_html_of_others_are_text(make_site, link, engine):
    reblog = "{title: T, author: A, url: https://far.example/x}"
    body = f'<p>Words of <a href="{link}">others</a> <img src="{link}" alt="x"></p>'
    site = make_site({**FILES, "content/posts/b.md": post("B", body=body, reblog=reblog, slug="b")})
    before = list_files(site.root)
    built = site.build(BUILD_ENGINE=engine, STATIC_PATHS=[])
    assert [str(problem) for problem in built.problems] == []
    assert list_files(site.root) == before
    assert not {"secret.txt", "README.md", "a.txt"} & {name.rpartition("/")[2] for name in site.tree()}
    html = site.output("2019/03/01/b/index.html")
    assert "others" in html
    assert "static" not in html.partition('class="reblog"')[2].partition("</blockquote>")[0]


SHOPS = ["../../evil", "/evil", "a/b", "..", ".", "a\\b", "%2e%2e", "A B", "a\u0000b"]


@pytest.mark.parametrize("key", SHOPS)
def test_the_key_of_a_shop_is_no_path(make_site, key):
    shops = f'"{key}": {{name: Evil, search: "https://e.example/?q={{query}}"}}\n'
    guide = "---\ntitle: Guide\n---\nText.\n"
    site = make_site({**FILES, "content/data/shops.yaml": shops, "content/books/guide.md": guide})
    built = site.build()
    assert built.failed
    assert "content/data/shops.yaml" in str(next(iter(built.problems)))
    assert not [name for name in site.tree() if "evil" in name]


RECORDS = {
    "content/posts/b.md": post("B", slug="../../evil"),
    "content/pages/b.md": "---\ntitle: B\nslug: ../../evil\n---\nText.\n",
    "content/books/b.md": "---\ntitle: B\nslug: ../../evil\n---\nText.\n",
    "content/events/b.md": "---\ntitle: B\nslug: ../evil\nstart: 2020-03-05\n---\nText.\n",
    "content/posts/alias.md": post("B", aliases="[/../../evil/]"),
    "content/posts/encoded.md": post("B", aliases="[/%2e%2e/%2e%2e/evil/]"),
    "content/posts/language.md": post("B", lang="../../evil"),
    "content/posts/image.md": post("B", image="../../../secret.txt", image_alt="x"),
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_path_in_a_record_stays_inside(make_site, name):
    site = make_site({**FILES, name: RECORDS[name]})
    before = list_files(site.root)
    built = site.build()
    assert built.failed
    assert any(str(problem).startswith(name) for problem in built.problems)
    assert list_files(site.root) == before
    assert not [name for name in site.tree() if "evil" in name]


@pytest.mark.parametrize("header", ["../evil.html", "/../evil.html", "a/../../evil.html"])
def test_save_as_of_another_site_stays_inside(make_site, header):
    headers = f"Title: B\nDate: 2019-03-02\nSlug: b\nURL: x\nSave_as: {header}\n\nText."
    site = make_site({**FILES, "content/posts/b.md": headers})
    before = list_files(site.root)
    site.build()
    assert list_files(site.root) == before


SETTINGS = [
    {"BLOG_SAVE_AS": "../evil.html"},
    {"CATEGORY_SAVE_AS": "../evil/{slug}.html"},
    {"PAGE_SAVE_AS": "../evil/{slug}.html"},
    {"YEAR_ARCHIVE_SAVE_AS": "../evil/{date:%Y}.html"},
    {"EXTRA_PATH_METADATA": {"images/a.txt": {"path": "../evil.txt"}}},
    {"EXTRA_PATH_METADATA": {"images/a.txt": {"path": "/evil/../../evil.txt"}}},
    {"THEME_STATIC_DIR": "../evil"},
    {"FEED_ALL_ATOM": "../evil.xml"},
]


@pytest.mark.parametrize("engine", [True, False], ids=["engine", "plain"])
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_a_path_in_the_settings_stays_inside(make_site, settings, engine):
    theme = {"theme/static/evil.css": "", "theme/templates/x.html": ""}
    site = make_site({**FILES, **theme, "content/pages/p.md": PAGE})
    overrides = {"THEME": str(site.root / "theme")} if "THEME_STATIC_DIR" in settings else {}
    before = list_files(site.root)
    assert site.build(BUILD_ENGINE=engine, **settings, **overrides).failed
    assert list_files(site.root) == before


def test_pelican_writes_and_copies_through_the_guard_only_while_a_build_runs(make_site, monkeypatch):
    before, seen = writers.sanitised_join, []
    check = output_adapter._check
    monkeypatch.setattr(output_adapter, "_check", lambda context, path: seen.append(path) or check(context, path))
    site = make_site(FILES)
    assert not site.build(BUILD_ENGINE=False).failed
    names = {os.path.relpath(path, site.root / "output") for path in seen}
    assert {"index.html", "blog/index.html", "images/a.txt", "2019/03/01/a-post/index.html"} <= names
    assert writers.sanitised_join is before
    with pytest.raises(PathOutsideOutput):
        check({"OUTPUT_PATH": "/tmp/x"}, "/tmp/y")


OUTPUT_LINKS = ["blog", "images", "2019", "feed.xml", "index.html", "category", "books"]


@ENGINES
@pytest.mark.parametrize("name", OUTPUT_LINKS)
def test_a_link_in_the_output_folder_is_not_followed(make_site, name, engine):
    site = make_site({**FILES, "content/books/guide.md": "---\ntitle: Guide\n---\nText.\n"})
    outside = site.root / "elsewhere"
    if "." in name:
        outside.write_text("Mine.")
    else:
        outside.mkdir()
    (site.root / "output").mkdir()
    (site.root / "output" / name).symlink_to(outside)
    assert site.build(BUILD_ENGINE=engine).failed
    assert outside.read_text() == "Mine." if "." in name else not any(outside.iterdir())


OUTSIDE = ["images/x.txt", "images/x.png", "posts/x.md", "pages/x.md", "books/x.md", "events/x.md", "data/shops.yaml"]


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize("target", ["secret.txt", "/etc/passwd", "missing.txt"])
def test_a_symbolic_link_out_of_the_content_folder_is_a_problem(make_site, name, target):
    site = make_site(FILES)
    link = site.root / "content" / name
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(target if target[0] == "/" else site.root / target)
    [problem] = [str(problem) for problem in site.build().problems]
    assert problem.startswith(f"content/{name}: this is a symbolic link that leads outside content/")
    assert not (site.root / "output").exists()


FOLDER_LINKS = {"images/far": "..", "images/etc": "/etc", "posts/circle": ".", "images/deep/up": "../.."}


@pytest.mark.parametrize("name", FOLDER_LINKS)
def test_a_link_to_a_folder_outside_or_above_is_a_problem(make_site, name):
    site = make_site(FILES)
    link = site.root / "content" / name
    link.parent.mkdir(exist_ok=True, parents=True)
    link.symlink_to(FOLDER_LINKS[name])
    [problem] = [str(problem) for problem in site.build().problems]
    assert problem.startswith(f"content/{name}: this is a symbolic link")


def test_links_inside_the_content_folder_and_those_of_editors_are_fine(make_site):
    site = make_site(FILES)
    (site.root / "content/images/b.txt").symlink_to("a.txt")
    (site.root / "content/posts/.#a.md").symlink_to("ann@host.1234")
    (site.root / "content/more").symlink_to("images")
    (site.root / "content").rename(site.root / "elsewhere")
    (site.root / "content").symlink_to("elsewhere")
    assert [str(problem) for problem in site.build(strict=True).problems] == []
    assert site.output("images/b.txt") == "A file."

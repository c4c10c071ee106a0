"""Each output path has one owner; a second one is a problem that names both (issue 16, 7; issue 17, 5 and 17)."""

import re

import pytest
from authorsite.output_registry import GENERATED, OutputRegistry, Owner
from authorsite.problems import ProblemLog
from conftest import SITE_DATE, Site, post, restore_signals

EVENT = "---\ntitle: Talk\nstart: 2020-03-05\n---\nText.\n"
CITED = 'Text [1].\n\nReferences\n\n1. A. Author, "A title", 2012, https://far.example/x\n'
BOOK = "---\ntitle: Guide\nupdated: 2019-01-01\neditions: [{format: paperback, isbn: 9780306406157}]\n---\nText.\n"
FILES = {
    "content/posts/a.md": post(slug="a", tags="[ladders]", body=CITED),
    "content/books/guide.md": BOOK,
    "content/events/talk.md": EVENT,
    "content/images/a.txt": "A file.",
}
GENERATED_FILES = [
    *("feed.xml", "atom.xml", "feed.json", "feed.css", "events.ics", "favicon.ico", "icon.svg", "icon-512.png"),
    *("references.bib", "2019/03/01/a/references.bib", "tag/ladders/feed.xml", "books/feed.xml", "events/feed.xml"),
    *("events/talk.ics", "sitemap.xml", "robots.txt", "site.webmanifest", "_headers", "_redirects"),
    *("pagefind/pagefind.js", "category/commentary/feed.xml"),
]
GENERATED_PAGES = [
    *("", "blog", "archives", "events", "books", "buy", "books/guide", "books/guide/buy", "go/guide", "references"),
    *("subscribe", "search", "2019", "2019/03", "tag/ladders", "category/commentary", "events/talk"),
]


@pytest.fixture(scope="module")
def clean_tree(tmp_path_factory):
    """Return the output of FILES without a conflict, by path."""
    with restore_signals(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("SITE_DATE", SITE_DATE)
        site = Site(tmp_path_factory.mktemp("clean"), {}).write(FILES)
        assert [str(problem) for problem in site.build().problems] == []
    return site.tree()


def find_patterns(tree):
    """Return the paths of files whose names are not known beforehand: exports of books, and cards."""
    return [name for name in sorted(tree) if re.match(r"books/guide/.*\.(?!html)|images/cards/|theme/|assets/", name)]


@pytest.mark.parametrize(
    "paths", [GENERATED_FILES, [f"{p}/".lstrip("/") for p in GENERATED_PAGES]], ids=["files", "pages"]
)
def test_aliases_do_not_take_the_place_of_generated_files(make_site, clean_tree, paths):
    aliases = [f"/{path}" for path in paths]
    b = post("B", date="2019-04-01", slug="b", aliases="[\n  " + ",\n  ".join(aliases) + "]")
    site = make_site({**FILES, "content/posts/b.md": b})
    # Pages of Pelican, books and events are known before the others are made.
    early = [
        a for a in aliases if a in {"/", "/books/guide/", "/events/talk/"} or re.match("/(blog|arch|2019|tag|cat)", a)
    ]
    expected = aliases if paths is GENERATED_FILES else early
    lines = [f"content/posts/b.md:{6 + aliases.index(a)}: the alias {a} is already used by " for a in expected]
    problems = [str(problem) for problem in site.build().problems]
    assert sorted(problem.partition("used by ")[0] + "used by " for problem in problems) == sorted(lines)
    assert all(problem.endswith(" - remove the alias") for problem in problems)
    assert {f"{path}index.html" if path.endswith("/") or not path else path for path in paths} <= clean_tree.keys()
    tree = site.tree()
    assert not [name for name in GENERATED_FILES if b'http-equiv="refresh"' in tree.get(name, b"")]


def test_aliases_do_not_take_the_place_of_pages_that_are_made_later(make_site):
    aliases = [
        "/events/",
        "/books/",
        "/buy/",
        "/books/guide/buy/",
        "/go/guide/",
        "/references/",
        "/subscribe/",
        "/search/",
    ]
    site = make_site({**FILES, "content/posts/b.md": post("B", slug="b", aliases=f"[{', '.join(aliases)}]")})
    messages = sorted(problem.message.split(" is already used by ")[0] for problem in site.build().problems)
    assert messages == sorted(f"the alias {alias}" for alias in aliases)


def test_no_alias_takes_the_place_of_a_file_of_a_book_or_of_a_card(make_site, clean_tree):
    names = find_patterns(clean_tree)
    assert len(names) > 5
    aliases = ", ".join(f"/{name}" for name in names)
    site = make_site({**FILES, "content/posts/b.md": post("B", slug="b", aliases=f"[{aliases}]")})
    messages = [problem.message for problem in site.build().problems]
    assert len(messages) == len(names)
    assert all("is already used by a file that the site generates" in message for message in messages)


SECOND_BOOK = BOOK.replace("Guide", "Other").replace("9780306406157", "9780262033848")


@pytest.mark.parametrize("name", ["go/guide/qr.svg", "go/other/qr.svg", "books/guide/onix.xml", "books/other/onix.xml"])
def test_qr_codes_and_the_onix_files_of_all_books_are_registered(make_site, name):
    files = {**FILES, "content/books/other.md": SECOND_BOOK}
    site = make_site({**files, "content/posts/b.md": post("B", slug="b", aliases=f"[/{name}]")})
    expected = f"content/posts/b.md:5: the alias /{name} is already used by a file that the site generates"
    assert [str(problem) for problem in site.build().problems] == [f"{expected} - remove the alias"]
    assert b"http-equiv" not in site.tree()[name]


# What one file system keeps apart, another takes for one file.
OTHER = "differs from {} ({}) only in capitals or in the form of its letters"
SPELLINGS = {
    "static files": (
        {"content/images/a.TXT": "Text."},
        "content/images/a.txt: its URL /images/a.txt",
        ("/images/a.TXT", "content/images/a.TXT"),
    ),
    "accents": (
        {"content/files/caf\u00e9.txt": "Text.", "content/files/cafe\u0301.txt": "Text."},
        "content/files/caf\u00e9.txt: its URL /files/caf\u00e9.txt",
        ("/files/cafe\u0301.txt", "content/files/cafe\u0301.txt"),
    ),
    "alias and post": (
        {"content/posts/b.md": post("B", slug="b", aliases="[/2019/03/01/A/]")},
        "content/posts/b.md:5: the alias /2019/03/01/A/",
        ("/2019/03/01/a/", "content/posts/a.md"),
    ),
    "alias and its own page": (
        {"content/pages/about.md": "---\ntitle: About\naliases: [/About/]\n---\nText.\n"},
        "content/pages/about.md:3: the alias /About/",
        ("/about/", "content/pages/about.md"),
    ),
    "alias and alias": (
        {f"content/posts/{slug}.md": post(slug, slug=slug, aliases=f"[/{old}/]") for slug, old in ("bO", "co")},
        "content/posts/c.md:5: the alias /o/",
        ("/O/", "content/posts/b.md"),
    ),
    "alias and generated file": (
        {"content/posts/b.md": post("B", slug="b", aliases="[/FEED.xml]")},
        "content/posts/b.md:5: the alias /FEED.xml",
        ("/feed.xml", "a file that the site generates"),
    ),
}


@pytest.mark.parametrize(("files", "one", "other"), SPELLINGS.values(), ids=SPELLINGS)
def test_names_that_are_one_file_on_other_systems_are_a_problem(make_site, files, one, other):
    site = make_site({**FILES, **files})
    [problem] = [str(problem) for problem in site.build().problems]
    message, _, hint = problem.partition(" - ")
    assert message == f"{one} {OTHER.format(*other)}"
    assert hint.startswith("macOS and Windows have one file for both: ")
    assert site.build(strict=True).failed


@pytest.mark.parametrize(
    "alias", ["/feed.xml/", "/feed.xml/old/", "/images/a.txt/old/", "/blog/index.html/x/", "/2019", "/404.html"]
)
def test_a_file_is_no_folder(make_site, alias):
    site = make_site({**FILES, "content/posts/b.md": post("B", date="2019-04-01", slug="b", aliases=f"[{alias}]")})
    [problem] = [str(problem) for problem in site.build().problems]
    assert problem.startswith(f"content/posts/b.md:5: the alias {alias} is already used by ")


@pytest.mark.parametrize("engine", [True, pytest.param(False, marks=pytest.mark.nightly)], ids=["engine", "plain"])
@pytest.mark.parametrize(
    "slugs", [("blog", "archives", "2019"), ("events", "books", "buy", "references", "subscribe", "search")]
)
def test_a_page_with_the_slug_of_a_generated_page_names_its_source(make_site, slugs, engine):
    pages = {f"content/pages/p-{slug}.md": f"---\ntitle: A page\nslug: '{slug}'\n---\nText.\n" for slug in slugs}
    hint = "change the slug of one of them"
    expected = [
        f"content/pages/p-{slug}.md:3: duplicate URL /{slug}/, also used by a file that the site generates - {hint}"
        for slug in sorted(slugs)
    ]
    built = make_site({**FILES, **pages}).build(BUILD_ENGINE=engine, AUTHORSITE={"allow": {"link": "as it is"}})
    assert [str(problem) for problem in built.problems] == expected
    assert {problem.kind for problem in built.problems} == {"url"}, "a page that is lost cannot be allowed"


def test_a_page_may_have_the_slug_of_a_page_that_this_site_does_not_generate(make_site):
    site = make_site(
        {"content/posts/a.md": post(), "content/pages/p.md": "---\ntitle: Events\nslug: events\n---\nNone.\n"}
    )
    assert [str(problem) for problem in site.build(strict=True).problems] == []


STATIC = {
    "robots.txt": "a file that the site generates",
    "feed.xml": "a file that the site generates",
    "favicon.ico": "a file that the site generates",
    "2019/03/01/a/index.html": "content/posts/a.md",
    "blog/index.html": "a file that the site generates",
    "books/guide/index.html": "content/books/guide.md",
}


@pytest.mark.parametrize("paths", [("robots.txt", "feed.xml", "favicon.ico"), [*STATIC][3:]], ids=["files", "pages"])
def test_a_static_file_does_not_take_the_place_of_another(make_site, paths):
    files = {f"images/b{number}.txt": path for number, path in enumerate(paths)}
    site = make_site({**FILES, **{f"content/{name}": "Mine." for name in files}})
    built = site.build(EXTRA_PATH_METADATA={name: {"path": path} for name, path in files.items()})
    problems = [str(problem) for problem in built.problems]
    assert len(problems) == len(paths)
    for name, path in files.items():
        assert any(f"content/{name}" in problem and STATIC[path] in problem for problem in problems), problems


COLLISIONS = {
    "post and post": {"content/posts/b.md": post("B", slug="a")},
    "page and page": {
        "content/pages/b.md": "---\ntitle: B\nslug: x\n---\n",
        "content/pages/c.md": "---\ntitle: C\nslug: x\n---\n",
    },
    "event and event": {"content/events/b.md": EVENT.replace("---\n", "---\nslug: talk\n", 1)},
    "book and book": {"content/books/b.md": "---\ntitle: B\nslug: guide\n---\n"},
    "alias and page": {
        "content/posts/b.md": post("B", slug="b", aliases="[/x/]"),
        "content/pages/c.md": "---\ntitle: C\nslug: x\n---\n",
    },
    "alias and alias": {
        "content/posts/b.md": post("B", slug="b", aliases="[/x/]"),
        "content/posts/c.md": post("C", slug="c", aliases="[/x]"),
    },
    "alias and book": {"content/posts/b.md": post("B", slug="b", aliases="[/books/guide/buy/]")},
    "alias and static file": {"content/posts/b.md": post("B", slug="b", aliases="[/images/a.txt]")},
}


@pytest.mark.parametrize("files", COLLISIONS.values(), ids=COLLISIONS)
def test_two_files_of_the_author_with_one_path_are_both_named(make_site, files):
    [problem] = [str(problem) for problem in make_site({**FILES, **files}).build().problems]
    assert len(set(re.findall(r"content/\w+/\w+\.\w+", problem))) == 2, problem


ONE_URL = {
    "C++, C#": "tags: [C++, C#]",
    "accents": "tags: [Café, Cafe]",
    "signs": "tags: [a.b, ab]",
    "category": "category: 'C#'",
}


@pytest.mark.parametrize("line", ONE_URL.values(), ids=ONE_URL)
def test_two_names_with_one_url_are_a_problem_that_names_both_files(make_site, line):
    key, _, value = line.partition(": ")
    files = {"content/posts/b.md": post("B", slug="b", **{key: value})}
    if key == "category":
        files["content/posts/c.md"] = post("C", slug="c", category="C++")
    else:
        first, second = value.strip("[]").split(", ")
        files = {"content/posts/b.md": post("B", slug="b", tags=f"[{first}]")}
        files["content/posts/c.md"] = post("C", slug="c", tags=f"[{second}]")
    [problem] = [str(problem) for problem in make_site(files).build().problems]
    assert "content/posts/c.md:5: the " in problem
    assert "content/posts/b.md" in problem
    assert "rename one of them" in problem


def test_two_names_with_one_url_in_one_post_are_a_problem(make_site):
    [problem] = make_site({"content/posts/b.md": post("B", slug="b", tags="[C++, C#]")}).build().problems
    assert "the tag `C#` has the URL /tag/c/, which is already used by the tag `C++`" in problem.message


@pytest.mark.parametrize("engine", [True, pytest.param(False, marks=pytest.mark.nightly)], ids=["engine", "plain"])
@pytest.mark.parametrize(
    ("first", "second"),
    [("books", "Books"), ("Stra\u00dfe", "STRASSE"), ("caf\u00e9", "cafe\u0301"), ("\uff21", "a"), ("a  b", "a b")],
)
def test_names_that_differ_in_case_or_normalization_are_one(make_site, first, second, engine):
    site = make_site(
        {
            "content/posts/a.md": post("A", slug="a", tags=f"['{first}', '{second}']", category=f"'{first}'"),
            "content/posts/b.md": post("B", slug="b", tags=f"['{second}']", category=f"'{second}'"),
            "content/posts/c.md": post("C", slug="c", status="hidden", tags=f"['{first}']"),
        }
    )
    assert [str(problem) for problem in site.build(BUILD_ENGINE=engine, strict=True).problems] == []
    folders = {name.split("/")[1] for name in site.tree() if name.startswith("tag/")}
    [tag] = folders
    assert len(re.findall(r"<guid", site.output(f"tag/{tag}/feed.xml"))) == 2
    assert site.output("2019/03/01/a/index.html").count('rel="tag"') == 1
    assert len({name.split("/")[1] for name in site.tree() if name.startswith("category/")}) == 1


def test_the_registry_tells_files_from_folders():
    log = ProblemLog()
    registry = OutputRegistry(log)
    assert registry.claim("a/b/c.html")
    assert registry.claim("a/b/c.html", GENERATED)
    assert not registry.claim("a/b/c.html", Owner("x.md"))
    assert not registry.claim("a/b", Owner("x.md"))
    assert not registry.claim("a/b/c.html/d", Owner("x.md"))
    assert registry.claim("a/b/d.html", Owner("x.md"))
    assert registry.is_generated("a/b/c.html")
    assert not registry.is_generated("a/b/d.html")
    assert not registry.is_generated("nothing")
    assert {problem.path for problem in log} == {"x.md"}
    registry.release("a/b/d.html")
    assert registry.claim("a/b/d.html", Owner("y.md"))

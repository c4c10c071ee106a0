"""Files from other programs are read as they are, and what cannot be read is named with its file and line."""
# ruff: noqa: E501, ISC004 - one case a line

import pytest
from conftest import ROOT, post

POST = "content/posts/a.md"
FAST = {"AUTHORSITE": {"search": False, "social_cards": False}}


def report(make_site, text, **settings):
    return [str(problem) for problem in make_site({POST: text}).build(**FAST, **settings).problems]


READ = {
    "capital keys": ("---\nTitle: A post\nDate: 2019-03-01\nTags: a, b\nStatus: Published\n---\nText.", "2019/03/01/a-post"),
    "capital keys without fences": ("Title: A post\nDate: 2019-03-01\nTags: a, b\n\nText.", "2019/03/01/a-post"),
    "a time with one digit": (post(date="2019-07-15 7:30:00"), "2019/07/15/a-post"),
    "a time without seconds": (post(date="2019-07-15 7:30"), "2019/07/15/a-post"),
    "a time of JavaScript": (post(date="2019-07-08T20:30:00.000Z"), "2019/07/08/a-post"),
    "a time with milliseconds": (post(date="2019-07-08T20:30:09.123Z"), "2019/07/08/a-post"),
    "a time with microseconds and an offset": (post(date="2019-07-08 20:30:09,123456 +00:00"), "2019/07/08/a-post"),
    "url and save_as": (post(url="old/a.html", save_as="old/a.html"), "old/a.html"),
    "only save_as": (post(save_as="old/a.html"), "old/a.html"),
    "only url": (post(url="/old/a/"), "old/a"),
    "only save_as without fences": ("title: A post\ndate: 2019-03-01\nsave_as: old/a.html\n\nText.", "old/a.html"),
    "a rule after the headers": ("title: A post\ndate: 2019-03-01\n\nText.\n\n---\n\nMore.", "2019/03/01/a-post"),
    "a heading after the headers": ("title: A post\ndate: 2019-03-01\n\nText\n---\nMore.", "2019/03/01/a-post"),
    "keys for plugins": ("title: A post\ndate: 2019-03-01\nDisqus: no\nGallery: a\n\nText.", "2019/03/01/a-post"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "path"), READ.values(), ids=READ)
def test_files_of_other_programs_are_read(text, path, make_site):
    site = make_site({POST: text})
    built = site.build(strict=True, TIMEZONE="UTC", **FAST)
    assert not built.failed, list(built.problems)
    assert "<h1" in site.output(path if path.endswith(".html") else f"{path}/index.html")


@pytest.mark.parametrize("key", ["author", "authors"])
@pytest.mark.parametrize("names", ["[Ann, Bob]", "\n- Ann\n- Bob"])
def test_authors_may_be_a_list_under_either_key(key, names, make_site):
    site = make_site({POST: post(**{key: names})})
    assert not site.build(strict=True, **FAST).failed
    page = site.output("2019/03/01/a-post/index.html")
    assert '"name":"Ann"' in page
    assert '"name":"Bob"' in page


def test_an_author_with_a_comma_is_one_name(make_site):
    site = make_site({POST: post(author="Ann Lee, Jr.")})
    assert not site.build(strict=True, **FAST).failed
    assert '{"@type":"Person","name":"Ann Lee, Jr."' in site.output("2019/03/01/a-post/index.html")


def test_the_date_and_the_slug_may_be_in_the_file_name(make_site):
    pattern = r"(?P<date>\d{4}-\d{2}-\d{2})[-_](?P<slug>.*)"
    files = {
        "content/posts/2019-07-15-first.md": "---\ntitle: A post\n---\nText.",
        "content/posts/2019-07-16_second.md": "---\ntitle: Another\ndate: 2019-07-17\n---\nText.",
    }
    site = make_site(files)
    built = site.build(strict=True, FILENAME_METADATA=pattern, **FAST)
    assert not built.failed, list(built.problems)
    assert site.output("2019/07/15/first/index.html")
    assert site.output("2019/07/17/second/index.html")  # the front matter's date wins


NAMED = {
    "no first line": (
        "title: A post\ndate: 2019-03-01\ntags: [rivers, writing]\nsumary: x\n---\nText.",
        ["1: the front matter has no first line `---` - put a line `---` above this one"],
    ),
    "no first line, and a list": (
        "title: A post\ndate: 2019-03-01\ntags:\n- rivers\n- writing\n---\nText.",
        ["1: the front matter has no first line `---` - put a line `---` above this one"],
    ),
    "brackets in headers": (
        "title: A post\ndate: 2019-03-01\nTags: [rivers, writing]\n\nText.",
        [
            "3: `tags` is in brackets, which only front matter between `---` lines has - write Tags: one, two, or put a "
            "line `---` above the first key and below the last one"
        ],
    ),
    "a misspelt header": (
        "title: A post\ndate: 2019-03-01\nsumary: x\n\nText.",
        ["3: unknown key `sumary` - did you mean `summary`?"],
    ),
    "a URL with a host": (
        post(url="https://a.example/x/"),
        ["4: `url` is not a path on this site - write it without the host: url: a/page.html"],
    ),
    "a file outside": (
        post(save_as="../x.html"),
        ["4: `save_as` is not a path on this site - write it without the host: save_as: a/page.html"],
    ),
    "a file outside, encoded": (
        post(save_as='"%2e%2e/x.html"'),
        ["4: `save_as` is not a path on this site - write it without the host: save_as: a/page.html"],
    ),
    "an impossible time": (
        post(date="2019-07-15 7:61:00"),
        ["3: 2019-07-15 7:61:00 is not a time - check the hours and the minutes"],
    ),
    "two categories": (post(category="[A, B]"), ["4: `category` cannot be a list - write one text: category: A"]),
    "a word for true": (post(toc="maybe"), ["4: `toc` cannot be `maybe` - write true or false"]),
    "WordPress's permalink": (
        post(permalink="/a/"),
        ["4: unknown key `permalink` - write slug: the-last-part-of-the-url, or list an old URL in `aliases`"],
    ),
    "WordPress's excerpt": (post(Excerpt="Words."), ["4: unknown key `excerpt` - write `summary: …`"]),
    "Jekyll's layout": (
        post(layout="post"),
        ["4: unknown key `layout` - write `template: …` for a template of your own, or remove the line"],
    ),
    "Hugo's draft": (
        post(draft="true"),
        ["4: unknown key `draft` - write `status: draft`, `status: hidden`, or neither"],
    ),
}


@pytest.mark.parametrize(("text", "expected"), NAMED.values(), ids=NAMED)
def test_what_cannot_be_read_is_named_once(text, expected, make_site):
    assert report(make_site, text) == [f"{POST}:{line}" for line in expected]


IGNORED = {
    "posts/b.txt": "rename it to b.md",
    "posts/b.md.txt": "rename it to b.md",
    "posts/b.TXT": "rename it to b.md",
    "posts/b.mdx": "rename it to b.md, and remove the JSX",
    "posts/b.docx": "convert it: pandoc -s -t markdown -o b.md b.docx",
    "posts/my notes.ipynb": "convert it: pandoc -s -t markdown -o 'my notes.md' 'my notes.ipynb'",
    "pages/b.org": "convert it: pandoc -s -t markdown -o b.md b.org",
    "events/b.odt": "convert it: pandoc -s -t markdown -o b.md b.odt",
}


@pytest.mark.parametrize(("path", "hint"), IGNORED.items())
def test_a_text_that_is_not_markdown_is_named(path, hint, make_site):
    problems = make_site({POST: post(), f"content/{path}": "Text."}).build(**FAST).problems
    assert [str(p) for p in problems] == [
        f"content/{path}: this file is ignored: only Markdown files are read - {hint}"
    ]


@pytest.mark.parametrize("path", ["post/b.md", "b.md", "books/series/b.md", "events/2019/b.markdown"])
def test_markdown_in_a_folder_that_is_not_read_is_named(path, make_site):
    problems = make_site({POST: post(), f"content/{path}": post()}).build(**FAST).problems
    message = "this file is in no folder that is read - move it into content/posts or content/pages"
    assert [str(p) for p in problems] == [f"content/{path}: {message}"]


@pytest.mark.parametrize("path", ["README.md", "images/notes.md", "posts/2019/b.md", "posts/b.jpg", "posts/.b.txt"])
def test_other_files_are_left_alone(path, make_site):
    assert list(make_site({POST: post(), f"content/{path}": post("B")}).build(**FAST).problems) == []


MISSING = {
    "a download": "[x]({static}/images/gone.pdf)",
    "a download twice": "[x]({static}/images/gone.pdf) and [y]({static}/images/gone.pdf)",
    "an attachment": "[x]({attach}../images/gone.pdf)",
    "a picture": "[x]({static}/images/gone.pdf) ![y](../images/here.png)",
}


@pytest.mark.parametrize("body", MISSING.values(), ids=MISSING)
def test_a_missing_file_is_reported_once_with_post_and_line(body, make_site):
    image = (ROOT / "tests/sites/golden/content/images/guide.png").read_bytes()
    problems = make_site({POST: post(body=body), "content/images/here.png": image}).build(**FAST).problems
    expected = f"{POST}:5: there is no content/images/gone.pdf - paths are relative to this file"
    assert [str(problem) for problem in problems] == [expected]


MOVED = {
    "a post": ("[x](b.md)", "posts/b.md", "write old/b.md: it is in content/posts/old/b.md"),
    "a post from the root": (
        "[x]({filename}/pages/b.md)",
        "pages/b.md",
        "write old/b.md: it is in content/posts/old/b.md",
    ),
    "a file": ("[x](../files/C.pdf)", "files/C.pdf", "write ../images/c.pdf: it is in content/images/c.pdf"),
    "a misspelt post": ("[x](old/notse.md)", "posts/old/notse.md", "did you mean `posts/old/notes.md`?"),
    "another name": ("[x](z.md)", "posts/z.md", "paths are relative to this file"),
}


@pytest.mark.parametrize(("body", "path", "hint"), MOVED.values(), ids=MOVED)
def test_a_link_to_a_file_that_moved_names_its_new_place(body, path, hint, make_site):
    files = {
        POST: post(body=body),
        "content/posts/old/b.md": post("B"),
        "content/posts/old/notes.md": post("Notes"),
        "content/images/c.pdf": "%PDF",
    }
    problems = make_site(files).build(**FAST).problems
    assert [str(problem) for problem in problems] == [f"{POST}:5: there is no content/{path} - {hint}"]

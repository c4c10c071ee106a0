"""Every example of docs/writing.md is built, and becomes what is written there.

In that page a `markdown` block is the text of a post, or a whole file when it begins with `---`; a `yaml` block is
lines of a post's front matter. What follows is what it becomes:

- `html` right after `markdown`: the body, whole;
- any other `html`: part of some page of the site;
- `text` after `yaml`: the addresses at which the post is found, or "nowhere";
- `text` after `markdown`: the report.
"""

import re

import pytest
from authorsite.reading.schemas import Page, Post, Reblog, ReviewOf
from conftest import ROOT

TEXT = (ROOT / "docs" / "writing.md").read_text("utf-8")
BLOCK = re.compile(r"^(?P<fence>`{3,})(?P<language>\w+)\n(?P<text>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)
BODY = "Some text.\n\n## First steps\n\nMore of it.\n\n## Further on\n\nThe rest.\n"
GIVEN = {"title": "A post", "date": "2019-07-15"}
BESIDE = {
    "content/posts/round-table.md": "---\ntitle: The round table\ndate: 2019-03-01\nseries: Furniture\n---\n"
    "It is round.\n\n## Why round\n\nSo that all can see.\n",
    "content/pages/about.md": "---\ntitle: About\n---\nMe.\n",
    "content/books/what-is-coworking.md": "---\ntitle: What is Coworking?\ncontributors: [{name: Robert E. McGrath}]\n"
    "chapters: [{number: 5, title: Community leaders}]\n---\nA book.\n",
}
PICTURE = "images/round-table.png"
BODY_ONLY = {"theme_overrides/article.html": "<!-- {{ article.title }} -->{{ article.content|safe }}"}


def examples():
    """Give each source block as (language, text, [(language, text) of its results])."""
    found = []
    for block in BLOCK.finditer(TEXT):
        if block["language"] in {"markdown", "yaml"}:
            found.append((block["language"], block["text"], []))
        else:
            found[-1][2].append((block["language"], block["text"]))
    return found


EXAMPLES = examples()


def whole_file(language, text):
    if language == "markdown" and text.startswith("---"):
        return text
    given = "".join(f"{key}: {value}\n" for key, value in GIVEN.items() if f"{key}:" not in text)
    return f"---\n{given}---\n{text}" if language == "markdown" else f"---\n{given}{text}---\n{BODY}"


def files_of(language, source):
    files = BESIDE | {"content/posts/a-post.md": source} | (BODY_ONLY if language == "markdown" else {})
    if PICTURE in source:
        files[f"content/{PICTURE}"] = (ROOT / "content" / PICTURE).read_bytes()
    return files


def plainly(html):
    """Fold white space, and hide digests, which another version of Pillow may change."""
    html = re.sub(r"(?<=\.)[0-9a-f]{10}(?=\.(?:avif|webp|jpg|png)\b)", "0123456789", html)
    return " ".join(html.split())


def pages(site):
    return {name: data.decode() for name, data in site.tree().items() if name.endswith(".html")}


def title_in(source):
    return re.search(r'^title: "?([^"\n]*)', source, re.MULTILINE)[1]


def body_of(site, source):
    mark = f"<!-- {title_in(source)} -->"
    return next(page.removeprefix(mark) for page in pages(site).values() if page.startswith(mark))


def addresses_of(site, title):
    """Return the addresses whose page, feed or list names the post."""
    found = [n for n, d in site.tree().items() if f"{title}<".encode() in d or f'"{title}"'.encode() in d]
    return "".join(f"/{name.removesuffix('index.html')}\n" for name in found) or "nowhere\n"


def report_of(built):
    lines = [f"{problem.severity}: {problem}\n" for problem in built.problems]
    return "".join([*lines, built.problems.summary(), "\n"])


@pytest.mark.parametrize("number", range(len(EXAMPLES)), ids=lambda n: EXAMPLES[n][1].strip().splitlines()[0][:40])
def test_an_example_becomes_what_is_written_below_it(number, make_site):
    language, text, results = EXAMPLES[number]
    source = whole_file(language, text)
    site = make_site(files_of(language, source))
    built = site.build()
    assert results, "nothing is said of what it becomes"
    for place, (kind, said) in enumerate(results):
        if kind == "text":
            assert said == (report_of(built) if language == "markdown" else addresses_of(site, title_in(source)))
            continue
        assert not list(built.problems)
        if language == "markdown" and place == 0:
            assert plainly(said) == plainly(body_of(site, source))
        else:
            assert any(plainly(said) in plainly(page) for page in pages(site).values()), said


def test_a_post_that_is_out_is_found_at_more_than_its_own_address(make_site):
    site = make_site(files_of("yaml", whole_file("yaml", "status: published\n")))
    site.build()
    assert {"/blog/", "/feed.xml", "/2019/07/15/a-post/"} <= set(addresses_of(site, "A post").split())


def test_every_key_of_the_schemas_is_explained():
    for model in (Post, Page, Reblog, ReviewOf):
        assert [key for key in model.model_fields if f"`{key}`" not in TEXT] == []


def test_no_block_is_left_out():
    assert "```" not in BLOCK.sub("", TEXT)
    assert {block["language"] for block in BLOCK.finditer(TEXT)} == {"markdown", "yaml", "html", "text"}

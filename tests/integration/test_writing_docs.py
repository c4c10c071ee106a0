"""Build every example of docs/writing.md and compare the result with the one shown below it.

In that page a `markdown` block is the body of a post, or a whole file if it starts with `---`; a `yaml` block is front
matter of a post. The blocks that follow are the expected results:

- `html` directly after `markdown`: the whole rendered body;
- any other `html`: part of any page of the site;
- `text` after `yaml`: the URLs that show the post, or "nowhere";
- `text` after `markdown`: the report of the build.
"""

import re

import pytest
from authorsite.reading.schemas import PageMetadata, PostMetadata, Reblog, ReviewOf
from conftest import ROOT
from sounds import make_mp3

DOCS = (ROOT / "docs" / "writing.md").read_text("utf-8")
BLOCK = re.compile(r"^(?P<fence>`{3,})(?P<language>\w+)\n(?P<text>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)
BODY = "Some text.\n\n## First steps\n\nMore of it.\n\n## Further on\n\nThe rest.\n"
DEFAULT_FRONT_MATTER = {"title": "A post", "date": "2019-07-15"}
OTHER_FILES = {
    "content/posts/round-table.md": "---\ntitle: The round table\ndate: 2019-03-01\nseries: Furniture\n---\n"
    "It is round.\n\n## Why round\n\nSo that all can see.\n",
    "content/pages/about.md": "---\ntitle: About\n---\nMe.\n",
    "content/books/what-is-coworking.md": "---\ntitle: What is Coworking?\ncontributors: [{name: Robert E. McGrath}]\n"
    "chapters: [{number: 5, title: Community leaders}]\n---\nA book.\n",
}
TALK = "files/talk.mp3"
IMAGE = "images/round-table.png"
BODY_ONLY_TEMPLATE = {"theme_overrides/article.html": "<!-- {{ article.title }} -->{{ article.content|safe }}"}


def find_examples():
    """Return each source block as (language, text, [(language, text) of its results])."""
    examples = []
    for block in BLOCK.finditer(DOCS):
        if block["language"] in {"markdown", "yaml"}:
            examples.append((block["language"], block["text"], []))
        else:
            examples[-1][2].append((block["language"], block["text"]))
    return examples


EXAMPLES = find_examples()


def complete_source(language, text):
    """Return the example as a whole file, with default front matter and body."""
    if language == "markdown" and text.startswith("---"):
        return text
    defaults = "".join(f"{key}: {value}\n" for key, value in DEFAULT_FRONT_MATTER.items() if f"{key}:" not in text)
    return f"---\n{defaults}---\n{text}" if language == "markdown" else f"---\n{defaults}{text}---\n{BODY}"


def site_files(language, source):
    files = OTHER_FILES | {"content/posts/a-post.md": source} | (BODY_ONLY_TEMPLATE if language == "markdown" else {})
    if IMAGE in source:
        files[f"content/{IMAGE}"] = (ROOT / "content" / IMAGE).read_bytes()
    if TALK in source:
        files[f"content/{TALK}"] = make_mp3(120)
    return files


def normalize(html):
    """Collapse whitespace, and replace digests in file names, which differ between versions of Pillow."""
    html = re.sub(r"(?<=\.)[0-9a-f]{10}(?=\.(?:avif|webp|jpg|png)\b)", "0123456789", html)
    return " ".join(html.split())


def read_pages(site):
    return {name: data.decode() for name, data in site.tree().items() if name.endswith(".html")}


def find_title(source):
    return re.search(r'^title: "?([^"\n]*)', source, re.MULTILINE)[1]


def read_body(site, source):
    marker = f"<!-- {find_title(source)} -->"
    return next(page.removeprefix(marker) for page in read_pages(site).values() if page.startswith(marker))


def find_urls(site, title):
    """Return the URLs of pages and feeds that contain the post's title, one per line."""
    names = [n for n, d in site.tree().items() if f"{title}<".encode() in d or f'"{title}"'.encode() in d]
    return "".join(f"/{name.removesuffix('index.html')}\n" for name in names) or "nowhere\n"


def format_report(built):
    lines = [f"{problem.severity}: {problem}\n" for problem in built.problems]
    return "".join([*lines, built.problems.summary(), "\n"])


@pytest.mark.parametrize("number", range(len(EXAMPLES)), ids=lambda n: EXAMPLES[n][1].strip().splitlines()[0][:40])
def test_example_gives_the_result_shown(number, make_site):
    language, text, results = EXAMPLES[number]
    source = complete_source(language, text)
    site = make_site(site_files(language, source))
    built = site.build()
    assert results, "the example has no result"
    for index, (kind, expected) in enumerate(results):
        if kind == "text":
            assert expected == (format_report(built) if language == "markdown" else find_urls(site, find_title(source)))
            continue
        assert not list(built.problems)
        if language == "markdown" and index == 0:
            assert normalize(expected) == normalize(read_body(site, source))
        else:
            assert any(normalize(expected) in normalize(page) for page in read_pages(site).values()), expected


def test_published_post_is_found_in_lists_and_feeds(make_site):
    site = make_site(site_files("yaml", complete_source("yaml", "status: published\n")))
    site.build()
    assert {"/blog/", "/feed.xml", "/2019/07/15/a-post/"} <= set(find_urls(site, "A post").split())


def test_every_front_matter_key_is_documented():
    for model in (PostMetadata, PageMetadata, Reblog, ReviewOf):
        assert [key for key in model.model_fields if f"`{key}`" not in DOCS] == []


def test_every_code_block_is_an_example_or_a_result():
    assert "```" not in BLOCK.sub("", DOCS)
    assert {block["language"] for block in BLOCK.finditer(DOCS)} == {"markdown", "yaml", "html", "text"}

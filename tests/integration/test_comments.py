"""Comments on posts and pages: shown at their end, nowhere else, and read again when their file changes."""

import re
from textwrap import dedent
from zoneinfo import ZoneInfo

import pytest
from authorsite.comments import adapter
from authorsite.comments.model import Comment, parse_comments
from authorsite.problems import ProblemLog
from conftest import ROOT, post

COMMENTS = """\
- id: "7"
  name: Ann <Lee>
  url: https://ann.example/?a=1&b=2
  date: 2019-03-02T10:00
  html: |-
    <p>So <em>true</em>.<script>alert(1)</script> <a href="https://spam.example/">Buy</a></p>

- id: "8"
  parent: "7"
  date: 2019-03-03T10:00
  html: <p>Is it?</p>

- id: "9"
  name: A reply elsewhere
  url: https://b.example/post/
  date: 2019-03-04
  kind: mention
"""
PAGE = "---\ntitle: About\n---\nMe.\n"
POST = "2019/03/01/a-post/index.html"


def test_the_example_in_the_docs_is_a_comments_file():
    section = (ROOT / "docs/writing.md").read_text("utf-8").partition("### Comments\n")[2]
    example, table = section.partition("\n    ")[2].split("\n\n| ", 1)
    log = ProblemLog()
    comments = parse_comments(dedent(f"    {example}"), log, "a", ZoneInfo("UTC"))
    assert not list(log)
    assert [comment.kind for comment in comments] == ["comment", "comment", "mention"]
    documented = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (.*?) \|", table, re.MULTILINE)))
    assert set(documented) == Comment.model_fields.keys()


@pytest.fixture
def site(make_site):
    files = {"content/posts/2019/a.md": post(tags="x"), "content/posts/2019/a.comments.yaml": COMMENTS}
    return make_site({**files, "content/posts/b.md": post("B"), "content/pages/about.md": PAGE})


def test_comments_are_at_the_end_of_their_post_and_nowhere_else(site):
    site.write({"content/pages/about.comments.yaml": COMMENTS.replace("So <em>", "On a page <em>")})
    result = site.build(strict=True)
    assert not list(result.problems)
    page = site.output(POST)
    section = page.partition('<section class="comments"')[2].partition("</section>")[0]
    assert page.index('class="comments"') > page.index('class="prose')
    assert ">2 comments<" in section
    assert '<a class="p-author h-card" href="https://ann.example/?a=1&amp;b=2" rel="nofollow ugc"' in section
    assert ">Ann &lt;Lee&gt;</a>" in section
    assert '<p>So <em>true</em>. <a href="https://spam.example/" rel="nofollow ugc">Buy</a></p>' in section
    assert ">Anonymous</span>" in section
    assert '<a class="u-url p-name" href="https://b.example/post/" rel="nofollow ugc"' in section
    assert re.search(r'id="comment-7".*<ol>\s*<li class="p-comment h-cite" id="comment-8".*</ol>', section, re.DOTALL)
    assert '<time class="dt-published" datetime="2019-03-02T10:00:00-06:00">' in section
    assert "<form" not in page
    assert "<script>" not in page
    assert "On a page <em>true</em>" in site.output("about/index.html")
    texts = {name: data for name, data in site.tree().items() if not name.endswith(POST)}
    assert not [
        name
        for name, data in texts.items()
        if b"So <em>true" in data or (b"spam.example" in data and name != "about/index.html")
    ]
    assert not [name for name in texts if "comments" in name]


def test_a_changed_file_renders_its_page_again_and_no_other(site):
    assert not site.build().failed
    again = site.build()
    assert not again.files.written
    for text, shown in [
        (COMMENTS.replace("true", "false"), "So <em>false"),
        (COMMENTS[: COMMENTS.index('- id: "8"')], "1 comment<"),
    ]:
        site.write({"content/posts/2019/a.comments.yaml": text})
        result = site.build()
        assert POST in result.files.changed
        assert not [name for name in result.files.changed if name.endswith(".html") and name != POST]
        assert shown in site.output(POST)
    (site.root / "content/posts/2019/a.comments.yaml").unlink()
    site.build()
    assert 'class="comments"' not in site.output(POST)


def test_lists_count_comments_if_the_author_wants_that(site):
    site.build()
    assert "comments<" not in site.output("blog/index.html") + site.output("index.html")
    site.build(AUTHORSITE={"comment_counts": True})
    for name in ("index.html", "blog/index.html"):
        assert site.output(name).count('<a href="/2019/03/01/a-post/#comments">2 comments</a>') == 1
        assert site.output(name).count("#comments") == 1


def test_a_file_is_parsed_once(site, monkeypatch):
    site.build()
    before = site.output(POST)
    monkeypatch.setattr(adapter, "parse_comments", None)
    (site.root / "output" / POST).unlink()
    assert not site.build().failed
    assert site.output(POST) == before


def test_a_mistake_in_a_file_is_an_error_with_its_line_in_every_build(site):
    site.write({"content/posts/2019/a.comments.yaml": COMMENTS.replace("2019-03-03T10:00", "soon")})
    for _ in range(2):
        problems = list(site.build().problems)
        assert [(problem.path, problem.line) for problem in problems] == [("content/posts/2019/a.comments.yaml", 10)]


def test_a_file_without_a_post_is_a_warning(site):
    site.write({"content/posts/c.comments.yaml": COMMENTS, "content/books/d.comments.yaml": COMMENTS})
    problems = [(problem.path, str(problem.severity)) for problem in site.build().problems]
    assert problems == [("content/books/d.comments.yaml", "warning"), ("content/posts/c.comments.yaml", "warning")]


@pytest.mark.parametrize("fields", [{"status": "draft"}, {"date": "2030-01-01"}, {"title": ""}])
def test_comments_on_a_post_that_is_left_out_are_no_problem_of_their_own(site, fields):
    site.write({"content/posts/2019/a.md": post(**fields)})
    assert not [problem for problem in site.build().problems if problem.path.endswith(".yaml")]
    assert not [name for name, data in site.tree().items() if b"So <em>true" in data]


def test_a_hidden_post_shows_its_comments(site):
    site.write({"content/posts/2019/a.md": post(status="hidden")})
    assert not list(site.build(strict=True).problems)
    assert ">2 comments<" in site.output(POST)


def test_the_labels_are_in_the_language_of_the_site(site):
    site.build(AUTHORSITE={"language": "de"})
    for text in (">2 Kommentare<", ">Anonym<", ">Anderswo erwähnt<"):
        assert text in site.output(POST)


def test_another_theme_shows_comments_if_it_includes_the_partial(site):
    site.write(
        {
            "theme_overrides/article.html": '{% extends "!theme/article.html" %}{% block content %}{{ super() }}'
            '{% include "partials/comments.html" %}{% endblock %}'
        }
    )
    settings = {
        "THEME": "simple",
        "DIRECT_TEMPLATES": ["index"],
        "PAGINATED_TEMPLATES": dict.fromkeys(("index", "tag", "category"), 9),
        "JINJA_ENVIRONMENT": {},
    }
    assert not list(site.build(**settings).problems)
    assert ">Ann &lt;Lee&gt;</a>" in site.output(POST)
    assert "<p>So <em>true</em>." in site.output(POST)
    (site.root / "theme_overrides/article.html").unlink()
    site.build(**settings)
    assert "So <em>" not in site.output(POST)

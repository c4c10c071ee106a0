"""The one report of a build: what may pass, what never may, and how it is printed."""

import io
import json

import pytest
from authorsite.problems import ALLOWABLE
from authorsite.reading.markdown import Converter
from conftest import post

BAD = {
    "content/posts/a.md": post(body="[there](b.md)\n\n![](../images/x.png)"),
    "content/posts/b c.md": post("B", "March"),
}


def test_an_allowed_kind_passes_and_is_counted(make_site):
    site = make_site({"content/posts/a.md": post(body="[there](b.md)")})
    built = site.build(strict=True, AUTHORSITE={"allow": {"link": "the other post comes tomorrow"}})
    assert not built.failed
    assert built.problems.summary() == "no problems (1 allowed: link)"


@pytest.mark.parametrize(
    ("kind", "remedy"),
    [
        ("lnik", "did you mean `link`?"),
        ("front-matter", "only what leaves nothing out can: " + ", ".join(sorted(ALLOWABLE))),
    ],
)
def test_a_kind_that_is_unknown_or_would_lose_a_post_cannot_be_allowed(kind, remedy, make_site):
    site = make_site({"content/posts/a.md": post("Lost", "March")})
    built = site.build(AUTHORSITE={"allow": {kind: "why not"}})
    assert [str(p) for p in built.problems] == [f"pelicanconf.py: `{kind}` cannot be allowed - {remedy}"]
    assert built.failed


def test_a_file_that_a_library_leaves_out_is_not_allowed_by_allowing_its_log(make_site, monkeypatch):
    monkeypatch.setattr(Converter, "convert", lambda *_: 1 / 0)
    built = make_site({"content/posts/a.md": post()}).build(AUTHORSITE={"allow": {"log": "noise"}})
    assert built.failed
    assert ["Could not process" in str(p) for p in built.problems] == [True]


@pytest.mark.parametrize("name", ["b.rst", "b.html"])
def test_a_text_that_is_not_markdown_is_named(name, make_site):
    built = make_site({f"content/posts/{name}": "B\n=\n\n:date: 2019-03-01\n\nText."}).build()
    hint = f"make Markdown of it: pandoc {name} -s -t markdown"
    assert [str(p) for p in built.problems] == [f"content/posts/{name}: only Markdown is read here - {hint}"]
    assert built.failed


def test_capitals_in_the_ending_of_a_name_make_no_post_disappear(make_site):
    site = make_site({"content/posts/A.MD": post(), "content/posts/b.md": post("B", body="[there](A.MD)")})
    assert not site.build(strict=True).failed
    assert 'href="/2019/03/01/a-post/"' in site.output("2019/03/01/b/index.html")


def test_every_form_of_the_report_tells_the_same(make_site):
    built = make_site(BAD).build()
    said = {}
    for form in ("text", "json", "github"):
        built.problems._printed = False
        stream = io.StringIO()
        built.problems.print(form, stream)
        said[form] = stream.getvalue()
    found = json.loads(said["json"])
    assert found["failed"]
    assert said["text"].splitlines() == [
        *(f"{p['severity']}: {p['path']}:{p['line']}: {p['message']} - {p['hint']}" for p in found["problems"]),
        found["summary"],
    ]
    assert said["github"].splitlines() == [
        f"::{p['severity']} file={p['path']},line={p['line']}::{p['message']} - {p['hint']}" for p in found["problems"]
    ]

"""Input without bounds ends in a message that names the author's file, soon and short."""
# ruff: noqa: E501 - one case a line

import io
import os
import time

import pytest
from authorsite.problems import MAX_PRINTED, ProblemLog
from authorsite.reading.markdown import MarkdownRenderer, smarten_punctuation
from authorsite.reading.schemas import PostMetadata
from authorsite.validation import did_you_mean, validate
from conftest import post

POST = "content/posts/a.md"
FAST = {"AUTHORSITE": {"search": False, "social_cards": False}}
LONG = "x" * 300


def keys(count):
    return post().replace("\n---\nS", "\n" + "".join(f"k{n}: v\n" for n in range(count)) + "---\nS")


REPORTED = {
    "tags": ({POST: post(tags="[" + ", ".join(f"t{n}" for n in range(4_000)) + "]")}, f"{POST}:4: `tags` has 4000 items - keep at most 200"),
    "authors": ({POST: post(authors="[" + ", ".join(f"t{n}" for n in range(201)) + "]")}, f"{POST}:4: `authors` has 201 items - keep at most 200"),
    "quotes": ({POST: post(body="\"'" * 90_000)}, f"{POST}:5: this block is too long or too complex - split it with blank lines"),
    "a summary": ({POST: post(summary="x\"'" * 60_000)}, f"{POST}:4: `summary` is longer than 20000 characters - shorten it"),
    "a slug": ({POST: post(slug=LONG)}, f"{POST}:4: `{LONG[:60]}…` is longer than 220 bytes - shorten it: it becomes the name of a folder"),
    "a title": ({POST: post(title=LONG)}, f"{POST}:2: the title is too long to make a slug from - add a line such as slug: a-post"),
    "a title of wide letters": ({POST: post(title="я" * 100)}, ""),
    "a tag": ({POST: post(tags=f"[a, {LONG}]")}, f"{POST}:4: `{LONG[:60]}…` is longer than 220 bytes - shorten it: it becomes the name of a folder"),
    "a category": ({POST: post(category=LONG)}, f"{POST}:4: `{LONG[:60]}…` is longer than 220 bytes - shorten it: it becomes the name of a folder"),
    "an alias": ({POST: post(aliases=f"[/a/{LONG}/]")}, f"{POST}:4: `/a/{LONG[:57]}…` is not a URL path that can be a file - shorten its parts to 220 bytes"),
    "an alias of many folders": ({POST: post(aliases=f"[{'/x' * 3_000}]")}, f"{POST}:4: `{'/x' * 30}…` is not a URL path that can be a file - shorten its parts to 220 bytes"),
    "a file name": ({f"content/events/{LONG[:250]}.md": "---\ntitle: A\nstart: 2020-06-01\n---\n"}, f"content/events/{LONG[:250]}.md: the file name is longer than 220 bytes - shorten it"),
    "a template that is not there": ({POST: post(template="artcle")}, f"{POST}:4: there is no template `artcle.html` - did you mean `article`?"),
    "a template elsewhere": ({POST: post(template='"../../etc/passwd"')}, f"{POST}:4: there is no template `../../etc/passwd.html` - put it into theme_overrides/"),
    "NUL in an image": ({POST: post(image='"a\\0b.png"', image_alt="A")}, f"{POST}:4: `image` has the control character U+0000 - remove it"),
    "a line break in a file name": ({"content/posts/a\nb.md": post()}, "content/posts/a\\nb.md: the file name is not UTF-8, or has a control character - rename it, with letters, digits and hyphens only"),
    "a file name in another encoding": ({os.fsdecode(b"content/posts/caf\xe9.md"): post()}, "content/posts/caf\\udce9.md: the file name is not UTF-8, or has a control character - rename it, with letters, digits and hyphens only"),
    "a picture's name in another encoding": ({os.fsdecode(b"content/images/caf\xe9.png"): b"x"}, "content/images/caf\\udce9.png: the file name is not UTF-8, or has a control character - rename it, with letters, digits and hyphens only"),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), REPORTED.values(), ids=REPORTED)
def test_what_is_too_long_or_no_name_is_one_problem_of_its_file(files, expected, make_site):
    start = time.monotonic()
    built = make_site(files).build(**FAST)
    assert [str(problem) for problem in built.problems] == [expected] * bool(expected)
    assert time.monotonic() - start < 10


@pytest.mark.parametrize("path", ["posts/b.md", "images/b.png", "data/shops.yaml", "books/b.md", "notes/pipe"])
def test_a_named_pipe_is_reported_and_not_read(path, make_site):
    site = make_site({POST: post()})
    pipe = site.root / "content" / path
    pipe.parent.mkdir(exist_ok=True)
    os.mkfifo(pipe)
    expected = f"content/{path}: this is not a regular file - remove it from content/"
    assert [str(problem) for problem in site.build(**FAST).problems] == [expected]


def test_a_report_lists_a_hundred_problems_errors_first_and_counts_the_rest(tmp_path):
    log = ProblemLog(root=tmp_path)
    for number in range(500):
        log.warning("a.md", number, f"warning {number}")
    log.error("z.md", 1, "an error " + "x" * 100_000)
    for form in ("text", "github"):
        stream, log._is_printed = io.StringIO(), False
        log.print(form, stream)
        lines = stream.getvalue().splitlines()
        assert len(lines) == MAX_PRINTED + (form == "text")
        assert [line for line in lines if "an error" in line]
        assert len(stream.getvalue()) < 20_000
        if form == "text":
            assert lines[-1] == "1 error, 500 warnings; the first 100 are listed"


@pytest.mark.parametrize("count", [20_000, pytest.param(100_000, marks=pytest.mark.nightly)])
def test_many_unknown_keys_are_a_short_report(count, make_site):
    site, start = make_site({POST: keys(count)}), time.monotonic()
    problems = list(site.build(**FAST).problems)
    assert time.monotonic() - start < 20
    assert len(problems) == MAX_PRINTED + 1
    assert str(problems[0]).startswith(f"{POST}:4: unknown key `k0` - use one of: ")
    expected = f"{POST}:104: {count - MAX_PRINTED} more problems from this line on - correct the others first"
    assert str(problems[-1]) == expected


def test_a_long_key_is_shortened_in_the_message(tmp_path):
    log = ProblemLog(root=tmp_path)
    assert validate(PostMetadata, {"title": "A", "date": "2019-01-01", "k" * 90_000: "v"}, log, "a.md") is None
    (problem,) = log
    assert len(str(problem)) < 1_000


@pytest.mark.parametrize("text", ["\"'", "*_", "it's ", '"a" ', "--.", "*a*", "_a_ ", "`", "&amp;", "'80s "])
def test_marks_take_linear_time(text):
    renderer = MarkdownRenderer()
    start = time.monotonic()
    renderer.render(text * (180_000 // len(text)))
    renderer.render("\n\n".join([text * (4_000 // len(text))] * 45))
    assert time.monotonic() - start < 10


def test_marks_of_a_long_paragraph_are_still_read():
    text = 'She said: "It\'s *here*." ' * 1_000
    assert MarkdownRenderer().render(text).html.count("<em>here</em>") == 1_000


def test_punctuation_of_a_text_beyond_the_limit_takes_no_time():
    start = time.monotonic()
    assert smarten_punctuation("\"'" * 90_000) == "\"'" * 90_000
    assert time.monotonic() - start < 0.5


def test_a_suggestion_among_many_options_takes_no_time():
    options = [f"anchor-{number}" for number in range(50_000)]
    start = time.monotonic()
    for _ in range(20):
        did_you_mean("anchr-17", options)
    assert time.monotonic() - start < 3

"""Comments files: what they may hold, and that what is written is read back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from authorsite.comments.model import Comment, format_comments, parse_comments
from authorsite.problems import ProblemLog
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

ZONE = ZoneInfo("America/Chicago")
DATE = datetime(2019, 3, 1, 10, 20, 30, tzinfo=UTC)


def make(comment_id="1", **fields):
    return Comment(**{"id": comment_id, "date": DATE, **fields})


def parse(text):
    log = ProblemLog()
    return parse_comments(text, log, "a.comments.yaml", ZONE), [str(problem) for problem in log]


def test_comments_are_written_by_thread_for_people_to_read():
    comments = [
        make("13", parent="12", name="Bo Berg", html="<p>Yes.</p>\n\n<p>No.</p>", date=DATE + timedelta(days=2)),
        make("14", kind="mention", url="https://b.example/?p=1", name="A post: yes"),
        make("12", name="Ann Lee", url="https://ann.example/", html="<p>So?</p>", date=DATE + timedelta(days=1)),
        make("15", parent="99", html=" one\ttab ", date=DATE + timedelta(days=3)),
    ]
    assert (
        format_comments(comments)
        == """\
- id: "14"
  name: "A post: yes"
  url: "https://b.example/?p=1"
  kind: mention
  date: 2019-03-01T10:20:30+00:00

- id: "12"
  name: Ann Lee
  url: "https://ann.example/"
  date: 2019-03-02T10:20:30+00:00
  html: |-
    <p>So?</p>

- id: "13"
  parent: "12"
  name: Bo Berg
  date: 2019-03-03T10:20:30+00:00
  html: |-
    <p>Yes.</p>

    <p>No.</p>

- id: "15"
  parent: "99"
  date: 2019-03-04T10:20:30+00:00
  html: "one\\ttab"
"""
    )
    read, problems = parse(format_comments(comments))
    assert not problems
    assert [comment.id for comment in read] == ["14", "12", "13", "15"]


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
names = texts.filter(lambda text: text.isprintable())


@given(st.lists(st.builds(dict, name=names, html=texts, parent=st.sampled_from(["", "1", "2", "9"])), max_size=4))
def test_written_comments_are_read_back(fields):
    comments = []
    for number, values in enumerate(fields):
        try:
            comments.append(make(str(number), **values))
        except ValidationError:  # a control character
            continue
    read, problems = parse(format_comments(comments))
    assert not problems
    # Only a parent in a circle is dropped.
    by_id = {comment.id: comment.model_copy(update={"parent": ""}) for comment in comments}
    assert {comment.id: comment.model_copy(update={"parent": ""}) for comment in read} == by_id


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ('<p onclick="a()">Hi<script>b()</script></p>', "<p>Hi</p>"),
        ('<img src="https://spy.example/x.gif" alt="me">', '<a href="https://spy.example/x.gif">me</a>'),
        ('<a href="javascript:a()">x</a>', "<a>x</a>"),
        ('<h1 id="top" class="x">Big</h1><form><input></form>', "Big"),
        ('<a href="{static}/files/a.pdf">x</a>', "<a>x</a>"),
        ("<blockquote><p>a &amp; b", "<blockquote><p>a &amp; b</p></blockquote>"),
    ],
)
def test_html_is_sanitized_when_a_comment_is_made(html, clean):
    assert make(html=html).html == clean


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- id: a\n  name: Bo", "a.comments.yaml:1: `comments.1.date` is missing - add a line `date: …`"),
        ("- id: a\n  date: 2019-02-30", ":2: 2019-02-30 is not a date - February 2019 has 28 days"),
        ("- id: a\n  date: 2019-02-01\n  url: javascript:a()", ":3: `javascript:a()` is not a URL"),
        ("- id: a\n  date: 2019-02-01\n\n- id: a\n  date: 2019-02-02", ":4: duplicate id `a`"),
        ("- id: a\n  parent: b\n  date: 2019-02-01\n- id: b\n  date: 2019-02-01", ":2: `b` is not above its reply"),
        ("- id: a\n  date: 2019-02-01\n  mail: x", ":3: unknown key `mail`"),
        ("- id: a\n  date: [", "a.comments.yaml:2: invalid YAML"),
        ("id: a", "a.comments.yaml:1: this is not a list of comments - begin each comment"),
        ("- id: ../a\n  date: 2019-02-01", ":1: `../a` is not an id of a comment"),
        ("- &a id", "a.comments.yaml:1: invalid YAML: anchors"),
        ("- id: a\n  name: &x Bo\n  date: 2019-02-01", "a.comments.yaml:2: invalid YAML: anchors"),
        ("- id: a\n  name: Bo\n    url: x", "a.comments.yaml:3: invalid YAML"),
        ("- id: a\n\tdate: x", "a.comments.yaml:2: this line is indented with a tab"),
    ],
)
def test_a_mistake_is_a_problem_with_its_line(text, problem):
    comments, problems = parse(text)
    assert comments is None
    assert len(problems) == 1
    assert problem in problems[0]


def test_what_an_author_writes_by_hand_is_read():
    text = "# My comments\n- id: 7\n  name: Bo\n  date: 2019-03-01 09:30\n  html: <p>Fine.</p>\n"
    comments, problems = parse(text)
    assert not problems
    assert comments == (make("7", name="Bo", date=datetime(2019, 3, 1, 9, 30, tzinfo=ZONE), html="<p>Fine.</p>"),)
    assert parse("[]\n") == ((), [])
    assert parse("") == ((), [])

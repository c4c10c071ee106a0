"""What a round-up counts, and that it leaves the author's words alone."""

import re

import pytest
from authorsite.publishing.settings_file import read_conf
from authorsite.roundup.adapter import roundup
from authorsite.roundup.draft import parse_period
from authorsite.validation import Fault
from conftest import ROOT, post

CITING = (
    "Six words and two sources [1, 2].\n\n1. Ann Author, *A [b]ook*. 2018.\n2. Bea, “C”, 2019, https://example.org/c\n"
)
EVENT = "---\ntitle: A talk\nstart: 2019-08\nplace: Corner Bookshop\n---\n"


@pytest.mark.parametrize(
    ("text", "first", "end", "name"),
    [
        ("2018", "2018-01-01", "2019-01-01", "2018"),
        ("2019Q3", "2019-07-01", "2019-10-01", "third quarter 2019"),
        ("2019q4", "2019-10-01", "2020-01-01", "fourth quarter 2019"),
    ],
)
def test_a_period_is_a_year_or_a_quarter(text, first, end, name):
    period = parse_period(text)
    assert (str(period.start), str(period.end), period.name) == (first, end, name)


@pytest.mark.parametrize("text", ["2019Q5", "Q3", "", "19", "0000", "9999", "20192019Q3"])
def test_anything_else_is_refused_with_a_remedy(text):
    with pytest.raises(Fault) as caught:
        parse_period(text)
    assert caught.value.hint == "write 2018 or 2019Q3"


@pytest.fixture
def site(make_site):
    settings = re.sub(r"(?ms)^AUTHORSITE = \{.*?^\}", "", (ROOT / "pelicanconf.py").read_text("utf-8"))
    review = '{title: "Counting *Rungs*", author: Carl Counter}'
    return make_site(
        {
            "pelicanconf.py": settings,
            "content/posts/a.md": post("In [July]", "2019-07-01", body=CITING, category="News"),
            "content/posts/b.md": post("Read", "2019-09-30", body=CITING, category="Reviews", review_of=review),
            "content/posts/early.md": post("Early", "2019-06-30"),
            "content/posts/late.md": post("Late", "2019-10-01"),
            "content/posts/draft.md": post("Draft", "2019-08-01", status="draft"),
            "content/events/talk.md": EVENT,
        }
    )


def test_a_draft_holds_what_happened_in_its_quarter_and_is_a_valid_post(site):
    assert roundup(read_conf(site.root / "pelicanconf.py"), site.root, "2019Q3", write=True) == 0
    text = (site.root / "content/posts/housekeeping-2019-q3.md").read_text("utf-8")
    for line in (
        "## News (1)\n\n- [In \\[July\\]](a.md)",
        "- Ann Author, *A [b]ook*. 2018. (2 posts)",
        "- Bea, “C”, 2019, https://example.org/c (2 posts)",
        "- *Counting \\*Rungs\\** by Carl Counter: [Read](b.md)",
        "- [A talk](../events/talk.md), Corner Bookshop",
        "2 posts, ",
        "status: draft",
    ):
        assert line in text
    assert "## Commentary" not in text
    assert not re.search(r"Early|Late|\[Draft\]", text)
    assert not site.build(drafts=True).failed
    assert "housekeeping-2019-q3" in "".join(site.tree())


def test_a_draft_that_was_edited_is_never_overwritten(site, capsys):
    file = site.root / "content/posts/housekeeping-2019-q3.md"
    file.write_text(post("Mine"))
    assert roundup(read_conf(site.root / "pelicanconf.py"), site.root, "2019Q3", write=True) == 1
    assert file.read_text() == post("Mine")
    assert "is there already" in capsys.readouterr().err


def test_without_write_nothing_is_written(site, capsys):
    before = sorted(path.name for path in site.root.rglob("*"))
    assert roundup(read_conf(site.root / "pelicanconf.py"), site.root, "2019") == 0
    said = capsys.readouterr().out
    assert 'title: "Housekeeping: 2019"' in said
    assert "## Commentary (2)\n\n- [Early](early.md)\n- [Late](late.md)" in said, "posts without a category are in it"
    assert sorted(path.name for path in site.root.rglob("*")) == before

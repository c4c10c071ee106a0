"""Round-ups: parsing the period, what the draft contains, and never overwriting a file."""

import re

import pytest
from authorsite.problems import CommandError
from authorsite.publishing.settings_file import read_settings_file
from authorsite.roundup import create_roundup, parse_period
from authorsite.validation import InvalidValue
from conftest import ROOT, post

CITING_BODY = (
    "Six words and two sources [1, 2].\n\n1. Ann Author, *A [b]ook*. 2018.\n2. Bea, “C”, 2019, https://example.org/c\n"
)
EVENT = "---\ntitle: A talk\nstart: 2019-08\nplace: Corner Bookshop\n---\n"


@pytest.mark.parametrize(
    ("text", "start", "end", "name"),
    [
        ("2018", "2018-01-01", "2019-01-01", "2018"),
        ("2019Q3", "2019-07-01", "2019-10-01", "third quarter 2019"),
        ("2019q4", "2019-10-01", "2020-01-01", "fourth quarter 2019"),
    ],
)
def test_parse_period(text, start, end, name):
    period = parse_period(text)
    assert (str(period.start), str(period.end), period.name) == (start, end, name)


@pytest.mark.parametrize("text", ["2019Q5", "Q3", "", "19", "0000", "9999", "20192019Q3"])
def test_parse_period_rejects_anything_else(text):
    with pytest.raises(InvalidValue) as error:
        parse_period(text)
    assert error.value.hint == "write 2018 or 2019Q3"


@pytest.fixture
def site(make_site):
    settings = re.sub(r"(?ms)^AUTHORSITE = \{.*?^\}", "", (ROOT / "pelicanconf.py").read_text("utf-8"))
    review = '{title: "Counting *Rungs*", author: Carl Counter}'
    return make_site(
        {
            "pelicanconf.py": settings,
            "content/posts/a.md": post("In [July]", "2019-07-01", body=CITING_BODY, category="News"),
            "content/posts/b.md": post("Read", "2019-09-30", body=CITING_BODY, category="Reviews", review_of=review),
            "content/posts/early.md": post("Early", "2019-06-30"),
            "content/posts/late.md": post("Late", "2019-10-01"),
            "content/posts/draft.md": post("Draft", "2019-08-01", status="draft"),
            "content/events/talk.md": EVENT,
            "content/events/hidden.md": EVENT.replace("A talk", "Hidden").replace("place:", "status: hidden\nplace:"),
            "content/events/draft.md": EVENT.replace("A talk", "Draft").replace("place:", "status: draft\nplace:"),
            "content/posts/hidden.md": post("Hidden", "2019-08-02", status="hidden"),
        }
    )


def test_draft_lists_posts_sources_reviews_and_events_of_the_quarter(site):
    assert create_roundup(read_settings_file(site.root / "pelicanconf.py"), site.root, "2019Q3", write=True) == 0
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
    assert not re.search(r"Early|Late|\[(Draft|Hidden)\]", text)
    assert not site.build(drafts=True).failed
    assert "housekeeping-2019-q3" in "".join(site.tree())


def test_an_own_book_is_one_source(site):
    body = "See [1].\n\n## References\n\n1. Ann Author, *The Guide{}*, 2018.\n"
    site.write(
        {
            "content/books/guide.md": "---\ntitle: The Guide\nsubtitle: For all\n---\nText.\n",
            "content/posts/a.md": post("A", "2019-07-01", body=body.format(": For all")),
            "content/posts/b.md": post("B", "2019-07-02", body=body.format("")),
        }
    )
    assert create_roundup(read_settings_file(site.root / "pelicanconf.py"), site.root, "2019Q3", write=True) == 0
    text = (site.root / "content/posts/housekeeping-2019-q3.md").read_text("utf-8")
    assert text.count("The Guide") == 1
    assert "- Ann Author, *The Guide: For all*, 2018. (2 posts)" in text


def test_the_author_may_replace_the_template(site):
    settings = read_settings_file(site.root / "pelicanconf.py")
    site.write({"theme_overrides/roundup.md": "---\nslug: mine\n---\n{{ posts|length }} posts in {{ period.name }}\n"})
    assert create_roundup(settings, site.root, "2019Q3", write=True) == 0
    assert (site.root / "content/posts/mine.md").read_text() == "---\nslug: mine\n---\n2 posts in third quarter 2019\n"


@pytest.mark.parametrize("template", ["one\n{% for %}", "one\n{{ nothing.at.all }}"])
def test_error_in_the_template_is_reported(template, site):
    site.write({"theme_overrides/roundup.md": template})
    with pytest.raises(CommandError, match=r"theme_overrides/roundup\.md:2: .+ - correct the template"):
        create_roundup(read_settings_file(site.root / "pelicanconf.py"), site.root, "2019Q3")


def test_existing_file_is_not_overwritten(site, capsys):
    file = site.root / "content/posts/housekeeping-2019-q3.md"
    file.write_text(post("Mine"))
    assert create_roundup(read_settings_file(site.root / "pelicanconf.py"), site.root, "2019Q3", write=True) == 1
    assert file.read_text() == post("Mine")
    assert "already exists" in capsys.readouterr().err


def test_without_write_the_draft_is_only_printed(site, capsys):
    before = sorted(path.name for path in site.root.rglob("*"))
    assert create_roundup(read_settings_file(site.root / "pelicanconf.py"), site.root, "2019") == 0
    printed = capsys.readouterr().out
    assert 'title: "Housekeeping: 2019"' in printed
    assert "## Commentary (2)\n\n- [Early](early.md)\n- [Late](late.md)" in printed, "no category"
    assert sorted(path.name for path in site.root.rglob("*")) == before

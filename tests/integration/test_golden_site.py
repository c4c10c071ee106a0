"""The golden site: expected pages, hidden and unpublished posts."""

from authorsite.output import FILE_LIST


def test_the_golden_site_builds_strictly(golden):
    assert "Six ways up a ladder" in golden.output("2019/03/01/six-ways-up-a-ladder/index.html")


def test_the_golden_site_has_a_page_for_every_published_post(golden):
    posts = list((golden.root / "content/posts").glob("*.md"))
    pages = list((golden.root / "output").glob("20*/*/*/*/index.html"))
    assert len(pages) == len(posts) - len(("draft.md", "scheduled.md"))


def test_the_golden_site_does_not_mention_drafts_and_scheduled_posts(golden):
    phrases = (
        b"unfinished",
        b"half-formed",
        b"ladder of next week",
        b"tenth of February",
        b"scheduled-only",
        b"draft-only",
    )
    found = [name for name, content in golden.tree().items() if any(phrase in content for phrase in phrases)]
    assert found == []


def test_hidden_posts_have_a_page_but_are_not_listed(golden):
    assert "behind the door" in golden.output("2019/09/09/the-ladder-behind-the-door/index.html")
    found = [name for name, content in golden.tree().items() if b"behind-the-door" in content]
    assert [name for name in found if not name.startswith("2019/09/09/")] == [FILE_LIST]  # which is not published

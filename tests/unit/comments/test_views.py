"""Comments by thread."""

from datetime import UTC, datetime

import pytest
from authorsite.comments.model import Comment
from authorsite.comments.views import make_discussion, make_view


def make(row):
    """Return the view of "ID<PARENT DAY"; that of a mention has an ID in capitals."""
    name, day = row.split()
    comment_id, _, parent = name.partition("<")
    kind = "mention" if comment_id.isupper() else "comment"
    return make_view(Comment(id=comment_id, parent=parent, date=datetime(2020, 1, int(day), tzinfo=UTC), kind=kind))


def outline(views):
    return " ".join(view.id + (f"({outline(view.replies)})" if view.replies else "") for view in views)


@pytest.mark.parametrize(
    ("rows", "threads", "mentions"),
    [
        (["a 1", "b<a 3", "c<a 2", "d 4"], "a(c b) d", ""),
        (["b 2", "a 1"], "a b", ""),
        (["a<gone 1", "b<a 2"], "a(b)", ""),
        (["M 1", "a<M 2", "N 1"], "a", "M N"),
        (["a 1", "b<a 1", "c<b 1", "d<c 1", "e<d 1", "f<e 1", "g<f 1", "h<b 2"], "a(b(c(d(e f g)) h))", ""),
    ],
)
def test_replies_are_below_their_parents(rows, threads, mentions):
    discussion = make_discussion([make(row) for row in rows])
    assert outline(discussion.threads) == threads
    assert outline(discussion.mentions) == mentions
    assert discussion.count == sum(row[0].islower() for row in rows)


def test_links_in_comments_vouch_for_nothing():
    html = '<p><a href="https://b.example/" rel="me">b</a></p>'
    view = make_view(Comment(id="1", date=datetime(2020, 1, 1, tzinfo=UTC), html=html))
    assert view.html == '<p><a href="https://b.example/" rel="nofollow ugc">b</a></p>'

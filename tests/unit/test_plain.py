"""The text a reader sees, found in two ways that must agree."""

import random

from authorsite import markup

PIECES = ["<p>", "</p>", "a", "<b>", "&amp;", "&lt", "<br/>", "<img src='a>b'>", " ", '<a href="x">', "</a>", "<", '"']
PIECES += [">", "<h2 id=x>", "&#65;", "b ", "<script>", "</script>", "<!-- c -->"]


def test_the_quick_way_agrees_with_the_thorough_one_or_leaves_it_to_it():
    dice, quick = random.Random(1), 0
    for _ in range(4000):
        html = "".join(dice.choice(PIECES) for _ in range(dice.randint(1, 8)))
        found = markup._plain_of_tags(html)
        quick += found is not None
        assert found in {None, markup._plain_of_tokens(html)}, html
    assert quick > 500

"""Posts for measuring: made from a seed, the same for every generator but for their front matter."""

import random
from datetime import datetime, timedelta

NOUNS = (
    "ladder orchard window river paper lamp stone garden letter winter bridge harbour table engine mirror cellar map "
    "market kettle island curtain bell forest ribbon tower cupboard lantern valley station pocket meadow chimney"
).split()
VERBS = "keeps finds turns carries opens follows forgets builds mends reads borrows measures paints leaves".split()
OTHERS = (
    "the a every another slowly again under beside beyond without because although quiet long narrow green heavy old "
    "first last some of from with and while until perhaps almost never"
).split()
CATEGORIES = ("craft", "letters", "news", "reading", "travel", "workshop")
TAGS = tuple(f"{noun}s" for noun in NOUNS)
FIRST = datetime(2012, 3, 1, 9)  # noqa: DTZ001 - the sites say that they are in UTC


class Post:
    """Post `number`; its body depends on its number alone, about 550 words."""

    def __init__(self, number):
        dice = random.Random(f"post {number}")
        self.number, self.slug, self.date = number, f"post-{number:05d}", FIRST + timedelta(hours=11 * number)
        self.title = f"{_words(dice, 3).capitalize()} {number}"
        self.category, self.tags = dice.choice(CATEGORIES), sorted(dice.sample(TAGS, 3))
        self.summary = _sentence(dice) + " " + _sentence(dice)
        self.body = "\n\n".join(_blocks(dice, number))

    def pelican(self):
        """As Pelican's own reader wants it."""
        return (
            f"Title: {self.title}\nDate: {self.date:%Y-%m-%d %H:%M}\nCategory: {self.category}\n"
            f"Tags: {', '.join(self.tags)}\nSlug: {self.slug}\nSummary: {self.summary}\n\n{self.body}\n"
        )

    def yaml(self, category="category: {}"):
        """As this project has it."""
        return (
            f'---\ntitle: "{self.title}"\ndate: {self.date:%Y-%m-%dT%H:%M:%SZ}\n{category.format(self.category)}\n'
            f'tags: [{", ".join(self.tags)}]\nslug: {self.slug}\nsummary: "{self.summary}"\n---\n\n{self.body}\n'
        )

    def hugo(self):
        """As Hugo wants it."""
        return self.yaml("categories: [{}]")


def _words(dice, count):
    return " ".join(dice.choice(dice.choice((NOUNS, VERBS, OTHERS))) for _ in range(count))


def _sentence(dice):
    return _words(dice, dice.randint(7, 18)).capitalize() + dice.choice(".....?!")


def _marked(dice, number):
    """A sentence with the marks that writers use."""
    sentence = _sentence(dice)
    word = dice.choice(NOUNS)
    marked = dice.choice(
        (f"*{word}*", f"**{word}**", f"`{word}`", f"[{word}](https://example.org/{word}/{number})", f'"{word}"', word)
    )
    return f"{sentence[:-1]}, {marked}{sentence[-1]}"


def _paragraph(dice, number):
    return " ".join(
        _marked(dice, number) if dice.random() < 0.25 else _sentence(dice) for _ in range(dice.randint(3, 6))
    )


def _blocks(dice, number):
    has_note, has_code = dice.random() < 0.3, dice.random() < 0.1
    for section in range(3):
        if section:
            yield f"## {_words(dice, 4).capitalize()}"
        for _ in range(3):
            yield _paragraph(dice, number)
        if section == 0:
            yield "\n".join(f"- {_words(dice, 5)}" for _ in range(4))
        if section == 1:
            yield "> " + _sentence(dice)
        if section == 1 and has_code:
            yield "```python\nfor shelf in shelves:\n    print(shelf, len(shelf.books))  # in order\n```"
    if has_note:
        yield f"{_sentence(dice)[:-1]}[^1]."
        yield f"[^1]: {_sentence(dice)}"


def write(folder, count, form):
    """Write posts 0 to `count` below `folder` in the form of a generator: pelican, yaml or hugo."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        post = Post(number)
        (folder / f"{post.slug}.md").write_text(getattr(post, form)(), "utf-8")

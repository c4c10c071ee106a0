"""Posts for benchmarks: generated from a seed, the same for every generator except for their front matter."""

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
FIRST = datetime(2012, 3, 1, 9)  # noqa: DTZ001 - the sites' time zone is UTC


class Post:
    """Post `number`, about 550 words; its content depends on the number alone."""

    def __init__(self, number):
        rng = random.Random(f"post {number}")
        self.number, self.slug, self.date = number, f"post-{number:05d}", FIRST + timedelta(hours=11 * number)
        self.title = f"{_words(rng, 3).capitalize()} {number}"
        self.category, self.tags = rng.choice(CATEGORIES), sorted(rng.sample(TAGS, 3))
        self.summary = _sentence(rng) + " " + _sentence(rng)
        self.body = "\n\n".join(_blocks(rng, number))

    def pelican(self):
        """Return the file for Pelican's own reader."""
        return (
            f"Title: {self.title}\nDate: {self.date:%Y-%m-%d %H:%M}\nCategory: {self.category}\n"
            f"Tags: {', '.join(self.tags)}\nSlug: {self.slug}\nSummary: {self.summary}\n\n{self.body}\n"
        )

    def yaml(self, category="category: {}"):
        """Return the file for this project's reader."""
        return (
            f'---\ntitle: "{self.title}"\ndate: {self.date:%Y-%m-%dT%H:%M:%SZ}\n{category.format(self.category)}\n'
            f'tags: [{", ".join(self.tags)}]\nslug: {self.slug}\nsummary: "{self.summary}"\n---\n\n{self.body}\n'
        )

    def hugo(self):
        """Return the file for Hugo."""
        return self.yaml("categories: [{}]")


def _words(rng, count):
    return " ".join(rng.choice(rng.choice((NOUNS, VERBS, OTHERS))) for _ in range(count))


def _sentence(rng):
    return _words(rng, rng.randint(7, 18)).capitalize() + rng.choice(".....?!")


def _formatted_sentence(rng, number):
    """Return a sentence with some inline Markdown."""
    sentence = _sentence(rng)
    word = rng.choice(NOUNS)
    formatted = rng.choice(
        (f"*{word}*", f"**{word}**", f"`{word}`", f"[{word}](https://example.org/{word}/{number})", f'"{word}"', word)
    )
    return f"{sentence[:-1]}, {formatted}{sentence[-1]}"


def _paragraph(rng, number):
    return " ".join(
        _formatted_sentence(rng, number) if rng.random() < 0.25 else _sentence(rng) for _ in range(rng.randint(3, 6))
    )


def _blocks(rng, number):
    has_footnote, has_code = rng.random() < 0.3, rng.random() < 0.1
    for section in range(3):
        if section:
            yield f"## {_words(rng, 4).capitalize()}"
        for _ in range(3):
            yield _paragraph(rng, number)
        if section == 0:
            yield "\n".join(f"- {_words(rng, 5)}" for _ in range(4))
        if section == 1:
            yield "> " + _sentence(rng)
        if section == 1 and has_code:
            yield "```python\nfor shelf in shelves:\n    print(shelf, len(shelf.books))  # in order\n```"
    if has_footnote:
        yield f"{_sentence(rng)[:-1]}[^1]."
        yield f"[^1]: {_sentence(rng)}"


def write_posts(folder, count, post_format):
    """Write `count` posts to `folder` in the format of a generator: pelican, yaml or hugo."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        post = Post(number)
        (folder / f"{post.slug}.md").write_text(getattr(post, post_format)(), "utf-8")

"""The golden site with two more posts, a typical and an extreme one, built once and served on this machine."""

from functools import partial
from random import Random

import pytest
from conftest import build_strictly, copy_golden_site
from serving import serve_folder

WORDS = "ladder rung rail wood rope height view step apple tree wall window roof light morning work hand foot".split()


def make_prose(count, seed):
    """Return `count` made-up words in sentences and paragraphs."""
    chosen = Random(seed)
    sentences = []
    while count > 0:
        size = min(chosen.randint(6, 18), count)
        words = [
            chosen.choice(WORDS) + chosen.choice(("", "s", "ing", "ed", "er", "ly", " of the", " and a"))
            for _ in range(size)
        ]
        sentences.append(" ".join(words).capitalize() + ".")
        count -= sum(len(word.split()) for word in words)
    return "\n\n".join(" ".join(sentences[n : n + 5]) for n in range(0, len(sentences), 5))


MODEL = """---
title: A post as blogs have them
date: 2019-08-20
category: Workshop
tags: [ladders, method]
summary: Six hundred words, two headings, a list, a quotation, some code and one picture.
---
{}

## First

- one rung
- another rung

> {}

## Second

```python
print("rungs", 3 + 4)
```

![A hill at dawn](../images/dawn.jpg "Dawn, painted by a program.")

{}
"""

HARD = """---
title: "{}"
date: 2018-08-21
category: Workshop
tags: [{}]
toc: true
---
{}

| {} |
|{}|
| {} |

    {}

![A very wide picture](../images/wide.png "Wide.")

https-without-a-break-{}

## {}

{}
"""


def draw_pictures(root):
    """Draw an image that compresses like a photo, 1200 by 800 pixels, and one that is far too wide."""
    image = pytest.importorskip("PIL.Image")
    sky = image.linear_gradient("L").resize((1200, 800))
    grain = image.frombytes("L", (1200, 800), Random(1).randbytes(960_000)).point(lambda value: 125 + value * 6 // 256)
    colors = (sky, sky.point(lambda value: (value + 300) // 3), sky.rotate(180))
    grainy = [pytest.importorskip("PIL.ImageChops").add(color, grain, 1, -128) for color in colors]
    image.merge("RGB", grainy).save(root / "dawn.jpg", quality=88)
    image.new("RGB", (4000, 300), "#357").save(root / "wide.png")


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The site, built in strict mode."""
    golden_site = copy_golden_site(tmp_path_factory.mktemp("pages"))
    draw_pictures(golden_site.root / "content/images")
    cells = " | ".join(f"column number {n}" for n in range(9))
    hard = HARD.format(
        "Donaudampfschifffahrtsgesellschaftskapitänsmützen and other things that one word can hold " * 2,
        ", ".join(f"tag{n}" for n in range(40)),
        make_prose(5000, 2),
        cells,
        "|".join(["---"] * 9),
        cells,
        "x = " + "very_long_name + " * 30,
        "and_on" * 40,
        "Supercalifragilistic" * 4,
        make_prose(5000, 3),
    )
    model = MODEL.format(make_prose(250, 4), make_prose(30, 5).replace("\n\n", " "), make_prose(300, 6))
    golden_site.write({"content/posts/model.md": model, "content/posts/hard.md": hard})
    build_strictly(partial(golden_site.build, strict=True))
    return golden_site


@pytest.fixture(scope="session")
def served(site):
    """The URL of the site on this machine."""
    with serve_folder(site.root / "output") as url:
        yield url

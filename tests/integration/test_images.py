"""Pictures of whole sites: what is made, what is made again, what is refused."""

from io import BytesIO

import pytest
from authorsite.images import making, store
from conftest import post
from PIL import Image

BOOK = """---
title: A made-up guide
language: en
cover: {src: images/front.jpg, alt: The cover}
---
About ladders.
"""


def photograph(size=(900, 500), form="JPEG", **options):
    out = BytesIO()
    Image.effect_noise(size, 50).convert("RGB").save(out, form, **options)
    return out.getvalue()


def made(site):
    """Return the files that were made, by name, with what tells whether they were made anew."""
    return {p.name: p.stat().st_ino for p in (site.root / ".cache/images").iterdir() if p.suffix != ".json"}


def built(site, **options):
    done = site.build(**options)
    assert not done.failed, "\n".join(map(str, done.problems))
    return done


@pytest.fixture
def small(make_site):
    return make_site(
        {
            "content/posts/a.md": post(slug="a", body="![In the text](../images/in-text.jpg)"),
            "content/posts/b.md": post(title="B", slug="b", image="images/front.jpg", image_alt="At the front"),
            "content/books/guide.md": BOOK,
            "content/images/in-text.jpg": photograph(),
            "content/images/front.jpg": photograph(exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"),
        }
    )


def test_a_build_after_which_nothing_changed_opens_no_image_and_draws_no_card(small, monkeypatch):
    built(small)
    before = made(small)

    def never(*_):
        raise AssertionError("an image was opened")

    monkeypatch.setattr(store, "look", never)
    monkeypatch.setattr(making, "make", never)
    built(small)
    assert made(small) == before


def test_a_new_title_makes_one_card_and_a_new_image_its_own_files(small):
    built(small)
    before = made(small)
    small.write({"content/posts/a.md": post(title="Another", slug="a", body="![In the text](../images/in-text.jpg)")})
    built(small)
    [card] = made(small).items() - before.items()
    assert card[0].startswith("a.")
    before = made(small)
    small.write({"content/images/in-text.jpg": photograph()})
    built(small)
    assert {name.rsplit("-", 1)[0] for name, _ in made(small).items() - before.items()} == {"in-text"}

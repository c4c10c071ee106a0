"""Damage to the cache or to files in output/ is repaired in silence, and never published (issue 16, 12)."""

import os
import random
import shutil
from io import BytesIO

import pytest
from conftest import SITE_DATE, Site, book, post, restore_signals
from PIL import Image

SEEDS = [*range(5), *(pytest.param(seed, marks=pytest.mark.nightly) for seed in range(5, 200))]


def picture(size, form="JPEG", **options):
    out = BytesIO()
    Image.effect_noise(size, 50).convert("RGB").save(out, form, **options)
    return out.getvalue()


FILES = {
    **{
        f"content/posts/{n}.md": post(f"Post {n}", slug=f"p{n}", body=f"Ladder {n} has steps.\n\nMore words.")
        for n in range(5)
    },
    "content/posts/picture.md": post(slug="picture", body="![A wall](../images/wall.jpg)"),
    "content/posts/lead.md": post("Lead", slug="lead", image="images/phone.jpg", image_alt="A phone"),
    "content/books/guide.md": book("images/cover.png"),
    "content/images/wall.jpg": picture((500, 280)),
    "content/images/cover.png": picture((60, 90), "PNG"),
    "content/images/phone.jpg": picture((400, 300), comment=b"secret"),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A built site, and its output."""
    site = Site(tmp_path_factory.mktemp("built"), {}).write(FILES)
    with pytest.MonkeyPatch.context() as patch, restore_signals():
        patch.setenv("SITE_DATE", SITE_DATE)
        result = site.build(strict=True)
    assert not result.failed, "\n".join(map(str, result.problems))
    return site, site.tree()


@pytest.fixture
def site(built):
    """The built site, which a test may damage: a build repairs it."""
    site, expected = built
    yield site
    if site.tree() != expected:  # the test failed
        for folder in ("output", ".cache"):
            shutil.rmtree(site.root / folder)
        site.build(strict=True)


def flip_bits(data, rng):
    for _ in range(rng.choice([1, 1, 1, 2, 9])):
        at = rng.randrange(len(data))
        data[at] ^= 1 << rng.randrange(8)


def zero_block(data, rng):
    at = rng.randrange(len(data))
    end = min(len(data), at + rng.choice([1, 16, 512, 4096]))
    data[at:end] = bytes(end - at)


def move_block(data, rng):
    size = rng.randrange(1, len(data) // 2 + 1)
    source, target = rng.randrange(len(data) - size + 1), rng.randrange(len(data) - size + 1)
    data[target : target + size] = data[source : source + size]


def cut(data, rng):
    del data[rng.randrange(len(data)) :]


def replace_word(data, rng):
    """Write another word into a text, as a flipped bit in a stored body would."""
    word = rng.choice([b"Ladder", b"Post", b"steps", b"wall", b"guide"])
    data[:] = data.replace(word, word[::-1])


DAMAGES = [flip_bits, zero_block, move_block, cut, replace_word]


def damage(path, change, rng):
    """Change a file, and set its date back."""
    data, stat = bytearray(path.read_bytes()), path.stat()
    if data:
        change(data, rng)
        with path.open("r+b") as file:  # the same inode: nothing but the content shows what happened
            file.write(data)
            file.truncate()
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def list_files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def build_and_compare(site, expected, **options):
    result = site.build(**options)
    assert not [*map(str, result.problems)]
    actual = site.tree()
    assert actual.keys() == expected.keys()
    assert [name for name in expected if actual[name] != expected[name]] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_random_damage_changes_no_byte(built, site, seed):
    rng = random.Random(seed)
    for _ in range(rng.choice([1, 3, 10])):
        folder = rng.choice([".cache", ".cache", "output"])
        damage(rng.choice(list_files(site.root / folder)), rng.choice(DAMAGES), rng)
    if rng.random() < 0.4:
        shutil.rmtree(site.root / "output")
    if rng.random() < 0.3:
        site.write({"content/posts/0.md": FILES["content/posts/0.md"]})  # the same, with another date
    build_and_compare(site, built[1], strict=rng.random() < 0.7)
    build_and_compare(site, built[1], strict=rng.random() < 0.7)


KINDS = {
    "the engine's texts": ".cache/texts.sqlite",
    "a resized image": ".cache/images/wall-500.*.webp",
    "an image without metadata": ".cache/images/clean.*.jpg",
    "a social card": ".cache/images/p1.*.png",
    "an icon": ".cache/images/*.favicon.ico",
    "the facts about images": ".cache/images/stamps.json",
    "a fragment of the search index": ".cache/search/*/fragment/*",
    "the entry file of the search index": ".cache/search/*/pagefind-entry.json",
    "the stamps of the search index": ".cache/search/*/stamps.json",
    "the stamps of the feeds": ".cache/feeds.json",
    "the manifest": ".cache/output-*.json",
    "a page": "output/2019/03/01/p1/index.html",
    "a feed": "output/feed.xml",
    "a published image": "output/images/cover.png",
    "a published image without metadata": "output/images/phone.jpg",
    "a published variant": "output/images/sized/wall-500.*.webp",
    "a published card": "output/images/cards/p1.*.png",
    "a published fragment of the search index": "output/pagefind/fragment/*",
    "a stylesheet": "output/assets/*.css",
    "a redirect or a short link": "output/go/*/index.html",
    "the sitemap": "output/sitemap.xml",
}


LOST = [(kind, False) for kind in KINDS] + [(kind, True) for kind in KINDS if KINDS[kind].startswith(".cache")]


@pytest.mark.parametrize(("kind", "is_output_lost"), LOST)
def test_flipped_bit_changes_no_byte_in(built, site, kind, is_output_lost):
    paths = sorted(site.root.glob(KINDS[kind]))
    assert paths, f"there is no {KINDS[kind]}"
    damage(paths[0], flip_bits, random.Random(7))
    if is_output_lost:
        shutil.rmtree(site.root / "output")
    build_and_compare(site, built[1])


def pad(jpeg, size):
    """Return a JPEG file with a comment that makes it `size` bytes long."""
    gap = size - len(jpeg)
    return jpeg[:2] + b"\xff\xfe" + (gap - 2).to_bytes(2, "big") + bytes(gap - 4) + jpeg[2:]


@pytest.mark.parametrize("engine", [True, False])
def test_picture_that_is_replaced_by_one_of_equal_size_and_date_is_published(make_site, engine):
    site, path = make_site(FILES), "content/images/wall.jpg"
    pictures = [pad(picture((500, 280)), 120_000) for _ in range(2)]
    trees = []
    for data in pictures:
        site.write({path: data})
        os.utime(site.root / path, (1, 1))
        assert not site.build(BUILD_ENGINE=engine).failed
        trees.append({name: data for name, data in site.tree().items() if "images/" in name and "wall" in name})
    assert len(trees[0]) == len(trees[1]) > 2
    assert not set(trees[0].values()) & set(trees[1].values())

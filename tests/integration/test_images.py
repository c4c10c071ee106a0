"""Pictures of whole sites: what is made, what is made again, what is refused."""

import io
import multiprocessing
import os
import pty
import re
import shutil
import time
from io import BytesIO
from urllib.parse import unquote

import pytest
from authorsite.images import encoding, registry
from conftest import book, post
from pelican_incremental.writer import IncrementalWriter
from PIL import Image


def photograph(size=(500, 280), form="JPEG", **options):
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
            "content/books/guide.md": book("images/front.jpg"),
            "content/images/in-text.jpg": photograph(),
            "content/images/unused.jpg": photograph(comment=b"secret"),
            "content/images/front.jpg": photograph(exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"),
        }
    )


def test_a_build_after_which_nothing_changed_opens_no_image_and_draws_no_card(small, monkeypatch):
    built(small)
    before = made(small)

    def never(*_):
        raise AssertionError("an image was opened")

    monkeypatch.setattr(registry, "look", never)
    monkeypatch.setattr(encoding, "make", never)
    built(small)
    assert made(small) == before


def test_a_terminal_shows_how_many_pictures_are_made_and_a_pipe_nothing(small, monkeypatch):
    ours, its = pty.openpty()
    with os.fdopen(its, "w", buffering=1) as terminal, monkeypatch.context() as patch:
        patch.setattr("sys.stderr", terminal)
        built(small)
        shown = os.read(ours, 100_000).decode()
    steps = re.findall(r"\rPictures \[(#* *)\] (\d+)/(\d+)", shown)
    opened = int(steps[0][2])
    drawn = len(steps) - opened
    counts = [(n, opened) for n in range(1, opened + 1)] + [(n, drawn) for n in range(1, drawn + 1)]
    assert [(int(done), int(whole)) for _, done, whole in steps] == counts
    assert min(opened, drawn) >= 3
    assert steps[-1][0] == "#" * len(steps[0][0])
    assert shown.endswith("\r\n")
    shutil.rmtree(small.root / ".cache")
    piped = io.StringIO()
    monkeypatch.setattr("sys.stderr", piped)
    built(small)
    assert "Pictures" not in piped.getvalue()
    os.close(ours)


def posts(count):
    return {f"content/posts/{n}.md": post(f"Post {n}", slug=f"post-{n}") for n in range(count)}


def test_many_cards_are_drawn_in_several_processes_while_pages_are_written(make_site, tmp_path, monkeypatch):
    noted, draw, write = tmp_path / "noted", encoding.draw, IncrementalWriter.write_file
    noted.mkdir()

    def draw_late(*given):
        end = time.monotonic() + 10
        while not {"page", "late"} & {path.name for path in noted.iterdir()}:
            (noted / ("late" if time.monotonic() > end else "waiting")).touch()
            time.sleep(0.01)
        (noted / f"by {os.getpid()}").touch()
        time.sleep(0.02)
        return draw(*given)

    def note_page(*given, **more):
        (noted / "page").touch()
        return write(*given, **more)

    monkeypatch.setattr(encoding, "usable_cores", lambda: 2)
    monkeypatch.setattr(encoding, "draw", draw_late)
    monkeypatch.setattr(IncrementalWriter, "write_file", note_page)
    site = make_site(posts(40))
    built(site)
    assert len([*noted.glob("by *")]) == 2
    assert not (noted / "late").exists()
    assert len([*(site.root / "output/images/cards").iterdir()]) >= 40
    assert multiprocessing.active_children() == []


def test_a_card_that_cannot_be_made_is_a_problem_of_the_build(make_site, monkeypatch):
    draw = encoding.draw

    def fail(card, *given):
        if card.title == "Post 3":
            raise OSError(28, "No space left on device")
        return draw(card, *given)

    monkeypatch.setattr(encoding, "draw", fail)
    done = make_site(posts(8)).build()
    [problem] = done.problems
    assert "No space left on device - make room on the disk" in str(problem)
    assert done.failed


def test_a_build_that_is_cut_short_leaves_nobody_drawing(make_site, monkeypatch):
    def fail(*_, **__):
        raise ValueError("no page")

    monkeypatch.setattr(encoding, "usable_cores", lambda: 2)
    monkeypatch.setattr(IncrementalWriter, "write_file", fail)
    assert make_site(posts(8)).build().failed
    assert multiprocessing.active_children() == []


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


def test_what_is_wrong_with_an_image_is_told_with_its_line(make_site):
    event = "---\ntitle: A talk\nstart: 2020-05-01\n---\nText.\n\n![](../images/a.jpg)\n"
    files = {
        "content/books/guide.md": book("images/front.jpg")
        + "\n![](../images/front.jpg)\n\n![x](https://far.example/a.png)\n",
        "content/events/talk.md": event,
        "content/posts/raw.md": post(body='Text.\n\n<img src="../images/a.jpg">'),
        "content/posts/none.md": post("B", body="Text.\n\n![x](/images/none.jpg)"),
        "content/posts/far.md": post("C", image="https://far.example/a.png", image_alt="x"),
        "content/posts/front.md": post("E", image="images/none.png", image_alt="x", body="![x](../images/cut.jpg)"),
        "content/posts/text.md": post("F", image="images/text.png"),
        "content/posts/film.md": post("D", body='Text.\n\n<iframe src="https://far.example/film"></iframe>'),
        "content/images/front.jpg": photograph(),
        "content/images/a.jpg": photograph(),
        "content/images/wrong.jpg": photograph(form="PNG"),
        "content/images/camera.heic": b"\0",
        "content/images/text.png": b"hello",
        "content/images/cut.jpg": photograph()[:9000],
    }
    site = make_site(files)
    (site.root / "content/images/out.jpg").symlink_to(site.root / "elsewhere.jpg")
    (site.root / "elsewhere.jpg").write_bytes(photograph())
    done = site.build()
    assert done.failed
    told = "\n".join(map(str, done.problems))
    for wanted in (
        "content/books/guide.md:8: the picture ../images/front.jpg has no description",
        "content/books/guide.md:10: the image https://far.example/a.png is on another host",
        "content/events/talk.md:7: the picture ../images/a.jpg has no description",
        "content/posts/raw.md:7: an image has no alt text",
        "content/posts/none.md:7: there is no image images/none.jpg",
        "content/posts/far.md:4: `https://far.example/a.png` is not an image of this site",
        "content/posts/film.md:7: the <iframe> https://far.example/film is on another host",
        "content/posts/front.md:4: there is no image images/none.png",
        "content/posts/text.md:4: the image has no description",
        "content/images/text.png: text.png cannot be read as an image",
        "content/images/cut.jpg: cut.jpg is damaged",
        "content/images/wrong.jpg: wrong.jpg holds a PNG image",
        "content/images/camera.heic: camera.heic is no image that browsers show",
        "content/images/out.jpg: out.jpg lies outside content/",
    ):
        assert wanted in told, told


@pytest.mark.parametrize(
    ("icon", "told"),
    [
        ("images/none.png", "pelicanconf.py: there is no image images/none.png"),
        ("/images/text.png", "content/images/text.png: text.png cannot be read as an image"),
        ("../secret.png", "secret.png: secret.png lies outside content/"),
        ("/images/whole.png", ""),
    ],
)
def test_a_site_icon_that_is_none_is_told(make_site, icon, told):
    files = {"content/posts/a.md": post(), "secret.png": photograph(form="PNG")}
    files["content/images/whole.png" if "whole" in icon else "content/images/text.png"] = (
        photograph(form="PNG") if "whole" in icon else b"text"
    )
    done = make_site(files, AUTHORSITE={"icon": icon}, STATIC_PATHS=[]).build()
    assert told in "\n".join(map(str, done.problems))
    assert done.failed == bool(told)


def test_any_name_in_any_folder_and_any_way_to_write_it_gives_a_picture(make_site):
    ways = (
        "<../images/Öl und Wasser (1).jpg>",
        "../images/%C3%96l%20und%20Wasser%20(1).jpg",
        "{static}/images/a.jpg",
        "{attach}../images/sub/a.jpg",
        "|filename|/images/a.jpg",
        "/images/sub/a.jpg",
        "https://example.org/images/a.jpg",
    )
    files = {
        "content/posts/a.md": post(
            slug="a",
            body="\n\n".join(["Some text.", *(f"![x]({way})" for way in ways)]),
            image='"images/Öl und Wasser (1).jpg"',
            image_alt="x",
            summary="Short.",
        ),
        "content/images/Öl und Wasser (1).jpg": photograph(),
        "content/images/a.jpg": photograph(),
        "content/images/sub/a.jpg": photograph((640, 480)),
    }
    site = make_site(files)
    built(site, strict=True)
    tree = site.tree()
    html = site.output("2019/03/01/a/index.html")
    body = html[html.index("<article") : html.index("</article>")]
    shown = re.findall(r'<img[^>]* src="/([^"]*)"[^>]* width="(\d+)" height="(\d+)"', body)
    assert len(shown) == len(ways) + 1
    lead, *others = re.findall("<img[^>]*>", body)
    assert 'fetchpriority="high"' in lead
    assert "loading" not in lead
    assert all('loading="lazy"' in image for image in others)
    for address, width, height in shown:
        assert re.fullmatch(r"[\w./%-]+", address, re.ASCII)
        with Image.open(BytesIO(tree[unquote(address)])) as image:
            assert image.size == (int(width), int(height))
    places = [part.split()[0] for found in re.findall(r'srcset="([^"]*)"', html) for part in found.split(",")]
    assert len(set(places)) >= 6
    assert all(place.lstrip("/") in tree for place in places)

"""Images of whole sites: which files are generated, which are generated again, which are reported."""

import io
import multiprocessing
import os
import pty
import re
import shutil
import time
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import pytest
from authorsite.images import encoding, registry
from conftest import SITE_DATE, Site, book, post, restore_signals
from pelican_incremental.files import load_json, save_json
from pelican_incremental.writer import IncrementalWriter
from PIL import Image


def photo_bytes(size=(500, 280), form="JPEG", **options):
    """Return a picture of blurred noise: another one at each call, and quick to encode."""
    out = BytesIO()
    Image.effect_noise((size[0] // 10, size[1] // 10), 50).resize(size).convert("RGB").save(out, form, **options)
    return out.getvalue()


def generated_files(site):
    """Return the inode of each generated file by name; a file that is generated again has another inode."""
    return {p.name: p.stat().st_ino for p in (site.root / ".cache/images").iterdir() if p.suffix != ".json"}


def build_without_errors(site, **options):
    result = site.build(**options)
    assert not result.failed, "\n".join(map(str, result.problems))


SMALL_SITE = {
    "content/posts/a.md": post(slug="a", body="![In the text](../images/in-text.jpg)"),
    "content/posts/b.md": post(title="B", slug="b", image="images/front.jpg", image_alt="At the front"),
    "content/books/guide.md": book("images/front.jpg"),
    "content/images/in-text.jpg": photo_bytes(),
    "content/images/unused.jpg": photo_bytes(comment=b"secret"),
    "content/images/front.jpg": photo_bytes(exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"),
}


@pytest.fixture
def small_site(make_site):
    return make_site(SMALL_SITE)


@pytest.fixture(scope="module")
def built_small_site(tmp_path_factory):
    """The small site, built once; and its generated files by name."""
    site = Site(tmp_path_factory.mktemp("small"), {}).write(SMALL_SITE)
    with pytest.MonkeyPatch.context() as patch, restore_signals():
        patch.setenv("SITE_DATE", SITE_DATE)
        build_without_errors(site)
    return site, {name: data for name, data in site.tree().items() if name.startswith("images/")}


def test_unchanged_site_opens_no_image_and_renders_no_card(small_site, monkeypatch):
    build_without_errors(small_site)
    before = generated_files(small_site)

    def never(*_):
        raise AssertionError("an image was opened")

    monkeypatch.setattr(registry, "inspect_image", never)
    monkeypatch.setattr(encoding, "run_job", never)
    build_without_errors(small_site)
    assert generated_files(small_site) == before


def write_stamps(value):
    """Return a change that replaces all values in the file of stamps, or all of it."""

    def change(folder):
        file = folder / "stamps.json"
        if value is None:
            file.write_text("null")
        else:
            save_json(file, dict.fromkeys(load_json(file), value))

    return change


def for_each_webp(change):
    return lambda folder: [change(path) for path in folder.glob("*.webp")]


def empty_stamps_and_lose_files(folder):
    write_stamps([])(folder)
    for_each_webp(Path.unlink)(folder)


CACHE_CHANGES = {
    "has no stamps": lambda folder: (folder / "stamps.json").unlink(),
    "has damaged stamps": lambda folder: (folder / "stamps.json").write_text("[1"),
    "has no object in it": write_stamps(None),
    "has empty stamps": write_stamps([]),
    "has stamps that are numbers": write_stamps(7),
    "has facts of another version": write_stamps([[1, 2], {"unknown": 3}]),
    "lost its files": for_each_webp(Path.unlink),
    "has empty stamps and lost its files": empty_stamps_and_lose_files,
    "has a file that was cut": for_each_webp(lambda path: path.write_bytes(path.read_bytes()[:99])),
    "has a file that was touched": for_each_webp(lambda path: os.utime(path, (1, 1))),
}


@pytest.mark.parametrize("change", CACHE_CHANGES)
def test_images_are_the_same_when_the_cache(built_small_site, change):
    site, before = built_small_site  # each build repairs what the test before it did
    assert [name for name in before if name.endswith(".webp")]
    CACHE_CHANGES[change](site.root / ".cache/images")
    build_without_errors(site)
    assert {name: data for name, data in site.tree().items() if name.startswith("images/")} == before


def test_progress_bar_is_shown_on_a_terminal_only(small_site, monkeypatch):
    master, slave = pty.openpty()
    with os.fdopen(slave, "w", buffering=1) as terminal, monkeypatch.context() as patch:
        patch.setattr("sys.stderr", terminal)
        build_without_errors(small_site)
        printed = os.read(master, 100_000).decode()
    steps = re.findall(r"\rImages \[(#* *)\] (\d+)/(\d+)", printed)
    opened = int(steps[0][2])
    drawn = len(steps) - opened
    counts = [(n, opened) for n in range(1, opened + 1)] + [(n, drawn) for n in range(1, drawn + 1)]
    assert [(int(done), int(total)) for _, done, total in steps] == counts
    assert min(opened, drawn) >= 2
    assert steps[-1][0] == "#" * len(steps[0][0])
    assert printed.endswith("\r\n")
    shutil.rmtree(small_site.root / ".cache")
    piped = io.StringIO()
    monkeypatch.setattr("sys.stderr", piped)
    build_without_errors(small_site)
    assert "Images" not in piped.getvalue()
    os.close(master)


def posts(count):
    return {f"content/posts/{n}.md": post(f"Post {n}", slug=f"post-{n}") for n in range(count)}


def test_cards_are_rendered_in_parallel_while_pages_are_written(make_site, tmp_path, monkeypatch):
    events, render_card, write_file = tmp_path / "events", encoding.render_card, IncrementalWriter.write_file
    events.mkdir()

    def render_card_late(*args):
        end = time.monotonic() + 10
        while not {"page", "late"} & {path.name for path in events.iterdir()}:
            (events / ("late" if time.monotonic() > end else "waiting")).touch()
            time.sleep(0.01)
        (events / f"by {os.getpid()}").touch()
        time.sleep(0.02)
        return render_card(*args)

    def write_file_and_record(*args, **kwargs):
        (events / "page").touch()
        return write_file(*args, **kwargs)

    monkeypatch.setattr(encoding, "count_usable_cores", lambda: 2)
    monkeypatch.setattr(encoding, "render_card", render_card_late)
    monkeypatch.setattr(IncrementalWriter, "write_file", write_file_and_record)
    site = make_site(posts(40))
    build_without_errors(site)
    assert len([*events.glob("by *")]) == 2
    assert not (events / "late").exists()
    assert len([*(site.root / "output/images/cards").iterdir()]) >= 40
    assert multiprocessing.active_children() == []


def test_failed_card_fails_the_build(make_site, monkeypatch):
    render_card = encoding.render_card

    def fail(card, *args):
        if card.title == "Post 3":
            raise OSError(28, "No space left on device")
        return render_card(card, *args)

    monkeypatch.setattr(encoding, "render_card", fail)
    result = make_site(posts(8)).build()
    [problem] = result.problems
    assert "content/posts/3.md: its social card cannot be drawn: " in str(problem)
    assert "No space left on device - free disk space" in str(problem)
    assert result.failed


def test_failed_build_ends_its_image_workers(make_site, monkeypatch):
    def fail(*_, **__):
        raise ValueError("no page")

    monkeypatch.setattr(encoding, "count_usable_cores", lambda: 2)
    monkeypatch.setattr(IncrementalWriter, "write_file", fail)
    assert make_site(posts(8)).build().failed
    assert multiprocessing.active_children() == []


def test_changed_title_renders_one_card_and_changed_image_its_own_variants(small_site):
    build_without_errors(small_site)
    before = generated_files(small_site)
    small_site.write(
        {"content/posts/a.md": post(title="Another", slug="a", body="![In the text](../images/in-text.jpg)")}
    )
    build_without_errors(small_site)
    [card] = generated_files(small_site).items() - before.items()
    assert card[0].startswith("a.")
    before = generated_files(small_site)
    small_site.write({"content/images/in-text.jpg": photo_bytes()})
    build_without_errors(small_site)
    assert {name.rsplit("-", 1)[0] for name, _ in generated_files(small_site).items() - before.items()} == {"in-text"}


def test_generated_files_that_no_build_has_used_for_a_month_are_removed(small_site, monkeypatch):
    build_without_errors(small_site)
    folder, now = small_site.root / ".cache/images", time.time()
    before = set(generated_files(small_site))
    old_text = (small_site.root / "content/posts/a.md").read_bytes()
    small_site.write({"content/posts/a.md": post("Another", slug="a")})
    (small_site.root / "content/images/in-text.jpg").unlink()
    (folder / ".left.tmp").touch()
    dates = [(0, True), (29, True), (31, False)]
    for days, is_kept in dates:
        monkeypatch.setattr(registry.time, "time", lambda days=days: now + days * 86_400)
        build_without_errors(small_site)
        assert (before <= set(generated_files(small_site))) == is_kept, days
    assert not {name for name in generated_files(small_site) if name.startswith((".left", "in-text"))}
    assert not [name for name in load_json(folder / "stamps.json") if "in-text" in name]
    kept = set(generated_files(small_site))
    small_site.write({"content/posts/a.md": old_text, "content/images/in-text.jpg": photo_bytes()})
    build_without_errors(small_site)
    monkeypatch.setattr(registry.time, "time", lambda: now + 70 * 86_400)
    build_without_errors(small_site)
    assert len(kept & set(generated_files(small_site))) >= len(kept) - 1, "what is in use stays"


def test_image_problems_are_reported_with_path_and_line(make_site):
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
        "content/images/front.jpg": photo_bytes(),
        "content/images/a.jpg": photo_bytes(),
        "content/images/wrong.jpg": photo_bytes(form="PNG"),
        "content/images/camera.heic": b"\0",
        "content/images/text.png": b"hello",
        "content/images/cut.jpg": photo_bytes()[:-500],
    }
    result = make_site(files).build()
    assert result.failed
    report = "\n".join(map(str, result.problems))
    for expected in (
        "content/books/guide.md:8: the image ../images/front.jpg has no alt text",
        "content/books/guide.md:10: the image https://far.example/a.png is on another host",
        "content/events/talk.md:7: the image ../images/a.jpg has no alt text",
        "content/posts/raw.md:7: an image has no alt text",
        "content/posts/none.md:7: there is no image images/none.jpg",
        "content/posts/far.md:4: `https://far.example/a.png` is not an image of this site",
        "content/posts/film.md:7: the <iframe> https://far.example/film is on another host",
        "content/posts/front.md:4: there is no image images/none.png",
        "content/posts/text.md:4: the featured image has no alt text",
        "content/images/text.png: text.png cannot be read as an image",
        "content/images/cut.jpg: cut.jpg is damaged",
        "content/images/wrong.jpg: wrong.jpg is a PNG image",
        "content/images/camera.heic: camera.heic is not in a web image format",
    ):
        assert expected in report, report


@pytest.mark.parametrize(
    ("icon", "message"),
    [
        ("images/none.png", "pelicanconf.py: there is no image images/none.png"),
        ("/images/text.png", "content/images/text.png: text.png cannot be read as an image"),
        ("../secret.png", "secret.png: secret.png is outside content/"),
        ("/images/valid.png", ""),
    ],
)
def test_unusable_site_icon_is_reported(make_site, icon, message):
    files = {"content/posts/a.md": post(), "secret.png": photo_bytes(form="PNG")}
    files["content/images/valid.png" if "valid" in icon else "content/images/text.png"] = (
        photo_bytes(form="PNG") if "valid" in icon else b"text"
    )
    result = make_site(files, AUTHORSITE={"icon": icon}, STATIC_PATHS=[]).build()
    assert message in "\n".join(map(str, result.problems))
    assert result.failed == bool(message)


def test_images_are_found_however_they_are_named_and_linked(make_site):
    sources = (
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
            body="\n\n".join(["Some text.", *(f"![x]({src})" for src in sources)]),
            image='"images/Öl und Wasser (1).jpg"',
            image_alt="x",
            summary="Short.",
        ),
        "content/images/Öl und Wasser (1).jpg": photo_bytes(),
        "content/images/a.jpg": photo_bytes(),
        "content/images/sub/a.jpg": photo_bytes((640, 480)),
    }
    site = make_site(files)
    build_without_errors(site, strict=True)
    tree = site.tree()
    html = site.output("2019/03/01/a/index.html")
    body = html[html.index("<article") : html.index("</article>")]
    images = re.findall(r'<img[^>]* src="/([^"]*)"[^>]* width="(\d+)" height="(\d+)"', body)
    assert len(images) == len(sources) + 1
    lead, *others = re.findall("<img[^>]*>", body)
    assert 'fetchpriority="high"' in lead
    assert "loading" not in lead
    assert all('loading="lazy"' in image for image in others)
    for path, width, height in images:
        assert re.fullmatch(r"[\w./%-]+", path, re.ASCII)
        with Image.open(BytesIO(tree[unquote(path)])) as image:
            assert image.size == (int(width), int(height))
    urls = [part.split()[0] for srcset in re.findall(r'srcset="([^"]*)"', html) for part in srcset.split(",")]
    assert len(set(urls)) >= 6
    assert all(url.lstrip("/") in tree for url in urls)


def test_pictures_beside_posts_are_published_beside_their_pages(make_site):
    """Page bundles: a folder for each post, or files next to flat posts."""
    draft = post("D", slug="d", status="draft", body="![x](secret.jpg)")
    files = {
        "content/posts/trip/index.md": post(
            "Trip",
            slug="trip",
            image="lead.jpg",
            image_alt="x",
            body="![a](wall.jpg) ![b](sub/in%20sub.png) ![c](./wall.jpg) [r](report.pdf) [d](../drawing.svg)",
        ),
        "content/posts/trip/wall.jpg": photo_bytes(comment=b"secret"),
        "content/posts/trip/lead.jpg": photo_bytes(),
        "content/posts/trip/sub/in sub.png": photo_bytes((40, 30), "PNG"),
        "content/posts/trip/report.pdf": b"%PDF-1.4",
        "content/posts/trip/unused.jpg": photo_bytes(),
        "content/posts/drawing.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
        "content/posts/flat.md": post("F", slug="flat", body="![f](flat.jpg) ![t](trip/wall.jpg) ![g]({attach}g.jpg)"),
        "content/posts/flat.jpg": photo_bytes(),
        "content/posts/g.jpg": photo_bytes((30, 20)),
        "content/posts/draft.md": draft,
        "content/posts/secret.jpg": photo_bytes(),
        "content/pages/about.md": "---\ntitle: About\nslug: about\n---\n![me](me.jpg)\n",
        "content/pages/me.jpg": photo_bytes(),
        "content/books/guide.md": book("cover.jpg") + "\n![A page](page.jpg)\n",
        "content/books/cover.jpg": photo_bytes(),
        "content/books/page.jpg": photo_bytes(),
    }
    site = make_site(files)
    for engine in (True, False, True):
        build_without_errors(site, strict=True, BUILD_ENGINE=engine)
        tree = site.tree()
        originals = {name for name in tree if name.endswith((".jpg", ".pdf")) and "cards/" not in name}
        originals = {name for name in originals if "/sized/" not in name}
        trip = "2019/03/01/trip"
        assert originals == {
            *(f"{trip}/{name}" for name in ("wall.jpg", "lead.jpg", "report.pdf")),
            "2019/03/01/flat/flat.jpg",
            "2019/03/01/flat/g.jpg",
            "about/me.jpg",
            "books/cover.jpg",
            "books/page.jpg",
        }
        assert b"secret" not in tree[f"{trip}/wall.jpg"]
        html = site.output(f"{trip}/index.html")
        assert html.count(f'src="/{trip}/wall.jpg"') == 2
        assert f'src="/{trip}/sub/in%20sub.png"' in html
        assert f'href="/{trip}/report.pdf"' in html
        assert html.count("/images/sized/wall-") >= 2
        flat = site.output("2019/03/01/flat/index.html")
        assert f'src="/{trip}/wall.jpg"' in flat
        assert [name for name in tree if name.startswith("posts/")] == ["posts/drawing.svg"]


@pytest.mark.parametrize(
    "image", ["images/x.jpg", "/images/x.jpg", "../images/x.jpg", "./../images/x.jpg", "{static}/images/x.jpg"]
)
def test_both_path_rules_are_accepted_for_featured_images_and_in_bodies(make_site, image):
    files = {
        "content/posts/a.md": post(slug="a", image=f'"{image}"', image_alt="x", body=f"Text.\n\n![y]({image})"),
        "content/books/guide.md": book(f'"{image}"'),
        "content/images/x.jpg": photo_bytes(),
    }
    site = make_site(files)
    build_without_errors(site, strict=True)
    assert site.output("2019/03/01/a/index.html").count('src="/images/x.jpg"') == 2
    assert 'src="/images/x.jpg"' in site.output("books/guide/index.html")
    for name in ("a", "book-guide"):
        assert [n for n in site.tree() if re.fullmatch(rf"images/cards/{name}\.\w+\.jpg", n)], "no picture on the card"


def test_files_folder_is_published_and_linked_files_anywhere_too(make_site):
    body = "[A](../files/a.pdf) [B](/files/b.mp3) [C](../talks/c.pdf) [D](files/a.pdf)"
    body += " [E](../images/e%20e.tif)\n\n<audio src='../files/b.mp3'></audio>"
    files = {
        "content/posts/a.md": post(slug="a", body=body),
        "content/files/a.pdf": b"%PDF-1.4",
        "content/files/b.mp3": b"ID3",
        "content/files/c.psd": b"8BPS",
        "content/images/e e.tif": b"II*",
        "content/talks/c.pdf": b"%PDF-1.4",
        "content/talks/d.pdf": b"%PDF-1.4",
    }
    site = make_site(files)
    build_without_errors(site, strict=True)
    names = {name for name in site.tree() if name.startswith(("files/", "talks/"))}
    assert names == {"files/a.pdf", "files/b.mp3", "files/c.psd", "talks/c.pdf"}
    html = site.output("2019/03/01/a/index.html")
    assert [html.count(f'="/{name}"') for name in ("files/a.pdf", "files/b.mp3", "talks/c.pdf")] == [2, 2, 1]


def test_link_in_another_sites_text_publishes_no_file(make_site):
    reblog = post(
        "R",
        slug="r",
        reblog="{title: T, author: A, site: S, url: 'https://far.example/t'}",
        body="Words [x](../notes/secret.pdf) and [y](beside.pdf).",
    )
    files = {
        "content/posts/r.md": reblog,
        "content/posts/beside.pdf": b"%PDF-1.4",
        "content/notes/secret.pdf": b"%PDF-1.4",
    }
    site = make_site(files)
    site.build()
    assert not [name for name in site.tree() if name.endswith(".pdf")]

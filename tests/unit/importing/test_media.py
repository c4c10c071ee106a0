"""The files of the media library: where they go, and which are refused."""

import io
import tarfile
from http.server import BaseHTTPRequestHandler
from typing import ClassVar

import pytest
from authorsite.images.inspection import ImageError
from authorsite.importing import media, media_import
from authorsite.importing.inventory import Kind, Result
from authorsite.importing.media import SuffixMatcher, clean_file_name, correct_path
from authorsite.importing.media_sources import FetchPolicy, fetch_files
from authorsite.problems import CommandError
from PIL import Image
from serving import run_server
from wordpress import BLOG, HEAD, make_attachment, make_export, make_item, read_tree, run_import


def make_picture(kind="JPEG", color=(1, 2, 3)):
    data = io.BytesIO()
    Image.new("RGB", (30, 20), color).save(data, kind)
    return data.getvalue()


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("table.jpg", "table.jpg"),
        ("Table.JPG", "Table.jpg"),
        ("../../etc/passwd", "etc-passwd.bin"),
        ("a%2F..%2Fb.png", "a-..-b.png"),
        ("...", "file.bin"),
        (".htaccess", "htaccess.bin"),
        ("a\x00b\u2028c.pdf", "a-b-c.pdf"),
        ("Cafe\u0301 menu.pdf", "Café menu.pdf"),
        ("x" * 300 + ".png", "x" * 120 + ".png"),
        ("no suffix", "no suffix.bin"),
        ('a<b>"c".jpg', "a-b-c.jpg"),
    ],
)
def test_names_are_made_safe(name, clean):
    assert clean_file_name(name) == clean


@pytest.mark.parametrize(
    ("path", "start", "correct"),
    [
        ("images/2014/03/a.jpg", make_picture(), "images/2014/03/a.jpg"),
        ("images/a.jpeg", make_picture(), "images/a.jpeg"),
        ("images/a.png", make_picture(), "images/a.jpg"),
        ("files/2014/03/a.bin", make_picture("PNG"), "images/2014/03/a.png"),
        ("images/a.svg", b'<?xml version="1.0"?><!-- x --><svg xmlns=""/>', "images/a.svg"),
        ("files/a.pdf", b"%PDF-1.4", "files/a.pdf"),
        ("files/a.mp3", b"ID3", "files/a.mp3"),
    ],
)
def test_files_are_typed_by_their_content(path, start, correct):
    assert correct_path(path, start) == correct


@pytest.mark.parametrize(
    ("path", "start"),
    [
        ("images/a.jpg", b"<!DOCTYPE html><html>Not found"),
        ("files/a.pdf", b"  <html><script>"),
        ("images/a.jpg", b"MZ\x90"),
        ("files/a.php", b"echo"),
        ("files/a.html", b"hello"),
        ("files/a.exe", b"MZ"),
        ("files/a.bin", b"\x00\x01"),
    ],
)
def test_pages_programs_and_false_pictures_are_refused(path, start):
    with pytest.raises(ImageError):
        correct_path(path, start)


def test_the_longest_path_suffix_wins():
    matcher = SuffixMatcher(["m/2014/03/a.jpg", "m/2015/03/a.jpg", "b.jpg", "x/c.jpg", "y/c.jpg"])
    assert matcher.find("2014/03/a.jpg") == "m/2014/03/a.jpg"
    assert matcher.find("/wp-content/uploads/2015/03/a.jpg") == "m/2015/03/a.jpg"
    assert matcher.find("2014/03/b.jpg") == "b.jpg"
    assert matcher.find("2014/03/c.jpg") == ""  # of two alike, neither
    assert matcher.find("2014/03/d.jpg") == ""
    assert SuffixMatcher(["2014/Cafe\u0301.jpg"]).find("2014/Café.jpg") == "2014/Cafe\u0301.jpg"


def write_tar(file, members, mode="w"):
    with tarfile.open(file, mode) as archive:
        for info, data in members:
            archive.addfile(info, io.BytesIO(data) if data else None)
    return file


def tar_file(name, data):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    return info, data


def tar_link(name, target, kind=tarfile.SYMTYPE):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_a_tar_archive_is_read_without_following_links_or_names(tmp_path, mode):
    members = [
        tar_link("media/2014/03/link.jpg", "/etc/passwd"),
        tar_link("media/2014/03/hard.jpg", "media/2014/03/a.jpg", tarfile.LNKTYPE),
        tar_link("media/2014/03/device.jpg", "", tarfile.FIFOTYPE),
        tar_file("../../2014/03/a.jpg", make_picture()),
        tar_file("media/2014/03/b.pdf", b"%PDF-1.4"),
    ]
    names = ["link.jpg", "hard.jpg", "device.jpg", "a.jpg", "b.pdf"]
    export = make_export(make_item(), *(make_attachment(n, f"2014/03/{name}") for n, name in enumerate(names, 10)))
    report = run_import(tmp_path / "site", export, media=write_tar(tmp_path / "media.tar", members, mode))
    files = [name for name in read_tree(tmp_path / "site") if "/images/" in name or "/files/" in name]
    assert files == ["content/files/2014/03/b.pdf", "content/images/2014/03/a.jpg"]
    assert report.inventory.count(Kind.FILE) == {Result.WRITTEN: 2, Result.LOOK: 3}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["media.tar", "site"]


def test_a_damaged_tar_archive_is_refused_in_one_line(tmp_path):
    file = tmp_path / "media.tar"
    file.write_bytes(b"no archive")
    with pytest.raises(CommandError, match="cannot be read"):
        run_import(tmp_path / "site", make_export(make_attachment(1, "2014/03/a.jpg")), media=file)


def test_links_in_a_media_folder_are_not_followed(tmp_path):
    (tmp_path / "secret.jpg").write_bytes(make_picture())
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "a.jpg").symlink_to(tmp_path / "secret.jpg")
    report = run_import(tmp_path / "site", make_export(make_attachment(1, "a.jpg")), media=tmp_path / "media")
    assert report.inventory.count(Kind.FILE) == {Result.LOOK: 1}


BAD = {
    "script.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "cut.jpg": make_picture()[:40],
    "page.pdf": b"<html>gone</html>",
    "big.mp3": b"ID3" + b"x" * 5000,
}


def test_bad_files_are_reported_and_stay_out(tmp_path, monkeypatch):
    monkeypatch.setattr(media, "MAX_FILE_BYTES", 4000)
    (tmp_path / "media").mkdir()
    for name, data in BAD.items():
        (tmp_path / "media" / name).write_bytes(data)
    export = make_export(*(make_attachment(n, f"2014/03/{name}") for n, name in enumerate(BAD, 1)))
    report = run_import(tmp_path / "site", export, media=tmp_path / "media")
    assert report.inventory.count(Kind.FILE) == {Result.LOOK: len(BAD)}
    assert not any("/images/" in name or "/files/" in name for name in read_tree(tmp_path / "site"))


def test_two_files_that_become_one_name_both_come_in(tmp_path):
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "a.png").write_bytes(make_picture())
    (tmp_path / "media" / "a.jpg").write_bytes(make_picture(color=(9, 9, 9)))
    export = make_export(make_attachment(1, "a.jpg"), make_attachment(2, "a.png"))
    for _ in range(2):
        run_import(tmp_path / "site", export, media=tmp_path / "media")
        assert sorted(p.name for p in (tmp_path / "site/content/images").iterdir()) == ["a-2.jpg", "a.jpg"]


def test_a_picture_of_the_authors_stays_when_another_gets_its_name(tmp_path):
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "a.png").write_bytes(make_picture())
    own = tmp_path / "site/content/images/a.jpg"
    own.parent.mkdir(parents=True)
    own.write_bytes(make_picture(color=(9, 9, 9)))
    run_import(tmp_path / "site", make_export(make_attachment(2, "a.png")), media=tmp_path / "media")
    assert own.read_bytes() == make_picture(color=(9, 9, 9))
    assert own.with_name("a-2.jpg").read_bytes() == make_picture()


def test_a_folder_in_content_that_is_a_link_is_refused(tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "site/content").mkdir(parents=True)
    (tmp_path / "site/content/posts").symlink_to(tmp_path / "outside")
    with pytest.raises(CommandError, match="symbolic link"):
        run_import(tmp_path / "site", make_export(make_item()))
    assert not list((tmp_path / "outside").iterdir())


class Blog(BaseHTTPRequestHandler):
    """Serves /uploads/*.jpg: with ranges, once broken, redirected, or not at all."""

    protocol_version = "HTTP/1.1"
    requests: ClassVar[list[str]] = []
    pictures: ClassVar[dict[str, bytes]] = {}

    def do_GET(self):
        self.requests.append(f"{self.path} {self.headers.get('Range', '')}".strip())
        name = self.path.rpartition("/")[2]
        if name.startswith("away"):
            return self.answer(302, b"", Location="http://127.0.0.2:1/uploads/x.jpg")
        if name.startswith("moved"):
            return self.answer(301, b"", Location="/uploads/a.jpg")
        if name not in self.pictures:
            return self.answer(404, b"<html>gone</html>")
        data = self.pictures[name]
        if start := int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").rstrip("-")):
            return self.answer(206, data[start:], **{"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"})
        if name == "broken.jpg" and self.requests.count(self.path) == 1:
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[:50])
            self.close_connection = True
            return None
        return self.answer(200, data)

    def answer(self, status, data, **headers):
        self.send_response(status)
        for key, value in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@pytest.fixture
def blog():
    Blog.requests = []
    Blog.pictures = {name: make_picture(color=(9, 8, n)) for n, name in enumerate(("a.jpg", "broken.jpg", "large.jpg"))}
    with run_server(Blog) as server:
        yield server


def fetch(blog, tmp_path, *names, limit=10_000, hosts=None):
    got = {}
    files = [media.MediaFile("", f"{blog.url}/uploads/{name}", f"images/{name.partition('?')[0]}") for name in names]
    failed = fetch_files(
        files, hosts or frozenset([blog.url.removeprefix("http://")]), tmp_path / "parts", lambda _: limit,
        lambda file, content: got.__setitem__(file.path, content.read()), policy=FetchPolicy(pause=0.01, jobs=1),
    )  # fmt: skip
    return got, {key.rpartition("/")[2]: reason for key, reason in failed.items()}


def test_files_are_fetched_from_the_blog_without_its_size_queries(blog, tmp_path):
    got, failed = fetch(blog, tmp_path, "a.jpg?w=300", "moved.jpg", "none.jpg")
    assert got == {"images/a.jpg": Blog.pictures["a.jpg"], "images/moved.jpg": Blog.pictures["a.jpg"]}
    assert failed == {"none.jpg": "the blog answers 404"}
    assert Blog.requests[0] == "/uploads/a.jpg"


def test_a_download_that_breaks_off_is_resumed(blog, tmp_path):
    got, failed = fetch(blog, tmp_path, "broken.jpg")
    assert (got, failed) == ({"images/broken.jpg": Blog.pictures["broken.jpg"]}, {})
    assert Blog.requests == ["/uploads/broken.jpg", "/uploads/broken.jpg bytes=50-"]


def test_nothing_is_fetched_from_other_hosts(blog, tmp_path):
    got, failed = fetch(blog, tmp_path, "away.jpg")
    assert (got, failed) == ({}, {"away.jpg": "its host is not one of the export's own"})
    got, failed = fetch(blog, tmp_path, "a.jpg", hosts=frozenset(["lena.example"]))
    assert (got, failed) == ({}, {"a.jpg": "its host is not one of the export's own"})
    assert Blog.requests == ["/uploads/away.jpg"]


def test_a_file_that_is_too_large_is_dropped(blog, tmp_path):
    got, failed = fetch(blog, tmp_path, "large.jpg", limit=100)
    assert (got, list(failed)) == ({}, ["large.jpg"])
    assert not (tmp_path / "parts").exists()


def test_an_import_fetches_the_media_library_and_what_only_texts_name(blog, tmp_path):
    Blog.pictures["text.jpg"] = make_picture(color=(7, 7, 7))
    uploads = f"{blog.url}/wp-content/uploads/2014/03"
    content = f'<img src="{uploads}/text.jpg" alt="In a text"> <img src="{uploads}/a-30x20.jpg" alt="Small">'
    export = make_export(
        make_item(content=content),
        make_attachment(9, "2014/03/a.jpg", f"{uploads}/a.jpg"),
        make_attachment(8, "x.jpg", "http://10.0.0.1/x.jpg"),
        head=HEAD.replace(BLOG, blog.url),
    )
    report = run_import(tmp_path, export, media=media_import.FETCH)
    text = (tmp_path / "content/posts/2014/a-post.md").read_text()
    assert "![In a text](../../images/2014/03/text.jpg)" in text
    assert "![Small](../../images/2014/03/a.jpg)" in text
    assert report.inventory.count(Kind.FILE) == {Result.WRITTEN: 2, Result.LOOK: 1}
    asked = len(Blog.requests)
    run_import(tmp_path, export, media=media_import.FETCH)
    assert len(Blog.requests) == asked

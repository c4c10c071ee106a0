"""The author's originals stay as they are, and what is built and published can be read by a server (issue 16, 3, 4)."""

import io
import os
import stat

import pytest
from authorsite import output
from conftest import book, post
from PIL import Image
from publishing_site import author, every_local_target, git, ssh_server  # noqa: F401 - fixtures


def picture(color, size=(90, 60), **options):
    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, "PNG", **options)
    return file.getvalue()


FILES = {
    "content/posts/a.md": post(body="![Text](../images/small.png) ![Text](../images/large.png)"),
    "content/books/guide.md": book("images/cover.png"),
    "content/images/small.png": picture("red"),
    "content/images/large.png": picture("blue", (1800, 1200)),
    "content/images/cover.png": picture("green", (400, 600)),
    "content/images/paper.pdf": b"%PDF-1.4",
}
MODES = {"small.png": 0o600, "large.png": 0o444, "cover.png": 0o640, "paper.pdf": 0o400}


@pytest.fixture
def umask():
    before = os.umask(0o077)
    yield
    os.umask(before)


def list_modes(folder):
    """Return the modes of files and folders below `folder`, itself included."""
    paths = [folder, *(path for path in folder.rglob("*") if path.name != output.FILE_LIST)]
    files = {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_file()}
    return files, {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_dir()}


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("engine", [True, pytest.param(False, marks=pytest.mark.nightly)], ids=["engine", "plain"])
def test_originals_share_nothing_with_the_output_and_keep_their_modes(make_site, strict, engine):
    site = make_site(FILES)
    images = site.root / "content/images"
    for name, mode in MODES.items():
        (images / name).chmod(mode)
    before = {path: (path.stat().st_ino, path.read_bytes()) for path in images.iterdir()}
    for _ in range(2):
        assert not site.build(strict=strict, BUILD_ENGINE=engine).failed
        assert {name: stat.S_IMODE((images / name).stat().st_mode) for name in MODES} == MODES
        assert {path: (path.stat().st_ino, path.read_bytes()) for path in images.iterdir()} == before
        inodes = {path.stat().st_ino for path in (site.root / "output").rglob("*")}
        assert inodes.isdisjoint(path.stat().st_ino for path in site.root.rglob("*") if "output" not in path.parts)


def test_writing_into_the_output_damages_neither_originals_nor_later_builds(make_site):
    site = make_site(FILES)
    assert not site.build().failed
    before = site.tree()
    sources = {path: path.read_bytes() for path in (site.root / "content").rglob("*") if path.is_file()}
    for name in before:
        if name.startswith(("images/", "icon", "favicon", "pagefind/", "theme/", "assets/")) or name.endswith(".xml"):
            with (site.root / "output" / name).open("r+b") as file:  # in place, like `echo broken >`
                file.write(b"broken")
    assert {path: path.read_bytes() for path in sources} == sources
    assert not site.build().failed
    assert site.tree() == before
    assert not site.build(strict=True, OUTPUT_PATH=str(site.root / "output2")).failed
    for name, content in before.items():
        assert (site.root / "output2" / name).read_bytes() == content, name


def test_a_link_to_an_original_that_an_earlier_version_made_is_replaced(make_site):
    site = make_site(FILES)
    assert not site.build().failed
    copy, original = site.root / "output/images/small.png", site.root / "content/images/small.png"
    copy.unlink()
    os.link(original, copy)
    assert not site.build().failed
    assert copy.stat().st_ino != original.stat().st_ino
    assert copy.read_bytes() == original.read_bytes()


def test_pelicans_setting_to_link_originals_is_refused(make_site):
    [problem] = make_site(FILES).build(STATIC_CREATE_LINKS=True).problems
    assert str(problem).startswith("pelicanconf.py: STATIC_CREATE_LINKS links output/ to your files - remove the line")


def test_a_picture_replaced_by_one_of_the_same_size_and_date_is_copied(make_site):
    site = make_site({"content/posts/a.md": post(), "content/images/a.txt": "one"})
    assert not site.build().failed
    file = site.root / "content/images/a.txt"
    times = file.stat()
    file.write_text("two")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert not site.build().failed
    assert site.output("images/a.txt") == "two"


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("engine", [True, pytest.param(False, marks=pytest.mark.nightly)], ids=["engine", "plain"])
def test_what_is_built_can_be_read_by_a_server_and_the_cache_by_the_author(make_site, strict, engine):
    site = make_site(FILES)
    assert not site.build(strict=strict, BUILD_ENGINE=engine).failed
    assert list_modes(site.root / "output") == ({0o644}, {0o755})
    assert stat.S_IMODE((site.root / "output" / output.FILE_LIST).stat().st_mode) == 0o600
    assert stat.S_IMODE((site.root / ".cache").stat().st_mode) == 0o700
    assert os.umask(0o077) == 0o077  # it is the author's again


@pytest.mark.usefixtures("umask")
@every_local_target
def test_what_is_published_can_be_read_by_a_server(author):  # noqa: F811 - the fixture
    assert author.publish() == 0
    author.change()
    for path in (author.root / "output").rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    assert author.publish() == 0
    if author.kind == "git":
        entries = git(author.destination, "ls-tree", "-r", "gh-pages").splitlines()
        assert {entry.split()[0] for entry in entries} == {"100644"}
    else:
        assert list_modes(author.destination) == ({0o644}, {0o755})


@every_local_target
def test_the_list_of_files_is_not_published(author):  # noqa: F811 - the fixture
    assert author.publish() == 0
    assert (author.root / "output" / output.FILE_LIST).exists()
    assert author.publish() == 0
    assert author.messages[-1].startswith("Nothing to publish")
    if author.kind == "git":
        assert output.FILE_LIST not in git(author.destination, "ls-tree", "-r", "--name-only", "gh-pages").splitlines()
    else:
        assert not (author.destination / output.FILE_LIST).exists()

"""Files that somebody put into output/ stay there, also when a build exchanges the folder, and are not published."""

import os
import shutil
from pathlib import Path

import pytest
from authorsite.output import FILE_LIST
from authorsite.publishing.build import build
from conftest import post, restore_signals
from publishing_site import author, read_tree, ssh_server  # noqa: F401 - fixtures

FILES = {
    "content/posts/a.md": post("A", slug="a", tags="[ladders]"),
    "content/posts/d.md": post("Draft", slug="d", status="draft", tags="[later]"),
}
BY_HAND = {"google1234.html": b"x", "2019/03/01/a/mine.txt": b"y", "new/deep/ä *[?\\.txt": b"z", ".well-known/t": b""}

SITE = {"url": "https://example.org", "allow": {"orphan": "one"}}


def put(folder, files):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def stop(_):
    raise RuntimeError("stopped")


@pytest.mark.parametrize("engine", [True, False], ids=["engine", "plain"])
@pytest.mark.parametrize("cache", ["kept", "lost"])
def test_a_strict_build_keeps_them_and_nothing_else(make_site, engine, cache):
    site = make_site(FILES)
    assert not site.build(strict=True, BUILD_ENGINE=engine).failed
    expected = site.tree()
    assert not site.build(drafts=True, BUILD_ENGINE=engine).failed
    assert "2019/03/01/d/index.html" in site.tree()
    put(site.root / "output", BY_HAND)
    inode = (site.root / "output/google1234.html").stat().st_mtime_ns
    if cache == "lost":
        shutil.rmtree(site.root / ".cache")
    for _ in range(2):
        assert not site.build(strict=True, BUILD_ENGINE=engine).failed
        assert site.tree() == {**expected, **BY_HAND}
    assert (site.root / "output/google1234.html").stat().st_mtime_ns == inode
    assert not (site.root / "output/tag/later").exists()


def test_symbolic_links_stay_links_and_what_is_no_file_holds_up_nothing(make_site, tmp_path):
    site = make_site(FILES)
    assert not site.build(strict=True).failed
    put(tmp_path / "elsewhere", {"secret.txt": b"Secret."})
    output = tmp_path / "output"
    (output / "folder").symlink_to(tmp_path / "elsewhere")
    (output / "file.txt").symlink_to(tmp_path / "elsewhere/secret.txt")
    (output / "broken").symlink_to("nowhere")
    os.mkfifo(output / "fifo")
    assert not site.build(strict=True).failed
    assert {n: (output / n).readlink() for n in ("folder", "file.txt", "broken")} == {
        "folder": tmp_path / "elsewhere",
        "file.txt": tmp_path / "elsewhere/secret.txt",
        "broken": Path("nowhere"),
    }
    assert not os.path.lexists(output / "fifo")
    assert [*(tmp_path / "elsewhere").iterdir()] == [tmp_path / "elsewhere/secret.txt"]


def test_the_site_has_precedence_over_them(make_site, tmp_path):
    site = make_site(FILES)
    assert not site.build(strict=True).failed
    put(tmp_path / "output", {"b/index.html": b"x", "d": b"a file", "b.txt/below": b"x"})
    (tmp_path / "output/c").symlink_to(tmp_path)
    site.write({f"content/pages/{slug}.md": f"---\ntitle: A page\nslug: {slug}\n---\nText.\n" for slug in "bcd"})
    site.write({"content/images/d.txt": "Text."})
    paths = {"images/d.txt": {"path": "b.txt"}}
    assert not site.build(strict=True, EXTRA_PATH_METADATA=paths).failed
    assert "A page" in site.output("b/index.html")
    assert "A page" in site.output("c/index.html")
    assert site.output("b.txt") == "Text."
    assert "A page" in site.output("d/index.html")


@pytest.mark.parametrize("text", [None, "{", "[1", "7"])
def test_without_a_list_of_what_was_built_nothing_is_kept(make_site, text):
    """It may be the page of a draft."""
    site = make_site(FILES)
    assert not site.build(strict=True).failed
    expected = site.tree()
    put(site.root / "output", BY_HAND)
    (site.root / "output" / FILE_LIST).unlink()
    if text is not None:
        (site.root / "output" / FILE_LIST).write_text(text)
    assert not site.build(strict=True).failed
    assert site.tree() == expected


def test_an_interrupted_build_leaves_nothing_that_is_kept(make_site, monkeypatch):
    site = make_site(FILES)
    assert not site.build(strict=True).failed
    expected = site.tree()
    with restore_signals(), monkeypatch.context() as patch:
        patch.setattr("authorsite.output_adapter.remove_obsolete_files", stop)
        assert site.build(drafts=True).failed
    assert "2019/03/01/d/index.html" in site.tree()
    put(site.root / "output", {"2019/.abc.tmp": b"half", **BY_HAND})
    built = site.build(strict=True)
    assert not built.failed, [*map(str, built.problems)]
    assert site.tree() == {**expected, **BY_HAND}


def test_a_failed_build_leaves_them_where_they_are(make_site):
    site = make_site(FILES)
    assert not site.build(strict=True).failed
    put(site.root / "output", BY_HAND)
    before = site.tree()
    site.write({"content/posts/b.md": post("B", body="![](nowhere.png)")})
    assert site.build(strict=True).failed
    assert site.tree() == before


@pytest.mark.parametrize("author", ["folder", "git", pytest.param("rsync", marks=pytest.mark.nightly)], indirect=True)
def test_a_publish_keeps_them_in_output_and_uploads_only_what_was_built(author, capsys):  # noqa: F811
    assert author.publish() == 0, capsys.readouterr().err
    put(author.root / "output", BY_HAND)
    assert author.publish() == 0
    assert author.messages[-1].startswith("Nothing to publish")
    author.change()
    assert author.publish() == 0, capsys.readouterr().err
    output = read_tree(author.root / "output")
    visible = {name for name in BY_HAND if name[0] != "."}
    assert visible <= output.keys()
    assert (author.root / "output/.well-known/t").exists()
    assert author.live() == {name: data for name, data in output.items() if name not in visible}
    if author.kind != "git":
        assert not (author.destination / "new").exists()
        assert not (author.destination / ".well-known").exists()
    assert author.publish() == 0
    assert author.messages[-1].startswith("Nothing to publish")
    # One with the name of a file that was published is not the site's any more.
    (author.root / "theme/static/extra.css").write_text("p {}")
    assert author.publish() == 0
    (author.root / "theme/static/extra.css").unlink()
    assert not build(author.root / "publishconf.py", {"AUTHORSITE": {**SITE, "strict": True}}).failed
    put(author.root / "output", {"extra.css": b"mine"})
    assert author.publish() == 0
    assert "extra.css" not in author.live()
    assert (author.root / "output/extra.css").read_bytes() == b"mine"
    assert author.publish() == 0
    assert author.messages[-1].startswith("Nothing to publish")

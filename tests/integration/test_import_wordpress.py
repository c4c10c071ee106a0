"""A move from WordPress: a small export with every kind of thing once, compared with tests/sites/import/expected.

After an intended change run `python -m pytest tests/integration/test_import_wordpress.py --write-expected`, and review
the diff before you commit it.
"""

import json
import re
import shutil

import pytest
from authorsite import cli
from authorsite.importing import run, written_files
from authorsite.importing.inventory import Kind, Result
from authorsite.importing.written_files import Outcome
from authorsite.problems import CommandError
from authorsite.publishing import import_wordpress
from authorsite.publishing.build import build
from authorsite.publishing.new import load_site_settings
from conftest import SITE_DATE, restore_signals
from PIL import Image
from wordpress import (
    EXPORT,
    PELICANCONF,
    make_attachment,
    make_export,
    make_item,
    prepare_import,
    read_tree,
    run_import,
    split_export,
)

EXPECTED = EXPORT.with_name("expected")


def make_media(folder):
    """Write the files of the media library that the small export names; one is missing."""
    uploads = folder / "lena-media" / "2014" / "03"
    uploads.mkdir(parents=True)
    Image.new("RGB", (30, 20), (1, 2, 3)).save(uploads / "table.jpg")
    (uploads / "plan.pdf").write_bytes(b"%PDF-1.4 a plan")
    (folder / "2014").mkdir()
    (folder / "2014" / "table.jpg").write_bytes(b"of another one")
    return folder


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """The imported site; tests must not change it."""
    root = tmp_path_factory.mktemp("imported")
    report = run_import(root, EXPORT, media=make_media(root / "media"), ask=lambda host, _: f"Ann of {host}")
    return root, report


def test_the_export_gives_the_expected_files(imported, request):
    root, _ = imported
    texts = {name: data for name, data in read_tree(root).items() if "/images/" not in name and "/files/" not in name}
    if request.config.getoption("--write-expected"):
        for name, data in texts.items():
            file = EXPECTED / name.replace(".gitignore", "gitignore")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    files = sorted(file for file in EXPECTED.rglob("*") if file.is_file())
    expected = {f.relative_to(EXPECTED).as_posix().replace("gitignore", ".gitignore"): f.read_bytes() for f in files}
    assert sorted(texts) == sorted(expected)
    for name, data in expected.items():
        assert texts[name].decode() == data.decode(), name


def test_everything_is_accounted_for_once(imported):
    _, report = imported
    text = EXPORT.read_text("utf-8", "replace")
    found = {"items": text.count("<item>"), "comments": text.count("<wp:comment>")}
    assert {kind: report.inventory.found[Kind(kind)] for kind in found} == found
    for kind in Kind:
        assert report.inventory.count(kind).total() == report.inventory.found[kind] > 0


def test_the_report_for_programs_says_what_the_table_says(imported):
    root, report = imported
    data = json.loads((root / "content/imported/report.json").read_text("utf-8"))
    items = {line["key"]: line for line in data["inventory"]["items"]}
    assert len(items) == data["totals"]["items"]["found"]
    assert items["30"] == {"key": "30", "result": "skipped", "why": ["a letter from a contact form"]}
    assert items["1"]["path"] in data["files"]
    assert data["files"].keys() >= {"posts/2014/two-doors.md", "images/2014/03/table.jpg", "redirects.yaml"}
    assert report.menu[0] == '{"label": "About", "url": "/about/"},'


def test_nothing_private_gets_into_content(imported):
    root, _ = imported
    files = {**read_tree(root), "report": (root / "content/imported/report.json").read_bytes()}
    text = b"".join(data for name, data in files.items() if not name.startswith("imported-private/"))
    for secret in (
        b"mail.example",
        b"192.0.2",
        b"sesame",
        b"For friends",
        b"For myself",
        b"Private words",
        b"Letter from",
        b"onclick",
    ):
        assert secret not in text
    assert (root / "imported-private/.gitignore").read_text() == "*\n"


def test_the_imported_site_builds_at_its_old_urls(imported):
    root, _ = imported
    overrides = {"OUTPUT_PATH": str(root / "output"), "CACHE_PATH": str(root / ".cache")}
    with pytest.MonkeyPatch.context() as patch, restore_signals():
        patch.setenv("SITE_DATE", SITE_DATE)
        built = build(root / "pelicanconf.py", overrides, root=root)
    assert not built.failed, "\n".join(map(str, built.problems))
    output = root / "output"
    old = ["2014/03/01/the-round-table", "2014/03/08/straße-haus", "about", "about/press", "archives/3", "feed"]
    old += ["category/writing/essays", "category/uncategorized", "2014/02/28/two-doors", "2014/03/01/an-older-name"]
    assert [name for name in old if not (output / name / "index.html").is_file()] == []
    assert (output / "feed/index.html").read_bytes() == (output / "feed.xml").read_bytes()
    assert (output / "wp-content/uploads/2014/03/plan.pdf").is_file()
    html = (output / "2014/03/04/all-about-rungs/index.html").read_text("utf-8")
    assert re.search(r"<p>Ann says it <em>best</em>.</p>\s*<p class=\"attribution\">", html)
    assert not [f for f in output.rglob("*") if "imported" in f.name or b"lena.example/?p=3" in f.name.encode()]


def test_a_second_import_writes_nothing(imported, tmp_path):
    root = shutil.copytree(imported[0], tmp_path / "site")
    before = {file: file.stat().st_mtime_ns for file in (root / "content").rglob("*.*") if "imported" not in str(file)}
    report = run_import(root, EXPORT, media=root / "media")
    assert {outcome for outcome, count in report.written.counts.items() if count} == {Outcome.UNCHANGED}
    assert {file: file.stat().st_mtime_ns for file in before} == before
    assert report.reblog_authors == {"ann.wordpress.example": "Ann of ann.wordpress.example"}


def test_an_export_in_three_files_gives_the_same(imported, tmp_path):
    root, _ = imported
    parts = [
        part.encode("utf-8", "surrogateescape")
        for part in split_export(EXPORT.read_text("utf-8", "surrogateescape"), 3)
    ]
    for number, part in enumerate(parts):
        (tmp_path / "export").mkdir(exist_ok=True)
        (tmp_path / "export" / f"part-{number}.xml").write_bytes(part)
    ask = lambda host, _: f"Ann of {host}"  # noqa: E731 - short
    run_import(tmp_path / "site", tmp_path / "export", media=root / "media", ask=ask)
    assert read_tree(tmp_path / "site") == read_tree(root)


def test_a_dry_run_says_the_same_and_writes_nothing(imported, tmp_path):
    root, full = imported
    report = run_import(tmp_path / "site", EXPORT, media=root / "media", dry_run=True, ask=lambda *_: "")
    assert report.format_totals() == full.format_totals()
    assert read_tree(tmp_path / "site") == {}


@pytest.mark.parametrize("writes", [*range(0, 21, 4), 19])
def test_a_kill_loses_nothing(imported, tmp_path, monkeypatch, writes):
    root, _ = imported
    count, write = 0, written_files.atomic_write

    def write_or_die(*arguments):
        nonlocal count
        count += 1
        if count > writes:
            raise SystemExit("killed")
        write(*arguments)

    ask = lambda host, _: f"Ann of {host}"  # noqa: E731 - short
    with monkeypatch.context() as patch:
        patch.setattr(written_files, "atomic_write", write_or_die)
        patch.setattr("authorsite.importing.run.atomic_write", write_or_die)
        with pytest.raises(SystemExit, match="killed"):
            prepare_import(tmp_path, EXPORT, media=root / "media", ask=ask).run()
    run_import(tmp_path, EXPORT, media=root / "media", ask=ask)
    expected = {name: data for name, data in read_tree(root).items() if "report" not in name}
    assert {name: data for name, data in read_tree(tmp_path).items() if "report" not in name} == expected


POST = "content/posts/2014/a-post.md"


def test_a_file_that_the_author_has_edited_stays(tmp_path):
    run_import(tmp_path, make_export(make_item(), make_item(2, "Other")))
    (tmp_path / POST).write_text("mine")
    report = run_import(tmp_path, make_export(make_item(content="New text."), make_item(2, "Other", "New, too.")))
    assert (tmp_path / POST).read_text() == "mine"
    assert "New, too." in (tmp_path / "content/posts/2014/other.md").read_text()
    line = report.inventory.lines[Kind.ITEM]["1"]
    assert line.result is Result.SKIPPED
    assert "you have edited" in line.why[0]
    run_import(tmp_path, make_export(make_item(content="Newer.")))
    assert (tmp_path / POST).read_text() == "mine"


def test_a_file_that_the_author_has_deleted_stays_away(tmp_path):
    run_import(tmp_path, make_export(make_item()))
    (tmp_path / POST).unlink()
    for content in ("Some text.", "New text.", "Newer."):
        report = run_import(tmp_path, make_export(make_item(content=content)))
        assert not (tmp_path / POST).exists()
        assert "you have deleted" in report.inventory.lines[Kind.ITEM]["1"].why[0]


def test_a_file_of_the_authors_is_never_overwritten(tmp_path):
    file = tmp_path / POST
    file.parent.mkdir(parents=True)
    file.write_text("mine")
    report = run_import(tmp_path, make_export(make_item()))
    assert file.read_text() == "mine"
    assert report.inventory.lines[Kind.ITEM]["1"].result is Result.LOOK


def test_a_later_export_adds_to_what_is_there(tmp_path):
    run_import(tmp_path, make_export(make_item(), make_item(2, "Other")))
    report = run_import(tmp_path, make_export(make_item(3, "New")))
    assert sorted(path.name for path in (tmp_path / "content/posts/2014").iterdir()) == [
        "a-post.md",
        "new.md",
        "other.md",
    ]
    assert dict(report.written.iter_entries()).keys() >= {"posts/2014/a-post.md", "posts/2014/new.md"}


@pytest.mark.parametrize(("edit", "kept"), [(False, "new-name.md"), (True, "a-post.md")])
def test_a_post_that_has_another_slug_moves_unless_it_was_edited(tmp_path, edit, kept):
    run_import(tmp_path, make_export(make_item()))
    if edit:
        (tmp_path / POST).write_text("mine")
    run_import(tmp_path, make_export(make_item(slug="new-name")))
    assert [path.name for path in (tmp_path / "content/posts/2014").iterdir()] == [kept]


def test_a_private_post_that_is_published_later_comes_in(tmp_path):
    run_import(tmp_path, make_export(make_item(status="private")))
    assert not (tmp_path / "content/posts").exists()
    run_import(tmp_path, make_export(make_item()))
    assert (tmp_path / POST).exists()
    assert not (tmp_path / "imported-private/2014/a-post.md").exists()


def test_private_posts_can_come_in_as_drafts(tmp_path):
    report = run_import(tmp_path, make_export(make_item(post_password="sesame")), with_private=True)
    assert "\nstatus: draft\n" in (tmp_path / POST).read_text()
    assert not (tmp_path / "imported-private").exists()
    assert any("as drafts" in remark for remark in report.remarks)


def test_files_that_come_later_take_the_place_of_links(tmp_path):
    tag = '<img src="https://lena.example/wp-content/uploads/2014/03/table.jpg?w=300" alt="A table">'
    export = make_export(make_item(content=tag), make_attachment(9, "2014/03/table.jpg"))
    run_import(tmp_path, export)
    assert "\n[A table](https://lena.example/" in (tmp_path / POST).read_text()
    run_import(tmp_path, export, media=make_media(tmp_path / "media"))
    assert "\n![A table](../../images/2014/03/table.jpg)\n" in (tmp_path / POST).read_text()
    (tmp_path / "content/images/2014/03/table.jpg").unlink()
    run_import(tmp_path, export, media=tmp_path / "media")
    assert "\n[A table](https://lena.example/" in (tmp_path / POST).read_text()


def test_lines_of_the_authors_in_redirects_stay_and_removed_ones_stay_away(tmp_path):
    export = make_export(make_item(terms=[("category", "c-1", "Letters")]))
    run_import(tmp_path, export)
    file = tmp_path / "content/redirects.yaml"
    lines = [line for line in file.read_text().splitlines() if not line.startswith("/feed/atom/")]
    file.write_text("\n".join(["# mine", "/old/: /new/", *lines]) + "\n")
    later = make_export(make_item(terms=[("category", "c-1", "Letters"), ("post_tag", "t-9", "Tea")]))
    run_import(tmp_path, later)
    text = file.read_text()
    assert text.startswith("# mine\n/old/: /new/\n")
    assert "/tag/t-9/: /tag/tea/" in text
    assert "/feed/atom/" not in text


def test_a_damaged_report_stops_the_import(tmp_path):
    run_import(tmp_path, make_export(make_item()))
    (tmp_path / "content/imported/report.json").write_text("{")
    with pytest.raises(CommandError, match="damaged"):
        run_import(tmp_path, make_export(make_item()))


@pytest.mark.parametrize(
    ("words", "exports", "options"),
    [
        ("a.xml", ["a.xml"], {}),
        ("a.xml b.zip c", ["a.xml", "b.zip", "c"], {}),
        ("a.xml b.zip --media m.tar", ["a.xml", "b.zip"], {"media": "m.tar"}),
        ("--media fetch -d a.xml b.zip", ["a.xml", "b.zip"], {"media": "fetch", "dry_run": True}),
        ("a.xml --with-private b.zip --media=m", ["a.xml", "b.zip"], {"media": "m", "with_private": True}),
    ],
)
def test_the_command_takes_several_exports(words, exports, options, monkeypatch):
    called = []
    monkeypatch.setattr(
        import_wordpress, "import_wordpress", lambda *args, **kwargs: called.append((args, kwargs)) or 3
    )
    argv = ["authorsite", "import-wordpress", *words.split()]
    monkeypatch.setattr("sys.argv", argv)
    with pytest.raises(SystemExit) as status:
        cli.program.run(argv)
    ((_, paths, media), flags), code = called[0], status.value.code
    assert (paths, {"media": media, **flags}, code) == (
        exports,
        {"media": "", "dry_run": False, "with_private": False, **options},
        3,
    )


def test_the_command_prints_the_account_and_fails_if_it_does_not_add_up(tmp_path, capsys, monkeypatch):
    prepare_import(tmp_path, make_export(make_item(), make_item(2, "Other", post_type="page")))
    command = (tmp_path / "pelicanconf.py", [str(tmp_path / "export-0.xml")])
    assert import_wordpress.import_wordpress(*command) == 0
    assert "items             2        2        0             0" in capsys.readouterr().out
    monkeypatch.setattr(run, "add_other_lines", lambda inventory, *_: inventory.found.update({Kind.ITEM: 3}))
    assert import_wordpress.import_wordpress(*command) == 1
    assert "items: 3 found, 2 accounted for" in capsys.readouterr().err


def test_after_a_kill_another_export_renews_the_files_that_were_written(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(run, "atomic_write", lambda *_: exit_now())
        with pytest.raises(SystemExit, match="killed"):
            prepare_import(tmp_path, make_export(make_item())).run()
    assert (tmp_path / POST).exists()
    leftover = tmp_path / "content/posts/2014/.ab12cd34.tmp"
    leftover.write_text("half a pos")
    run_import(tmp_path, make_export(make_item(content="New text.")))
    assert (tmp_path / POST).read_text().endswith("New text.\n")
    assert not leftover.exists()


def exit_now():
    raise SystemExit("killed")


def test_the_paths_that_settings_name_are_taken(tmp_path):
    (tmp_path / "content").mkdir()
    conf = tmp_path / "pelicanconf.py"
    conf.write_text(
        f'{PELICANCONF}TAG_SAVE_AS = "themen/{{slug}}/index.html"\nDRAFT_SAVE_AS = "entwurf/{{slug}}.html"\n'
    )
    taken = import_wordpress.make_site_facts(load_site_settings(conf)).own_addresses
    assert {"themen", "blog"} <= taken
    assert not {"entwurf", "en", "utc"} & taken

import subprocess
from zoneinfo import ZoneInfo

import pytest
from authorsite.books.model import Book
from authorsite.events.model import Event
from authorsite.problems import CommandError, ProblemLog
from authorsite.publishing import new as new_module
from authorsite.publishing.new import KINDS, create, new
from authorsite.reading.schemas import PageMetadata, PostMetadata
from authorsite.reading.sources import read_source
from conftest import ROOT, SITE_DATE, post

MODELS = {"page": PageMetadata, "book": Book, "event": Event}
TITLE = 'Ladders: "up" & down – with C#, naïvely'
SAVED = """<!DOCTYPE html><html><head><title>On rungs | A made-up blog</title>
<meta property="og:title" content="On rungs &amp; &lt;steps&gt;"><meta property="og:site_name" content="A made-up blog">
<meta name="author" content="Gus Guest"><meta name="author" content="A commenter"><link rel="canonical" href="https://example.org/rungs/">
</head><body><nav>Menu</nav><article><h1>On rungs</h1><p onclick="x()">One <em>two</em> three.</p>
<script>alert(1)</script><p><a href="javascript:x()">four</a> <a href="https://example.org/5">five</a></p>
<aside>Share this</aside></article><p>Older posts</p><footer>Foot</footer></body></html>"""


@pytest.fixture
def settings(tmp_path):
    text = (ROOT / "pelicanconf.py").read_text("utf-8")
    (tmp_path / "pelicanconf.py").write_text(text, "utf-8")
    for folder in ("content", "theme"):
        (tmp_path / folder).mkdir()
    return tmp_path / "pelicanconf.py"


def read(path, kind):
    log = ProblemLog(root=path.parent)
    source = read_source(path, MODELS.get(kind, PostMetadata), log, ZoneInfo("America/Chicago"))
    assert list(log) == []
    return source


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_file_passes_the_schema_of_its_kind(settings, kind):
    path = create(settings, TITLE, kind)
    source = read(path, kind)
    assert source.record.title == TITLE
    assert source.record.slug == path.stem == "ladders-up-down-with-c-naively"
    assert path.parent.name == {"page": "pages", "book": "books", "event": "events"}.get(kind, "posts")
    assert getattr(source.record, "status", "draft") == "draft"


def test_new_words_are_a_catalogue_of_a_language(settings):
    path = create(settings, "pt-BR", "words")
    assert path == settings.parent / "content/data/words/pt-BR.po"
    assert '"Language: pt-BR\\n"' in path.read_text("utf-8")
    for title, message in (("pt-BR", "already exists"), ("../x", "`../x` is not a language")):
        with pytest.raises(CommandError, match=message):
            create(settings, title, "words")


def test_a_new_post_is_dated_with_the_build_time(settings):
    assert read(create(settings, "Now"), "post").record.date.isoformat() == f"{SITE_DATE}:00-06:00"


def test_a_page_with_the_output_path_of_an_archive_is_an_error_with_a_hint(make_site, settings):
    site = make_site({"content/posts/other.md": post(category="Commentary")})
    create(settings, "2019", "page")
    (problem,) = site.build(drafts=True).problems
    assert "duplicate URL /2019/, also used by a file that the site generates" in problem.message
    assert "change the slug" in problem.hint


TITLES = [
    '"Quoted", she said',
    "Ladders: a history",
    "🪜 Rungs 🎉",
    "- # & [odd] {signs} | > @ %",
    "yes",
    "2019",
    "C\\D",
]


def test_a_strict_build_of_new_files_of_every_kind_succeeds_with_any_title(make_site, settings):
    site = make_site({"content/posts/other.md": post(category="Commentary")}, AUTHORSITE={"allow": {"orphan": "new"}})
    paths = [create(settings, f"{kind} {title}", kind) for kind in KINDS for title in TITLES]
    built = site.build(strict=True, drafts=True)
    assert [str(problem) for problem in built.problems] == []
    assert len(paths) == len({path.name for path in paths}) == 42


def test_the_slug_equals_the_one_that_the_build_derives(make_site, settings):
    path = create(settings, TITLE)
    site = make_site({"content/posts/other.md": f"---\ntitle: '{TITLE}'\ndate: 2019-03-01\n---\n"})
    path.unlink()
    assert not site.build().failed
    assert (site.root / "output/2019/03/01" / path.stem / "index.html").exists()


def test_an_existing_file_is_not_overwritten(settings):
    path = create(settings, "Once")
    path.write_text("mine")
    with pytest.raises(CommandError, match="the file already exists"):
        new(settings, "Once")
    assert path.read_text() == "mine"


INVALID_ARGUMENTS = [
    (("", "post"), "the title is missing"),
    (("A title", "poem"), "unknown kind `poem`"),
    (("!!!", "post"), "cannot make a slug from the title"),
]


@pytest.mark.parametrize(("arguments", "message"), INVALID_ARGUMENTS)
def test_an_invalid_argument_is_reported_in_one_line(settings, arguments, message):
    with pytest.raises(CommandError, match=message) as raised:
        create(settings, *arguments)
    assert "\n" not in str(raised.value)


def test_a_reblog_copies_a_saved_page_without_dangerous_html(settings, tmp_path):
    saved = tmp_path / "page.html"
    saved.write_text(SAVED)
    source = read(create(settings, "", "reblog", saved), "reblog")
    assert source.record.title == "On rungs & <steps>"
    reblog = source.record.reblog
    assert (reblog.author, reblog.site, reblog.url) == ("Gus Guest", "A made-up blog", "https://example.org/rungs/")
    assert "<em>two</em>" in source.body
    assert 'href="https://example.org/5"' in source.body
    for removed in ("alert", "onclick", "javascript", "Menu", "Share", "Older", "Foot"):
        assert removed not in source.body


def test_headings_and_blocks_of_a_saved_page_do_not_run_into_its_text(settings, tmp_path):
    saved = tmp_path / "page.html"
    saved.write_text(
        "<title>On rungs</title><article><h1>On\n rungs</h1>Lead.<div>One.</div><div>Two.<section>Three.</section>"
        "</div><h1>Part</h1><p>Four.</p><h6>Small</h6><table><tr><td>a<td>b</table><dl><dt>T<dd>D</dl><figure><figcaption>C"
        "</figcaption></figure>Tail <b>bold</b>ly.</article>"
    )
    body = read(create(settings, "", "reblog", saved), "reblog").body
    assert [line.strip() for line in body.split("\n") if line.strip()] == [
        "Lead.",
        "One.",
        "Two.",
        "Three.",
        "<h2>Part</h2>",
        "<p>Four.</p><h4>Small</h4>",
        *("a", "b", "T", "D"),
        "<p>C</p>",
        "Tail <b>bold</b>ly.",
    ]


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ("<!-- saved from url=(0025)https://example.org/rungs -->", "https://example.org/rungs"),
        ('<link rel="canonical" href="/rungs/">', "https://example.org/the-post"),
        ("", "https://example.org/the-post"),
    ],
)
def test_a_saved_page_without_metadata_still_gives_a_valid_reblog(head, url, settings, tmp_path):
    saved = tmp_path / "page.html"
    saved.write_text(f"{head}<p>Only text.</p>")
    reblog = read(create(settings, "On rungs", "reblog", saved), "reblog").record.reblog
    assert (reblog.url, reblog.words) == (url, 2)


def test_a_missing_saved_page_is_reported_in_one_line(settings, tmp_path):
    with pytest.raises(CommandError, match="cannot read the page: No such file"):
        create(settings, "", "reblog", tmp_path / "none.html")


def test_no_editor_is_opened_without_a_terminal(settings, monkeypatch, capsys):
    monkeypatch.setenv("EDITOR", "an-editor-that-is-not-there")
    assert new(settings, "Quiet") == 0
    assert capsys.readouterr().out.endswith("content/posts/quiet.md\n")


def test_the_editor_opens_the_file_on_a_terminal(settings, monkeypatch):
    opened = []
    monkeypatch.setenv("EDITOR", "vi -c start")
    monkeypatch.delenv("VISUAL", raising=False)
    for stream in (new_module.sys.stdin, new_module.sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)

    def run(command, **_):
        opened.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(new_module.subprocess, "run", run)
    assert new(settings, "Loud") == 0
    assert opened == [["vi", "-c", "start", str(settings.parent / "content/posts/loud.md")]]


@pytest.mark.parametrize("editor", ["an-editor-that-is-not-there --wait", 'code "--wait'])
def test_an_editor_that_does_not_start_is_reported_after_the_file_is_created(settings, monkeypatch, editor, capsys):
    monkeypatch.setenv("VISUAL", editor)
    for stream in (new_module.sys.stdin, new_module.sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    with pytest.raises(CommandError, match="the file was created, but \\$EDITOR did not start: N"):
        new(settings, "Loud")
    assert capsys.readouterr().out.strip() == str(settings.parent / "content/posts/loud.md")

"""The commands of docs/moving.md, run as printed on a small export, from the import to a published site."""

import io
import re
import subprocess
import sys
import tarfile
import zipfile
from contextlib import suppress
from itertools import product
from pathlib import Path

import pytest
from authorsite import cli
from authorsite.publishing.init_site import Answers, init_site
from conftest import ROOT, restore_signals
from PIL import Image
from wordpress import BLOG, make_attachment, make_export, make_item

PAGE = (ROOT / "docs/moving.md").read_text("utf-8")
BLOCK = re.compile(r"^```(sh|python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMENT = """<wp:comment><wp:comment_id>5</wp:comment_id><wp:comment_author>Bea</wp:comment_author>
<wp:comment_author_email>bea@secret.example</wp:comment_author_email><wp:comment_author_IP>192.0.2.1</wp:comment_author_IP>
<wp:comment_date_gmt>2014-03-02 10:00:00</wp:comment_date_gmt><wp:comment_content>So true.</wp:comment_content>
<wp:comment_approved>1</wp:comment_approved></wp:comment>"""
PICTURE = f'<img class="wp-image-7" src="{BLOG}/wp-content/uploads/2014/03/table.jpg" />'
TEXT = f'{PICTURE}\n\nSee <a href="{BLOG}/lost/">it</a>.'
TERMS = [("category", "essays", "Essays")]
ITEMS = [
    make_item(1, "The round table", TEXT, comments=COMMENT, terms=TERMS),
    make_item(2, "Two doors", "Open.", date="2014-03-02 10:00:00", terms=TERMS),
    make_item(3, "About me", "Me.", post_type="page"),
    make_item(4, "A secret", "Hush.", date="2014-03-05 10:00:00", status="private"),
    make_attachment(7, "2014/03/table.jpg"),
]


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A new site with the two exports in its folder and a bare repository as `origin`."""
    folder = tmp_path / "my-site"
    init_site(folder, Answers("Lena writes", "Lena"), ask=False)
    (book,) = (folder / "content/books").glob("*.md")
    book.write_text(
        book.read_text("utf-8").replace("What the book is, for somebody who may buy it.", "On tables."), "utf-8"
    )
    with zipfile.ZipFile(folder / "export.zip", "w") as archive:
        archive.writestr("lena.wordpress.2020-06-01.xml", make_export(*ITEMS))
    picture = io.BytesIO()
    Image.new("RGB", (900, 600), (9, 99, 3)).save(picture, "JPEG")
    with tarfile.open(folder / "media.tar", "w") as archive:
        file = tarfile.TarInfo("2014/03/table.jpg")
        file.size = len(picture.getvalue())
        archive.addfile(file, io.BytesIO(picture.getvalue()))
    quick = {"publishconf.py": ('"git"', '"git", "verify": 0')}
    quick["pelicanconf.py"] = ('"social": [],', '"social": [], "search": False, "social_cards": False,')
    for name, change in quick.items():
        (folder / name).write_text((folder / name).read_text("utf-8").replace(*change), "utf-8")
    git = "git init -q --bare live; cd my-site && git init -q && git remote add origin ../live"
    subprocess.run(["sh", "-c", git], cwd=tmp_path, check=True)
    for role, key in product(("AUTHOR", "COMMITTER"), ("NAME", "EMAIL")):
        monkeypatch.setenv(f"GIT_{role}_{key}", "lena@lena.example")
    return folder


def follow(folder, monkeypatch, capsys):
    """Do what the page says, in order, but `serve`: each command is run in this process."""
    monkeypatch.chdir(folder)
    printed = ""
    for kind, text in BLOCK.findall(PAGE):
        if kind == "python":
            (key,) = re.findall(r'^ *("\w+"|\w+)', text)
            line = "icon" if key == '"allow"' else key.strip('"')
            settings = Path("pelicanconf.py").read_text("utf-8")
            settings, count = re.subn(rf'^ *"?{line}\b.*\n', lambda _, text=text: text, settings, flags=re.MULTILINE)
            assert count == 1
            Path("pelicanconf.py").write_text(settings, "utf-8")
        elif kind == "text":
            assert text.strip() in printed
        elif "serve" not in text:
            (command,) = text.splitlines()
            monkeypatch.setattr(sys, "argv", command.split())
            with restore_signals(), suppress(SystemExit):
                cli.main()
            printed += "".join(capsys.readouterr())


def test_docs_moving_leads_from_an_export_to_a_site_that_can_be_published(site, monkeypatch, capsys):
    follow(site, monkeypatch, capsys)
    subprocess.run(["git", "clone", "-q", "-b", "gh-pages", "../live", "published"], cwd=site, check=True)
    output = site / "published"
    assert (output / "feed/index.html").read_bytes() == (output / "feed.xml").read_bytes()
    assert (output / "category/essays/feed/index.html").read_bytes().startswith(b"<?xml")
    page = (output / "2014/03/01/the-round-table/index.html").read_text("utf-8")
    assert "<p>So true.</p>" in page
    assert (output / "wp-content/uploads/2014/03/table.jpg").stat().st_size
    names = [path for path in output.rglob("*") if path.is_file() and ".git" not in path.parts]
    for secret in (b"secret.example", b"192.0.2.1", b"Hush", b"report.json"):
        assert not [path for path in names if secret in path.read_bytes()], secret


def test_the_page_names_every_option():
    options = {name.replace("_", "-") for name in cli.import_wordpress.help}
    assert {name for name in options if f"--{name}" not in PAGE} == {"exports", "settings"}

"""Reading exports: what real ones have that XML forbids, and what hostile ones try."""

import zipfile

import pytest
from authorsite.importing import export_files, wxr
from authorsite.importing.export_files import ExportFile, TextCleaner, find_export_files
from authorsite.importing.wxr import read_items
from authorsite.importing.wxr_model import Channel
from authorsite.problems import CommandError
from wordpress import HEAD, make_export, make_item


def read(path, cleaner=None):
    channel, cleaner = Channel(), cleaner or TextCleaner()
    return [item for file in find_export_files([path]) for item in read_items(file, channel, cleaner)], channel


def read_text(tmp_path, text, cleaner=None):
    file = tmp_path / "export.xml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(file, cleaner)


@pytest.mark.parametrize(
    ("raw", "title", "removed", "replaced"),
    [
        ("<title>a\x01b\x0bc</title>", "abc", 2, 0),
        ("<title>a&#1;b&#x0b;c</title>", "abc", 2, 0),
        ("<title><![CDATA[a&#1;b]]></title>", "ab", 1, 0),
        ("<title>it&#146;s</title>", "it’s", 0, 0),
        ("<title>a&nbsp;b &hellip; &eacute;</title>", "a\xa0b … é", 0, 0),
        ("<title>a &unknown; b</title>", "a &unknown; b", 0, 0),
        ("<title>a &amp; &lt;b&gt; &#65; &#x1f600;</title>", "a & <b> A 😀", 0, 0),
        (b"<title>a\xff\xfeb</title>", "a��b", 0, 2),
        ("<title>already � there</title>", "already � there", 0, 0),
        ("<title>A</title><atom:link foo:rel='x'/><slash:comments>0</slash:comments>", "A", 0, 0),
        ("<title>A</title><dc:title>B</dc:title><wp:unknown><title>C</title></wp:unknown>", "A", 0, 0),
    ],
)
def test_what_xml_forbids_is_removed_before_parsing(tmp_path, raw, title, removed, replaced):
    raw = raw if isinstance(raw, bytes) else raw.encode()
    cleaner = TextCleaner()
    (item,), _ = read_text(tmp_path, HEAD.encode() + b"<item>" + raw + b"</item></channel></rss>", cleaner)
    assert item.title == title
    assert (cleaner.control_characters, cleaner.bad_bytes) == (removed, replaced)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_text_is_the_same_however_it_is_cut_into_chunks(size):
    data = "ä&#1;&#x1f600;&nbsp;\x01&#1".encode() + b"\xff\xf0\x9f\x98\x80 &amp; &#"
    whole = TextCleaner()
    expected = "".join(whole.clean([data]))
    cut = TextCleaner()
    assert "".join(cut.clean(data[i : i + size] for i in range(0, len(data), size))) == expected
    assert cut == whole


def test_other_encodings_are_read_as_declared(tmp_path):
    text = make_export(make_item(title="Café")).replace("UTF-8", "ISO-8859-1")
    (item,), _ = read_text(tmp_path, text.encode("latin-1"))
    assert item.title == "Café"


@pytest.mark.parametrize("encoding", ["hex", "zip", "rot13", "base64", "idna", "undefined", "utf-16", "utf-32", "none"])
def test_an_encoding_that_the_file_cannot_have_is_ignored(tmp_path, encoding):
    (item,), _ = read_text(tmp_path, make_export(make_item(title="Café")).replace("UTF-8", encoding))
    assert item.title == "Café"


def test_an_item_has_its_texts_terms_meta_and_comments(tmp_path):
    texts = "<wp:comment_id>5</wp:comment_id><wp:comment_content>Yes</wp:comment_content>"
    comment = f"<wp:comment>{texts}</wp:comment>"
    item = make_item(
        3, terms=[("post_tag", "a-b", "a, b")], meta=[("k", "v"), ("k", "w")], comments=comment, post_type="page"
    )
    (item,), channel = read_text(tmp_path, make_export(item))
    assert (item.id, item.type, item.content) == ("3", "page", "Some text.")
    assert item.terms == [("post_tag", "a-b", "a, b")]
    assert item.meta == [("k", "v"), ("k", "w")]
    assert [(c.id, c.content) for c in item.comments] == [("5", "Yes")]
    assert (channel.title, channel.url, channel.version) == ("Lena writes", "https://lena.example", "1.2")


ENTITIES = '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            HEAD.replace("<rss>", f"{ENTITIES}<rss>") + "<item><title>&b;</title></item></channel></rss>",
            "defines entities",
        ),
        (HEAD.replace("<rss>", '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>'), "defines entities"),
        (HEAD + "<item>" * 40, "nested too deeply"),
        (HEAD + "<item></channel>", "export.xml:4: this is not well-formed XML"),
        ("<html><body>Log in</body></html>", "not a WordPress export"),
        ("", "not well-formed"),
        ("<rss><channel><item><title>x</title></item></channel></rss>", "not a WordPress export"),
    ],
)
def test_a_bad_export_is_refused_in_one_line(tmp_path, text, message):
    with pytest.raises(CommandError, match=message) as error:
        read_text(tmp_path, text)
    assert "\n" not in str(error.value)


def test_an_outside_document_type_is_never_loaded(tmp_path):
    secret = tmp_path / "secret.dtd"
    secret.write_text('<!ENTITY nbsp "secret">')
    text = make_export("<item><title>a&nbsp;b</title></item>").replace(
        "<rss>", f'<!DOCTYPE rss SYSTEM "{secret}"><rss>'
    )
    (item,), _ = read_text(tmp_path, text)
    assert item.title == "a\xa0b"


def test_a_text_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(wxr, "MAX_ITEM_CHARACTERS", 1000)
    with pytest.raises(CommandError, match="too long"):
        read_text(tmp_path, make_export(make_item(content="x" * 2000)))
    assert read_text(tmp_path, make_export(*(make_item(n, content="x" * 500) for n in range(9))))


def write_zip(file, members):
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return file


def test_archives_and_folders_are_read_in_the_order_of_their_names(tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    write_zip(
        folder / "b.zip", {"x/2.xml": make_export(make_item(2)), "x/1.xml": make_export(make_item(1)), "x/a.txt": "no"}
    )
    (folder / "a.xml").write_text(make_export(make_item(3)))
    (folder / "link.xml").symlink_to(folder / "a.xml")
    (folder / "note.txt").write_text("no")
    assert [item.id for item in read(folder)[0]] == ["3", "1", "2"]


def test_names_in_an_archive_lead_nowhere(tmp_path):
    file = write_zip(
        tmp_path / "export.zip", {"../../evil.xml": make_export(make_item(1)), "/etc/x.xml": make_export(make_item(2))}
    )
    assert len(read(file)[0]) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export.zip"]


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(export_files, "MAX_FILE_BYTES", 1_000_000)
    file = write_zip(tmp_path / "bomb.zip", {"a.xml": HEAD + " " * 2_000_000})
    with pytest.raises(CommandError, match="larger than"):
        read(file)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(b"PK\x05\x06", b"PK\x00\x00"),
        lambda data: b"x" * 50 + data[-22:],
    ],
)
def test_a_damaged_archive_is_refused_in_one_line(tmp_path, damage):
    file = write_zip(tmp_path / "export.zip", {"a.xml": make_export(make_item(content="x" * 5000))})
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(CommandError):
        read(file)


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(CommandError, match="cannot read the export"):
        find_export_files([tmp_path / "none.xml"])
    with pytest.raises(CommandError, match=r"no .xml file"):
        find_export_files([tmp_path])
    assert find_export_files([write_zip(tmp_path / "a.zip", {"a.xml": ""})]) == [
        ExportFile(tmp_path / "a.zip", "a.xml")
    ]

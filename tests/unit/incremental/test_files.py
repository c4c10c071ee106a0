"""Stamps notice modified files; JSON files are written whole, and ignored when they are damaged."""

import os
import time

import pytest
from pelican_incremental.files import content_equals, load_json, read_stamp, save_json
from pelican_incremental.manifest import FileRecord, Manifest

CHANGES = {
    "read": (lambda path: path.read_bytes(), True),
    "made executable": (lambda path: path.chmod(0o755), True),
    "linked": (lambda path: path.with_name("link").hardlink_to(path), True),
    "renamed and back": (lambda path: path.rename(path.with_name("b")).rename(path), True),
    "edited at the same length": (lambda path: path.write_bytes(b"owt"), False),
    "edited with the old date": (lambda path: (path.write_bytes(b"three"), os.utime(path, (1, 1))), False),
    "touched": (os.utime, False),
    "replaced by an older file": (lambda path: (path.write_bytes(b"one"), os.utime(path, (0, 0))), False),
    "emptied": (lambda path: path.write_bytes(b""), False),
    "deleted": (lambda path: path.unlink(), False),
    "replaced by a dangling link": (lambda path: (path.unlink(), path.symlink_to("nowhere")), False),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_stamp_tells_whether_a_file_was(tmp_path, case):
    change, is_same = CHANGES[case]
    path = tmp_path / "a"
    path.write_bytes(b"two")
    os.utime(path, (1, 1))
    stamp = read_stamp(path)
    assert len(stamp) == 2
    change(path)
    assert (read_stamp(str(path)) == stamp) == is_same


def test_a_missing_file_has_no_stamp(tmp_path):
    assert read_stamp(tmp_path / "nothing") == []
    manifest = Manifest(tmp_path, tmp_path)
    manifest.previous["nothing"] = FileRecord(read_stamp(tmp_path / "nothing"))
    assert not manifest.is_unmodified("nothing")


DATA = {"ä": [1, "x", {"deep": [None, True]}], os.fsdecode(b"\xff.txt"): read_stamp(__file__)}
DAMAGES = {
    "missing": None,
    "empty": b"",
    "cut": b'{"a": [1, 2',
    "no text": b'{"a": "\xfe\xff"}',
    "zeros": bytes(20),
    "a list": b"[1, 2]",
    "a list of objects": b"[{}, {}]",
    "a number": b"7",
    "a string": b'"ab"',
    "null": b"null",
}


@pytest.mark.parametrize("case", DAMAGES)
def test_a_json_file_counts_as_empty_when_it_is(tmp_path, case):
    file = tmp_path / "a.json"
    if DAMAGES[case] is not None:
        file.write_bytes(DAMAGES[case])
    assert load_json(file) == {}
    save_json(file, DATA)
    assert load_json(file) == DATA


def test_a_json_file_counts_as_empty_when_any_bit_was_flipped(tmp_path):
    file = tmp_path / "a.json"
    save_json(file, {"ab": [1, "x"]})
    data = file.read_bytes()
    for bit in range(8 * len(data)):
        file.write_bytes(bytes(byte ^ (1 << bit % 8 if n == bit // 8 else 0) for n, byte in enumerate(data)))
        assert load_json(file) == {}, file.read_bytes()


def test_a_file_whose_date_was_set_back_is_modified(tmp_path):
    (output := tmp_path / "output").mkdir()
    (output / "a").write_text("one")
    manifest = Manifest(tmp_path, output)
    manifest.record_file(f"{output}/a")
    manifest.finish()
    assert Manifest(tmp_path, output).is_unmodified("a")
    stat = (output / "a").stat()
    time.sleep(0.02)  # the clock of file systems ticks every 4 ms
    (output / "a").write_text("owe")
    os.utime(output / "a", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert not Manifest(tmp_path, output).is_unmodified("a")


def test_content_is_compared_again_after_a_change_that_kept_the_date(tmp_path):
    for name in "ab":
        (tmp_path / name).write_bytes(b"one")
        os.utime(tmp_path / name, (1, 1))
    assert content_equals(tmp_path / "a", tmp_path / "b")
    (tmp_path / "a").write_bytes(b"two")
    os.utime(tmp_path / "a", (1, 1))
    assert not content_equals(tmp_path / "a", tmp_path / "b")


def test_a_json_file_is_replaced_only_if_the_data_changed(tmp_path):
    file = tmp_path / "new/folder/a.json"
    save_json(file, DATA)
    inode = file.stat().st_ino
    os.utime(file, (1, 1))
    save_json(file, dict(DATA))
    assert file.stat().st_mtime == 1
    save_json(file, DATA | {"b": 2})
    assert file.stat().st_ino != inode
    assert load_json(file) == DATA | {"b": 2}
    assert [path.name for path in file.parent.iterdir()] == ["a.json"]


def test_no_json_file_is_written_where_no_folder_can_be(tmp_path):
    (tmp_path / "file").write_text("in the way")
    save_json(tmp_path / "file" / "a.json", DATA)
    assert load_json(tmp_path / "file" / "a.json") == {}


@pytest.mark.parametrize(("name", "is_same"), [("same", True), ("other", False), ("nothing", False), ("", False)])
def test_content_is_compared_with_bytes_or_a_file(tmp_path, name, is_same):
    for file, content in {"a": b"text", "same": b"text", "other": b"next"}.items():
        (tmp_path / file).write_bytes(content)
    assert content_equals(tmp_path / name, b"text") == is_same
    assert content_equals(str(tmp_path / name), tmp_path / "a") == is_same

"""The store: damage is noticed, and no failure stops a build."""

import sqlite3
import threading

import pytest
from pelican_incremental.store import Store

ONE = {"k1": "<p>one ü</p>"}


def test_another_build_finds_what_was_added(tmp_path):
    Store(tmp_path / "c.sqlite").add(ONE)
    assert Store(tmp_path / "c.sqlite").find(["k1", "k2"]) == ONE


@pytest.mark.parametrize(
    "damage", [b"", b"not a database", b"SQLite format 3\0" + bytes(200)], ids=["empty", "text", "truncated"]
)
def test_a_damaged_file_is_created_anew(tmp_path, damage):
    file = tmp_path / "c.sqlite"
    first = Store(file)
    first.add(ONE)
    first.close()
    for path in tmp_path.iterdir():
        path.write_bytes(damage)
    store = Store(file)
    store.find(["k1"])
    store.add(ONE)
    store.close()
    reopened = Store(file)
    reopened.add(ONE)
    assert reopened.find(["k1"]) == ONE


def test_texts_in_a_damaged_part_of_the_file_are_not_found(tmp_path):
    file = tmp_path / "c.sqlite"
    store = Store(file)
    store.add({f"k{n}": "x" * 3000 + str(n) for n in range(200)})
    store.close()
    data = bytearray(file.read_bytes())
    data[4096 : len(data) - 100] = bytes(len(data) - 4196)
    file.write_bytes(data)
    found = Store(file).find([f"k{n}" for n in range(200)])
    assert all(value == "x" * 3000 + key[1:] for key, value in found.items())


def test_a_text_under_the_key_of_another_is_not_found(tmp_path):
    """As when the index of a damaged file names the wrong row."""
    store = Store(tmp_path / "c.sqlite")
    store.add({"k1": "one", "k2": "two"})
    with sqlite3.connect(tmp_path / "c.sqlite") as connection:
        connection.execute("UPDATE texts SET (crc, text) = (SELECT crc, text FROM texts WHERE key = 'k2')")
        connection.execute("UPDATE texts SET text = CAST(text AS BLOB) WHERE key = 'k2'")
    assert store.find(["k1", "k2"]) == {}


def test_trim_drops_unused_texts_of_a_file_over_the_limit(tmp_path):
    file = tmp_path / "c.sqlite"
    store = Store(file, limit=50_000)
    store.add({f"k{n:02}": "x" * 1000 for n in range(20)})
    store.trim({"k00", "k01"})
    assert len(store.find([f"k{n:02}" for n in range(20)])) == 20, "it is within its limit"
    store.add({f"k{n:02}": "x" * 1000 for n in range(20, 90)})
    store.trim({"k00", "k01"})
    assert set(store.find([f"k{n:02}" for n in range(90)])) == {"k00", "k01"}
    assert file.stat().st_size <= 50_000


def test_two_builds_may_use_one_store_at_once(tmp_path):
    file, failed = tmp_path / "c.sqlite", []

    def work(name):
        store = Store(file)
        for n in range(30):
            store.add({f"{name}{n}": "text", f"both{n}": "same"})
        if len(store.find([f"{name}{n}" for n in range(30)])) != 30:
            failed.append(name)
        store.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not failed
    assert len(Store(file).find([f"both{n}" for n in range(30)])) == 30


def test_nothing_is_stored_in_a_folder_that_is_not_writable(tmp_path):
    (tmp_path / "file").write_text("in the way")
    store = Store(tmp_path / "file" / "c.sqlite")
    store.add(ONE)
    assert store.find(["k1"]) == {}


def test_a_text_that_was_changed_in_the_file_is_not_found(tmp_path):
    file = tmp_path / "c.sqlite"
    store = Store(file)
    store.add(ONE | {"k2": "two"})
    store.close()
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE texts SET text = '<p>two</p>' WHERE key = 'k1'")
    connection.close()
    assert Store(file).find(["k1", "k2"]) == {"k2": "two"}

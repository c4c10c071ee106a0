"""The keyed store: never trusted, never in the way."""

import sqlite3
import threading

import pytest
from pelican_incremental.store import Store

ONE = {"k1": "<p>one ü</p>"}


def test_what_is_added_is_found_by_another_build(tmp_path):
    Store(tmp_path / "c.sqlite").add(ONE)
    assert Store(tmp_path / "c.sqlite").find(["k1", "k2"]) == ONE


@pytest.mark.parametrize(
    "damage", [b"", b"not a database", b"SQLite format 3\0" + bytes(200)], ids=["empty", "text", "cut"]
)
def test_a_damaged_file_is_begun_anew(tmp_path, damage):
    file = tmp_path / "c.sqlite"
    first = Store(file)
    first.add(ONE)
    first.close()
    for path in tmp_path.iterdir():
        path.write_bytes(damage)
    cache = Store(file)
    cache.find(["k1"])
    cache.add(ONE)
    cache.close()
    again = Store(file)
    again.add(ONE)
    assert again.find(["k1"]) == ONE


def test_damage_in_the_middle_costs_a_conversion_and_no_build(tmp_path):
    file = tmp_path / "c.sqlite"
    cache = Store(file)
    cache.add({f"k{n}": "x" * 3000 + str(n) for n in range(200)})
    cache.close()
    data = bytearray(file.read_bytes())
    data[4096 : len(data) - 100] = bytes(len(data) - 4196)
    file.write_bytes(data)
    found = Store(file).find([f"k{n}" for n in range(200)])
    assert all(value == "x" * 3000 + key[1:] for key, value in found.items())


def test_it_is_bounded_and_keeps_what_is_in_use(tmp_path):
    file = tmp_path / "c.sqlite"
    cache = Store(file, limit=50_000)
    cache.add({f"k{n:02}": "x" * 1000 for n in range(20)})
    cache.trim({"k00", "k01"})
    assert len(cache.find([f"k{n:02}" for n in range(20)])) == 20, "it is within its bound"
    cache.add({f"k{n:02}": "x" * 1000 for n in range(20, 90)})
    cache.trim({"k00", "k01"})
    assert set(cache.find([f"k{n:02}" for n in range(90)])) == {"k00", "k01"}
    assert file.stat().st_size <= 50_000


def test_two_builds_may_use_it_at_once(tmp_path):
    file, faults = tmp_path / "c.sqlite", []

    def work(which):
        cache = Store(file)
        for n in range(30):
            cache.add({f"{which}{n}": "text", f"both{n}": "same"})
        if len(cache.find([f"{which}{n}" for n in range(30)])) != 30:
            faults.append(which)
        cache.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not faults
    assert len(Store(file).find([f"both{n}" for n in range(30)])) == 30


def test_a_folder_that_cannot_be_written_means_no_cache(tmp_path):
    (tmp_path / "file").write_text("in the way")
    cache = Store(tmp_path / "file" / "c.sqlite")
    cache.add(ONE)
    assert cache.find(["k1"]) == {}


def test_a_text_that_was_changed_in_the_file_is_not_given(tmp_path):
    file = tmp_path / "c.sqlite"
    store = Store(file)
    store.add(ONE | {"k2": "whole"})
    store.close()
    with sqlite3.connect(file) as base:
        base.execute("UPDATE texts SET text = '<p>two</p>' WHERE key = 'k1'")
    base.close()
    assert Store(file).find(["k1", "k2"]) == {"k2": "whole"}

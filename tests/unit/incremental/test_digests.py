"""Digests of what templates read."""

import functools
from pathlib import Path

from pelican_incremental.code_digests import digest_code
from pelican_incremental.digests import Digester


class Item:
    """Counts how often its value is read."""

    model_fields = ("value",)
    reads = 0

    @property
    def value(self):
        Item.reads += 1
        return 1


def test_the_items_of_a_long_list_are_read_once():
    digester, items = Digester(), [Item() for _ in range(20)]
    first = digester.digest({"items": items})
    assert digester.digest(("another", items))
    assert digester.digest({"items": items}) == first
    assert Item.reads == len(items)


def test_a_list_that_contains_itself_has_a_stable_digest():
    def cyclic_list(*names):
        items = [*names]
        items.append(items)
        return items

    names = [f"name {number}" for number in range(20)]
    assert Digester().digest(cyclic_list(*names)) == Digester().digest(cyclic_list(*names))
    assert Digester().digest(cyclic_list(*names)) != Digester().digest(cyclic_list(*names[1:]))
    digester = Digester()
    inner = cyclic_list(*names)
    assert digester.digest([inner, inner]) == Digester().digest([cyclic_list(*names), cyclic_list(*names)])


def test_code_of_the_standard_library_counts_by_pythons_version_alone(tmp_path):
    assert digest_code(Path(functools.__file__)) == ""
    (tmp_path / "own.py").write_text("A = 1")
    before = digest_code(tmp_path / "own.py")
    (tmp_path / "sibling.py").write_text("B = 1")
    assert "" != before != digest_code(tmp_path / "own.py")

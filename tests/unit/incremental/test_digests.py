"""Digests of what templates read."""

from pelican_incremental.digests import Digester


class Item:
    """Counts how often it is looked into."""

    model_fields = ("value",)
    seen = 0

    @property
    def value(self):
        Item.seen += 1
        return 1


def test_a_long_list_is_looked_into_once_whatever_holds_it():
    digester, items = Digester(), [Item() for _ in range(20)]
    first = digester.of({"items": items})
    assert digester.of(("another", items))
    assert digester.of({"items": items}) == first
    assert Item.seen == len(items)


def test_what_holds_itself_has_one_digest_wherever_it_begins():
    def ring(*names):
        found = [*names]
        found.append(found)
        return found

    names = [f"name {number}" for number in range(20)]
    assert Digester().of(ring(*names)) == Digester().of(ring(*names))
    assert Digester().of(ring(*names)) != Digester().of(ring(*names[1:]))
    digester = Digester()
    inner = ring(*names)
    assert digester.of([inner, inner]) == Digester().of([ring(*names), ring(*names)])

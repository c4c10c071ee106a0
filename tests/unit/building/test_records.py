"""Values as shape and leaves, and back."""

import json
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from authorsite.building.records import Decoder, Unkeepable, encode
from authorsite.problems import Problem, Severity
from pelican.settings import DEFAULT_CONFIG
from pelican.urlwrappers import Category, Tag
from pelican.utils import SafeDatetime

SLUGGED = Tag("Two Words", DEFAULT_CONFIG)
SLUGGED.slug = "another"


def back(value):
    """Return `value` as it comes back through JSON, and its shape."""
    leaves = []
    shape = json.dumps(encode(value, leaves))
    return Decoder(DEFAULT_CONFIG).maker(json.loads(shape))(iter(json.loads(json.dumps(leaves)))), shape


@pytest.mark.parametrize(
    "value",
    [
        "text",
        1,
        1.5,
        True,
        None,
        [],
        ["a", ["b", 2], ()],
        ("a", None),
        {},
        {"a": 1, "b": {"c": [3]}, "d": "e"},
        datetime(2020, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
        SafeDatetime(2020, 1, 2, tzinfo=ZoneInfo("Europe/Berlin")),
        datetime(2020, 1, 2, tzinfo=timezone(timedelta(hours=-3))),
        Category("News", DEFAULT_CONFIG),
        SLUGGED,
        Problem("a.md", 3, "wrong"),
        [Severity.WARNING, {"date": SafeDatetime(2020, 1, 2)}],
    ],
    ids=repr,
)
def test_what_is_kept_comes_back_as_it_was(value):
    found, _ = back(value)
    assert found == value
    assert type(found) is type(value)
    if isinstance(value, datetime):
        assert found.tzinfo == value.tzinfo
    if isinstance(value, Tag):
        assert vars(found) == vars(value)


@pytest.mark.parametrize(
    "value",
    [object(), {1: 2}, {"a": {1, 2}}, datetime(2020, 1, 2, fold=1, tzinfo=ZoneInfo("UTC")), complex(1), print],
    ids=["object", "numbered", "set", "fold", "complex", "function"],
)
def test_what_json_cannot_give_back_is_not_kept(value):
    with pytest.raises(Unkeepable):
        encode(value, [])


def test_values_that_differ_in_nothing_but_plain_values_have_one_shape():
    posts = [
        {"title": t, "tags": [Tag(t, DEFAULT_CONFIG)], "date": SafeDatetime(2020, 1, n)}
        for n, t in ((1, "a"), (2, "b"))
    ]
    assert back(posts[0])[1] == back(posts[1])[1]
    assert back(posts[0])[1] != back(posts[0] | {"tags": []})[1]


@pytest.mark.parametrize("leaves", [[], ["a"], ["a", "b"]])
def test_leaves_that_are_missing_make_it_fail(leaves):
    shape = encode({"a": "x", "b": "y", "c": "z"}, [])
    with pytest.raises((ValueError, StopIteration)):
        Decoder(DEFAULT_CONFIG).maker(json.loads(json.dumps(shape)))(iter(leaves))


def test_no_shape_makes_a_class_of_another_package():
    with pytest.raises((TypeError, AttributeError)):
        Decoder(DEFAULT_CONFIG).maker(["subprocess:Popen", ["dict", ["args"], None]])(iter([["true"]]))

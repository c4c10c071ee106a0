"""What of a value a template can see: a change there must show in the fingerprint, a change elsewhere must not."""

from types import SimpleNamespace

import pytest
from authorsite.building.code_digests import is_steady
from authorsite.building.digests import MISSING, Digester, Unknowable
from authorsite.building.reach import reach
from authorsite.building.trees import find_trees
from jinja2 import DictLoader, Environment


def fingerprint(templates, context, name="page"):
    environment = Environment(loader=DictLoader(templates))
    _, trees = find_trees(environment, name, frozenset({"random"}))
    if trees is None:
        return None
    seen = Digester()
    return [seen.touched(context.get(root, MISSING), node) for root, node in reach(trees).items()]


def post(**more):
    given = {"title": "T", "url": "u", "content": "C", "tags": ["a"], "other": None} | more
    return SimpleNamespace(**given)


CASES = [
    # template, what of the post it sees, what it does not
    ("{{ post.title }}", ["title"], ["content", "url"]),
    ("{% for p in posts %}{{ p.title }}{% endfor %}", ["title"], ["content"]),
    ("{% for p in posts[:1] %}{{ p.url }}{% endfor %}", ["url"], ["content"]),
    ("{% for p, n in pairs %}{{ p.url }}{% endfor %}", ["url"], ["title"]),
    ("{% for k, p in named.items() %}{{ p.url }}{% endfor %}", ["url"], ["title"]),
    ("{% set p = post %}{{ p.content }}", ["content"], ["title"]),
    ("{% with p = posts[0] %}{{ p.content }}{% endwith %}", ["content"], ["title"]),
    ("{{ post['title'] }}", ["title"], ["content"]),
    ("{{ post.title|upper }}", ["title"], ["content"]),
    ("{% if post.tags %}x{% endif %}", [], ["title", "content"]),
    ("{{ post.title if post.content else post.url }}", ["title", "url"], []),
    ("{{ (post or other).title }}", ["title"], []),
    ("{% macro m(x) %}{{ x.title }}{% endmacro %}{{ m(post) }}", ["title"], ["content"]),
    ("{% macro m(x, y=none) %}{{ y.url }}{% endmacro %}{{ m(1, y=post) }}", ["url"], ["content"]),
    ("{% from 'lib' import show %}{{ show(post) }}", ["title"], ["content"]),
    ("{% from 'lib' import show as s %}{{ s(post) }}", ["title"], ["content"]),
    ("{% import 'lib' as lib %}{{ lib.show(post) }}", ["title"], ["content"]),
    ("{% for item in posts %}{% include 'part' %}{% endfor %}", ["url"], ["content"]),
    ("{% from 'lib' import show %}{% include 'shows' %}", ["title"], ["content"]),
    ("{% import 'lib' as lib %}{% include 'shows_too' %}", ["title"], ["content"]),
    ("{% extends 'base' %}{% block b %}{{ post.title }}{% endblock %}", ["title", "url"], ["content"]),
    ("{{ dict(x=post).x.title }}", ["title"], []),
    ("{{ posts|map(attribute='title')|join }}", ["title"], []),
    ("{{ [post][0].title }}", ["title"], []),
    ("{{ post.title.join(posts[0].url) }}", ["title", "url"], ["content"]),
    ("{% set ns = namespace(p=post) %}{{ ns.p.title }}", ["title"], []),
    ("{% macro m() %}{{ caller(post) }}{% endmacro %}{% call(x) m() %}{{ x.title }}{% endcall %}", ["title"], []),
    ("{% set p = posts|first %}{{ p.title }}", ["title"], []),
    ("{% for p in posts %}{{ loop.index }}{% endfor %}", [], ["title", "content"]),
    ("{{ post.title is defined }}{{ post.content|length }}", ["content"], ["url"]),
]
LIBRARY = {
    "lib": "{% macro show(x) %}{{ x.title }}{% endmacro %}",
    "part": "{{ item.url }}",
    "shows": "{{ show(post) }}",
    "shows_too": "{{ lib.show(post) }}",
    "base": "{{ post.url }}{% block b %}{% endblock %}",
}


def context(shown):
    return {"post": shown, "posts": [shown], "pairs": [(shown, 1)], "named": {"k": shown}, "other": post()}


@pytest.mark.parametrize(("template", "seen", "unseen"), CASES, ids=[case[0] for case in CASES])
def test_reach(template, seen, unseen):
    templates = {**LIBRARY, "page": template}

    def of(**more):
        try:
            return fingerprint(templates, context(post(**more)))
        except Unknowable:
            return object()  # rendered every time: never the same as before

    before = of()
    for name in seen:
        assert of(**{name: "another"}) != before, name
    for name in unseen:
        assert of(**{name: "another"}) == before, name


def test_a_name_of_the_context_that_is_called_like_a_macro_is_rendered_every_time():
    templates = {**LIBRARY, "page": "{% from 'lib' import show %}{% include 'shows' %}"}
    with pytest.raises(Unknowable):
        fingerprint(templates, {"post": post(), "show": "something of the context's"})


def test_the_length_of_what_is_looped_over_counts():
    template = {"page": "{% for p in posts %}x{% endfor %}"}
    assert fingerprint(template, {"posts": [1]}) != fingerprint(template, {"posts": [1, 2]})


@pytest.mark.parametrize("text", ["{% include name %}", "{% extends name %}", "{{ posts|random }}"])
def test_what_cannot_be_told_is_rendered_every_time(text):
    assert fingerprint({"page": text}, {}) is None


def test_values_that_hold_themselves_are_digested():
    one = {"name": "one"}
    one["self"] = one
    assert Digester().whole(one) == Digester().whole(one)


def test_an_unknown_object_is_not_taken_for_known():
    with pytest.raises(Unknowable):
        Digester().whole(object())


def reads_a_file(path):
    with open(path) as file:  # noqa: PTH123
        return file.read()


def calls_one_that_reads(path):
    return reads_a_file(path)


@pytest.mark.parametrize(
    ("function", "steady"),
    [(str.upper, True), (lambda x: x + 1, True), (reads_a_file, False), (calls_one_that_reads, False)],
)
def test_functions_that_look_outside_are_not_steady(function, steady):
    assert is_steady(function) is steady

"""A page that uses what does not answer from its arguments alone is rendered in every build; no other is."""

import functools
import os
import random
import time
from datetime import datetime
from pathlib import Path

import pytest
from jinja2 import pass_context, pass_environment, pass_eval_context
from tiny_site import INDEX, POST, TinySite, post

T = "theme/templates/"


def read_text(path):
    return Path(path).read_text()


def ends_like(value, path):
    return str(value).endswith(Path(path).read_text()[-1])


def is_long(path):
    return os.stat(path).st_size > 9  # noqa: PTH116 - one of the ways to look at a file


@pass_context
def noted(context, value):
    return f"{context['SITENAME']} {value} {Path(context['NOTE']).read_text()}"


@pass_environment
def noted_here(environment, path):
    return str(environment.autoescape) + Path(path).read_text()


@pass_eval_context
def noted_so(eval_context, path):
    return str(eval_context.autoescape) + Path(path).read_text()


def indirectly(path):
    return outer(path)


def outer(path):
    return inner(path)


def inner(path):
    return "".join(open(path))  # noqa: PTH123 - one of the ways to read a file


def lines_of(path):
    yield from Path(path).read_text().splitlines()


def decorated(function):
    @functools.wraps(function)
    def call(*args):
        return function(*args)

    return call


def counter():
    count = 0

    def more(_=""):
        nonlocal count
        count += 1
        return count > 0

    return more


def remembering(path, seen=[]):  # noqa: B006 - a default that changes is a way to remember
    seen.append(path)
    return len(seen) > 0


def by_name(name):
    return getattr(__import__("pathlib").Path(name), "read_" + "text")()


def evaluated(path):
    return eval("open(path).read()", {"path": path})


class Reads:
    """Reads a file when it is called, looked into, shown or asked for an attribute."""

    def __init__(self, path):
        self.path = path

    def __call__(self, _=""):
        return Path(self.path).read_text()

    def __getitem__(self, key):
        return Path(self.path).read_text()[key]

    def __str__(self):
        return Path(self.path).read_text()

    def __iter__(self):
        return iter(Path(self.path).read_text())

    @property
    def text(self):
        return Path(self.path).read_text()

    def read(self):
        return Path(self.path).read_text()


FILTER = {"JINJA_FILTERS": {"read": read_text}}
TEST = {"JINJA_TESTS": {"long": is_long}}


def globals_(**given):
    return {"JINJA_GLOBALS": given}


# The template of the page, and the settings; NOTE is the path of a file that changes.
CASES = {
    # What a global may be.
    "the time of day": ("{{ now().year }}", globals_(now=datetime.now)),
    "the seconds": ("{{ now() > 0 }}", globals_(now=time.time)),
    "the date's class": ("{{ datetime.now().year }}", globals_(datetime=datetime)),
    "dice": ("{{ dice() < 2 }}", globals_(dice=random.random)),
    "dice from a module": ("{{ random.random() < 2 }}", globals_(random=random)),
    "a module's variable": ("{{ os.environ.TINY }}", globals_(os=os)),
    "a module's function": ("{{ os.getcwd()|length > 0 }}", globals_(os=os)),
    "one of the environment's variables": ("{{ getenv('TINY') }}", globals_(getenv=os.getenv)),
    "a method of a class": ("{{ read(PATH_OF_NOTE) }}", globals_(read=Path.read_text)),
    "a class that is called": ("{{ Path(NOTE).read_text() }}", globals_(Path=Path)),
    "a function that reads": ("{{ read(NOTE) }}", globals_(read=read_text)),
    "a builtin function that reads": ("{{ open(NOTE).read() }}", globals_(open=open)),
    "a lambda that reads": ("{{ read(NOTE) }}", globals_(read=lambda path: Path(path).read_text())),
    "functions that call one that reads": ("{{ read(NOTE) }}", globals_(read=indirectly)),
    "a function that reads by other names": ("{{ read(NOTE) }}", globals_(read=by_name)),
    "a function that evaluates": ("{{ read(NOTE) }}", globals_(read=evaluated)),
    "a generator": ("{{ read(NOTE)|join }}", globals_(read=lines_of)),
    "a closure that counts": ("{{ more() }}", globals_(more=counter())),
    "a function that remembers": ("{{ more(NOTE) }}", globals_(more=remembering)),
    "a function that is decorated": ("{{ read(NOTE) }}", globals_(read=decorated(read_text))),
    "a part of a function": ("{{ read() }}", lambda note: globals_(read=functools.partial(read_text, note))),
    "a part of a method": ("{{ read() }}", lambda note: globals_(read=functools.partial(Path.read_text, Path(note)))),
    "a part of a builtin function": ("{{ now() > 0 }}", globals_(now=functools.partial(time.time))),
    "a bound method": ("{{ read() }}", lambda note: globals_(read=Path(note).read_text)),
    "an object that is called": ("{{ note() }}", lambda note: globals_(note=Reads(note))),
    "an object that is looked into": ("{{ note[0] }}", lambda note: globals_(note=Reads(note))),
    "an object that is shown": ("{{ note }}", lambda note: globals_(note=Reads(note))),
    "an object that is walked": ("{% for c in note %}{{ c }}{% endfor %}", lambda note: globals_(note=Reads(note))),
    "an object's property": ("{{ note.text }}", lambda note: globals_(note=Reads(note))),
    "an object's method": ("{{ note.read() }}", lambda note: globals_(note=Reads(note))),
    # The same as a setting, and values' own methods.
    "a setting that is a function": ("{{ READ(NOTE) }}", {"READ": read_text}),
    "a setting that is an object": ("{{ READ.text }}", lambda note: {"READ": Reads(note)}),
    "a method of a path": ("{{ PATH_OF_NOTE.read_text() }}", {}),
    "a method of a date's class": ("{{ articles[0].date.now().year }}", {}),
    "a method of a date's class in a loop": ("{% for a in articles %}{{ a.date.now().year }}{% endfor %}", {}),
    "a method that a filter looks up": ("{{ (PATH_OF_NOTE|attr('read_text'))() }}", {}),
    "Jinja's own dice": ("{{ [1, 1]|random }}", {}),
    "Jinja's own random text": ("{{ lipsum(n=1)|length > 1 }}", {}),
    # Ways to use a filter or a test.
    "a filter": ("{{ NOTE|read }}", FILTER),
    "a filter that is a method": ("{{ PATH_OF_NOTE|read }}", {"JINJA_FILTERS": {"read": Path.read_text}}),
    "a filter that is a lambda": ("{{ NOTE|read }}", {"JINJA_FILTERS": {"read": lambda path: Path(path).read_text()}}),
    "a filter that gets the context": ("{{ 'x'|noted }}", {"JINJA_FILTERS": {"noted": noted}}),
    "a filter that gets the environment": ("{{ NOTE|noted }}", {"JINJA_FILTERS": {"noted": noted_here}}),
    "a filter that gets the evaluation's context": ("{{ NOTE|noted }}", {"JINJA_FILTERS": {"noted": noted_so}}),
    "a filter of a constant": ("{{ '@'|read }}", FILTER),
    "a filter of a constant in a condition": ("{% if '@'|read == 'noted 1' %}1{% else %}2{% endif %}", FILTER),
    "a filter of a block": ("{% filter read %}{{ NOTE }}{% endfilter %}", FILTER),
    "a filter by name": ("{{ [NOTE]|map('read')|join }}", FILTER),
    "a filter by a name that is put together": ("{{ [NOTE]|map('re' ~ 'ad')|join }}", FILTER),
    "a filter by a name of the settings": ("{{ [NOTE]|map(NAME)|join }}", FILTER | {"NAME": "read"}),
    "a test": ("{% if NOTE is long %}long{% endif %}", TEST),
    "a test of a constant": ("{% if '@' is long %}long{% endif %}", TEST),
    "a test by name": ("{{ [NOTE]|select('long')|list|length }}", TEST),
    "a test that is an object": ("{% if 'x' is like(NOTE) %}x{% endif %}", {"JINJA_TESTS": {"like": ends_like}}),
    # Places to use it in.
    "in a macro": ("{% macro m() %}{{ NOTE|read }}{% endmacro %}{{ m() }}", FILTER),
    "in a macro that is called with a block": (
        "{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}{{ NOTE|read }}{% endcall %}",
        FILTER,
    ),
    "in an included template": ("{% include 'part.html' %}", FILTER | {"part": "{{ NOTE|read }}"}),
    "in an imported macro": (
        "{% from 'part.html' import m %}{{ m(NOTE) }}",
        FILTER | {"part": "{% macro m(n) %}{{ n|read }}{% endmacro %}"},
    ),
    "in an imported variable": ("{% import 'part.html' as p %}{{ p.x }}", FILTER | {"part": "{% set x = '@'|read %}"}),
    "in a parent": ("{% extends 'part.html' %}", FILTER | {"part": "{{ NOTE|read }}{% block b %}{% endblock %}"}),
    "in a block of a parent": (
        "{% extends 'part.html' %}{% block b %}{{ super() }}{% endblock %}",
        FILTER | {"part": "{% block b %}{{ NOTE|read }}{% endblock %}"},
    ),
    "in a variable": ("{% set x %}{{ NOTE|read }}{% endset %}{{ x }}", FILTER),
    "in a loop's condition": ("{% for a in articles if NOTE is long %}{{ a.title }}{% endfor %}", TEST),
}


@pytest.mark.parametrize("case", CASES)
def test_a_page_is_rendered_in_every_build_when_it_uses(tmp_path, monkeypatch, case):
    template, given = CASES[case]
    note = tmp_path / "note.txt"
    note.write_text("noted 1")
    given = given(note) if callable(given) else dict(given)
    part = given.pop("part", "")
    site = TinySite(tmp_path).change({POST: post(), T + "archives.html": "{{ SITENAME }}{{ articles[0].title }}"})
    site.change({INDEX: template.replace("@", str(note)), T + "part.html": part.replace("@", str(note))})
    site.settings |= {"NOTE": str(note), "PATH_OF_NOTE": note, **given}
    monkeypatch.setenv("TINY", "one")
    site.compare()
    again = site.rendered()
    note.write_text("noted otherwise")
    monkeypatch.setenv("TINY", "two")
    site.compare()
    assert "index.html" in again
    # What changed within a function of the settings is told by the settings: all pages are rendered.
    assert "archives.html" not in again or case in {"a closure that counts", "a function that remembers"}, again


PURE = {
    "a function of its arguments": ("{{ SITENAME|twice }}", {"JINJA_FILTERS": {"twice": lambda text: text * 2}}),
    "a constant": ("{{ SITENAME|truncate(GREATEST) }}", globals_(GREATEST=9)),
    "a list": ("{{ words|join }}", globals_(words=["a", "b"])),
    "Jinja's filters": ("{{ articles|map(attribute='title')|join|upper }}{{ SITENAME|replace('i', 'o') }}", {}),
    "Pelican's filter of dates": ("{{ articles[0].date|strftime('%Y') }}", {}),
    "macros, loops and variables": (
        "{% macro m(a) %}{{ a.title }}{% endmacro %}{% for a in articles %}{% set x = m(a) %}{{ x }}{% endfor %}",
        {},
    ),
}


@pytest.mark.parametrize("case", PURE)
def test_a_page_is_left_alone_that_uses_only(tmp_path, case):
    template, given = PURE[case]
    site = TinySite(tmp_path).change({POST: post(), INDEX: template})
    site.settings |= given
    site.compare()
    assert site.rendered() == set()
    site.change({POST: post(title="Other", date="2021-01-01"), "SITENAME": "Other"})
    site.compare()

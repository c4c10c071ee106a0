"""A page that calls an impure function is rendered in every build; other pages are skipped."""

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


def ends_like_file(value, path):
    return str(value).endswith(Path(path).read_text()[-1])


def is_long(path):
    return os.stat(path).st_size > 9  # noqa: PTH116 - one of the ways to look at a file


@pass_context
def annotate(context, value):
    return f"{context['SITENAME']} {value} {Path(context['NOTE']).read_text()}"


@pass_environment
def annotate_with_environment(environment, path):
    return str(environment.autoescape) + Path(path).read_text()


@pass_eval_context
def annotate_with_eval_context(eval_context, path):
    return str(eval_context.autoescape) + Path(path).read_text()


def read_indirectly(path):
    return read_by_helper(path)


def read_by_helper(path):
    return read_by_open(path)


def read_by_open(path):
    return "".join(open(path))  # noqa: PTH123 - one of the ways to read a file


def iterate_lines(path):
    yield from Path(path).read_text().splitlines()


def decorate(function):
    @functools.wraps(function)
    def call(*args):
        return function(*args)

    return call


def make_counter():
    count = 0

    def more(_=""):
        nonlocal count
        count += 1
        return count > 0

    return more


def remember_in_default(path, seen=[]):  # noqa: B006 - a default that changes is a way to remember
    seen.append(path)
    return len(seen) > 0


def read_by_getattr(name):
    return getattr(__import__("pathlib").Path(name), "read_" + "text")()


def read_by_eval(path):
    return eval("open(path).read()", {"path": path})


class Reads:
    """Reads a file when it is called, indexed, iterated, converted to text or asked for an attribute."""

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


def with_globals(**values):
    return {"JINJA_GLOBALS": values}


# The template of the page, and the settings; NOTE is the path of a file that changes.
CASES = {
    # What a global may be.
    "the time of day": ("{{ now().year }}", with_globals(now=datetime.now)),
    "the seconds": ("{{ now() > 0 }}", with_globals(now=time.time)),
    "the datetime class": ("{{ datetime.now().year }}", with_globals(datetime=datetime)),
    "a random number": ("{{ number() < 2 }}", with_globals(number=random.random)),
    "a random number from a module": ("{{ random.random() < 2 }}", with_globals(random=random)),
    "a module's variable": ("{{ os.environ.TINY }}", with_globals(os=os)),
    "a module's function": ("{{ os.getcwd()|length > 0 }}", with_globals(os=os)),
    "an environment variable": ("{{ getenv('TINY') }}", with_globals(getenv=os.getenv)),
    "a method of a class": ("{{ read(PATH_OF_NOTE) }}", with_globals(read=Path.read_text)),
    "a class that is called": ("{{ Path(NOTE).read_text() }}", with_globals(Path=Path)),
    "a function that reads": ("{{ read(NOTE) }}", with_globals(read=read_text)),
    "a builtin function that reads": ("{{ open(NOTE).read() }}", with_globals(open=open)),
    "a lambda that reads": ("{{ read(NOTE) }}", with_globals(read=lambda path: Path(path).read_text())),
    "functions that call one that reads": ("{{ read(NOTE) }}", with_globals(read=read_indirectly)),
    "a function that reads by getattr": ("{{ read(NOTE) }}", with_globals(read=read_by_getattr)),
    "a function that evaluates": ("{{ read(NOTE) }}", with_globals(read=read_by_eval)),
    "a generator": ("{{ read(NOTE)|join }}", with_globals(read=iterate_lines)),
    "a closure that counts": ("{{ more() }}", with_globals(more=make_counter())),
    "a function that keeps state": ("{{ more(NOTE) }}", with_globals(more=remember_in_default)),
    "a decorated function": ("{{ read(NOTE) }}", with_globals(read=decorate(read_text))),
    "a partial function": ("{{ read() }}", lambda note: with_globals(read=functools.partial(read_text, note))),
    "a partial method": ("{{ read() }}", lambda note: with_globals(read=functools.partial(Path.read_text, Path(note)))),
    "a partial builtin function": ("{{ now() > 0 }}", with_globals(now=functools.partial(time.time))),
    "a bound method": ("{{ read() }}", lambda note: with_globals(read=Path(note).read_text)),
    "a called object": ("{{ note() }}", lambda note: with_globals(note=Reads(note))),
    "an indexed object": ("{{ note[0] }}", lambda note: with_globals(note=Reads(note))),
    "an object converted to text": ("{{ note }}", lambda note: with_globals(note=Reads(note))),
    "an iterated object": ("{% for c in note %}{{ c }}{% endfor %}", lambda note: with_globals(note=Reads(note))),
    "an object's property": ("{{ note.text }}", lambda note: with_globals(note=Reads(note))),
    "an object's method": ("{{ note.read() }}", lambda note: with_globals(note=Reads(note))),
    # Settings, and methods of values.
    "a setting that is a function": ("{{ READ(NOTE) }}", {"READ": read_text}),
    "a setting that is an object": ("{{ READ.text }}", lambda note: {"READ": Reads(note)}),
    "a method of a path": ("{{ PATH_OF_NOTE.read_text() }}", {}),
    "a method of a date's class": ("{{ articles[0].date.now().year }}", {}),
    "a method of a date's class in a loop": ("{% for a in articles %}{{ a.date.now().year }}{% endfor %}", {}),
    "a method that a filter looks up": ("{{ (PATH_OF_NOTE|attr('read_text'))() }}", {}),
    "Jinja's filter random": ("{{ [1, 1]|random }}", {}),
    "Jinja's function lipsum": ("{{ lipsum(n=1)|length > 1 }}", {}),
    # Ways to use a filter or a test.
    "a filter": ("{{ NOTE|read }}", FILTER),
    "a filter that is a method": ("{{ PATH_OF_NOTE|read }}", {"JINJA_FILTERS": {"read": Path.read_text}}),
    "a filter that is a lambda": ("{{ NOTE|read }}", {"JINJA_FILTERS": {"read": lambda path: Path(path).read_text()}}),
    "a filter that gets the context": ("{{ 'x'|annotate }}", {"JINJA_FILTERS": {"annotate": annotate}}),
    "a filter that gets the environment": (
        "{{ NOTE|annotate }}",
        {"JINJA_FILTERS": {"annotate": annotate_with_environment}},
    ),
    "a filter that gets the eval context": (
        "{{ NOTE|annotate }}",
        {"JINJA_FILTERS": {"annotate": annotate_with_eval_context}},
    ),
    "a filter of a constant": ("{{ '@'|read }}", FILTER),
    "a filter of a constant in a condition": ("{% if '@'|read == 'noted 1' %}1{% else %}2{% endif %}", FILTER),
    "a filter of a block": ("{% filter read %}{{ NOTE }}{% endfilter %}", FILTER),
    "a filter by name": ("{{ [NOTE]|map('read')|join }}", FILTER),
    "a filter by a computed name": ("{{ [NOTE]|map('re' ~ 'ad')|join }}", FILTER),
    "a filter by a name from the settings": ("{{ [NOTE]|map(NAME)|join }}", FILTER | {"NAME": "read"}),
    "a test": ("{% if NOTE is long %}long{% endif %}", TEST),
    "a test of a constant": ("{% if '@' is long %}long{% endif %}", TEST),
    "a test by name": ("{{ [NOTE]|select('long')|list|length }}", TEST),
    "a test that is an object": ("{% if 'x' is like(NOTE) %}x{% endif %}", {"JINJA_TESTS": {"like": ends_like_file}}),
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
    template, settings = CASES[case]
    note = tmp_path / "note.txt"
    note.write_text("noted 1")
    settings = settings(note) if callable(settings) else dict(settings)
    part = settings.pop("part", "")
    site = TinySite(tmp_path).change({POST: post(), T + "archives.html": "{{ SITENAME }}{{ articles[0].title }}"})
    site.change({INDEX: template.replace("@", str(note)), T + "part.html": part.replace("@", str(note))})
    site.settings |= {"NOTE": str(note), "PATH_OF_NOTE": note, **settings}
    monkeypatch.setenv("TINY", "one")
    site.compare()
    rendered = site.build_and_list_templates()
    note.write_text("noted otherwise")
    monkeypatch.setenv("TINY", "two")
    site.compare()
    assert "index.html" in rendered
    # The state of a function is part of the digest of the settings: all pages are rendered.
    assert "archives.html" not in rendered or case in {"a closure that counts", "a function that keeps state"}, rendered


PURE = {
    "a function of its arguments": ("{{ SITENAME|twice }}", {"JINJA_FILTERS": {"twice": lambda text: text * 2}}),
    "a constant": ("{{ SITENAME|truncate(GREATEST) }}", with_globals(GREATEST=9)),
    "a list": ("{{ words|join }}", with_globals(words=["a", "b"])),
    "Jinja's filters": ("{{ articles|map(attribute='title')|join|upper }}{{ SITENAME|replace('i', 'o') }}", {}),
    "Pelican's filter of dates": ("{{ articles[0].date|strftime('%Y') }}", {}),
    "macros, loops and variables": (
        "{% macro m(a) %}{{ a.title }}{% endmacro %}{% for a in articles %}{% set x = m(a) %}{{ x }}{% endfor %}",
        {},
    ),
}


@pytest.mark.parametrize("case", PURE)
def test_a_page_is_skipped_that_uses_only(tmp_path, case):
    template, settings = PURE[case]
    site = TinySite(tmp_path).change({POST: post(), INDEX: template})
    site.settings |= settings
    site.compare()
    assert site.build_and_list_templates() == set()
    site.change({POST: post(title="Other", date="2021-01-01"), "SITENAME": "Other"})
    site.compare()

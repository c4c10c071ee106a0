"""A page is rendered again when one of its templates, or something they refer to, changes."""

from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes
from jinja2.ext import Extension
from tiny_site import ARTICLE, INDEX, POST, TinySite, post

T = "theme/templates/"
UNKNOWN_TAG = "{% assets 'main.css' %}{% endassets %}"
POSTS = {POST: post(title="First"), "content/posts/b.md": post(title="Second", date="2020-01-03")}

# The first files, and then the changes, one after the other.
IMPORTING = {INDEX: "{% import 'm.html' as m %}{{ m.x() }}", ARTICLE: "{% import 'm.html' as m %}{{ m.x() }}"}

REFERENCES = {
    "a macro that an imported file imports": (
        IMPORTING
        | {T + "m.html": "{% from 'n.html' import y %}{% macro x() %}<i>{{ y() }}</i>{% endmacro %}"}
        | {T + "n.html": "{% macro y() %}one{% endmacro %}"},
        {T + "n.html": "{% macro y() %}two{% endmacro %}"},
        {T + "m.html": "{% macro x() %}three{% endmacro %}"},
    ),
    "a file that an imported file includes for a variable": (
        IMPORTING
        | {T + "m.html": "{% set y %}{% include 'n.html' %}{% endset %}{% macro x() %}{{ y }}{% endmacro %}"}
        | {T + "n.html": "{{ SITENAME }}"},
        {"SITENAME": "Other"},
        {T + "n.html": "two {{ SITENAME }}"},
    ),
    "an unknown tag in a file whose include is not reached": (
        {INDEX: "{% if 'assets' in PLUGINS %}{% include 'm.html' %}{% endif %}.", T + "m.html": UNKNOWN_TAG},
        {POST: post(title="Other")},
        {T + "m.html": "known now"},
    ),
    "a syntax error in a file whose import is not reached": (
        {INDEX: "{% if SOCIAL %}{% import 'm.html' as m %}{{ m.x() }}{% endif %}.", T + "m.html": "{% if %}"},
        {POST: post(title="Other")},
        {T + "m.html": "{% macro x() %}made{% endmacro %}", "SOCIAL": [("a", "b")]},
        {T + "m.html": "{% macro x() %}otherwise{% endmacro %}"},
    ),
    "a name that a file imports where that is not reached": (
        {INDEX: "{% if SOCIAL %}{% from 'm.html' import x %}{{ x() }}{% endif %}.", T + "m.html": UNKNOWN_TAG},
        {T + "m.html": "{% macro x() %}made{% endmacro %}", "SOCIAL": [("a", "b")]},
        {T + "m.html": "{% macro x() %}otherwise{% endmacro %}"},
    ),
    "an include in a macro that is never called": (
        {INDEX: "{% macro x() %}{% include 'm.html' %}{% endmacro %}{{ SITENAME }}", T + "m.html": UNKNOWN_TAG},
        {"SITENAME": "Other"},
    ),
    "a file that is not there where its include is not reached": (
        {INDEX: "{% if SOCIAL %}{% include 'm.html' %}{% endif %}."},
        {POST: post(title="Other")},
        {T + "m.html": "{{ SITENAME }}", "SOCIAL": [("a", "b")]},
        {"SITENAME": "Other"},
    ),
    "a file that may be missing and appears": (
        {INDEX: "{% include ['m.html', 'n.html'] ignore missing %}."},
        {T + "n.html": "second choice {{ SITENAME }}"},
        {T + "m.html": "first choice"},
        {T + "m.html": None},
        {T + "n.html": None},
    ),
    "a file that is chosen by a variable": (
        {INDEX: "{% include CHOICE %}", T + "m.html": "m", T + "n.html": "n {{ SITENAME }}", "CHOICE": "m.html"},
        {T + "m.html": "m edited"},
        {"CHOICE": "n.html"},
        {T + "n.html": "n edited"},
        {"SITENAME": "Other"},
    ),
    "a file that is chosen by a post": (
        {
            ARTICLE: "{% include article.kind ~ '.html' %}",
            T + "m.html": "m",
            T + "n.html": "n",
            POST: post(kind="m"),
            "content/posts/b.md": post(title="Second", date="2020-01-03", kind="n"),
        },
        {T + "m.html": "m edited"},
        {POST: post(kind="n")},
        {T + "n.html": "n edited"},
    ),
    "a layout that is chosen by a variable": (
        {
            INDEX: "{% extends LAYOUT %}{% block b %}own{% endblock %}",
            T + "m.html": "m{% block b %}{% endblock %}",
            T + "n.html": "n{% block b %}{% endblock %}",
            "LAYOUT": "m.html",
        },
        {T + "m.html": "m edited {% block b %}{% endblock %}"},
        {"LAYOUT": "n.html"},
        {T + "n.html": "n edited {% block b %}{% endblock %} {{ SITENAME }}"},
        {"SITENAME": "Other"},
    ),
    "a layout that is one of two": (
        {
            INDEX: "{% extends 'm.html' if SOCIAL else 'n.html' %}",
            T + "m.html": UNKNOWN_TAG,
            T + "n.html": "n {{ articles|length }}",
        },
        {T + "n.html": "n edited"},
    ),
    "a macro that is imported where it is used": (
        {
            INDEX: "{% for a in articles %}{% from 'm.html' import x with context %}{{ x(a) }}{% endfor %}",
            T + "m.html": "{% macro x(a) %}{{ a.title }} {{ SITENAME }}{% endmacro %}",
        },
        {T + "m.html": "{% macro x(a) %}{{ a.slug }} {{ SITENAME }}{% endmacro %}"},
        {"SITENAME": "Other"},
        {POST: post(title="First", slug="otherwise")},
    ),
    "a macro file that is chosen by a variable": (
        {
            INDEX: "{% import CHOICE as m %}{{ m.x(articles[0]) }}",
            T + "m.html": "{% macro x(a) %}{{ a.title }}{% endmacro %}",
            T + "n.html": "{% macro x(a) %}{{ a.summary }}{% endmacro %}",
            "CHOICE": "m.html",
        },
        {"CHOICE": "n.html"},
        {"content/posts/b.md": post("Quite other text.", title="Second", date="2020-01-03")},
        {T + "n.html": "{% macro x(a) %}edited{% endmacro %}"},
    ),
    "a template that Pelican falls back to and that appears in the theme": (
        {INDEX: "{% extends 'base.html' %}{% block content %}own{% endblock %}"},
        {T + "base.html": "<b>{% block content %}{% endblock %}</b>"},
        {INDEX: "{% extends '!simple/base.html' %}{% block content %}own{% endblock %}"},
        {T + "base.html": None, INDEX: None},
    ),
    "a template that a post asks for": (
        {T + "m.html": "m {{ article.title }}", T + "n.html": "n {{ article.title }}", POST: post(template="m")},
        {POST: post(template="n")},
        {T + "n.html": "n edited"},
        {POST: post()},
    ),
    "a template of the folder that overrides the theme's": (
        {"THEME_TEMPLATES_OVERRIDES": ["overrides"], "overrides/m.html": "unused", INDEX: "{{ SITENAME }}"},
        {"overrides/index.html": "{% extends '!theme/index.html' %}"},
        {"overrides/index.html": "overridden {{ articles|length }}"},
        {"overrides/index.html": None},
    ),
    "variables that an included template sees of the one that includes it": (
        {
            INDEX: "{% set x = articles[0].title %}{% with y = SITENAME %}{% include 'm.html' %}{% endwith %}",
            T + "m.html": "{{ x }}{{ y }}",
        },
        {"content/posts/b.md": post(title="Other", date="2020-01-03")},
        {"SITENAME": "Other"},
    ),
    "a name that is there in some builds only": (
        {INDEX: "{{ LATER|default('none') }}{% if MORE is defined %}{{ MORE }}{% endif %}"},
        {"LATER": "there"},
        {"MORE": "more"},
        {"LATER": None},
    ),
    "names that are asked for by other names": (
        {ARTICLE: "{{ self._TemplateReference__context[NAME] }}{{ article[KEY] }}", "NAME": "SITENAME", "KEY": "title"},
        {"SITENAME": "Other"},
        {"KEY": "slug"},
        {"NAME": "SITEURL"},
    ),
}


@pytest.mark.parametrize("case", REFERENCES)
def test_pages_are_rendered_again_after_changes_of(tmp_path, case):
    first, *changes = REFERENCES[case]
    overrides = {k: [str(tmp_path / name) for name in v] for k, v in first.items() if k == "THEME_TEMPLATES_OVERRIDES"}
    TinySite(tmp_path).change(POSTS | first | overrides).compare_after_each(*changes)


def test_pages_with_unchanged_dependencies_are_skipped(tmp_path):
    site = TinySite(tmp_path).change(POSTS)
    site.change({INDEX: "{% for a in articles %}{{ a.title }}{% endfor %}", T + "archives.html": "{{ SITESUBTITLE }}"})
    site.change({T + "tags.html": "{{ articles|length }}", T + "author.html": "-", T + "authors.html": "-"})
    site.change({ARTICLE: "{{ article.content }}", T + "category.html": "-", T + "categories.html": "-"})
    site.build()
    assert site.build_and_list_templates() == set()
    site.change({POST: post("Other text.", title="First")})
    assert site.build_and_list_templates() == {"article.html"}
    site.change({POST: post("Other text.", title="Third")})
    assert site.build_and_list_templates() >= {"index.html"}
    assert "archives.html" not in site.build_and_list_templates()
    site.change({"SITESUBTITLE": "Other"})
    assert "archives.html" in site.build_and_list_templates()
    site.change({T + "tags.html": "{{ articles|count }}"})
    assert "tags.html" in site.build_and_list_templates()
    site.compare()


def read_text(path):
    return Path(path).read_text()


class IncludeFile(Extension):
    """A tag that writes the text of a file."""

    tags = frozenset({"shout"})

    def parse(self, parser):
        line = next(parser.stream).lineno
        return nodes.Output([self.call_method("shout", [parser.parse_expression()])]).set_lineno(line)

    def shout(self, path):
        return Path(path).read_text()


class ShowName(jinja2.Undefined):
    """Shows the name of what is missing."""

    def __str__(self):
        return f"<{self._undefined_name}>"


ENVIRONMENTS = {
    "an extension": ({"extensions": [IncludeFile]}, "{% shout NOTE %}"),
    "Jinja's own extensions": (
        {"extensions": ["jinja2.ext.do", "jinja2.ext.loopcontrols"]},
        "{% do [].append(1) %}{{ SITENAME }}",
    ),
    "translations": (
        {"extensions": ["jinja2.ext.i18n"]},
        "{% if SOCIAL %}{% trans %}x{% endtrans %}{% endif %}{{ SITENAME }}",
    ),
    "finalize": (
        {"finalize": lambda value: read_text(value) if str(value).endswith(".txt") else value},
        "{{ NOTE }}",
    ),
    "undefined": ({"undefined": ShowName}, "{{ MISSING }}{{ MISSING_TOO }}"),
    "autoescape": ({"autoescape": True}, "{{ SITENAME }}<{{ articles[0].content }}{{ articles[0].summary|safe }}"),
    "autoescape by name": ({"autoescape": lambda name: name == "index.html"}, "{{ SITENAME }}"),
    "delimiters": ({"variable_start_string": "<<", "variable_end_string": ">>"}, "<< SITENAME >> {{ SITENAME }}"),
    "line statements": ({"line_statement_prefix": "%%"}, "%% if articles\n{{ articles[0].title }}\n%% endif"),
}


@pytest.mark.parametrize("case", ENVIRONMENTS)
def test_pages_are_those_of_a_clean_build_with_jinja_environment(tmp_path, case):
    environment, template = ENVIRONMENTS[case]
    note = tmp_path / "note.txt"
    note.write_text("noted")
    site = TinySite(tmp_path).change({POST: post("A & b."), INDEX: template, "NOTE": str(note), "SITENAME": "A & B"})
    # The theme `simple` can't be written with other delimiters.
    site.settings |= {"DIRECT_TEMPLATES": ["index"], "JINJA_ENVIRONMENT": environment}
    for name in ("article", "category", "author", "page"):
        site.change({f"{T}{name}.html": "<< 1 >>"})
    site.compare()
    note.write_text("noted otherwise")
    site.compare()
    site.change({"SITENAME": "C < D", "MISSING": "there"})
    site.compare()
    site.change({POST: post("Other & more.", title="Third")})
    site.compare()
    site.settings["JINJA_ENVIRONMENT"] = {**environment, "trim_blocks": True}
    site.compare()
    if "autoescape" in environment:
        site.settings["JINJA_ENVIRONMENT"] = {"autoescape": False}
        site.compare()

"""Plugins that change Pelican's internals, and unusual content, give the output of a clean build."""

import re
import shutil
from datetime import datetime, timedelta

import pytest
from pelican import readers, utils
from pelican.contents import Content
from pelican.generators import Generator
from tiny_site import ARTICLE, INDEX, POST, TinySite, make_plugin, post

SECOND = "content/posts/b.md"
LINKED = {POST: post("[x]({filename}moved.md)"), SECOND: post(title="b")}


class Holiday(datetime):
    """A date with its own strftime."""

    def strftime(self, date_format):
        return f"a holiday in {super().strftime(date_format)}"


class GeneratorWithOtherLists(Generator):
    """Uses the names of Pelican's lists for other values."""

    def generate_context(self):
        self.tags, self.categories, self.authors = ["one", "two"], 7, None

    def generate_output(self, writer):
        pass


def change_path(content):
    if content.source_path.endswith("b.md"):
        content.source_path = content.source_path.replace("b.md", "moved.md")
        content.relative_source_path = content.get_relative_source_path()


def count_links(content):
    content.links = len(content._get_intrasite_link_regex().findall(content._content or ""))


def add_holiday(content):
    content.holiday = Holiday(2020, 1, 2)


def uppercase_slug(original):
    return property(lambda self: {**original.fget(self), "slug": original.fget(self)["slug"].upper()})


def bracket_date(original):
    return lambda date, date_format: f"<{original(date, date_format)}>"


def add_a_day(original):
    return lambda text: original(text) + timedelta(days=1)


PATCHES = {
    "Content.url_format": (Content, "url_format", uppercase_slug),
    "strftime": (utils, "strftime", bracket_date),
    "get_date": (readers, "get_date", add_a_day),
}


@pytest.mark.parametrize("case", PATCHES)
def test_a_function_that_a_plugin_replaced_stays_replaced(tmp_path, monkeypatch, case):
    owner, name, make_replacement = PATCHES[case]
    monkeypatch.setattr(owner, name, make_replacement(vars(owner)[name]))
    site = TinySite(tmp_path, settings={"PLUGINS": [make_plugin()]})
    site.compare_after_each({POST: post(), ARTICLE: "{{ article.url }} {{ article.date }} {{ article.locale_date }}"})


RECEIVERS = {
    "changes the path of a post": ({"content_object_init": change_path}, LINKED),
    "searches for links itself": (
        {"content_object_init": count_links},
        LINKED | {INDEX: "{% for a in articles %}{{ a.links }}{% endfor %}"},
    ),
    "adds a date with its own strftime": (
        {"content_object_init": add_holiday},
        {POST: post(), ARTICLE: "{{ article.holiday|strftime('%Y') }}"},
    ),
    "uses the names of Pelican's lists for other values": (
        {"get_generators": lambda _: GeneratorWithOtherLists},
        {POST: post(tags="one")},
    ),
    "removes all output": ({"finalized": lambda pelican: shutil.rmtree(pelican.output_path)}, {POST: post()}),
}


@pytest.mark.parametrize("case", RECEIVERS)
def test_output_is_that_of_a_clean_build_with_a_plugin_that(tmp_path, case):
    receivers, files = RECEIVERS[case]
    site = TinySite(tmp_path, settings={"PLUGINS": [make_plugin(**receivers)]}).change(files)
    for _ in range(2):
        site.build()
        site.build_clean()
        if site.files("clean"):
            site.compare_files()


class Prices:
    """Has a method whose result depends on the state of the object."""

    def __init__(self, price):
        self.price = price

    def of(self, name):
        return f"{name} {self.price}"


class Url(str):
    """A string that can be called, with a result that changes."""

    __slots__ = ()
    version = 0

    def __call__(self):
        return str(Url.version)


def test_a_filter_that_is_a_method_depends_on_its_object(tmp_path):
    prices = Prices(1)

    def add(generator):
        generator.env.filters["price"] = prices.of

    site = TinySite(tmp_path, settings={"PLUGINS": [make_plugin(article_generator_init=add)]})
    site.change({POST: post(), ARTICLE: "{{ 'x'|price }}"}).compare()
    prices = Prices(2)
    site.compare()


def test_a_callable_string_is_not_a_constant(tmp_path):
    def add(generator):
        generator.env.globals["url"] = Url("x")

    site = TinySite(tmp_path, settings={"PLUGINS": [make_plugin(article_generator_init=add)]})
    site.change({POST: post(), ARTICLE: "{{ url() }}"}).compare()
    Url.version += 1
    site.compare()


def test_long_patterns_are_distinguished(tmp_path):
    site = TinySite(tmp_path, settings={"PATTERN": re.compile("a" * 300 + "b")})
    site.change({POST: post(), ARTICLE: "{{ PATTERN.pattern }}"}).compare()
    site.change({"PATTERN": re.compile("a" * 300 + "c")}).compare()


def test_a_custom_intrasite_link_regex(tmp_path):
    site = TinySite(tmp_path, settings={"INTRASITE_LINK_REGEX": "[{|]?(?P<what>filename|static)[|}:]"})
    site.compare_after_each({POST: post("[x](filename:b.md)"), SECOND: post(title="b")})


def test_equal_files_may_include_different_files(tmp_path):
    text = "T\n#\n\n:date: 2020-01-01\n\n.. include:: part.txt\n"
    site = TinySite(tmp_path, settings={"ARTICLE_SAVE_AS": "{category}/{slug}.html"})
    for _ in range(3):
        site.change({f"content/posts/{name}/{part}": content for name in "ab" for part, content in PARTS[name].items()})
        site.change({f"content/posts/{name}/t.rst": text for name in "ab"}).build()
        assert "AAA" in site.read("a/t.html")
        assert "BBB" in site.read("b/t.html")


PARTS = {"a": {"part.txt": "AAA"}, "b": {"part.txt": "BBB"}}


def test_a_file_that_cannot_be_converted_does_not_affect_the_next(tmp_path):
    deep = "\n".join("    " * depth + "- x" for depth in range(400))
    after = "- a\n\n    para\n\n    - b\n\n    para\n\n1. z\n\n    code?\n"
    TinySite(tmp_path).change({"content/posts/a.md": post(deep), SECOND: post(after, title="b")}).compare()


def test_article_translation_id_may_be_a_list(tmp_path):
    posts = {f"content/posts/{n}.md": post(title=n, category=c) for n, c in ["az", "by", "cx", "dw"]}
    TinySite(tmp_path, settings={"ARTICLE_TRANSLATION_ID": ["category", "slug"]}).change(posts).compare()


def test_an_author_without_a_slug_is_reported_for_drafts_too(tmp_path):
    TinySite(tmp_path).compare_after_each({POST: post(status="draft", author="!!!"), ARTICLE: "{{ article.title }}"})


def test_a_site_without_output_files(tmp_path):
    site = TinySite(tmp_path, settings={"DIRECT_TEMPLATES": []})
    for _ in range(2):
        site.build()
        assert site.files() == {}

"""Plugins that reach into Pelican's own works, and texts that break them, come out as in a clean build."""

import re
import shutil
from datetime import datetime, timedelta

import pytest
from pelican import readers, utils
from pelican.contents import Content
from pelican.generators import Generator
from tiny_site import ARTICLE, INDEX, POST, TinySite, plugin, post

SECOND = "content/posts/b.md"
LINKED = {POST: post("[x]({filename}moved.md)"), SECOND: post(title="b")}


class Holiday(datetime):
    """A date that is written in its own way."""

    def strftime(self, how):
        return f"a holiday in {super().strftime(how)}"


class Tags(Generator):
    """Has names of Pelican's for things of its own."""

    def generate_context(self):
        self.tags, self.categories, self.authors = ["one", "two"], 7, None

    def generate_output(self, writer):
        pass


def move(content):
    if content.source_path.endswith("b.md"):
        content.source_path = content.source_path.replace("b.md", "moved.md")
        content.relative_source_path = content.get_relative_source_path()


def count_links(content):
    content.links = len(content._get_intrasite_link_regex().findall(content._content or ""))


def holiday(content):
    content.holiday = Holiday(2020, 1, 2)


def upper(own):
    return property(lambda self: {**own.fget(self), "slug": own.fget(self)["slug"].upper()})


def loudly(own):
    return lambda date, how: f"<{own(date, how)}>"


def later(own):
    return lambda text: own(text) + timedelta(days=1)


REPLACED = {
    "the parts of an address": (Content, "url_format", upper),
    "dates as text": (utils, "strftime", loudly),
    "texts as date": (readers, "get_date", later),
}


@pytest.mark.parametrize("case", REPLACED)
def test_what_a_plugin_replaces_stays_replaced(tmp_path, monkeypatch, case):
    owner, name, made = REPLACED[case]
    monkeypatch.setattr(owner, name, made(vars(owner)[name]))
    site = TinySite(tmp_path, settings={"PLUGINS": [plugin()]})
    site.steps({POST: post(), ARTICLE: "{{ article.url }} {{ article.date }} {{ article.locale_date }}"})


RECEIVERS = {
    "moves a text": ({"content_object_init": move}, LINKED),
    "looks for links by itself": (
        {"content_object_init": count_links},
        LINKED | {INDEX: "{% for a in articles %}{{ a.links }}{% endfor %}"},
    ),
    "has dates of its own": (
        {"content_object_init": holiday},
        {POST: post(), ARTICLE: "{{ article.holiday|strftime('%Y') }}"},
    ),
    "names its own things as Pelican does": ({"get_generators": lambda _: Tags}, {POST: post(tags="one")}),
    "removes all output": ({"finalized": lambda pelican: shutil.rmtree(pelican.output_path)}, {POST: post()}),
}


@pytest.mark.parametrize("case", RECEIVERS)
def test_a_plugin_that(tmp_path, case):
    receivers, files = RECEIVERS[case]
    site = TinySite(tmp_path, settings={"PLUGINS": [plugin(**receivers)]}).change(files)
    for _ in range(2):
        site.build()
        site.build_clean()
        if site.files("clean"):
            site.compare_files()


class Prices:
    """Has a method that gives another answer for another state."""

    def __init__(self, price):
        self.price = price

    def of(self, name):
        return f"{name} {self.price}"


class Url(str):
    """A text that can be called, and may then answer anything."""

    __slots__ = ()
    asked = 0

    def __call__(self):
        return str(Url.asked)


def test_a_filter_that_is_the_method_of_an_object_counts_with_its_data(tmp_path):
    prices = Prices(1)

    def add(generator):
        generator.env.filters["price"] = prices.of

    site = TinySite(tmp_path, settings={"PLUGINS": [plugin(article_generator_init=add)]})
    site.change({POST: post(), ARTICLE: "{{ 'x'|price }}"}).compare()
    prices = Prices(2)
    site.compare()


def test_a_text_that_can_be_called_is_no_constant(tmp_path):
    def add(generator):
        generator.env.globals["url"] = Url("x")

    site = TinySite(tmp_path, settings={"PLUGINS": [plugin(article_generator_init=add)]})
    site.change({POST: post(), ARTICLE: "{{ url() }}"}).compare()
    Url.asked += 1
    site.compare()


def test_long_patterns_are_told_apart(tmp_path):
    site = TinySite(tmp_path, settings={"PATTERN": re.compile("a" * 300 + "b")})
    site.change({POST: post(), ARTICLE: "{{ PATTERN.pattern }}"}).compare()
    site.change({"PATTERN": re.compile("a" * 300 + "c")}).compare()


def test_links_may_begin_as_the_site_wants(tmp_path):
    site = TinySite(tmp_path, settings={"INTRASITE_LINK_REGEX": "[{|]?(?P<what>filename|static)[|}:]"})
    site.steps({POST: post("[x](filename:b.md)"), SECOND: post(title="b")})


def test_equal_texts_that_include_what_lies_beside_them(tmp_path):
    text = "T\n#\n\n:date: 2020-01-01\n\n.. include:: part.txt\n"
    site = TinySite(tmp_path, settings={"ARTICLE_SAVE_AS": "{category}/{slug}.html"})
    for _ in range(3):
        site.change({f"content/posts/{name}/{part}": given for name in "ab" for part, given in PARTS[name].items()})
        site.change({f"content/posts/{name}/t.rst": text for name in "ab"}).build()
        assert "AAA" in site.read("a/t.html")
        assert "BBB" in site.read("b/t.html")


PARTS = {"a": {"part.txt": "AAA"}, "b": {"part.txt": "BBB"}}


def test_a_text_that_cannot_be_converted_leaves_the_next_alone(tmp_path):
    deep = "\n".join("    " * depth + "- x" for depth in range(400))
    after = "- a\n\n    para\n\n    - b\n\n    para\n\n1. z\n\n    code?\n"
    TinySite(tmp_path).change({"content/posts/a.md": post(deep), SECOND: post(after, title="b")}).compare()


def test_translations_are_told_by_what_the_site_says_in_its_order(tmp_path):
    posts = {f"content/posts/{n}.md": post(title=n, category=c) for n, c in ["az", "by", "cx", "dw"]}
    TinySite(tmp_path, settings={"ARTICLE_TRANSLATION_ID": ["category", "slug"]}).change(posts).compare()


def test_a_name_of_which_no_address_can_be_made_is_reported_for_drafts_too(tmp_path):
    TinySite(tmp_path).steps({POST: post(status="draft", author="!!!"), ARTICLE: "{{ article.title }}"})


def test_a_site_without_any_file(tmp_path):
    site = TinySite(tmp_path, settings={"DIRECT_TEMPLATES": []})
    for _ in range(2):
        site.build()
        assert site.files() == {}

"""What plugins do to contents, lists, pages and writers shows on every page that depends on it, in every build."""

import importlib
import shutil
import sys
from functools import partial
from pathlib import Path

import pytest
from pelican.generators import Generator
from pelican.writers import Writer
from tiny_site import ARTICLE, INDEX, POST, TinySite, make_plugin, post

T = "theme/templates/"
SECOND, PAGE = "content/posts/b.md", "content/pages/p.md"
POSTS = {
    POST: post("One two three.", title="First", tags="one"),
    SECOND: post("Four five.", title="Second", date="2020-01-03", tags="one, two"),
    "content/posts/c.md": post("Six.", title="Third", date="2020-01-04", author="Ann"),
    PAGE: "Title: A page\n\nOf text.\n",
}
LONGER = {POST: post("One two three four five six seven.", title="First", tags="one")}
EDITS = [LONGER, {SECOND: post("Four.", title="Renamed", date="2020-01-03", tags="two")}, {SECOND: None}, {PAGE: None}]
SHOWS = "{% for a in articles %}{{ a.title }} @ {% endfor %}"


def length(article):
    return len(article._content.split())


def for_each(change):
    """Return a receiver that calls `change` with each article of a generator and the list of all."""

    def receive(generator):
        for article in generator.articles:
            change(article, generator.articles)

    return receive


def set_attr(name, value_of):
    def change(article, everything):
        setattr(article, name, value_of(article, everything))

    return for_each(change)


def others(article, everything):
    return [other for other in everything if other is not article]


def for_each_of_all(change):
    def receive(generators):
        for generator in generators:
            for article in getattr(generator, "articles", []):
                change(article)

    return receive


def weigh_tags(generator):
    for wrappers in (generator.tags, generator.categories, generator.authors):
        for wrapper, listed in wrappers.items() if isinstance(wrappers, dict) else wrappers:
            wrapper.weight = sum(map(length, listed))


def make_content_lazy(article, _):
    article._get_content = lambda: article._content.upper()  # noqa: PLW0108 - of the text that it has when it is called


def italic(content):
    if hasattr(content, "_content"):
        content._content = f"<i>{content._content}</i>"


def count_words(generator):
    generator.context["WORDS"] = sum(map(length, generator.articles))


def set_last(generator, content):
    generator.context["LAST"] = content


def shorten(generator):
    del generator.articles[length(generator.articles[0]) :]


class Facts:
    """An object that a plugin sets as an attribute of an article."""

    def __init__(self, words):
        self.words = words


class Reading(Facts):
    @property
    def minutes(self):
        return self.words / 2

    def in_unit(self, unit):
        return f"{self.minutes} {unit}"


FINALIZED = "article_generator_finalized"
# A receiver of a signal, and a template that shows what it sets.
ATTRIBUTES = {
    "a number": ({FINALIZED: set_attr("minutes", lambda a, _: length(a))}, "{{ a.minutes }}"),
    "a dictionary": ({FINALIZED: set_attr("facts", lambda a, _: {"words": length(a)})}, "{{ a.facts.words }}"),
    "an object": ({FINALIZED: set_attr("facts", lambda a, _: Facts(length(a)))}, "{{ a.facts.words }}"),
    "an object's property": ({FINALIZED: set_attr("facts", lambda a, _: Reading(length(a)))}, "{{ a.facts.minutes }}"),
    "an object's method": (
        {FINALIZED: set_attr("facts", lambda a, _: Reading(length(a)))},
        "{{ a.facts.in_unit('min') }}",
    ),
    "a function": ({FINALIZED: set_attr("words", lambda a, _: partial(length, a))}, "{{ a.words() }}"),
    "a generator": ({FINALIZED: set_attr("words", lambda a, _: iter(a._content.split()))}, "{{ a.words|join('-') }}"),
    "other posts": (
        {FINALIZED: set_attr("related", others)},
        "{% for o in a.related %}{{ o.title }}{{ o.url }}{% endfor %}",
    ),
    "other posts' texts": (
        {FINALIZED: set_attr("related", others)},
        "{% for o in a.related %}{{ o.content }}{% endfor %}",
    ),
    "one other post": ({FINALIZED: set_attr("next", lambda a, all_: others(a, all_)[-1])}, "{{ a.next.title }}"),
    "another post's other post": (
        {FINALIZED: set_attr("next", lambda a, all_: others(a, all_)[0])},
        "{{ a.next.next.title }}{{ a.next.next.summary }}",
    ),
    "metadata": ({FINALIZED: for_each(lambda a, _: a.metadata.update(words=length(a)))}, "{{ a.metadata.words }}"),
    "another title": ({FINALIZED: for_each(lambda a, _: setattr(a, "title", f"{a.title} {length(a)}"))}, ""),
    "another slug": ({FINALIZED: for_each(lambda a, _: setattr(a, "slug", f"{a.slug}-{length(a)}"))}, "{{ a.url }}"),
    "another output path": (
        {FINALIZED: set_attr("override_save_as", lambda a, _: f"x/{a.slug}{length(a)}.html")},
        "{{ a.url }}",
    ),
    "weights of tags and categories": (
        {FINALIZED: weigh_tags},
        "{{ a.category.weight }}{% for t, l in tags|sort %}{{ t }}{{ t.weight }}{% endfor %}",
    ),
    "another text": (
        {"all_generators_finalized": for_each_of_all(lambda a: setattr(a, "_content", f"{a._content} {length(a)}"))},
        "{{ a.content }}{{ a.summary }}",
    ),
    "another text when it is initialized": (
        {
            "content_object_init": lambda c: (
                setattr(c, "_content", f"<i>{c._content}</i>") if hasattr(c, "_content") else 0
            )
        },
        "{{ a.content }}{{ a.summary }}",
    ),
    "a text that is computed on access": ({FINALIZED: for_each(make_content_lazy)}, "{{ a.content }}{{ a.summary }}"),
    "another summary": ({FINALIZED: set_attr("_summary", lambda a, _: f"{length(a)} words")}, "{{ a.summary }}"),
    "metadata when it is read": (
        {"article_generator_context": lambda _, metadata: metadata.update(length=len(metadata["title"]))},
        "{{ a.length }}",
    ),
    "names of the context": ({FINALIZED: count_words}, "{{ WORDS }}"),
    "names of the context that each post sets": ({"article_generator_write_article": set_last}, "{{ LAST.title }}"),
    "globals of the templates": (
        {FINALIZED: lambda generator: generator.env.globals.update(WORDS=sum(map(length, generator.articles)))},
        "{{ WORDS }}",
    ),
    "filters of the templates": (
        {"generator_init": lambda generator: generator.env.filters.update(length_of=length)},
        "{{ a|length_of }}",
    ),
    "filters of lists": (
        {"generator_init": lambda generator: generator.env.filters.update(lengths=lambda all_: sum(map(length, all_)))},
        "{{ articles|lengths }}{{ articles|map(attribute='title')|join }}{{ articles|groupby('category')|length }}",
    ),
    "the order of posts": ({FINALIZED: lambda generator: generator.articles.sort(key=length)}, "{{ loop.index }}"),
    "fewer posts": ({FINALIZED: shorten}, "."),
}


@pytest.mark.parametrize("case", ATTRIBUTES)
def test_pages_show_what_a_plugin_sets(tmp_path, case):
    receivers, shown = ATTRIBUTES[case]
    site = TinySite(tmp_path, settings={"PLUGINS": [make_plugin(**receivers)]}).change(POSTS)
    site.change(
        {
            INDEX: SHOWS.replace("@", shown),
            ARTICLE: "{% set a = article %}{{ a.title }}" + shown.replace("loop.index", "1"),
        }
    )
    site.change({T + "page.html": SHOWS.replace("@", shown)})
    site.compare_after_each(*EDITS)


class Upper(Writer):
    """Writes pages in capitals."""

    def _open_w(self, filename, encoding, override=False):
        file = super()._open_w(filename, encoding, override)
        plain = file.write
        file.write = lambda text: plain(text.upper())
        return file


class Stamping(Writer):
    """Adds a name to the context of each page."""

    def write_file(self, name, template, context, *args, **kwargs):
        super().write_file(name, template, context, *args, STAMP=f"{name}!", **kwargs)


class Untouched(Writer):
    """Writes as Pelican does."""


@pytest.mark.parametrize("writer", [Upper, Stamping, Untouched])
def test_a_plugins_own_writer_writes_every_page(tmp_path, writer):
    site = TinySite(tmp_path, settings={"PLUGINS": [make_plugin(get_writer=lambda _: writer)]}).change(POSTS)
    site.change({INDEX: "{{ STAMP }}{% for a in articles %}{{ a.title }}{% endfor %}"})
    site.compare()
    site.compare()
    for change in (LONGER, {INDEX: "edited {{ STAMP }}"}):
        site.change(change)
        site.compare()
    site.change({SECOND: None})
    site.build()
    site.build_clean()
    actual, expected = site.files("output"), site.files("clean")
    assert {name: actual.get(name) for name in expected} == expected


class TitlesGenerator(Generator):
    """Writes a file of its own and a page."""

    def generate_output(self, writer):
        titles = [article.title for article in self.context["articles"]]
        Path(self.output_path, "titles.txt").write_text("\n".join(titles))
        template = self.env.from_string("{{ titles|join }}{{ SITENAME }}")
        writer.write_file("titles.html", template, self.context, titles=titles)
        writer.write_file("named.html", self.get_template("index"), self.context, titles=titles)


def test_a_plugins_generator_gives_the_output_of_a_clean_build(tmp_path):
    site = TinySite(tmp_path, settings={"PLUGINS": [make_plugin(get_generators=lambda _: TitlesGenerator)]}).change(
        POSTS
    )
    site.compare_after_each(*EDITS, {"SITENAME": "Other"})


def test_content_written_is_sent_for_every_page_in_every_build(tmp_path):
    calls = []

    def record(path, context):
        calls.append(
            (path.rpartition("/")[2], context["output_file"], context.get("article") and context["article"].title)
        )

    site = TinySite(tmp_path, settings={"PLUGINS": [make_plugin(content_written=record)]}).change(POSTS)
    builds = []
    for change in ({}, {}, LONGER):
        site.change(change)
        calls.clear()
        site.build()
        builds.append(sorted(calls, key=str))
        calls.clear()
        site.build_clean()
        assert builds[-1] == sorted(calls, key=str)


class PluginWriter(Writer):
    def _open_w(self, filename, encoding, override=False):
        return super()._open_w(filename, encoding, override)


def test_a_plugins_writer_may_be_added_and_removed(tmp_path):
    site = TinySite(tmp_path).change({POST: post(), "content/posts/b.md": post(title="Second", date="2020-01-03")})
    site.compare()
    site.settings["PLUGINS"] = [make_plugin(get_writer=lambda _: PluginWriter)]
    site.compare()
    site.change({"content/posts/b.md": None})
    site.compare()
    site.settings["PLUGINS"] = []
    site.compare()
    site.change({"content/posts/c.md": post(title="Third", date="2020-01-04")})
    site.compare()


def test_an_edited_module_of_a_filter_renders_pages_again(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    site = TinySite(tmp_path).change({POST: post(), "beside.py": "def shout(text):\n    return text + '!'\n"})
    site.change({ARTICLE: "{{ article.title|shout }}"})

    def add_filter(generator):
        sys.modules.pop("beside", None)
        importlib.invalidate_caches()
        generator.env.filters["shout"] = importlib.import_module("beside").shout

    site.settings["PLUGINS"] = [make_plugin(generator_init=add_filter)]
    site.compare()
    site.change({"beside.py": "def shout(text):\n    return text + '???'\n"})
    shutil.rmtree(tmp_path / "__pycache__", ignore_errors=True)
    site.compare()

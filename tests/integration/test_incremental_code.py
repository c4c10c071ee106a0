"""Edited code renders pages again, and warnings of code are logged in every build."""

import logging

import pytest
from pelican import signals
from pelican.log import FatalLogger
from tiny_site import ARTICLE, CONF, INDEX, POST, TinySite, post

SECOND = "content/posts/b.md"
POSTS = {POST: post("One two.", title="First"), SECOND: post(title="Second", date="2020-01-03")}
EDITS = [{POST: post("One two three.", title="First")}, {SECOND: None}]


def warns(value):
    logging.getLogger("pelican.tiny").warning("shown: %s", value)
    return value


def test_the_warning_of_a_filter_is_logged_in_every_build(tmp_path):
    site = TinySite(tmp_path, settings={"JINJA_FILTERS": {"warns": warns}}).change(POSTS)
    site.change({ARTICLE: "{{ article.title|warns }}"})
    assert "shown: First" in site.build()
    assert "shown: First" in site.build()
    site.compare_after_each(*EDITS)


def test_the_warning_of_a_filter_with_a_standard_logger_is_logged_in_every_build(tmp_path):
    logging.setLoggerClass(logging.Logger)
    other = logging.getLogger("not Pelican's")
    logging.setLoggerClass(FatalLogger)
    site = TinySite(tmp_path, settings={"JINJA_FILTERS": {"warns": lambda v: (other.warning("shown: %s", v), v)[1]}})
    site.change(POSTS | {ARTICLE: "{{ article.title|warns }}"})
    site.compare_after_each(*EDITS)


def count_words(generator):
    for article in generator.articles:
        article.words = len(article._content.split())


@pytest.mark.parametrize("kind", ["an object", "a class"])
def test_a_plugin_that_is(tmp_path, kind):
    class Plugin:
        @staticmethod
        def register():
            signals.article_generator_finalized.connect(count_words)

    site = TinySite(tmp_path, settings={"PLUGINS": [Plugin() if kind == "an object" else Plugin]}).change(POSTS)
    site.change({INDEX: "{% for a in articles %}{{ a.words }}{% endfor %}"})
    site.compare_after_each(*EDITS)


# Code that is edited between builds, each a process of its own.

PLUGIN = """
from pelican import signals
import tiny_part

def change(generator):
    generator.env.filters["add_part"] = lambda text: f"{text} " + tiny_part.TEXT + "one"

def register():
    signals.generator_init.connect(change)
"""
PART = 'TEXT = "part one"\n'
EDITED_CODE = {
    "a plugin": ("plugins_here/tiny.py", PLUGIN.replace('"one"', '"two"')),
    "a module that a plugin imports": ("plugins_here/tiny_part.py", 'TEXT = "part two"\n'),
    "a module that the settings import": ("tiny_settings.py", "def change_case(text):\n    return text.lower()\n"),
    "the settings file": ("pelicanconf.py", None),
}


@pytest.mark.parametrize("case", EDITED_CODE)
def test_pages_are_rendered_again_after_an_edit_of(tmp_path, case):
    conf = f"""{CONF}
from tiny_settings import change_case
PLUGIN_PATHS = ["plugins_here"]
sys.path.insert(0, "plugins_here")
PLUGINS += ["tiny"]
JINJA_FILTERS = {{"change_case": change_case, "add_number": lambda text: text + "one"}}
"""
    site = TinySite(tmp_path).change(POSTS | {"pelicanconf.py": conf})
    site.change({"plugins_here/tiny.py": PLUGIN, "plugins_here/tiny_part.py": PART})
    site.change({"tiny_settings.py": "def change_case(text):\n    return text.upper()\n"})
    site.change({ARTICLE: "{{ article.title|change_case|add_part|add_number }}"})
    site.compare_commands()
    name, text = EDITED_CODE[case]
    site.change({name: text or conf.replace('"one"', '"two"')})
    site.compare_commands()

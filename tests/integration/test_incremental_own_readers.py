"""Custom readers and Markdown extensions run again whenever their result may have changed."""

import os
import sys
import types
from pathlib import Path

import docutils.nodes
import pytest
from docutils.parsers.rst import Directive, directives
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from pelican.readers import BaseReader, MarkdownReader
from tiny_site import INDEX, POST, TinySite, make_plugin, post

RST, PAGE, PART = "content/posts/r.rst", "content/pages/p.md", "content/posts/part.txt"
ALL = {
    POST: post("Some *text*."),
    RST: "In reST\n#######\n\n:date: 2020-02-01\n\none\n",
    "content/posts/h.html": """<html><head><title>In HTML</title><meta name="date" content="2020-03-01"></head>
        <body>Some text.</body></html>""",
    PAGE: "Title: A page\n\nOf text.\n",
}


class FromParts(BaseReader):
    """Reads a title from the file, and the text from part.txt beside it."""

    enabled, file_extensions = True, ()  # Pelican would use those of every subclass in every site

    def read(self, path):
        part = Path(path).with_name("part.txt").read_text()
        metadata = {"title": Path(path).read_text().strip(), "date": "2020-04-01", "category": "Parts"}
        return f"<p>{part} {self.settings['SITENAME']}</p>", {
            k: self.process_metadata(k, v) for k, v in metadata.items()
        }


class WithPart(MarkdownReader):
    """Adds part.txt beside a file to what Pelican reads."""

    def read(self, path):
        content, metadata = super().read(path)
        return content + Path(path).with_name("part.txt").read_text(), metadata | {"own": "by this reader"}


class WithPrefix(MarkdownReader):
    """Adds a prefix to the title."""

    def process_metadata(self, name, value):
        return super().process_metadata(name, f"{PREFIX['is']} {value}" if name == "title" else value)


PREFIX = {"is": "One"}
READERS_PLUGIN = make_plugin(readers_init=lambda readers: readers.reader_classes.update(md=WithPart, parts=FromParts))
READERS = {
    "a reader for another extension": {"READERS": {"parts": FromParts}},
    "Pelican's reader, extended": {"READERS": {"md": WithPart}},
    "readers of a plugin": {"PLUGINS": [READERS_PLUGIN]},
    "no reader for HTML": {"READERS": {"html": None}},
}


@pytest.mark.parametrize("case", READERS)
def test_a_reader_runs_again_when_a_file_it_reads_changes(tmp_path, case):
    site = TinySite(tmp_path, settings=dict(READERS[case])).change(
        ALL | {PART: "one", "content/posts/x.parts": "Title"}
    )
    site.compare_after_each(
        {PART: "two"}, {"content/posts/x.parts": "Other"}, {"SITENAME": "Other"}, {PART: "three", POST: post("x")}
    )


def test_a_reader_that_depends_on_a_variable_runs_in_every_build(tmp_path, monkeypatch):
    site = TinySite(tmp_path, settings={"READERS": {"md": WithPrefix}}).change(ALL)
    site.compare()
    monkeypatch.setitem(PREFIX, "is", "Two")
    site.compare()


class Numbers(Preprocessor):
    """Numbers the lines that a Markdown object has converted; a reset doesn't reset the counter."""

    def __init__(self, counter):
        super().__init__()
        self.counter = counter

    def run(self, lines):
        numbered = []
        for line in lines:
            self.counter[0] += line.startswith("+")
            numbered.append(f"{self.counter[0]} {line}" if line.startswith("+") else line)
        return numbered


class NumbersOfADocument(Extension):
    def extendMarkdown(self, md):  # noqa: N802 - Markdown's name
        md.preprocessors.register(Numbers([0]), "numbers", 5)


class NumbersOfASite(Extension):
    """Counts on from document to document."""

    def __init__(self):
        super().__init__()
        self.counter = [0]

    def extendMarkdown(self, md):  # noqa: N802 - Markdown's name
        md.preprocessors.register(Numbers(self.counter), "numbers", 5)


class Includes(Extension):
    """Replaces @path by the text of that file."""

    def extendMarkdown(self, md):  # noqa: N802 - Markdown's name
        includes = Preprocessor(md)
        includes.run = lambda lines: [Path(line[1:]).read_text() if line.startswith("@") else line for line in lines]
        md.preprocessors.register(includes, "includes", 5)


def numbers_of_a_site():
    extension = NumbersOfASite()
    reset = make_plugin(initialized=lambda _: extension.counter.__setitem__(0, 0))
    return {"MARKDOWN": {"extensions": [extension]}, "PLUGINS": [reset]}


EXTENSIONS = {
    "counts in a document": lambda: {"MARKDOWN": {"extensions": [NumbersOfADocument()]}},
    "counts in a document, given by name": lambda: {"MARKDOWN": {"extensions": ["tiny_extension:NumbersOfADocument"]}},
    "counts in a document, given with settings": lambda: {
        "MARKDOWN": {"extension_configs": {"tiny_extension:NumbersOfADocument": {}}}
    },
    "counts in the whole site": numbers_of_a_site,
    "includes a file": lambda: {"MARKDOWN": {"extensions": [Includes()]}},
    "has footnotes with unique ids": lambda: {
        "MARKDOWN": {"extension_configs": {"markdown.extensions.footnotes": {"UNIQUE_IDS": True}}}
    },
}


@pytest.mark.parametrize("case", EXTENSIONS)
def test_bodies_are_those_of_a_clean_build_with_a_markdown_extension_that(tmp_path, monkeypatch, case):
    module = types.ModuleType("tiny_extension")
    module.NumbersOfADocument = NumbersOfADocument
    monkeypatch.setitem(sys.modules, "tiny_extension", module)
    part = tmp_path / "part.txt"
    part.write_text("one")
    body = f"+ a[^1]\n\n[^1]: A note.\n\n+ b\n\n@{part}\n" if case != "includes a file" else f"@{part}\n"
    site = TinySite(tmp_path, settings=EXTENSIONS[case]()).change({POST: post(body), PAGE: f"Title: P\n\n{body}"})
    site.compare()
    part.write_text("two")
    site.compare_after_each(
        {PAGE: f"Title: P\n\n{body}\n\n+ more\n"},
        {POST: post(f"+ more\n\n{body}")},
        {POST: None},
    )


# Files that are edited while a build reads them.


@pytest.mark.parametrize("signal_name", ["article_generator_context", "article_generator_finalized", "finalized"])
@pytest.mark.parametrize("name", [POST, RST, INDEX, "content/images/a.txt"])
def test_a_file_that_is_edited_right_after_it_was_read_is_read_again(tmp_path, signal_name, name):
    edits = []

    def edit(*_, **__):
        for old, new in edits:
            path = tmp_path / name
            stat = path.stat()
            path.write_text(path.read_text().replace(old, new))
            os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))

    site = TinySite(tmp_path, settings={"PLUGINS": [make_plugin(**{signal_name: edit})]})
    site.change(ALL | {POST: post("one"), INDEX: "one", "content/images/a.txt": "one"})
    site.build()
    edits.append(("one", "two"))
    site.build()
    edits.clear()
    site.compare()
    edits.append(("two", "six"))
    site.change({"content/posts/b.md": post(title="Another", date="2020-05-01")})
    site.build()
    edits.clear()
    site.compare()


@pytest.fixture
def directive(tmp_path):
    """Register a directive that reads a file without recording it as a dependency."""

    class Shown(Directive):
        def run(self):
            return [docutils.nodes.paragraph("", (tmp_path / "part.txt").read_text())]

    directives.register_directive("shown", Shown)
    yield
    del directives._directives["shown"]


@pytest.mark.usefixtures("directive")
def test_a_directive_of_a_plugin_runs_in_every_build(tmp_path):
    text = "A post\n######\n\n:date: 2020-01-02\n\n.. shown::\n"
    site = TinySite(tmp_path).change({"content/posts/a.rst": text, "part.txt": "one"})
    site.compare_after_each({"part.txt": "two"})

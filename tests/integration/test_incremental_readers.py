"""Cached contents are those of a clean build, for each reader and whatever it reads."""

import pytest
from tiny_site import INDEX, POST, TinySite, post

RST = "content/posts/r.rst"
HTML = "content/posts/h.html"
PAGE = "content/pages/p.md"
B, C, D = (f"content/posts/{name}.md" for name in "bcd")


def rst(body="Some text.", title="In reST", date="2020-02-01", **fields):
    lines = "".join(f":{name}: {value}\n" for name, value in {"date": date, **fields}.items())
    return f"{title}\n{'#' * len(title)}\n\n{lines}\n{body}\n"


def html(body="<p>Some text.</p>", title="In HTML", date="2020-03-01", **metas):
    named = "".join(f'<meta name="{name}" content="{value}">' for name, value in {"date": date, **metas}.items())
    return f"<html><head><title>{title}</title>{named}</head><body>{body}</body></html>"


ALL = {POST: post("Some *text*."), RST: rst(), HTML: html(), PAGE: "Title: A page\n\nOf text.\n"}
PART, DEEP = "content/posts/part.txt", "content/posts/deep/part.txt"

CASES = {
    "edited posts": (
        {},
        {POST: post("Other *text*.")},
        {RST: rst("Other *text*.")},
        {HTML: html("<p>Other <em>text</em>.</p>")},
        {PAGE: "Title: A page\n\nOf other text.\n"},
        {RST: rst("Other *text*.", title="Renamed", tags="one, two", summary="In *short*.")},
        {HTML: html(title="Renamed too", tags="one, two", category="Other")},
        {POST: post(tags="one", summary="In *short*.", category="Other")},
        {RST: None},
        {HTML: None},
    ),
    "meta tags": (
        {HTML: html(authors="Ann, Bob", custom="one", template="special")}
        | {"theme/templates/special.html": "{{ article.custom }}{{ article.authors|join }}{{ article.content }}"},
        {HTML: html(authors="Ann", custom="two", template="special")},
        {HTML: html(custom="two", status="draft")},
        {HTML: html('<p a=b c>x<br/>&amp;<!-- y --><a href="{filename}a.md">a</a></p>')},
        {POST: None},
    ),
    "an included file": (
        {RST: rst(".. include:: part.txt"), PART: "part one"},
        {PART: "part *two*"},
        {PART: "part *two*", POST: post("Other.")},
    ),
    "an included file that includes another": (
        {
            RST: rst(".. include:: part.txt"),
            PART: "one\n\n.. include:: deep/part.txt",
            "content/posts/deep/part.txt": "1",
        },
        {"content/posts/deep/part.txt": "2"},
        {PART: "no more"},
    ),
    "a table from a file": (
        {RST: rst(".. csv-table:: Table\n   :file: part.txt"), PART: "a,b\n1,2"},
        {PART: "a,b\n1,3"},
    ),
    "a raw file": (
        {RST: rst(".. raw:: html\n   :file: part.txt"), PART: "<b>one</b>"},
        {PART: "<b>two</b>"},
    ),
    "a file of code": (
        {RST: rst(".. include:: part.txt\n   :code: python"), PART: "x = 1"},
        {PART: "y = 2"},
    ),
    "a part of a file": (
        {RST: rst(".. include:: part.txt\n   :literal:\n   :start-after: here"), PART: "no here 1"},
        {PART: "no here 2"},
    ),
    "options of code blocks": (
        {RST: rst(".. code-block:: python\n\n   x = 1\n")},
        {"PYGMENTS_RST_OPTIONS": {"linenos": "table"}},
    ),
    "settings of docutils": (
        {RST: rst('A "quote".'), "DOCUTILS_SETTINGS": {"smart_quotes": True}},
        {"DOCUTILS_SETTINGS": {"smart_quotes": False}},
        {RST: rst("::\n\n  code", title="Renamed")},
    ),
    "settings of Markdown": (
        {POST: post("* a\n\n  * b\n\n:::python\n  x\n")},
        {"MARKDOWN": {"tab_length": 2}},
        {"MARKDOWN": {"extensions": ["markdown.extensions.smarty"], "output_format": "html5"}},
        {"MARKDOWN": {"extension_configs": {"markdown.extensions.toc": {"title": "What"}}}},
        {POST: post("[TOC]\n\n# A\n\n## B")},
        {"MARKDOWN": {"extension_configs": {"markdown.extensions.toc": {"title": "More"}}}},
    ),
    "footnotes and abbreviations": (
        {"MARKDOWN": {"extension_configs": {"extra": {}, "toc": {}}}}
        | {
            POST: post("Text[^1] of HTML.\n\n[^1]: A note.\n\n*[HTML]: A language\n\n[ref]: https://example.org\n\n# H")
        },
        {PAGE: "Title: A page\n\nText[^1] of HTML. [ref]\n\n[^1]: Another note.\n\n# H\n"},
        {POST: post("HTML and [ref].\n\n# H\n\n# H")},
    ),
    "formatted fields": (
        {POST: post(summary="In *short*.", note="A *note*."), "FORMATTED_FIELDS": ["summary"]},
        {"FORMATTED_FIELDS": ["summary", "note"]},
        {INDEX: "{% for a in articles %}{{ a.note }}{{ a.summary }}{% endfor %}"},
        {"FORMATTED_FIELDS": ["note"]},
        {POST: post(summary="In *brief*.", note="Another *note*.")},
    ),
    "metadata from file names": (
        {"FILENAME_METADATA": "(?P<slug>.*)", "EXTRA_PATH_METADATA": {"posts/a.md": {"category": "One"}}},
        {"EXTRA_PATH_METADATA": {"posts/a.md": {"category": "Two"}}},
        {"FILENAME_METADATA": "(?P<title>.*)"},
        {"DEFAULT_METADATA": {"status": "draft"}},
    ),
    "warnings": (
        {POST: post('![](one.png) [broken]({filename}none.md)\n\n<img src="two.png" alt="">')},
        {RST: rst(".. image:: three.png\n   :alt:")},
        {HTML: html('<img src="x.png" alt=""><a href="{static}none.png">x</a>')},
        {HTML: html('<a href="{what}none.png">x</a>')},
    ),
    "a field that is given twice": (
        {POST: post(tags="one").replace("Tags", "Title: More\nTags", 1)},
        {POST: post(tags="one").replace("Tags", "Date: 2020-05-05\nTags", 1)},
        {POST: post(tags="one").replace("Tags", "Slug: more\nSlug: less\nTags", 1)},
    ),
    "files that can't be read": (
        {
            "content/posts/b.md": b"Title: \xff\xfe\nDate: 2020-01-05\n\nx",
            "content/posts/c.md": "Date: 2020-01-06\n\nx",
        },
        {"content/posts/d.md": post(date="2020-02-31"), "content/posts/e.md": post(status="odd", date="2020-01-07")},
        {RST: "In reST\n#######\n\n:date: 2020-02-01\n\n*open"},
        {B: post(title="Readable", date="2020-01-05"), C: None},
        {RST: rst()},
    ),
    "empty files and odd line ends": (
        {
            POST: post("a\n\nb").replace("\n", "\r\n"),
            "content/posts/b.md": "\ufeff" + post(title="B", date="2020-01-09"),
        },
        {"content/posts/b.md": post("", title="B", date="2020-01-09")},
        {"content/posts/c.md": "Title: C\nDate: 2020-01-10"},
        {POST: post("a\n\nb").replace("\n", "\r")},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_contents_are_those_of_a_clean_build_after_changes_of(tmp_path, case):
    first, *changes = CASES[case]
    site = TinySite(tmp_path, settings={"ARTICLE_EXCLUDES": [], "PAGE_PATHS": ["pages"]}).change(ALL | first)
    site.compare_after_each(*changes)

"""Metadata in the head of pages whose theme offers no place for it, and templates that escape under any theme."""

import pytest
from authorsite.templating import TEMPLATES
from authorsite.theme_head import includes_metadata, merge_head, move_head
from jinja2 import Environment, nodes

OURS = """<title>Ours</title>
<link rel="canonical" href="https://a.example/x/">
<meta name="description" content="Ours">
<!-- ours --><meta charset="utf-8"><script>"ours"</script>"""

MERGED = {
    "nothing of it is there": ("<meta charset=utf-8>", "<meta charset=utf-8>"),
    "the same title": ("<title>Site<b>Ours</title>", ""),
    "another canonical URL": ('<LINK href="/" rel="Canonical" />', ""),
    "another description": ("<meta content='a > b' name='Description'>", ""),
    "a property of the same name": ('<meta property="description" content="x">', ""),
    "another name": ('<meta name="author" content="Ann">', '<meta name="author" content="Ann">'),
    "a stylesheet": ('<link rel="stylesheet" href="/a.css">', '<link rel="stylesheet" href="/a.css">'),
    "a title in a comment": ("<!-- <title>old</title> -->", "<!-- <title>old</title> -->"),
    "one in a script": ('<script>"<title>x</title>"</script>', '<script>"<title>x</title>"</script>'),
    "no attributes": ("<meta>", "<meta>"),
    "the encoding": ('<meta charset="utf-8" />', '<meta charset="utf-8" />'),
    "what a server would say": ('<meta http-equiv="refresh" content="9">', '<meta http-equiv="refresh" content="9">'),
    "a script": ("<script>1</script>", "<script>1</script>"),
    "a comment": ("<!-- a -->", "<!-- a -->"),
}


@pytest.mark.parametrize(("head", "kept"), MERGED.values(), ids=MERGED)
def test_metadata_takes_the_place_of_what_says_the_same(head, kept):
    page = f"<html><head>{head}</head><body><title>in a drawing</title></body></html>"
    expected = f"<html><head>{kept}{OURS}\n</head><body><title>in a drawing</title></body></html>"
    assert merge_head(page, OURS) == expected


def test_each_of_several_elements_of_one_name_stays():
    feeds = '<link rel="alternate" href="/a.xml">\n<link rel="alternate" href="/b.xml">'
    authors = '<meta property="book:author" content="Ann">\n<meta property="book:author" content="Bob">'
    page = merge_head('<head><link rel="alternate" href="/a.xml"></head>', f"{feeds}\n{authors}")
    assert page == f"<head>{feeds}\n{authors}\n</head>"


@pytest.mark.parametrize("page", ["", "<p>Text.", "<header></header>"])
def test_a_page_without_a_head_stays_as_it_is(page):
    assert merge_head(page, OURS) == page


def test_what_belongs_into_the_head_is_moved_there():
    page = (
        "<HEAD><title>Site</title></HEAD ><main><!--authorsite-head-->\n <title>A</title>\n\n<!--/authorsite-head-->B"
    )
    assert move_head(page) == "<HEAD><title>A</title>\n</HEAD ><main>B"


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("{% block metadata %}{% endblock %}", True),
        ("{%- block  metadata -%}{% endblock %}", True),
        ("{% block metadata_more %}{% endblock %}", False),
        ("{% block head %}{% endblock %}", False),
        (None, False),
    ],
)
def test_a_theme_includes_the_metadata_in_a_block(base, expected, tmp_path):
    (tmp_path / "templates").mkdir()
    if base is not None:
        (tmp_path / "templates/base.html").write_text(base)
    assert includes_metadata(tmp_path) is expected


def find_unescaped(node, *, escaped=False):
    """Yield the lines of expressions that are put out without `{% autoescape true %}`, but for super() and self.x()."""
    if isinstance(node, nodes.ScopedEvalContextModifier):
        escaped = True
    elif isinstance(node, (nodes.Block, nodes.Macro)):
        escaped = False  # they are run elsewhere, with the escaping of the environment
    for child in node.iter_child_nodes():
        if isinstance(node, nodes.Output) and not isinstance(child, nodes.TemplateData) and not escaped:
            called = child.node if isinstance(child, nodes.Call) else None
            is_super = isinstance(called, nodes.Name) and called.name == "super"
            is_self = isinstance(called, nodes.Getattr) and getattr(called.node, "name", "") == "self"
            if not is_super and not is_self:
                yield child.lineno
        yield from find_unescaped(child, escaped=escaped)


@pytest.mark.parametrize("name", sorted(p.relative_to(TEMPLATES).as_posix() for p in TEMPLATES.rglob("*.[hx]*ml")))
def test_templates_escape_whatever_the_settings_of_the_site(name):
    assert not list(find_unescaped(Environment().parse((TEMPLATES / name).read_text("utf-8"))))


@pytest.mark.parametrize(
    "source",
    [
        "{{ x }}",
        "{% autoescape true %}{% block a %}{{ x }}{% endblock %}{% endautoescape %}",
        "{% autoescape true %}{% macro a(x) %}{{ x }}{% endmacro %}{% endautoescape %}",
    ],
)
def test_unescaped_expressions_are_found(source):
    assert list(find_unescaped(Environment().parse(source)))

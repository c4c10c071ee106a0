"""Optimized Markdown objects give the output of plain ones."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown import Markdown
from pelican_incremental.quick_markdown import optimize

EXTENSIONS = ["extra", "smarty", "sane_lists", "toc", "codehilite", "meta"]

# The syntax of Python-Markdown's manual, one case each.
SYNTAX = [
    "*emphasis* _emphasis_ **strong** __strong__ ***both*** ___both___ **bold *nested* bold**",
    "`code` ``code with ` tick`` \\`no code\\` \\\\`code`",
    '[link](https://example.org "title") [ref][id] [id][] [id]\n\n[id]: https://example.org/ "title"',
    '![image](a.png "title") ![image][id] ![id]\n\n[id]: b.png',
    "<https://example.org/> <ann@example.org> <b>raw</b> <br> a < b &copy; AT&T &#65;",
    "two spaces  \nbreak",
    "\\*stars\\* \\_lines\\_ \\[brackets\\] \\(round\\) \\# \\+ \\- \\. \\!",
    "snake_case_word and 2*3*4 and ** not strong ** and * not *",
    "a note[^1] and again[^1]\n\n[^1]: The *note* with `code`.",
    "The HTML spec\n\n*[HTML]: Hyper Text",
    "term\n: definition *one*\n: definition two",
    "a | b\n--|--\n*c* | `d`",
    "# Heading *one* {#id}\n\n## Two `code`",
    "\"quoted\" 'single' it's -- dash --- long ... <<guillemets>>",
    "- *one*\n- [two](x)\n    - three\n\n1. four\n2. **five**",
    "> quoted *text*\n> [link](x)",
    "```python\ndef f(): pass\n```",
    "paragraph {: .class }\n\n[link](x){: .button }",
    '<div markdown="1">\n*inside*\n</div>',
]


def convert_both(text):
    plain, optimized = Markdown(extensions=EXTENSIONS), optimize(Markdown(extensions=EXTENSIONS))
    return plain.convert(text), optimized.convert(text)


@pytest.mark.parametrize("text", SYNTAX)
def test_documented_syntax_converts_to_the_same_html(text):
    plain, optimized = convert_both(text)
    assert plain == optimized


PLAIN, OPTIMIZED = Markdown(extensions=EXTENSIONS), optimize(Markdown(extensions=EXTENSIONS))


@settings(max_examples=250, deadline=None, derandomize=True)
@given(st.text(alphabet="ab *_`[]()!<>&;\"'\\^:#-\n.~=|{}1@/", max_size=60) | st.text(max_size=40))
def test_random_text_converts_to_the_same_html(text):
    assert PLAIN.reset().convert(text) == OPTIMIZED.reset().convert(text)

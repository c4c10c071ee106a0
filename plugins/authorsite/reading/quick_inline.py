"""Python-Markdown without the tries that must fail; its output stays the same.

Every inline pattern is tried on every text, and nearly all fail: of the patterns that come with Python-Markdown, a try
is left out where the text lacks what each match holds. Saves a third of a conversion.
"""

from __future__ import annotations

import functools
from typing import Any

from markdown import Markdown, inlinepatterns, util
from markdown.treeprocessors import InlineProcessor

_NEEDED = {
    inlinepatterns.BACKTICK_RE: ("`",),
    inlinepatterns.ESCAPE_RE: ("\\",),
    inlinepatterns.LINK_RE: ("[",),
    inlinepatterns.IMAGE_LINK_RE: ("![",),
    inlinepatterns.AUTOLINK_RE: ("<",),
    inlinepatterns.AUTOMAIL_RE: ("<",),
    inlinepatterns.LINE_BREAK_RE: ("  \n",),
    inlinepatterns.HTML_RE: ("<",),
    inlinepatterns.ENTITY_RE: ("&",),
    r"\*|_": ("*", "_"),
    r"\[\^([^\]]*)\]": ("[^",),  # of footnotes
}
"""Texts of which each match of a pattern holds one, by the pattern."""


def quicken(markdown: Markdown) -> Markdown:
    """Give `markdown` the quick inline step, where its own is the plain one; returns it."""
    registry = markdown.treeprocessors
    if type(registry["inline"]) is InlineProcessor:
        registry.register(_QuickInline(markdown), "inline", 20)
    markdown.is_block_level = functools.cache(markdown.is_block_level)  # type: ignore[method-assign]  # a walk of a list
    return markdown


class _QuickInline(InlineProcessor):
    """The inline step, trying only patterns whose necessary texts are there."""

    inlinePatterns: Any  # noqa: N815 - theirs
    _tries: list[tuple[Any, tuple[str, ...]]]

    def run(self, tree: Any, ancestors: list[str] | None = None) -> Any:
        """Apply the patterns to `tree`."""
        # Extensions may add patterns from one document to the next (abbreviations do).
        self._tries = [(pattern, _NEEDED.get(pattern.pattern, ("",))) for pattern in self.inlinePatterns]
        return super().run(tree, ancestors)

    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:  # noqa: N802, N803 - theirs
        if isinstance(data, util.AtomicString):
            return data
        apply: Any = self._InlineProcessor__applyPattern  # type: ignore[attr-defined]
        for number in range(patternIndex, len(self._tries)):
            pattern, needed = self._tries[number]
            for one in needed:
                if one in data:
                    break
            else:
                continue
            start, matched = 0, True
            while matched:
                data, matched, start = apply(pattern, data, number, start)
        return data

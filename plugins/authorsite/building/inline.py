"""Python-Markdown's inline step without the tries that must fail; its output stays the same.

Every inline pattern is tried on every text, and nearly all fail at once. What characters a match must hold can be read
from a pattern's own syntax tree: where the text has none of them, the try is left out.
"""

from __future__ import annotations

import re
from typing import Any

from markdown import Markdown, util
from markdown.treeprocessors import InlineProcessor

try:
    from re import _constants, _parser  # type: ignore[attr-defined]  # since Python 3.11
except ImportError:  # pragma: no cover - another Python: every pattern is tried, as ever
    _parser = None

_FEW = 12


def quicken(markdown: Markdown) -> Markdown:
    """Give `markdown` the quick inline step, where its own is the plain one; returns it."""
    registry = markdown.treeprocessors
    if "inline" in registry and type(registry["inline"]) is InlineProcessor and _parser is not None:
        registry.register(_QuickInline(markdown), "inline", 20)
    return markdown


class _QuickInline(InlineProcessor):
    """The inline step, trying only patterns whose necessary characters stand in the text."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self._needs: list[frozenset[str] | None] = []
        self._patterns: list[Any] = []

    def run(self, tree: Any, ancestors: list[str] | None = None) -> Any:
        """Apply the patterns to `tree`."""
        # Extensions may add patterns from one document to the next (abbreviations do).
        self._patterns = list(self.inlinePatterns)
        self._needs = [necessary(pattern.getCompiledRegExp()) for pattern in self._patterns]
        return super().run(tree, ancestors)

    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:  # noqa: N802, N803 - theirs
        if isinstance(data, util.AtomicString):
            return data
        apply: Any = self._InlineProcessor__applyPattern  # type: ignore[attr-defined]
        present, start = set(data), 0
        for number in range(patternIndex, len(self._patterns)):
            needed = self._needs[number]
            if needed is not None and needed.isdisjoint(present):
                continue
            start, matched = 0, True
            while matched:
                data, matched, start = apply(self._patterns[number], data, number, start)
                present = set(data) if matched else present
        return data


_NECESSARY: dict[re.Pattern[str], frozenset[str] | None] = {}


def necessary(pattern: re.Pattern[str]) -> frozenset[str] | None:
    """Return characters one of which every match of `pattern` holds or looks at; None when there are none such."""
    if pattern not in _NECESSARY:
        folds = pattern.flags & (re.IGNORECASE | re.LOCALE)
        _NECESSARY[pattern] = None if folds else _of(_parser.parse(pattern.pattern, pattern.flags))
    return _NECESSARY[pattern]


def _of(sequence: Any) -> frozenset[str] | None:
    """Return the smallest set among those that the parts of `sequence` ask for."""
    sets = [found for found in (_of_part(kind, value) for kind, value in sequence) if found is not None]
    return min(sets, key=lambda found: (len(found), sorted(found)), default=None)


def _of_part(kind: Any, value: Any) -> frozenset[str] | None:
    c = _constants
    if kind is c.LITERAL:
        return frozenset(chr(value))
    if kind is c.IN:
        kinds = {part for part, _ in value}
        return frozenset(chr(code) for _, code in value) if kinds == {c.LITERAL} and len(value) <= _FEW else None
    if kind is c.SUBPATTERN:
        return None if value[1] else _of(value[3])
    if kind in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
        return _of(value[2]) if value[0] > 0 else None
    if kind is c.ASSERT:
        return _of(value[1])
    if kind is c.ATOMIC_GROUP:
        return _of(value)
    if kind is c.BRANCH:
        sets = [_of(branch) for branch in value[1]]
        return frozenset().union(*sets) if all(found is not None for found in sets) else None  # type: ignore[arg-type]
    return None

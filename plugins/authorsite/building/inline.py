"""Python-Markdown without the tries that must fail; its output stays the same.

Every inline pattern is tried on every text, every block's pattern on every block, and nearly all fail. What characters
a match must hold can be read from a pattern's own syntax tree: where the text has none of them, the try is left out.
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
_FREQUENT = 10


def quicken(markdown: Markdown) -> Markdown:
    """Give `markdown` the quick inline step, where its own is the plain one, and quick patterns; returns it."""
    registry = markdown.treeprocessors
    if _parser is None:
        return markdown
    if "inline" in registry and type(registry["inline"]) is InlineProcessor:
        registry.register(_QuickInline(markdown), "inline", 20)
    for processor in markdown.parser.blockprocessors:
        for name in ("RE", "SEARCH_RE"):
            pattern = getattr(processor, name, None)
            if hasattr(pattern, "pattern") and (needed := necessary(pattern)):
                setattr(processor, name, _QuickPattern(pattern, needed))
    return markdown


class _QuickPattern:
    """A compiled pattern that is tried only where one of the characters that it needs stands in the text."""

    def __init__(self, own: Any, needed: frozenset[str]) -> None:
        self._own, self._needed = own, needed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)

    def search(self, text: str, *bounds: int) -> re.Match[str] | None:
        """Search as the pattern does."""
        found: re.Match[str] | None = self._own.search(text, *bounds) if self._may(text) else None
        return found

    def match(self, text: str, *bounds: int) -> re.Match[str] | None:
        """Match as the pattern does."""
        found: re.Match[str] | None = self._own.match(text, *bounds) if self._may(text) else None
        return found

    def _may(self, text: str) -> bool:
        for character in self._needed:  # noqa: SIM110 - hot: a generator costs more than it
            if character in text:
                return True
        return False


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


_NECESSARY: dict[Any, frozenset[str] | None] = {}


def necessary(pattern: Any) -> frozenset[str] | None:
    """Return characters one of which every match of a compiled pattern holds or looks at; None: there are none such."""
    key = (pattern.pattern, pattern.flags)
    if key not in _NECESSARY:
        folds = pattern.flags & (re.IGNORECASE | re.LOCALE)
        _NECESSARY[key] = None if folds else _of(_parser.parse(pattern.pattern, pattern.flags))
    return _NECESSARY[key]


def _of(sequence: Any) -> frozenset[str] | None:
    """Return the set that is met least often among those that the parts of `sequence` ask for."""
    sets = [found for found in (_of_part(kind, value) for kind, value in sequence) if found is not None]
    return min(sets, key=lambda found: (sum(map(_frequency, found)), sorted(found)), default=None)


def _frequency(character: str) -> int:
    """Return how often a character is met in prose, roughly."""
    return 1 if character not in " \n.,-:'\"()" and not character.isalnum() else _FREQUENT ** (1 + character.isspace())


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

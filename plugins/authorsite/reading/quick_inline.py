"""Python-Markdown without the tries that must fail; its output stays the same.

Every inline pattern is tried on every text, every block's pattern on every block, and nearly all fail. What a match
must hold can be read from a pattern's own syntax tree: where the text does not have it, the try is left out. Halves the
time of a conversion.
"""

from __future__ import annotations

import functools
import re
from typing import Any

from markdown import Markdown, util
from markdown.blockparser import BlockParser
from markdown.treeprocessors import InlineProcessor

try:
    from re import _constants, _parser  # type: ignore[attr-defined]  # since Python 3.11
except ImportError:  # pragma: no cover - another Python: every pattern is tried, as ever
    _parser = None

_FEW = 12
_FREQUENT = 10
_NOTHING = frozenset([""])


def quicken(markdown: Markdown) -> Markdown:
    """Give `markdown` quick inline steps (smarty is one), where its own are plain, and quick patterns; returns it."""
    if _parser is None:
        return markdown
    for step in markdown.treeprocessors:
        if type(step) is InlineProcessor:
            step.__class__ = _QuickInline
    for processor in markdown.parser.blockprocessors:
        for name in ("RE", "SEARCH_RE"):
            pattern = getattr(processor, name, None)
            if hasattr(pattern, "pattern") and (needed := necessary(pattern)):
                setattr(processor, name, _QuickPattern(pattern, needed))
    if type(markdown.parser) is BlockParser:
        markdown.parser.parseBlocks = functools.partial(_parse_blocks, tuple(markdown.parser.blockprocessors))  # type: ignore[method-assign]
    markdown.is_block_level = functools.cache(markdown.is_block_level)  # type: ignore[method-assign]  # a walk of a list
    return markdown


def _parse_blocks(processors: tuple[Any, ...], parent: Any, blocks: list[str]) -> None:
    """Do what BlockParser.parseBlocks does, without listing the processors for each block."""
    while blocks:
        for processor in processors:
            if processor.test(parent, blocks[0]) and processor.run(parent, blocks) is not False:
                break


class _QuickPattern:
    """A compiled pattern that is tried only where one of the texts that it needs is there."""

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
        for needed in self._needed:  # noqa: SIM110 - hot: a generator costs more than it
            if needed in text:
                return True
        return False


class _QuickInline(InlineProcessor):
    """The inline step, trying only patterns whose necessary texts are there."""

    _needs: list[frozenset[str]]
    _patterns: list[Any]

    def run(self, tree: Any, ancestors: list[str] | None = None) -> Any:
        """Apply the patterns to `tree`."""
        # Extensions may add patterns from one document to the next (abbreviations do).
        self._patterns = list(self.inlinePatterns)
        self._needs = [necessary(pattern.getCompiledRegExp()) or _NOTHING for pattern in self._patterns]
        return super().run(tree, ancestors)

    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:  # noqa: N802, N803 - theirs
        if isinstance(data, util.AtomicString):
            return data
        apply: Any = self._InlineProcessor__applyPattern  # type: ignore[attr-defined]
        for number in range(patternIndex, len(self._patterns)):
            for needed in self._needs[number]:
                if needed in data:
                    break
            else:
                continue
            start, matched = 0, True
            while matched:
                data, matched, start = apply(self._patterns[number], data, number, start)
        return data


_NECESSARY: dict[Any, frozenset[str] | None] = {}


def necessary(pattern: Any) -> frozenset[str] | None:
    """Return texts one of which every match of a compiled pattern holds or looks at; None: there are none such."""
    key = (pattern.pattern, pattern.flags)
    if key not in _NECESSARY:
        folds = pattern.flags & (re.IGNORECASE | re.LOCALE)
        _NECESSARY[key] = None if folds else _of(_parser.parse(pattern.pattern, pattern.flags))
    return _NECESSARY[key]


def _of(sequence: Any) -> frozenset[str] | None:
    """Return what is met least often among what the parts of `sequence`, and runs of characters in it, ask for."""
    found, run = [], ""
    for kind, value in sequence:
        run = run + chr(value) if kind is _constants.LITERAL else ""
        part = frozenset([run]) if run else _of_part(kind, value)
        found += [part] if part is not None else []
    return min(found, key=lambda texts: (sum(map(_frequency, texts)), sorted(texts)), default=None)


def _frequency(text: str) -> float:
    """Return how often a text is met in prose, roughly."""
    usual = (_FREQUENT ** (1 + c.isspace()) if c in " \n.,-:'\"()" or c.isalnum() else 1 for c in text)
    return min(usual) / len(text)


def _of_part(kind: Any, value: Any) -> frozenset[str] | None:
    c = _constants
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

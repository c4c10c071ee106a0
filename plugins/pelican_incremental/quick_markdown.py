"""Makes Python-Markdown skip patterns and blocks that cannot match: half the time of a conversion, the same output.

It tries every inline pattern on every text, and every block processor on every block. Most match only where a certain
text is found, and a plain search for that text is fast.
"""

import functools
import re
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from markdown import Markdown, blockprocessors, inlinepatterns, util
from markdown.blockparser import BlockParser
from markdown.extensions import abbr, def_list, footnotes, smarty, tables
from markdown.extensions.fenced_code import FencedBlockPreprocessor
from markdown.treeprocessors import InlineProcessor

_INLINE: Mapping[str, str] = {
    inlinepatterns.BACKTICK_RE: "`",
    inlinepatterns.ESCAPE_RE: "\\",
    inlinepatterns.LINK_RE: "[",
    inlinepatterns.IMAGE_LINK_RE: "![",
    inlinepatterns.AUTOLINK_RE: "://",
    inlinepatterns.AUTOMAIL_RE: "@",
    inlinepatterns.LINE_BREAK_RE: "  \n",
    inlinepatterns.HTML_RE: "<",
    inlinepatterns.ENTITY_RE: "&",
    r"(?<!-)---(?!-)": "---",
    r"(?<!-)--(?!-)": "--",
    r"(?<!\.)\.{3}(?!\.)": "...",
    r"\[\^([^\]]*)\]": "[^",
} | {
    pattern: '"' if "ouble" in name else "'"
    for name, pattern in vars(smarty).items()
    if re.fullmatch(r"\w+(Re|Regex)2?", name)
}
"""The text that each match of an inline pattern contains; other patterns are always tried."""

_BLOCKS: Mapping[type, str] = {
    blockprocessors.HashHeaderProcessor: "#",
    blockprocessors.SetextHeaderProcessor: "\n",
    blockprocessors.BlockQuoteProcessor: ">",
    blockprocessors.ReferenceProcessor: "[",
    footnotes.FootnoteBlockProcessor: "[^",
    abbr.AbbrBlockprocessor: "*[",
    def_list.DefListProcessor: ":",
    tables.TableProcessor: "|",
}
"""The same for block processors."""

_RESETTABLE = frozenset(
    "abbr admonition attr_list codehilite def_list extra fenced_code footnotes legacy_attrs legacy_em md_in_html meta "
    "nl2br sane_lists smarty tables toc wikilinks".split()
)
"""Python-Markdown's own extensions: a reset forgets all of the last text, and none reads other files."""


def is_resettable(settings: Mapping[str, Any]) -> bool:
    """Return whether one Markdown object can convert text after text, and each gives the same alone."""
    names = {e.removeprefix("markdown.extensions.") if isinstance(e, str) else "" for e in settings["extensions"]}
    configs = settings["extension_configs"]
    notes = configs.get("markdown.extensions.footnotes") or configs.get("footnotes") or {}
    known = {"extensions", "extension_configs", "output_format", "tab_length"}
    return names <= _RESETTABLE and not notes.get("UNIQUE_IDS") and settings.keys() <= known


def reused(plain: type[Markdown]) -> Callable[..., Markdown]:
    """Return what makes Markdown objects for Pelican's reader: a quick one, for all files."""
    made: list[tuple[Any, Markdown, Any]] = []

    def make(**settings: Any) -> Markdown:
        if not is_resettable(settings):
            return plain(**settings)
        if not made or made[0][0] != settings:
            markdown = quicken(plain(**settings))
            made[:] = [(settings, markdown, markdown.preprocessors["meta"])]
        _, markdown, meta = made[0]
        markdown.preprocessors.register(meta, "meta", 27)  # Pelican takes it out after the body
        return markdown.reset()

    return make


def quicken(markdown: Markdown) -> Markdown:
    """Make `markdown` skip what cannot match, where its processors are Python-Markdown's own; return it."""
    # A conversion that failed leaves its state in the parser: a reset forgets that too.
    markdown.registerExtension(SimpleNamespace(reset=markdown.parser.state.clear))  # type: ignore[arg-type]
    for early in markdown.preprocessors:
        if type(early) is FencedBlockPreprocessor:
            early.run = functools.partial(_without_fences, early.run)  # type: ignore[method-assign]
    for step in markdown.treeprocessors:
        if type(step) is InlineProcessor:
            step.__class__ = _QuickInline
    if type(markdown.parser) is BlockParser:
        steps = [(each, _BLOCKS.get(type(each), "")) for each in markdown.parser.blockprocessors]
        markdown.parser.parseBlocks = functools.partial(_parse_blocks, steps)  # type: ignore[method-assign]
    markdown.is_block_level = functools.cache(markdown.is_block_level)  # type: ignore[method-assign]  # a walk of a list
    return markdown


def _without_fences(plain: Callable[[list[str]], list[str]], lines: list[str]) -> list[str]:
    text = "\n".join(lines)
    return plain(lines) if "```" in text or "~~~" in text else text.split("\n")


def _parse_blocks(steps: list[tuple[Any, str]], parent: Any, blocks: list[str]) -> None:
    while blocks:
        for processor, needed in steps:
            block = blocks[0]
            if needed in block and processor.test(parent, block) and processor.run(parent, blocks) is not False:
                break


class _QuickInline(InlineProcessor):
    _steps: list[tuple[Any, str]]

    def run(self, tree: Any, ancestors: list[str] | None = None) -> Any:
        patterns: Any = self.inlinePatterns  # extensions may add some from one document to the next (abbreviations do)
        self._steps = [(one, _INLINE.get(one.getCompiledRegExp().pattern, "")) for one in patterns]
        return super().run(tree, ancestors)

    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:  # noqa: N802, N803 - theirs
        apply: Any = self._InlineProcessor__applyPattern  # type: ignore[attr-defined]
        if isinstance(data, util.AtomicString):
            return data
        for number in range(patternIndex, len(self._steps)):
            pattern, needed = self._steps[number]
            start, matched = 0, needed in data
            while matched:
                data, matched, start = apply(pattern, data, number, start)
        return data

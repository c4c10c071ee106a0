"""Make Python-Markdown skip patterns and block processors that cannot match: the same output in half the time.

Python-Markdown tries every inline pattern on every text, and every block processor on every block. Most of them need a
certain literal text, and a search for that is fast.
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

_INLINE_LITERALS: Mapping[str, str] = {
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
"""The literal text that every match of an inline pattern contains; other patterns are always tried."""

_BLOCK_LITERALS: Mapping[type, str] = {
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
"""Python-Markdown's own extensions: a reset clears all their state, and none reads other files."""


def is_resettable(settings: Mapping[str, Any]) -> bool:
    """Return whether one Markdown object, reset between texts, converts each as a new object would."""
    names = {e.removeprefix("markdown.extensions.") if isinstance(e, str) else "" for e in settings["extensions"]}
    configs = settings["extension_configs"]
    footnotes_config = configs.get("markdown.extensions.footnotes") or configs.get("footnotes") or {}
    supported = {"extensions", "extension_configs", "output_format", "tab_length"}
    return names <= _RESETTABLE and not footnotes_config.get("UNIQUE_IDS") and settings.keys() <= supported


def reuse_markdown(original: type[Markdown]) -> Callable[..., Markdown]:
    """Return a replacement for the Markdown class in Pelican's reader: one optimized object converts all files."""
    cached: list[tuple[Any, Markdown, Any]] = []

    def get_markdown(**settings: Any) -> Markdown:
        if not is_resettable(settings):
            return original(**settings)
        if not cached or cached[0][0] != settings:
            markdown = optimize(original(**settings))
            cached[:] = [(settings, markdown, markdown.preprocessors["meta"])]
        _, markdown, meta = cached[0]
        markdown.preprocessors.register(meta, "meta", 27)  # Pelican's reader removes it after each file
        return markdown.reset()

    return get_markdown


def optimize(markdown: Markdown) -> Markdown:
    """Make `markdown` skip what cannot match, where its processors are Python-Markdown's own; return it."""
    # A conversion that failed leaves its state in the parser: let a reset clear that too.
    markdown.registerExtension(SimpleNamespace(reset=markdown.parser.state.clear))  # type: ignore[arg-type]
    for preprocessor in markdown.preprocessors:
        if type(preprocessor) is FencedBlockPreprocessor:
            preprocessor.run = functools.partial(_run_if_fenced, preprocessor.run)  # type: ignore[method-assign]
    for treeprocessor in markdown.treeprocessors:
        if type(treeprocessor) is InlineProcessor:
            treeprocessor.__class__ = _FastInlineProcessor
    if type(markdown.parser) is BlockParser:
        processors = [(each, _BLOCK_LITERALS.get(type(each), "")) for each in markdown.parser.blockprocessors]
        markdown.parser.parseBlocks = functools.partial(_parse_blocks, processors)  # type: ignore[method-assign]
    markdown.is_block_level = functools.cache(markdown.is_block_level)  # type: ignore[method-assign]  # searches a list
    return markdown


def _run_if_fenced(original: Callable[[list[str]], list[str]], lines: list[str]) -> list[str]:
    text = "\n".join(lines)
    return original(lines) if "```" in text or "~~~" in text else text.split("\n")


def _parse_blocks(processors: list[tuple[Any, str]], parent: Any, blocks: list[str]) -> None:
    while blocks:
        for processor, literal in processors:
            block = blocks[0]
            if literal in block and processor.test(parent, block) and processor.run(parent, blocks) is not False:
                break


class _FastInlineProcessor(InlineProcessor):
    _patterns: list[tuple[Any, str]]

    def run(self, tree: Any, ancestors: list[str] | None = None) -> Any:
        patterns: Any = self.inlinePatterns  # extensions may add some from one document to the next (abbreviations do)
        self._patterns = [(p, _INLINE_LITERALS.get(p.getCompiledRegExp().pattern, "")) for p in patterns]
        return super().run(tree, ancestors)

    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:  # noqa: N802, N803 - theirs
        apply: Any = self._InlineProcessor__applyPattern  # type: ignore[attr-defined]
        if isinstance(data, util.AtomicString):
            return data
        for index in range(patternIndex, len(self._patterns)):
            pattern, literal = self._patterns[index]
            start, matched = 0, literal in data
            while matched:
                data, matched, start = apply(pattern, data, index, start)
        return data

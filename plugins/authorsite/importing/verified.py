"""Write blocks as Markdown, read it back, and keep as HTML what does not come back the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from .compare import is_same
from .dom import Node, TooDeep, parse_html
from .html_writer import write_html
from .markdown_text import SEPARATOR, separate_blocks
from .markdown_writer import CannotSay, MarkdownWriter


@dataclass(frozen=True, slots=True)
class WrittenText:
    """A text as Markdown: the tag and the line of each block, and the lines of those that are HTML, by their number.

    `is_equal`: read back, it is the same.
    """

    markdown: str
    is_equal: bool
    tags: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    html_lines: dict[int, int] = field(default_factory=dict)


def write_verified(blocks: Sequence[Node], render: Callable[[str], str], *, escape_citations: bool) -> WrittenText:
    """Return `blocks` as Markdown that `render` turns into the same text; HTML for the blocks that Markdown cannot say.

    The text is rendered once, unless it differs; then each block is, to find which one does.
    """
    if not blocks:
        return WrittenText("", is_equal=True)
    plain, tagged = (MarkdownWriter(escape_citations, use_tags) for use_tags in (False, True))
    texts = [_write(plain, block) for block in blocks]
    written = _join(blocks, texts)
    if _is_read_back(blocks, written.markdown, render):
        return written
    for number, block in enumerate(blocks):
        text = texts[number]
        # A footnote's mark means nothing without the note.
        if text is not None and not _has_note(block) and not _is_read_back([block], text, render):
            other = _write(tagged, block)
            texts[number] = other if other is not None and _is_read_back([block], other, render) else None
    only_html = [text if block.tag in {"more", "notes"} else None for block, text in zip(blocks, texts, strict=True)]
    for written in (_join(blocks, texts), _join(blocks, texts, everywhere=True), _join(blocks, only_html)):
        if _is_read_back(blocks, written.markdown, render):
            return written
    return replace(_join(blocks, texts), is_equal=False)


def _write(writer: MarkdownWriter, block: Node) -> str | None:
    try:
        return writer.write_block(block)
    except CannotSay:
        return None


def _has_note(block: Node) -> bool:
    return any(node.tag in {"note", "notes"} for node in block.iterate())


def _is_read_back(blocks: Sequence[Node], markdown: str, render: Callable[[str], str]) -> bool:
    try:
        return is_same(Node("div", {}, list(blocks)), parse_html(render(markdown)))
    except TooDeep:
        return False


def _join(blocks: Sequence[Node], texts: Sequence[str | None], *, everywhere: bool = False) -> WrittenText:
    """Return blocks as one text, assumed to be equal; None in `texts` for those that are HTML."""
    parts = [
        (block.tag, text) if text is not None else ("", write_html(block))
        for block, text in zip(blocks, texts, strict=True)
    ]
    separated = separate_blocks(parts, everywhere=everywhere)
    lines, line = [], 1
    for _, text in separated:
        if text != SEPARATOR:
            lines.append(line)
        line += text.count("\n") + 2
    return WrittenText(
        "\n\n".join(text for _, text in separated) + "\n",
        is_equal=True,
        tags=tuple(block.tag for block in blocks),
        lines=tuple(lines),
        html_lines={number: lines[number] for number, text in enumerate(texts) if text is None},
    )

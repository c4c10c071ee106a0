"""Write blocks as Markdown, read it back, and keep as HTML what does not come back the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .compare import is_same
from .dom import Node, TooDeep, parse_html
from .markdown_writer import CannotSay, MarkdownWriter, separate_lists, write_html


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
    if _is_read_back(blocks, _join(blocks, texts), render):
        return _finish(blocks, texts, is_equal=True)
    for number, block in enumerate(blocks):
        text = texts[number]
        # A footnote's mark means nothing without the note.
        if text is not None and not _has_note(block) and not _is_read_back([block], text, render):
            other = _write(tagged, block)
            texts[number] = other if other is not None and _is_read_back([block], other, render) else None
    if _is_read_back(blocks, _join(blocks, texts), render):
        return _finish(blocks, texts, is_equal=True)
    only_html = [text if block.tag in {"more", "notes"} else None for block, text in zip(blocks, texts, strict=True)]
    if _is_read_back(blocks, _join(blocks, only_html), render):
        return _finish(blocks, only_html, is_equal=True)
    return _finish(blocks, texts, is_equal=False)


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


def _label(blocks: Sequence[Node], texts: Sequence[str | None]) -> list[tuple[str, str]]:
    return [
        (block.tag, text) if text is not None else ("", write_html(block))
        for block, text in zip(blocks, texts, strict=True)
    ]


def _join(blocks: Sequence[Node], texts: Sequence[str | None]) -> str:
    return "\n\n".join(text for _, text in separate_lists(_label(blocks, texts))) + "\n"


def _finish(blocks: Sequence[Node], texts: Sequence[str | None], *, is_equal: bool) -> WrittenText:
    lines, line = [], 1
    for tag, text in (separated := separate_lists(_label(blocks, texts))):
        if not (tag == "" and text == "<!-- -->"):
            lines.append(line)
        line += text.count("\n") + 2
    return WrittenText(
        "\n\n".join(text for _, text in separated) + "\n",
        is_equal,
        tuple(block.tag for block in blocks),
        tuple(lines),
        {number: lines[number] for number, text in enumerate(texts) if text is None},
    )

"""The body of a WordPress post as Markdown that the site's reader turns into the same page."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from .addresses import Addresses
from .blocks import render_blocks
from .body_model import Attachment, ConvertedBody, Finding, Render
from .cleaning import clean_html, extract_text, find_left_out
from .dom import Node, get_text
from .element_parts import parse_notes
from .elements import ElementConverter
from .html_writer import serialize
from .pictures import Media
from .references import convert_references
from .shortcodes import expand_shortcodes
from .structure import make_blocks
from .verified import write_verified

_RESERVED = re.compile("[\ufdd0-\ufdef\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ARROWS = frozenset(("↩", "↩︎", "↩\ufe0e", "↑", "^", "&#8617;", "\u2191", "←"))
_LOCAL_LINK = re.compile(r"""href=["']?#([^"'\s>]+)""")


def convert_body(
    text: str,
    render: Render,
    *,
    base_urls: Sequence[str] = (),
    attachments: Mapping[int, Attachment] | None = None,
    own_attachments: Sequence[int] = (),
    footnotes: str = "",
    reusable_blocks: Mapping[int, str] | None = None,
    rewrite_url: Callable[[str], str] | None = None,
) -> ConvertedBody:
    """Return the body `text` of a post, as the export has it, as Markdown. Never raises, whatever `text` is.

    `base_urls` are the addresses of the old blog: links to its pages are written without them ("/2014/01/02/a-post/").
    `attachments` is the media library by number; `own_attachments` are those of this post, for a gallery that names
    none. `footnotes` is the post's meta value of that name, `reusable_blocks` the bodies of wp_block items by number.
    `rewrite_url` is called with the absolute URL of each link and picture, and returns what to write instead: the
    path of an imported file, or the same URL. A picture that is still on another host becomes a link to it.
    """
    text = _RESERVED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    expanded = expand_shortcodes(text, attachments, own_attachments)
    unblocked = render_blocks(expanded.html, reusable_blocks)
    root = clean_html(unblocked.html)
    findings = [Finding("block", name) for name in unblocked.dynamic]
    findings += [Finding("page-break", "<!--nextpage-->")] * unblocked.page_breaks
    findings += [Finding("left-out", f"<{name}>") for name in find_left_out(unblocked.html)]
    if root is None:
        findings.append(Finding("too-complex", ""))
        root = extract_text(unblocked.html)
    media = Media(Addresses(base_urls, rewrite_url), attachments or {})
    notes = parse_notes(footnotes) or _find_notes(root)
    converter = ElementConverter(media, clean_html, notes, set(_LOCAL_LINK.findall(unblocked.html)))
    blocks = _place_more(make_blocks(converter.convert_all(root)))
    blocks += converter.make_footnotes()
    references = convert_references(blocks)
    findings += media.findings + [Finding("reference", f"[{number}]") for number in references.unmatched]
    written = write_verified(blocks, render, escape_citations=references.has_list and not references.entries)
    if not written.is_equal:
        findings.append(Finding("differs", ""))
    findings += [Finding("html", written.tags[n], line) for n, line in written.html_lines.items()]
    findings += _find_shortcodes(written.markdown, expanded.unknown)
    offers = [
        replace(converter.offers[int(block.attributes["offer"])], line=written.lines[n])
        for n, block in enumerate(blocks)
        if "offer" in block.attributes
    ]
    return ConvertedBody(
        written.markdown,
        excerpt=written.markdown.partition("<!-- more -->")[0] if any(b.tag == "more" for b in blocks) else "",
        blocks=len(blocks),
        html_blocks=len(written.html_lines),
        is_equal=written.is_equal,
        references=references.entries,
        offered_reblogs=tuple(offers),
        attachment_ids=tuple(media.numbers),
        urls=tuple(media.addresses.seen),
        findings=tuple(findings),
    )


def _find_notes(root: Node) -> dict[str, str]:
    """Return footnotes that are part of a text, as WordPress.com's Markdown wrote them: their HTML by id."""
    boxes = [node for node in root.iterate() if any("footnotes" in name for name in node.classes)]
    items = {item.attributes["id"]: item for box in boxes for item in box.iterate() if item.attributes.get("id")}
    return {name: "".join(map(serialize, _drop_back_links(item).children)) for name, item in items.items()}


def _drop_back_links(node: Node) -> Node:
    kept = [
        child if isinstance(child, str) else _drop_back_links(child)
        for child in node.children
        if isinstance(child, str) or not _is_back_link(child)
    ]
    return Node(node.tag, node.attributes, kept)


def _is_back_link(node: Node) -> bool:
    return node.tag == "a" and node.attributes.get("href", "").startswith("#") and get_text(node).strip() in _ARROWS


def _place_more(blocks: list[Node]) -> list[Node]:
    """Return blocks with the first mark of an excerpt's end between two of them, and no other."""
    out: list[Node] = []
    is_placed = False
    for block in blocks:
        marks = [block] if block.tag == "more" else _remove_marks(block)
        out += [block] if block.tag != "more" else []
        if marks and not is_placed:
            out.append(Node("more"))
            is_placed = True
    return out


def _remove_marks(block: Node) -> list[Node]:
    marks = [child for child in block.elements() if child.tag == "more"]
    if marks:
        block.children = [child for child in block.children if child not in marks]
    return marks + [mark for child in block.elements() for mark in _remove_marks(child)]


def _find_shortcodes(markdown: str, names: Sequence[str]) -> list[Finding]:
    """Return a finding for each shortcode in `names`, which are in the order of the text, with its line."""
    findings: list[Finding] = []
    line, at = 1, 0
    for name in names:
        match = re.compile(rf"\[{re.escape(name)}\b[^\[\]\n]{{0,100}}\]?").search(markdown, at)
        if match is None:
            findings.append(Finding("shortcode", f"[{name}]"))
            continue
        line += markdown.count("\n", at, match.start())
        at = match.start() + 1
        findings.append(Finding("shortcode", match[0], line))
    return findings

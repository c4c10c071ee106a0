"""The elements of a WordPress body, as the few that a text needs: no spans, no styles, no classes."""

import re
from collections.abc import Callable

from .addresses import is_same_picture
from .body_model import OfferedReblog
from .dom import CONTAINERS, Child, Node, get_text, is_blank
from .element_parts import (
    break_lines,
    drop_button,
    get_alignment,
    join_lines,
    link_urls,
    make_heading,
    make_list,
    pick_attributes,
)
from .pictures import Media, convert_embed, convert_image, find_linked_picture, make_figure
from .structure import contains_block, make_blocks, make_mixed, make_paragraphs, merge_inline, split_images

_RENAMED = {"b": "strong", "i": "em", "strike": "s", "tt": "code", "acronym": "abbr"}
_INLINE = frozenset("em strong s del ins u sub sup small mark code kbd samp var abbr cite q dfn bdo ruby rt rp".split())
_NESTED_ONCE = frozenset("em strong a s u code".split())
_CELLS = frozenset("li dd dt td th summary caption".split())
_PLAIN_BLOCKS = frozenset("ul ol dl table thead tbody tfoot tr".split())
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_EMBEDS = frozenset("iframe embed video audio".split())
_LANGUAGE = re.compile(r"(?:^|\s)(?:language-|lang:|brush:\s*)([A-Za-z][\w+#-]{0,20})")
_INVISIBLE = str.maketrans("", "", "\u200b\ufeff\u2060\u00ad")
_UNSEEN = frozenset(("wp-block-accordion-heading__toggle-icon", "sharedaddy", "jp-relatedposts"))
"""Classes of what plugins and blocks add to a text."""


_CAPTIONS = frozenset(("wp-caption-text", "wp-caption-dd"))
"""Classes of captions that WordPress had made HTML of."""


class ElementConverter:
    """Converts the elements of one body. `notes` are its footnotes' texts (HTML) by id; `linked_ids` link within it."""

    def __init__(self, media: Media, parse: Callable[[str], Node | None], notes: dict[str, str], ids: set[str]) -> None:
        self.media, self.parse, self.notes, self.linked_ids = media, parse, notes, ids
        self.cited_notes: dict[str, int] = {}
        self.note_order: list[str] = []
        self.offers: list[OfferedReblog] = []

    def convert_all(self, node: Node, inside: frozenset[str] = frozenset()) -> list[Child]:
        """Return the children of an element, converted; `inside` names the elements around them."""
        return merge_inline([new for child in node.children for new in self.convert(child, inside)])

    def convert(self, child: Child, inside: frozenset[str]) -> list[Child]:
        """Return what stands for a child."""
        if isinstance(child, str):
            if inside & {"pre", "a", "code"}:
                return [child]
            return link_urls(child if child.isascii() else child.translate(_INVISIBLE))
        tag = _RENAMED.get(child.tag, child.tag)
        if "class" in child.attributes and _UNSEEN & set(child.classes):
            return []
        if tag == "img":
            return convert_image(child, self.media, in_link="a" in inside)
        if tag in _EMBEDS:
            return convert_embed(child, self.media, in_link="a" in inside)
        if tag == "a":
            return self.anchor(child, self.convert_link(child, inside))
        if tag in {"br", "wbr"}:
            return [Node("br")] if tag == "br" else []
        new = self.convert_inline(child, tag, inside)
        return self.anchor(child, self.convert_block(child, tag, inside) if new is None else new)

    def anchor(self, node: Node, new: list[Child]) -> list[Child]:
        """Return `new` with the id of `node`, if something links to it."""
        name = node.attributes.get("id") or node.attributes.get("name", "")
        if name not in self.linked_ids or any(isinstance(child, Node) and child.tag == "note" for child in new):
            return new
        self.linked_ids.discard(name)
        first = new[0] if new and isinstance(new[0], Node) else None
        if first is not None and first.tag in _HEADINGS:
            first.attributes["id"] = name
        elif first is not None and first.tag in {"p", "li"} and not any(map(contains_block, first.children)):
            first.children.insert(0, Node("a", {"id": name}))
        elif first is None or not contains_block(first):
            return [Node("a", {"id": name}), *new]
        return new

    def convert_link(self, node: Node, inside: frozenset[str]) -> list[Child]:
        """Return a link; what it leads to if that is a picture of this size; or its text, if it leads nowhere."""
        href = node.attributes.get("href", "")
        if (picture := find_linked_picture(node)) is not None:
            source = href if is_same_picture(href, picture.attributes.get("src", "")) else ""
            return convert_image(picture, self.media, source=source, in_link="a" in inside)
        if href.startswith("#") and href[1:] in self.notes:
            return [self.cite_note(href[1:])]
        url = self.media.addresses.convert_link(href) if href.strip() and "a" not in inside else ""
        children = self.convert_all(node, inside | {"a"} if url else inside)
        if not url or all(map(is_blank, children)):
            return children
        title = node.attributes.get("title", "")
        is_told = not title.strip() or title.strip() == get_text(node).strip()
        return [Node("a", {"href": url} if is_told else {"href": url, "title": " ".join(title.split())}, children)]

    def cite_note(self, name: str) -> Node:
        """Return the mark of a footnote."""
        if name not in self.cited_notes:
            self.note_order.append(name)
            self.cited_notes[name] = len(self.note_order)
        return Node("note", {"number": str(self.cited_notes[name])})

    def convert_inline(self, node: Node, tag: str, inside: frozenset[str]) -> list[Child] | None:
        """Return what stands for an element within text; None for others."""
        if tag == "span":
            style = node.attributes.get("style", "").lower()
            tag = "u" if "underline" in style else "em" if "italic" in style else "strong" if "bold" in style else tag
        if tag not in _INLINE:
            return None
        if tag in inside and tag in _NESTED_ONCE:
            return self.convert_all(node, inside)
        children = self.convert_all(node, inside | {tag})
        notes = [child for child in children if isinstance(child, Node) and child.tag == "note"]
        if all(map(is_blank, children)) or (tag == "sup" and notes and len(children) == len(notes)):
            return children
        return [Node(tag, pick_attributes(node, tag), children)]

    def convert_block(self, node: Node, tag: str, inside: frozenset[str]) -> list[Child]:
        """Return what stands for a block; the children of an element that means nothing."""
        if tag == "hr":
            return [Node("more" if "wp-more" in node.classes else "hr")]
        if tag == "pre":
            return [self.convert_code(node)]
        if tag == "figure" or (tag in {"div", "dl"} and "wp-caption" in node.classes):
            return self.convert_figure(node, inside)
        if tag in {"div", "ol"} and any("footnotes" in name for name in node.classes) and self.notes:
            return []
        if "gallery" in " ".join(node.classes) and tag in {"ul", "dl"}:
            items = [Node("div", {}, self.convert_all(item, inside)) for item in node.elements()]
            return [Node("div", {}, list(items))]
        if "wp-block-file" in node.classes:
            drop_button(node)
        return self.arrange_block(node, tag, self.convert_all(node, inside))

    def arrange_block(self, node: Node, tag: str, children: list[Child]) -> list[Child]:
        """Return a block with `children`, which are converted, in the order that it wants."""
        if tag == "p":
            paragraphs = make_blocks(children) if any(map(contains_block, children)) else make_paragraphs(children)
            return [part for paragraph in paragraphs for part in split_images(paragraph)]
        if tag in _HEADINGS:
            return make_heading(tag, children)
        if tag == "blockquote":
            return self.make_quote(node, children)
        if tag in _CELLS:
            return [Node(tag, pick_attributes(node, tag) | get_alignment(node, tag), make_mixed(children))]
        if tag in {"ul", "ol"}:
            return make_list(tag, pick_attributes(node, tag), children)
        if tag in _PLAIN_BLOCKS:
            kept = [child for child in children if isinstance(child, Node)]
            return [Node(tag, pick_attributes(node, tag), list(kept))] if kept else []
        if tag == "details":
            summary = [c for c in children if isinstance(c, Node) and c.tag == "summary"][:1]
            rest = [c for c in children if c not in summary]
            return [Node(tag, pick_attributes(node, tag), [*summary, *make_blocks(rest)])]
        return (
            [Node("div", {}, children)] if tag in CONTAINERS or tag in {"figcaption", "summary", "legend"} else children
        )

    def convert_code(self, node: Node) -> Node:
        """Return preformatted text: its language and text, or its elements if it has others than `code`."""
        names = [node, *(inner for inner in node.iterate() if inner.tag == "code")]
        told = " ".join(f"{each.attributes.get('class', '')} {each.attributes.get('lang', '')}" for each in names)
        children = join_lines(self.convert_all(node, frozenset(("pre",))))
        while len(children) == 1 and isinstance(children[0], Node) and children[0].tag == "code":
            children = join_lines(children[0].children)
        match = _LANGUAGE.search(told)
        language = {"language": match[1].lower()} if match and match[1] not in {"plain", "text"} else {}
        text = get_text(Node("pre", {}, children))
        if "wp-block-verse" in node.classes:
            is_indented = re.search(r"(?m)^[ \t]", text.strip("\n"))
            return Node("pre", {"verse": ""}, children) if is_indented else Node("p", {}, break_lines(children))
        return Node("pre", language, children)

    def convert_figure(self, node: Node, inside: frozenset[str]) -> list[Child]:
        """Return a figure's blocks."""
        captions = [each for each in node.elements() if each.tag == "figcaption" or _CAPTIONS & set(each.classes)]
        kept = [child for child in node.children if child not in captions]
        body = Node("div", {}, [_unwrap_term(child) for child in kept])
        content = self.convert_all(body, inside)
        caption = [new for each in captions for new in self.convert_all(each, inside)] if captions else None
        if caption and any(map(contains_block, caption)):
            caption = [new for block in make_blocks(caption) for new in (*block.children, Node("br"))]
        return make_figure(content, caption)

    def make_quote(self, node: Node, children: list[Child]) -> list[Child]:
        """Return a quotation; note one of the block editor that cites a link."""
        blocks = make_blocks(children)
        quote = Node("blockquote", {}, list(blocks))
        if not blocks:
            return []
        cite = quote.find("cite") if "wp-block-quote" in node.classes else None
        link = cite.find("a") if cite is not None else None
        if link is not None and cite is not None and link.attributes.get("href", "").startswith("http"):
            words = sum(len(get_text(block).split()) for block in blocks) - len(get_text(cite).split())
            quote.attributes["offer"] = str(len(self.offers))
            title = " ".join(get_text(link).split())
            self.offers.append(OfferedReblog(link.attributes["href"], title, words, 0))
        return [quote]

    def make_footnotes(self) -> list[Node]:
        """Return the footnotes that the text has cited, as one block of items."""
        items: list[Child] = []
        for name in self.note_order:  # grows while it runs, if a note cites another
            root = self.parse(self.notes[name])
            children = self.convert_all(root) if root is not None else [self.notes[name]]
            items.append(Node("li", {}, list(make_blocks(children))))
        return [Node("notes", {}, items)] if items else []


def _unwrap_term(child: Child) -> Child:
    return Node("div", {}, child.children) if isinstance(child, Node) and child.tag in {"dt", "dd"} else child

"""Pictures, figures, films and frames of a WordPress body, as our reader has them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from .addresses import Addresses, is_same_picture
from .body_model import Attachment, Finding
from .dom import Child, Node, get_text, is_blank
from .names import parse_number
from .structure import make_blocks, trim

_NUMBER = re.compile(r"wp-image-(\d{1,18})$")
_SMALL = 48
"""The width of images, in pixels, that are part of a line of text."""

_SMILEYS = frozenset(("wp-smiley", "emoji", "wp-emoji"))
_YOUTUBE = re.compile(r"(?i)^https?://(?:www\.)?youtube(?:-nocookie)?\.com/(?:embed|v)/([\w-]{6,20})")
_VIMEO = re.compile(r"(?i)^https?://player\.vimeo\.com/video/(\d+)")
_VIDEOPRESS = re.compile(r"(?i)^https?://(?:www\.)?video(?:press|\.wordpress)\.com/(?:embed|v)/(\w+)")


@dataclass(slots=True)
class Media:
    """The media library and the addresses, and what was found of both."""

    addresses: Addresses
    attachments: Mapping[int, Attachment]
    numbers: dict[int, None] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def convert_image(node: Node, media: Media, *, source: str = "", in_link: bool = False) -> list[Child]:
    """Return an image in its full size, as `source` if given; else a link to one on another host, or its text."""
    alt = " ".join(node.attributes.get("alt", "").split())
    if _SMILEYS & set(node.classes):
        return [alt]
    if "1" in {node.attributes.get("width"), node.attributes.get("height")}:
        return []  # it counts readers
    src = node.attributes.get("src", "")
    if (number := _find_number(node)) is not None:
        media.numbers[number] = None
        attachment = media.attachments.get(number, Attachment(""))
        alt = alt or " ".join(attachment.alt.split())
        if attachment.url and (is_same_picture(attachment.url, source or src) or not src):
            source = attachment.url
    original = media.addresses.make_absolute(source or src)
    url = media.addresses.convert_image(source or src)
    if not url:
        return [alt]
    if not url.lower().startswith(("http:", "https:", "//")):
        return [Node("img", {"alt": alt, "src": url} | ({"small": ""} if _is_small(node) else {}))]
    media.findings.append(Finding("external-image", original))
    text = alt or unquote(urlsplit(url).path).rpartition("/")[2] or url
    return [text if in_link else Node("a", {"href": url}, [text])]


def _is_small(node: Node) -> bool:
    width = parse_number(node.attributes.get("width", ""))
    return width is not None and width <= _SMALL


def _find_number(node: Node) -> int | None:
    return next((int(match[1]) for name in node.classes if (match := _NUMBER.match(name))), None)


def find_linked_picture(link: Node) -> Node | None:
    """Return the image that a link consists of, if it leads to the same image in another size, or to its page."""
    shown = [child for child in link.children if not is_blank(child)]
    if len(shown) != 1 or not isinstance(shown[0], Node) or shown[0].tag != "img":
        return None
    href, src = link.attributes.get("href", ""), shown[0].attributes.get("src", "")
    is_page = "attachment" in link.attributes.get("rel", "").split() or "attachment_id=" in href
    is_page = is_page or (href != "" and href == shown[0].attributes.get("data-link"))
    return shown[0] if is_page or is_same_picture(href, src) else None


def convert_embed(node: Node, media: Media, *, in_link: bool = False) -> list[Child]:
    """Return a link to what a frame, film or sound shows; its title is the text if it has one."""
    sources = [node, *(inner for inner in node.iterate() if inner.tag in {"source", "embed", "iframe"})]
    src = next((url for each in sources if (url := each.attributes.get("src", ""))), "")
    if not src:
        link = node.find("a")
        return [link] if link is not None else [get_text(node)]
    for pattern, page in (
        (_YOUTUBE, "https://www.youtube.com/watch?v={}"),
        (_VIMEO, "https://vimeo.com/{}"),
        (_VIDEOPRESS, "https://videopress.com/v/{}"),
    ):
        if match := pattern.match(media.addresses.make_absolute(src)):
            src = page.format(match[1])
    original, url = media.addresses.make_absolute(src), media.addresses.convert_link(src)
    if not url:
        return []
    media.findings.append(Finding("embed", original))
    is_file = node.tag in {"video", "audio"}
    name = unquote(urlsplit(original).path).rpartition("/")[2] if is_file else ""
    text = node.attributes.get("title", "").strip() or name or url
    return [text if in_link else Node("a", {"href": url}, [text])]


def make_figure(children: list[Child], caption: list[Child] | None) -> list[Child]:
    """Return the blocks of a figure: a `figure` for one picture with a caption, else what is in it."""
    blocks = make_blocks(children)
    if caption is None or all(map(is_blank, caption)):
        return [Node("div", {}, list(blocks))]
    caption = trim(caption)
    content = blocks[0].children if len(blocks) == 1 and blocks[0].tag == "p" else []
    if len(content) == 1 and isinstance(only := content[0], Node):
        image = only if only.tag == "img" else only.find("img")
        if image is not None and len(only.children) <= 1:
            return [Node("figure", {}, [only, Node("figcaption", {}, caption)])]
        href = only.attributes.get("href", "")
        is_url = only.tag == "a" and get_text(only) in {href, unquote(urlsplit(href).path).rpartition("/")[2]}
        if is_url and all(isinstance(child, str) for child in caption):
            return [Node("p", {}, [Node("a", only.attributes, caption)])]
    if len(blocks) == 1 and blocks[0].tag in {"table", "pre", "blockquote"}:
        return [Node("figure", {}, [*blocks, Node("figcaption", {}, caption)])]
    return [Node("div", {}, [*blocks, Node("p", {}, caption)])]

"""Turn the sanitized HTML of a chapter into XHTML as EPUB allows it: valid HTML5, and nothing from other places."""

import posixpath
import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Any
from urllib.parse import urlsplit

from lxml import etree, html

from ..urls import encode_url

_NEW_NAMES = {"acronym": "abbr", "center": "div", "rtc": "rt", "strike": "s", "tt": "code"}
"""Elements that HTML5 has no more, and what is nearest to them."""

_PARENTS = {
    "dd": {"dl"},
    "dt": {"dl"},
    "figcaption": {"figure"},
    "li": {"ol", "ul"},
    "summary": {"details"},
}
"""Elements that are valid in these only; they become a div elsewhere."""

_DROPPED = ("area", "data", "map", "picture", "source", "track")
_is_number = re.compile(r"\d+").fullmatch
_VALUES: Mapping[str, Callable[[str], object]] = {
    "align": lambda _: False,
    "cite": lambda _: False,
    "datetime": lambda _: False,
    "dir": {"auto", "ltr", "rtl"}.__contains__,
    "height": _is_number,
    "href": lambda url: not re.search(r"[|\s]", url),
    "id": re.compile(r"\S+").fullmatch,
    "lang": re.compile(r"(?:[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)?").fullmatch,
    "scope": {"row", "col", "rowgroup", "colgroup"}.__contains__,
    "start": re.compile(r"-?\d+").fullmatch,
    "type": {"1", "A", "I", "a", "i"}.__contains__,
    "width": _is_number,
}
"""Which values of an attribute are valid; the others are left out, and so is what no e-reader shows."""


def make_xhtml(fragment: str, images: Mapping[str, tuple[str, bytes]]) -> str:
    """Return HTML as XHTML; `images` maps the URLs of images to their files in the archive.

    Other images, audio and video become links.
    """
    root = html.fragment_fromstring(fragment, create_parent="div")
    for element in list(root.iterdescendants(etree.Element)):
        if element.getparent() is None:  # it was in a player
            continue
        if element.tag in _DROPPED:
            element.drop_tag()
            continue
        if element.tag in {"audio", "video"}:
            _make_link(element, _find_source(element))
        elif element.tag == "img" and (image := images.get(element.get("src", ""))):
            element.set("src", image[0])
            element.attrib.pop("srcset", None)
        elif element.tag == "img":
            _make_link(element, element.get("src", ""), element.get("alt", ""))
        _correct(element)
    return "".join(etree.tostring(child, encoding="unicode") for child in root) or escape(root.text or "")


def _find_source(player: Any) -> str:
    """Return the URL of the file that an <audio> or <video> plays."""
    return str(player.get("src") or next((s.get("src") for s in player.iter("source") if s.get("src")), ""))


def _make_link(element: Any, url: str, text: str = "") -> None:
    """Turn an image or a player into a link to its file."""
    for child in list(element):
        child.drop_tree()
    element.tag, element.text = "a", text or posixpath.basename(urlsplit(url).path)
    element.attrib.clear()
    element.set("href", url)


def _correct(element: Any) -> None:
    """Make one element valid: its name, its place and its attributes."""
    parent = element.getparent()
    if element.tag == "a" and element.get("href"):
        element.set("href", encode_url(element.get("href")))
    for name, is_valid in _VALUES.items():
        if name in element.attrib and not is_valid(element.get(name)):
            del element.attrib[name]
    element.tag = _NEW_NAMES.get(element.tag, element.tag)
    if element.tag == "bdo" and not element.get("dir"):
        element.tag = "span"
    # A <div> may group what is in a <dl>.
    above = parent.getparent() if parent.tag == "div" and parent.getparent() is not None else parent
    if element.tag in _PARENTS and not {parent.tag, above.tag} & _PARENTS[element.tag]:
        element.tag = "div"
    if parent.tag in {"ol", "ul"} and element.tag != "li":
        item = etree.Element("li")
        item.tail, element.tail = element.tail, None
        parent.replace(element, item)
        item.append(element)

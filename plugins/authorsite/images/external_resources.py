"""URLs on other hosts that a browser loads to render an HTML or SVG tag."""

import re
from collections.abc import Mapping

_URL_ATTRIBUTES = frozenset(("src", "srcset", "poster", "data", "background", "href"))
_HYPERLINK_TAGS = frozenset(("a", "area", "base"))
_URL = re.compile(r"^\s*((?:https?:)?//\S+)", re.IGNORECASE)
_SRCSET_URL = re.compile(r"(?:^|[\s,])((?:https?:)?//[^\s,]+)", re.IGNORECASE)
_CSS_URL = re.compile(r"""(?:url\(|@import)\s*["']?\s*((?:https?:)?//[^\s"');]+)""", re.IGNORECASE)

MAY_LOAD_EXTERNAL = re.compile(r"<(?!/|a\s)[^<>]*//|<style", re.IGNORECASE)
"""Quick test: matches all HTML that loads something from another host, and some that does not."""


def find_external_urls(tag: str, attributes: Mapping[str, str | None], text: str = "") -> list[str]:
    """Return the absolute URLs that rendering a tag loads; `text` is the content of a `<style>` element.

    Targets of hyperlinks do not count: they are loaded only when a reader follows them.
    """
    urls = _CSS_URL.findall(text) if tag == "style" else []
    for name, value in attributes.items():
        is_url = name in _URL_ATTRIBUTES and not (name == "href" and tag in _HYPERLINK_TAGS)
        urls += (_SRCSET_URL if name == "srcset" else _URL if is_url else _CSS_URL).findall(value or "")
    return urls

"""What people see of a feed that they open in a browser: a note on feeds, and links to the entries.

feed.css shows it. Browsers follow links in XML only if they are XHTML, and XSLT, which could make a page of a feed, is
leaving them. XHTML in an entry is misplaced for the W3C's checker; in the channel (RSS) or the feed (Atom) it is not.
Feed readers ignore it.
"""

from collections.abc import Sequence
from typing import Any

from lxml import etree

from .models import Entry, Feed

XHTML = "http://www.w3.org/1999/xhtml"


def add_browser_note(channel: Any, feed: Feed, entries: Sequence[Entry], *, is_atom: bool) -> None:
    """Append a `<div>` of XHTML to `channel`, the element that holds the entries.

    Atom declares the namespace where it is used: the W3C's checker warns of a prefix there.
    """
    note = etree.SubElement(channel, f"{{{XHTML}}}div", nsmap={None: XHTML} if is_atom else None)
    paragraph = etree.SubElement(note, f"{{{XHTML}}}p")
    translate = feed.translate
    text = translate(
        "This is a feed. Copy this page's address into a feed reader, and what is new comes to you by itself: "
        "no account, no e-mail, and you can stop at any time."
    )
    paragraph.text = f"{text} "
    _add_link(paragraph, f"{feed.site_url}/{feed.subscribe_path}", translate("All feeds of this site")).tail = " · "
    _add_link(paragraph, feed.home_url, translate("The pages it comes from"))
    posts = etree.SubElement(note, f"{{{XHTML}}}ul") if entries else None
    for entry in entries:
        item = etree.SubElement(posts, f"{{{XHTML}}}li")
        _add_link(item, entry.url, entry.title).tail = " "
        etree.SubElement(item, f"{{{XHTML}}}small").text = entry.published.date().isoformat()


def _add_link(parent: Any, url: str, label: str) -> Any:
    link = etree.SubElement(parent, f"{{{XHTML}}}a", href=url)
    link.text = label
    return link

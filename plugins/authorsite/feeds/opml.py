"""Serialize the list of the site's feeds as OPML 2.0 (https://opml.org/spec2.opml), which feed readers import."""

from collections.abc import Iterable

from lxml import etree


def serialize_opml(title: str, owner: str, feeds: Iterable[tuple[str, str, str]]) -> bytes:
    """Return the OPML file of `feeds`: the title, the URL and the page's URL of each RSS feed.

    There is no dateCreated: the file would change with every build.
    """
    root = etree.Element("opml", version="2.0")
    head, body = etree.SubElement(root, "head"), etree.SubElement(root, "body")
    etree.SubElement(head, "title").text = title
    etree.SubElement(head, "ownerName").text = owner
    etree.SubElement(head, "docs").text = "http://opml.org/spec2.opml"
    for name, url, page in feeds:
        attributes = {"type": "rss", "version": "RSS2", "text": name, "title": name, "xmlUrl": url, "htmlUrl": page}
        etree.SubElement(body, "outline", attributes)
    etree.indent(root)
    xml: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return xml + b"\n"

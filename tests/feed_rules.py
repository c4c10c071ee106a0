"""A feed checker: the rules of RSS, Atom and JSON Feed that feeds break most often."""

import json
import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from authorsite.markup import VOID_ELEMENTS, tokenize
from lxml import etree

ATOM, CONTENT, DC = (
    "http://www.w3.org/2005/Atom",
    "http://purl.org/rss/1.0/modules/content/",
    "http://purl.org/dc/elements/1.1/",
)
MEDIA = "http://search.yahoo.com/mrss/"
PREFIXES = {
    ATOM: "atom",
    CONTENT: "content",
    DC: "dc",
    MEDIA: "media",
    "http://purl.org/dc/terms/": "dcterms",
    "http://purl.org/rss/1.0/modules/slash/": "slash",
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
    "http://purl.org/syndication/thread/1.0": "thr",
    "http://wellformedweb.org/CommentAPI/": "wfw",
    "http://www.georss.org/georss": "georss",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/2003/01/geo/wgs84_pos#": "geo",
    "http://www.w3.org/XML/1998/namespace": "xml",
    "https://podcastindex.org/namespace/1.0": "podcast",
}
"""Namespaces by their well-known prefix; the W3C's checker warns of any other ("Avoid Namespace Prefix")."""

FORBIDDEN_ELEMENTS = {"script", "style", "form", "input", "button", "iframe", "object", "embed"}
TAG = re.compile(r"</?[a-z][^>]*>", re.IGNORECASE)


def check_feed(name, data):
    """Return the rules that the feed breaks, as text; the file's `name` tells JSON from XML."""
    if name.endswith(".json"):
        return list(check_json_feed(data))
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, huge_tree=True))
    prolog = data[: data.index(b"<", data.rindex(b"?>", 0, 400))]
    errors = [] if b"<?xml-stylesheet" in prolog else ["no stylesheet before the root"]
    if re.search(rb"T\d\d:\d\d:\d\d\.\d", data):
        errors.append("microseconds: a build time")
    errors += check_prefixes(root)
    return errors + list(check_rss(root) if root.tag == "rss" else check_atom(root))


def check_prefixes(root):
    """Yield namespaces that are unknown, or have another prefix than their well-known one."""
    declared = {pair for element in root.iter("*") for pair in element.nsmap.items()}
    used = {name for element in root.iter("*") for name in (element.tag, *element.attrib)}
    for prefix, uri in sorted(declared, key=str):
        if prefix not in {None, PREFIXES.get(uri)}:
            yield f"avoid the namespace prefix {prefix}"
        if prefix is None and root.tag == "rss":
            yield "a default namespace in RSS"
    for name in sorted(used):
        if name.startswith("{") and name[1:].partition("}")[0] not in PREFIXES:
            yield f"unknown namespace: {name}"


def check_rss(root):
    channel = root.find("channel")
    if root.get("version") != "2.0":
        yield "not RSS 2.0"
    for name in ("title", "link", "description", "language", "lastBuildDate"):
        if not (channel.findtext(name) or "").strip():
            yield f"channel without {name}"
    yield from check_absolute("channel link", channel.findtext("link"))
    own = [link for link in channel.findall(f"{{{ATOM}}}link") if link.get("rel") == "self"]
    if len(own) != 1 or own[0].get("href") == channel.findtext("link"):
        yield "not one atom:link self, other than the home page"
    image = channel.find("image")
    if image is not None and [image.findtext(n) for n in ("title", "link")] != [
        channel.findtext(n) for n in ("title", "link")
    ]:
        yield "the image's title or link is not the channel's"
    yield from check_rfc822_date(channel.findtext("lastBuildDate"))
    guids = []
    for item in channel.findall("item"):
        title, names = item.findtext("title"), [child.tag for child in item]
        guid = item.find("guid")
        guids.append(guid.text)
        if guid.get("isPermaLink") not in ("true", "false"):
            yield f"{title}: guid without isPermaLink"
        if guid.get("isPermaLink") == "true":
            yield from check_absolute(f"{title}: guid", guid.text)
        yield from check_absolute(f"{title}: link", item.findtext("link"))
        yield from check_rfc822_date(item.findtext("pubDate"))
        if names.count("enclosure") > 1:
            yield f"{title}: more than one enclosure"
        for enclosure in item.findall("enclosure"):
            yield from check_enclosure(title, enclosure.get("url"), enclosure.get("length"), enclosure.get("type"))
        duration = item.findtext("{http://www.itunes.com/dtds/podcast-1.0.dtd}duration")
        if duration is not None and not re.fullmatch(r"[1-9]\d*", duration):
            yield f"{title}: the duration {duration} is not a number of seconds"
        if "author" in names and f"{{{DC}}}creator" in names:
            yield f"{title}: author and dc:creator"
        # The description is HTML. The text of an element such as script is not text that a reader sees.
        if re.search(r"</?(?:script|style)\b", item.findtext("description") or "", re.IGNORECASE):
            yield f"{title}: markup in the description"
        if f"{{{DC}}}creator" not in names:
            yield f"{title}: no dc:creator"
        encoded = f"{{{CONTENT}}}encoded"
        if encoded in names and "description" not in names[: names.index(encoded)]:
            yield f"{title}: content:encoded without an earlier description"
        if f"{{{MEDIA}}}group" in names:
            yield f"{title}: media:group with a single image"
        if encoded in names:
            yield from check_html(title, item.findtext(encoded))
    if len(guids) != len(set(guids)):
        yield "duplicate guid"


def check_atom(root):
    for name in ("id", "title", "updated", "author"):
        if root.find(f"{{{ATOM}}}{name}") is None:
            yield f"feed without {name}"
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{{{ATOM}}}link")}
    if "self" not in links or "alternate" not in links:
        yield "feed without self or alternate link"
    ids = []
    check_uri = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+").fullmatch
    for entry in root.findall(f"{{{ATOM}}}entry"):
        title = entry.findtext(f"{{{ATOM}}}title")
        for name in ("id", "title", "updated", "published", "author", "content"):
            if entry.find(f"{{{ATOM}}}{name}") is None:
                yield f"{title}: no {name}"
        ids.append(entry.findtext(f"{{{ATOM}}}id"))
        if not check_uri(ids[-1]):
            yield f"{title}: the id {ids[-1]} is not a URI"
        for name in ("updated", "published"):
            if datetime.fromisoformat(entry.findtext(f"{{{ATOM}}}{name}")).tzinfo is None:
                yield f"{title}: {name} without a zone"
        content = entry.find(f"{{{ATOM}}}content")
        if content.get("type") != "html":
            yield f"{title}: content of type {content.get('type')}"
        kinds = [link.get("rel") for link in entry.findall(f"{{{ATOM}}}link")]
        if kinds.count("alternate") != 1 or None in kinds:
            yield f"{title}: links of kinds {kinds}"
        for link in entry.findall(f"{{{ATOM}}}link[@rel='enclosure']"):
            yield from check_enclosure(title, link.get("href"), link.get("length"), link.get("type"))
        yield from check_html(title, content.text or "")
    if len(ids) != len(set(ids)):
        yield "duplicate id"


def check_json_feed(data):
    body = json.loads(data)
    if body.get("version") != "https://jsonfeed.org/version/1.1":
        yield "not JSON Feed 1.1"
    for name in ("title", "home_page_url", "feed_url", "language", "authors", "items"):
        if name not in body:
            yield f"feed without {name}"
    for item in body["items"]:
        if not isinstance(item.get("id"), str) or "content_html" not in item:
            yield "an item without id or content"
        yield from check_absolute(f"{item['title']}: url", item.get("url"))
        yield from check_html(item["title"], item["content_html"])
        for each in item.get("attachments", ()):
            if not {"url", "mime_type", "size_in_bytes"} <= each.keys() or not all(each.values()):
                yield f"{item['title']}: an attachment without URL, type or size"
            yield from check_enclosure(item["title"], each.get("url"), each.get("size_in_bytes"), each.get("mime_type"))
    if not body.get("icon", "").endswith("/icon-512.png"):
        yield "the icon is not the square one"
    if len({item["id"] for item in body["items"]}) != len(body["items"]):
        yield "duplicate id"


def check_html(title, html):
    open_ = []
    for token in tokenize(html):
        if token.kind == "start":
            if token.name in FORBIDDEN_ELEMENTS:
                yield f"{title}: <{token.name}>"
            for name, value in token.attributes.items():
                if name.startswith("on") or name == "style":
                    yield f"{title}: {name} on <{token.name}>"
                if name in ("href", "src", "poster", "cite"):
                    yield from check_absolute(f"{title}: {name}", value)
                if name == "srcset":
                    for part in value.split(","):
                        yield from check_absolute(f"{title}: srcset", part.split()[0])
            if token.name not in VOID_ELEMENTS:
                open_.append(token.name)
        elif token.kind == "end" and (not open_ or open_.pop() != token.name):
            yield f"{title}: </{token.name}> without a start tag"
    if open_:
        yield f"{title}: unclosed elements {open_}"
    if re.search(r"<a [^>]*>\s*\[\d+\]\s*</a>", html):
        yield f"{title}: a linked reference, shown as [1][1] by some readers"


def check_enclosure(title, url, length, type_):
    """The rules of RSS for enclosures; podcast apps also want them in the other formats."""
    yield from check_absolute(f"{title}: enclosure", url)
    if not re.fullmatch(r"[1-9]\d*", str(length)):
        yield f"{title}: the enclosure's length is {length}"
    if not re.fullmatch(r"audio/[a-z0-9.+-]+", type_ or ""):
        yield f"{title}: the enclosure's type is {type_}"


def check_absolute(where, url):
    parts = urlsplit(url or "")
    if not (parts.scheme in ("http", "https") and parts.netloc) and parts.scheme not in ("mailto", "tel"):
        yield f"{where}: {url} is not absolute"


def check_rfc822_date(text):
    if not re.fullmatch(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", text or ""):
        yield f"{text} is not an RFC 822 date"
    else:
        parsedate_to_datetime(text)

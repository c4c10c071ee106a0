"""The guid of a feed entry: the ID by which feed readers recognize it. A new guid announces an old entry again."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote, urlsplit

_URI = re.compile(r"[a-z][a-z\d+.-]*:[^\s<>\"{}|\\^`]+", re.IGNORECASE)
_HOST = re.compile(r"https?://([a-z\d.-]+)", re.IGNORECASE)


def make_guid(content: Any, absolute_url: Callable[[str], str]) -> tuple[str, bool]:
    """Return the guid of a post, book or event, and whether it is a permalink (a URL of this site).

    The guid is `guid:` from the front matter, else the URL of the first alias, else the URL of `content`. The build
    stores no guids: the `aliases:` line that redirects a moved post also keeps its guid.
    """
    guid, aliases = getattr(content.record, "guid", ""), getattr(content.record, "aliases", ())
    return guid or absolute_url(aliases[0] if aliases else content.url), not guid


def make_atom_id(guid: str, site_url: str) -> str:
    """Return the `id` of an Atom entry, which is a URI (RFC 4287, section 4.2.6): the guid, or a tag: URI made of it.

    A guid such as "123 at https://old.example" gives the same tag: URI on every site, one without a host needs
    `site_url` (RFC 4151). The year only says that the host was the author's then.
    """
    if _URI.fullmatch(guid):
        return guid
    host, *_ = _HOST.findall(f"{guid} {site_url}")
    path = quote(guid, safe="/:@!$&'()*+,;=?~-._")
    return f"tag:{host.lower()},2005:{path}"


def find_former_url(old_guid: str, new_guid: str) -> str:
    """Return the site's URL in `old_guid` if the guids are URLs that differ in it alone, else "".

    A change within one host is that of a page: whether it is in a folder of the site cannot be seen.
    """
    old, new = urlsplit(old_guid), urlsplit(new_guid)
    are_urls = _HOST.match(old_guid) and _HOST.match(new_guid)
    if not are_urls or (old.scheme, old.netloc) == (new.scheme, new.netloc) or old.query != new.query:
        return ""
    if len(new.path) > 1 and old.path.endswith(new.path):
        return f"{old.scheme}://{old.netloc}{old.path.removesuffix(new.path)}"
    return f"{old.scheme}://{old.netloc}" if len(old.path) > 1 and new.path.endswith(old.path) else ""


def make_fix_hint(old_guid: str, new_url: str) -> str:
    """Return advice on the front matter that gives the entry at `new_url` its old guid back."""
    old, new = urlsplit(old_guid), urlsplit(new_url)
    if old.netloc == new.netloc and old.path and not old.query:
        return f"add its old URL as the first alias in its front matter: `aliases: [{unquote(old.path)}]`"
    return f"add its old guid to its front matter: `guid: {old_guid}`"

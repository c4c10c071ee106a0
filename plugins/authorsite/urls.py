"""URLs that an author writes: their types, checked and percent-encoded when the record is read."""

import re
from typing import Annotated
from urllib.parse import quote, unquote

from pydantic import AfterValidator

from .problems import shorten
from .strict_model import require
from .validation import InvalidValue

MAX_NAME_BYTES = 220
"""The limit of one part of a URL in UTF-8. File systems allow 255; derived files add a digest and a suffix."""

LITERAL_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
"""A percent sign that encodes nothing."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_HOST = re.compile(r"(?:[^\s/?#@\\]*@)?(?:[^\W_](?:[\w.-]*[^\W_])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")


def encode_url(url: str, safe: str = "") -> str:
    """Percent-encode what RFC 3986 allows in no URL, except for the characters `safe`; what is encoded stays as it is.

    Raises UnicodeError for a host that is no internationalized domain name.
    """
    origin = match[0] if (match := re.match("[A-Za-z]+://[^/?#]*", url)) else ""
    rest = quote(LITERAL_PERCENT.sub("%25", url[len(origin) :]), "%/?#@:!$&'()*+,;=~[]" + safe)
    scheme, separator, host = origin.rpartition("//")
    return scheme + separator + (host if host.isascii() else host.encode("idna").decode()) + rest


def is_web_url(text: str) -> bool:
    """Return whether `text` is an absolute http or https URL with a host, on one line."""
    match = re.match(r"(?i)https?://([^/?#]*)", text)
    return bool(match and _HOST.fullmatch(match[1]) and not _CONTROL.search(text))


def is_valid_name(text: str) -> bool:
    """Return whether each part of a URL path, decoded, can be the name of a file."""
    return all(len(part.encode("utf-8", "replace")) <= MAX_NAME_BYTES for part in text.split("/"))


def parse_web_url(text: str) -> str:
    """Return an absolute web URL, percent-encoded; raises InvalidValue for anything else."""
    try:
        if is_web_url(text):
            return encode_url(text)
    except UnicodeError:  # the host is no internationalized domain name
        pass
    raise InvalidValue(f"`{shorten(text)}` is not a URL", "write the full URL: https://example.org/page")


WebUrl = Annotated[str, AfterValidator(parse_web_url)]
"""An absolute URL, http or https, percent-encoded."""


def parse_link(text: str) -> str:
    """Return a link, percent-encoded; raises InvalidValue for what LinkUrl does not allow."""
    if _CONTROL.search(text):
        raise InvalidValue(f"`{shorten(text)}` is not a link", "write it on one line")
    if text.lower().startswith(("mailto:", "tel:")) or (text[:1] in "/#" and text[:2] != "//"):
        return encode_url(text)
    if not is_web_url(text):
        raise InvalidValue(f"`{shorten(text)}` is not a link", "write /page/ for this site, or https://example.org/")
    return parse_web_url(text)


LinkUrl = Annotated[str, AfterValidator(parse_link)]
"""A link: a path on this site, a web URL, or one that opens a mail program or a telephone."""


def _parse_slug(value: str) -> str:
    if not re.fullmatch(r"[^\W_]+(?:[-_.][^\W_]+)*", value) or value != value.lower():
        suggestion = re.sub(r"[\W_]+", "-", value.lower()).strip("-") or "a-new-post"
        hint = f"write slug: {suggestion}, and list the old URL in `aliases` if it was published"
        raise InvalidValue(f"`{shorten(value)}` is not a valid slug", hint)
    return value


def check_name(value: str) -> str:
    """Return `value`; raises InvalidValue if it is too long to be a part of a URL."""
    if not is_valid_name(value):
        raise InvalidValue(
            f"`{shorten(value)}` is longer than {MAX_NAME_BYTES} bytes", "shorten it: it becomes the name of a folder"
        )
    return value


Slug = Annotated[str, AfterValidator(_parse_slug), AfterValidator(check_name)]
"""The last part of a URL."""

Name = Annotated[str, AfterValidator(check_name)]
"""A name with a page of its own, such as a tag."""


def _is_site_path(path: str) -> bool:
    decoded = unquote(path)
    parts = decoded.split("/")
    return path.startswith("/") and not path.startswith("//") and ".." not in parts and "\\" not in decoded


def _has_short_names(path: str) -> bool:
    return is_valid_name(unquote(path)) and len(path) <= 2_000  # noqa: PLR2004 - what browsers and servers accept


def _is_printable(path: str) -> bool:
    return not _CONTROL.search(unquote(path))


SitePath = Annotated[
    str,
    require(_is_site_path, "a path on this site", "start it with a slash: /old/post/"),
    require(_is_printable, "a URL path", "remove its line breaks and control characters, encoded ones too"),
    require(_has_short_names, "a URL path that can be a file", f"shorten its parts to {MAX_NAME_BYTES} bytes"),
]
"""The path of a URL on this site."""

"""The addresses in a WordPress body: made absolute, without WordPress's sizes, and rewritten for the new site."""

import re
from collections.abc import Callable, Sequence
from urllib.parse import parse_qsl, quote, unquote, urljoin, urlsplit

_SIZE_KEYS = frozenset("w h resize fit crop quality ssl strip zoom lb ulb is-pending-load".split())
"""WordPress.com's query for a picture in another size."""

_PHOTON = re.compile(r"(?i)^https?://i\d\.wp\.com/([^/]+\.[^/]+/.*)$")
_SCHEME = re.compile(r"(?i)[a-z][a-z0-9+.-]*:")
_UNSAFE = re.compile(r"[\x00-\x20\"<>\\^`{|}\x7f-\xa0\u2028\u2029\ufdd0-\ufdef]")
_SOURCE_LINK = re.compile(r"[{|](?:filename|static|attach|author|category|tag|index)[|}]", re.IGNORECASE)
_SIZED = re.compile(r"-\d{2,5}x\d{2,5}$|-scaled$")
PICTURE = re.compile(r"(?i)\.(?:jpe?g|png|gif|webp|avif|bmp|svg|tiff?|heic)$")


class Addresses:
    """Turns addresses as WordPress wrote them into those to write; `seen` are those of files and pages, in order."""

    def __init__(self, base_urls: Sequence[str], rewrite: Callable[[str], str] | None) -> None:
        self._bases = [url.rstrip("/") for url in base_urls if url]
        self._hosts = {_get_host(url) for url in self._bases} - {""}
        self._rewrite = rewrite or (lambda url: url)
        self.seen: dict[str, None] = {}

    def make_absolute(self, url: str) -> str:
        """Return an address with its host, percent-encoded where it must be; "" for one that leads nowhere safe."""
        url = _UNSAFE.sub(lambda match: quote(match[0]), url.strip())
        if _SOURCE_LINK.search(unquote(url)):
            return ""
        if url.startswith("//"):
            return f"https:{url}"
        if url.lower().startswith("www."):
            return f"http://{url}"
        if _SCHEME.match(url):
            is_safe = url.lower().startswith(("http://", "https://", "mailto:", "tel:"))
            return url if is_safe and _is_parsable(url) else ""
        if url.startswith("#") or not self._bases:
            return url
        return urljoin(f"{self._bases[0]}/", url) if _is_parsable(url) else ""

    def convert_link(self, url: str) -> str:
        """Return what to write for the target of a link; "" for none."""
        absolute = self.make_absolute(url)
        if not absolute.lower().startswith("http"):
            return absolute
        if PICTURE.search(urlsplit(absolute).path):
            absolute = drop_size(absolute)
        new = self._convert(absolute)
        if new != absolute or _get_host(absolute) not in self._hosts:
            return new
        parts = urlsplit(absolute)
        rest = f"?{parts.query}" if parts.query else ""
        return (parts.path or "/") + rest + (f"#{parts.fragment}" if parts.fragment else "")

    def convert_image(self, url: str) -> str:
        """Return what to write for the address of a picture; "" for none."""
        absolute = self.make_absolute(url)
        return self._convert(drop_size(absolute)) if absolute.lower().startswith("http") else absolute

    def _convert(self, url: str) -> str:
        self.seen[url] = None
        new = self._rewrite(url)
        return new if new == url else re.sub(r"[\s\"<>`\\]", lambda match: quote(match[0]), new)


def drop_size(url: str) -> str:
    """Return the address of a picture in its full size."""
    if match := _PHOTON.match(url):
        url = f"https://{match[1]}"
    parts = urlsplit(url)
    if parts.query and {key for key, _ in parse_qsl(parts.query, keep_blank_values=True)} <= _SIZE_KEYS:
        return url.partition("?")[0]
    return url


def is_same_picture(one: str, other: str) -> bool:
    """Return whether two addresses are of one picture in different sizes."""
    name = get_picture_name(one)
    return bool(name) and name == get_picture_name(other)


def get_picture_name(url: str) -> str:
    """Return the name of a picture's file without the size and the suffix; "" for other files."""
    name = url.partition("?")[0].partition("#")[0].rpartition("/")[2]
    return _SIZED.sub("", PICTURE.sub("", name)).lower() if PICTURE.search(name) else ""


def _get_host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _is_parsable(url: str) -> bool:
    try:
        urlsplit(url)
    except ValueError:
        return False
    return True

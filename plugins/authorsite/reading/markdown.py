"""A body from Markdown to HTML; pure, and the same in every process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from typing import Any
from xml.etree import ElementTree as ET

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.smarty import SmartyExtension, substitutions
from markdown.treeprocessors import Treeprocessor
from pelican_incremental.quick_markdown import quicken

from ..markup import excerpt, plain, without
from .bibliography import Reference
from .limits import TooLong, bound
from .links import Lines
from .references import Found, References

_CONFIGS = {
    "codehilite": {"guess_lang": False, "css_class": "highlight"},
    "toc": {"permalink": False, "toc_depth": "2-4"},
}
_MORE = re.compile(r"<!--\s*more\s*-->")
_ALIGNED = re.compile(r"text-align: (left|right|center);")


@dataclass(frozen=True, slots=True)
class Converted:
    """A body as HTML, its table of contents ("" without headings), its references, and what is wrong with it."""

    html: str
    toc: str
    references: tuple[Reference, ...] = ()
    found: tuple[Found, ...] = ()


class _AlignedCells(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        # After attribute lists (8), which may give a cell a class of the author's own.
        md.treeprocessors.register(_Aligner(md), "aligned-cells", 5)


class _Aligner(Treeprocessor):
    """Aligns cells by class: pages carry no inline style, since their Content-Security-Policy forbids it."""

    def run(self, root: ET.Element) -> None:
        for cell in root.iter():
            found = _ALIGNED.fullmatch(cell.get("style", "")) if cell.tag in {"td", "th"} else None
            if found:
                del cell.attrib["style"]
                cell.set("class", f"{cell.get('class', '')} align-{found[1]}".strip())


class Converter:
    """Converts bodies one after another with one Markdown object, reset between them."""

    def __init__(self) -> None:
        self._references = References()

    @cached_property
    def _markdown(self) -> Markdown:
        # Made when it is needed: Pelican makes dozens of readers for every build, and uses one.
        extensions: list[Any] = ["extra", "sane_lists", "smarty", "toc", "codehilite"]
        extensions += [_AlignedCells(), self._references]
        return bound(quicken(Markdown(extensions=extensions, extension_configs=_CONFIGS, output_format="html")))

    @cached_property
    def _footnotes(self) -> FootnoteExtension:
        extras: list[Any] = self._markdown.registeredExtensions
        footnotes: FootnoteExtension = next(e for e in extras if isinstance(e, FootnoteExtension))
        # "extra" brings footnotes along without their configuration.
        footnotes.setConfig("BACKLINK_TEXT", "↩")
        return footnotes

    def convert(self, body: str, prefix: str = "") -> Converted:
        """Return `body` as HTML; ids of footnotes and references begin with `prefix` (a slug)."""
        self._markdown.reset()
        # The extension's own unique ids count posts; a slug is as unique, and the same in every build.
        self._footnotes.setConfig("SEPARATOR", f":{prefix}-" if prefix else ":")
        self._references.begin(prefix or "post", body)
        try:
            html = self._markdown.convert(body)
        except TooLong as error:
            said = Found(Lines(body).of(error.begin), "markdown", "this goes on for too long", error.hint)
            return Converted("", "", found=(said,))
        except RecursionError:
            said = Found(0, "markdown", "quotes or lists are nested too deeply", "write it flatter")
            return Converted("", "", found=(said,))
        except Exception as error:  # noqa: BLE001 - whatever an extension raises, the author learns of the file
            said = Found(0, "markdown", f"cannot be read as Markdown ({type(error).__name__})", "write it simpler")
            return Converted("", "", found=(said,))
        toc = getattr(self._markdown, "toc", "")
        toc = toc[toc.find("<ul>") : toc.rfind("</ul>") + 5] if getattr(self._markdown, "toc_tokens", []) else ""
        return Converted(html, toc, tuple(self._references.entries), tuple(self._references.found))


_PLAIN = Markdown(extensions=[SmartyExtension(substitutions={key: unescape(c) for key, c in substitutions.items()})])


def typographic(text: str) -> str:
    """Return plain text with its quotes, dashes and dots as they become in a body."""
    root = ET.Element("div")
    line = ET.SubElement(root, "p")
    line.text = text
    _PLAIN.reset().treeprocessors["smarty"].run(root)
    return _PLAIN.postprocessors["raw_html"].run(line.text or "")


def _paragraphs(html: str) -> Iterator[str]:
    """Give what stands between `<p>` and the next `</p>`; a search that fails once is not tried again."""
    end = 0
    while (start := html.find("<p>", end)) >= 0 and (close := html.find("</p>", start)) >= 0:
        yield html[start + 3 : close]
        end = close + 4


def summary_of(html: str) -> str:
    """Return what stands before a `<!-- more -->` mark, else the first paragraph; links and citations become text."""
    found = _MORE.search(html)
    if found:
        part = excerpt(html[: found.start()], 10**9).html
    else:
        part = next((f"<p>{p}</p>" for p in _paragraphs(html) if plain(p)), "")
    bare = without(
        part,
        lambda t: (
            t.attributes.get("class") in {"citations", "footnote"} or (t.name == "sup" and bool(t.attributes.get("id")))
        ),
        lambda t: t.name == "a",
    )
    # Each run of spaces is tried once, from its beginning.
    bare = re.sub(r"(?:(?<!\s)\s+)?\(\s*(?:,[^()]*)?\)", "", bare)
    return re.sub(r"(?<!\s)\s+([.,;:!?])", r"\1", bare).strip()

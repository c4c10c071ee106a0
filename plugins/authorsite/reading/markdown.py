"""Markdown to HTML, summaries and smart punctuation; pure, and the same in every process."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import escape, unescape
from typing import Any
from xml.etree import ElementTree as ET

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.smarty import SmartyExtension
from markdown.treeprocessors import Treeprocessor
from pelican_incremental.quick_markdown import optimize

from ..i18n import ENGLISH, Translator
from ..markup import remove_elements, text_content, tokenize, truncate_html
from ..strict_model import MAX_TEXT
from ..validation import LineFinder
from .autolinks import AutolinkExtension
from .bibliography import Reference
from .body_checks import FootnoteCheckExtension, find_body_issues
from .limits import TooComplex, apply_limits
from .markdown_fixes import FixesExtension, make_heading_id
from .quotation_marks import SUBSTITUTIONS, localize_quotes
from .references import BodyIssue, CitationExtension

_CONFIGS: dict[str, dict[str, Any]] = {
    "codehilite": {"guess_lang": False, "css_class": "highlight"},
    "smarty": {"substitutions": SUBSTITUTIONS},
    "toc": {"permalink": False, "toc_depth": "2-4", "slugify": make_heading_id},
}
_MORE_MARK = re.compile(r"<!--\s*more\s*-->")
_OPENING_BLOCK = re.compile(r"\s*(?P<tag><(?P<name>p|ul|ol|dl|(?P<heading>h[1-6]))(?:\s[^>]*)?>)")
_MAX_WORDS = 55
"""Words of a summary that is made from the body: as many as in an excerpt of WordPress."""

_REMOVED = "\ufdd0"
# The lookbehinds keep this linear: each run of spaces is matched once, from its start.
_REMOVED_TEXT = re.compile(rf"(?:(?<!\s)\s+)?(?:\({_REMOVED}[^()<>]*\)|{_REMOVED})")
_TEXT_ALIGN = re.compile(r"text-align: (left|right|center);")


@dataclass(frozen=True, slots=True)
class RenderedBody:
    """A body as HTML, its table of contents ("" without headings), its references, and its issues."""

    html: str
    toc: str
    references: tuple[Reference, ...] = ()
    issues: tuple[BodyIssue, ...] = ()


class _CellAlignmentExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        # After attribute lists (8), which may set a cell's class.
        md.treeprocessors.register(_CellAligner(md), "aligned-cells", 5)


class _CellAligner(Treeprocessor):
    """Aligns table cells by class, because the Content-Security-Policy forbids inline styles."""

    def run(self, root: ET.Element) -> None:
        for cell in root.iter():
            match = _TEXT_ALIGN.fullmatch(cell.get("style", "")) if cell.tag in {"td", "th"} else None
            if match:
                del cell.attrib["style"]
                cell.set("class", f"{cell.get('class', '')} align-{match[1]}".strip())


class MarkdownRenderer:
    """Renders one body after another with the same Markdown object, reset before each.

    `translate` is for what readers see of references and footnotes beside their text, in the text's own language if
    there is a catalogue for it.
    """

    def __init__(self, translate: Translator = ENGLISH) -> None:
        self._translate = translate
        self._citations = CitationExtension(translate)
        self._footnote_checks = FootnoteCheckExtension()

    @cached_property
    def _markdown(self) -> Markdown:
        # Created on first use: Pelican creates dozens of readers per build, and uses one.
        extensions: list[Any] = ["extra", "sane_lists", "smarty", "toc", "codehilite"]
        extensions += [FixesExtension(), _CellAlignmentExtension(), AutolinkExtension()]
        extensions += [self._citations, self._footnote_checks]
        return apply_limits(optimize(Markdown(extensions=extensions, extension_configs=_CONFIGS, output_format="html")))

    @cached_property
    def _footnotes(self) -> FootnoteExtension:
        extensions: list[Any] = self._markdown.registeredExtensions
        footnotes: FootnoteExtension = next(e for e in extensions if isinstance(e, FootnoteExtension))
        # "extra" loads footnotes without a configuration.
        footnotes.setConfig("BACKLINK_TEXT", "↩")
        return footnotes

    def render(self, body: str, prefix: str = "", language: str = "") -> RenderedBody:
        """Return `body`, in `language` (default: the site's), as HTML; ids of notes start with `prefix` (a slug).

        A body that cannot be rendered gives empty HTML and one issue of the kind "markdown".
        """
        self._markdown.reset()
        # The extension's own unique ids count posts; a slug is unique too, and the same in every build.
        self._footnotes.setConfig("SEPARATOR", f":{prefix}-" if prefix else ":")
        self._citations.prepare(prefix or "post", body, language)
        translate = self._citations.translate
        back_title = translate("Jump back to footnote %(number)s in the text", number="{}")
        self._footnotes.setConfig("BACKLINK_TITLE", back_title)
        self._footnote_checks.prepare(body)
        try:
            html = self._markdown.convert(body)
        except TooComplex as error:
            line = LineFinder(body).find_line(error.snippet)
            issue = BodyIssue(line, "markdown", "this block is too long or too complex", error.hint)
        except RecursionError:
            issue = BodyIssue(0, "markdown", "quotes or lists are nested too deeply", "use fewer levels")
        except Exception as error:  # noqa: BLE001 - whatever an extension raises, the author learns of the file
            message = f"the Markdown cannot be converted ({type(error).__name__})"
            issue = BodyIssue(0, "markdown", message, "simplify it")
        else:
            toc = getattr(self._markdown, "toc", "")
            toc = toc[toc.find("<ul>") : toc.rfind("</ul>") + 5] if getattr(self._markdown, "toc_tokens", []) else ""
            language = language or self._translate.language
            html = _wrap_tables(localize_quotes(html, language), translate("Table"))
            toc = localize_quotes(toc, language)
            issues = [*self._citations.issues, *self._footnote_checks.issues, *find_body_issues(body)]
            return RenderedBody(html, toc, tuple(self._citations.entries), tuple(issues))
        return RenderedBody("", "", issues=(issue,))


def _wrap_tables(html: str, label: str) -> str:
    """Put each table of `html` into a box, named `label`, that scrolls and can be reached with the keyboard."""
    if "<table" not in html:
        return html
    parts, depth = [], 0
    for token in tokenize(html):
        if token.name == "table" and token.kind == "start":
            box = f'<div class="table-box" role="group" aria-label="{escape(label)}" tabindex="0">'
            parts.append("" if depth else box)
            depth += 1
        parts.append(token.raw)
        if token.name == "table" and token.kind == "end" and depth:
            depth -= 1
            parts.append("" if depth else "</div>")
    return html if depth else "".join(parts)


_SMART = re.compile(r"['\"]|--|\.\.\.")
"""What smart punctuation replaces, with its default options."""

_SMARTY = Markdown(extensions=[SmartyExtension(substitutions={key: unescape(c) for key, c in SUBSTITUTIONS.items()})])


def smarten_punctuation(text: str, language: str = "en") -> str:
    """Return plain text with the curly quotes of `language`, dashes and ellipses, as in a rendered body.

    A text that is too long for a StrictModel stays as it is.
    """
    if len(text) > MAX_TEXT or not _SMART.search(text):
        return text
    root = ET.Element("div")
    paragraph = ET.SubElement(root, "p")
    paragraph.text = text
    _SMARTY.reset().treeprocessors["smarty"].run(root)
    return localize_quotes(_SMARTY.postprocessors["raw_html"].run(paragraph.text or ""), language, as_entities=False)


def _iter_blocks(html: str) -> Iterator[str]:
    """Yield the paragraphs and lists that `html` begins with, then all other paragraphs; in linear time."""
    end = 0
    while match := _OPENING_BLOCK.match(html, end):
        end = _find_end(html, match)
        if not match["heading"]:
            yield html[match.start("tag") : end]
    while (start := html.find("<p>", end)) >= 0 and (close := html.find("</p>", start)) >= 0:
        end = close + 4
        yield html[start:end]


def _find_end(html: str, start: re.Match[str]) -> int:
    """Return the end of the element that begins with the tag `start`; of all `html` if it is not closed."""
    depth, name = 0, start["name"]
    for tag in re.compile(rf"<(/?){name}\b[^>]*>").finditer(html, start.start("tag")):
        depth += -1 if tag[1] else 1
        if not depth:
            return tag.end()
    return len(html)


def make_summary(html: str) -> str:
    """Return the HTML before `<!-- more -->`, else the first paragraph, or the list that comes before it.

    At most 55 words of it, with an ellipsis where it is cut. Citations, footnotes and links are left out, with the
    space before them and the brackets around them.
    """
    more_mark = _MORE_MARK.search(html)
    if more_mark:
        summary = truncate_html(html[: more_mark.start()], 10**9).html
    else:
        summary = next((block for block in _iter_blocks(html) if text_content(block)), "")
    summary = remove_elements(
        summary,
        lambda t: (
            t.attributes.get("class") in {"citations", "footnote"} or (t.name == "sup" and bool(t.attributes.get("id")))
        ),
        lambda t: t.name == "a",
        mark=_REMOVED,
    )
    excerpt = truncate_html(_REMOVED_TEXT.sub("", summary).strip(), _MAX_WORDS)
    return _insert_ellipsis(excerpt.html) if excerpt.remaining_words else excerpt.html


def _insert_ellipsis(html: str) -> str:
    """Put an ellipsis before the end tags that close `html`, in place of a comma or dash."""
    end = len(html)
    while html.endswith(">", 0, end) and html.startswith("</", start := html.rfind("<", 0, end)):
        end = start
    return html[:end].rstrip(" \n,:–—-") + "…" + html[end:]

"""The parts of a Markdown text: text, escaped where our reader would take it for something else; marks; blocks."""

import re
from collections.abc import Sequence

from ..reading.autolinks import URL_PATTERN, trim_url
from .shortcodes import BRACKET

HARD_BREAK = "\ufdd5"
"""In the place of a `<br>` until the paragraph is finished."""

SEPARATOR = "<!-- -->"
"""Keeps two lists apart."""

_MERGING = frozenset(("ul", "ol", "dl", "blockquote"))

_HELD_SPACE = "\ufdd4"
_SPACE = re.compile(r"[ \t\r\f]*\n[ \t\r\n\f]*|[ \t\r\f]{2,}|[\t\r\f]")
_KEPT_SPACE = re.compile(r"(?<=[\d«])\xa0(?=\w)|(?<=\w)\xa0(?=[:;!?»%\d])")
"""Where a no-break space means something; WordPress's editor leaves others in many places."""

_BACKSLASH = re.compile(r"\\(?=[\\`*_{}\[\]()>#+\-.!|\"']|$)")
_UNDERSCORE = re.compile(r"(?<!\w)_|_(?!\w)")
_ENTITY = re.compile(r"&(?=#?\w+;|$)")
_TAG_START = re.compile(r"<(?=[A-Za-z/!?]|$)")
_CITATION = re.compile(r"\[(?=\d{1,3}[\d\s,–-]*\])")
_LINE_START = re.compile(
    r"(?:(?P<escape>#|>|[+-](?=\s|$)|-(?=[- ]*$)|\[(?=[^\[\]\n]*\]:)|\|)"
    r"|(?P<number>\d+)(?=[.)](?:\s|$))|(?P<entity>:(?=\s)|=(?==*\s*$)|~(?=~~)))"
)
_SOFT_BREAKS = re.compile(r" *\n[ \n]*")
_HARD_BREAKS = re.compile(rf"[ \n]*{HARD_BREAK}[ \n{HARD_BREAK}]*")


def escape_text(text: str, *, escape_citations: bool = False) -> str:
    """Return text within a paragraph as Markdown; line breaks in it stay, other white space becomes one space.

    If `escape_citations`, numbers in brackets are no references.
    """
    if "\xa0" in text:
        text = _KEPT_SPACE.sub(_HELD_SPACE, text).replace("\xa0", " ")
    if "\n" in text or "  " in text or "\t" in text or "\r" in text or "\f" in text:
        text = _SPACE.sub(lambda match: "\n" if "\n" in match[0] else " ", text)
    if "\\" in text:
        text = _BACKSLASH.sub(r"\\\\", text)
    for character in "`*{":
        text = text.replace(character, f"\\{character}")
    if "_" in text:
        text = _UNDERSCORE.sub(r"\\_", text)
    if "&" in text:
        text = _ENTITY.sub("&amp;", text)
    if "<" in text:
        text = _TAG_START.sub("&lt;", text)
    if "[" in text or "]" in text:
        text = text.replace("[^", r"\[^").replace("[TOC]", r"\[TOC]").replace("](", r"]\(")
        if escape_citations:
            text = _CITATION.sub(r"\\[", text)
    return text.replace(BRACKET, r"\[").replace(_HELD_SPACE, "&nbsp;")


def finish_paragraph(text: str) -> str:
    """Return the text of a paragraph, with its line breaks, and escapes where a line looks like another block."""
    text = text.strip(f" \n{HARD_BREAK}")
    if "\n" in text:
        text = _SOFT_BREAKS.sub("\n", text)
    if HARD_BREAK in text:
        text = _HARD_BREAKS.sub("  \n", text)
    return "\n".join(_escape_line_start(line) for line in text.split("\n"))


def _escape_line_start(line: str) -> str:
    match = _LINE_START.match(line)
    if match is None:
        return line
    start = f"&#{ord(match[0])};" if match["entity"] else f"{match[0]}\\" if match["number"] else f"\\{match[0]}"
    return start + line[match.end() :]


def quote_code(text: str) -> str:
    """Return text without line breaks as code."""
    text = text.replace(BRACKET, "[").strip()
    ticks = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{space}{text}{space}{ticks}"


def quote_title(text: str) -> str:
    """Return the title of a link or an image in quotation marks; quotes in it become curly ones."""
    text = " ".join(text.split()).replace(BRACKET, "[")
    text = re.sub(r'(^|[\s(\[])"', "\\1“", text).replace('"', "”")
    return '"{}"'.format(re.sub(r"([\\`])", r"\\\1", text))


def quote_url(url: str) -> str:
    """Return the address of a link, in angle brackets if it has round ones."""
    return f"<{url}>" if re.search(r"[()]", url) else url


def indent(text: str, first: str, rest: str = "    ") -> str:
    """Return text with `first` before its first line and `rest` before all other lines that are not empty."""
    lines = text.split("\n")
    return "\n".join([first + lines[0], *(rest + line if line else "" for line in lines[1:])])


def surround(inner: str, start: str, end: str) -> str:
    """Return text between two marks, its space outside of them."""
    space = f" \n{HARD_BREAK}"
    core = inner.strip(space)
    if not core:
        return inner
    lead = inner[: len(inner) - len(inner.lstrip(space))]
    return f"{lead}{start}{core}{end}{inner[len(lead) + len(core) :]}"


def write_url(url: str, before: str, after: str) -> str:
    """Return a URL as it is if our reader makes a link of it, else in angle brackets."""
    match = URL_PATTERN.match(url + after)
    is_found = bool(match and trim_url(match[0]) == url) and not re.match(r"[\w/]", before)
    return url if is_found and not re.search(r"[\[\]\\`]", url) else f"<{url}>"


def join_blocks(blocks: Sequence[tuple[str, str]]) -> str:
    """Return blocks, each with its tag ("" for HTML), as one text."""
    return "\n\n".join(text for _, text in separate_blocks(blocks))


def separate_blocks(blocks: Sequence[tuple[str, str]], *, everywhere: bool = False) -> list[tuple[str, str]]:
    """Return blocks with a comment between two of one kind that would become one; between all if `everywhere`."""
    out: list[tuple[str, str]] = []
    for tag, text in blocks:
        if out and (everywhere or (tag in _MERGING and out[-1][0] == tag)):
            out.append(("", SEPARATOR))
        out.append((tag, text))
    return out

"""Front matter: YAML between `---` lines, or Pelican's `Key: value` headers, with the line of every value.

Plain scalars stay text: `no`, `2019-02-30` and `1.10` mean what the author wrote, and the schema decides on types.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import yaml

from ..validation import Place

Report = Callable[[int, str, str], None]
"""Called with line, message and hint for each fault."""

_FENCE = re.compile(r"^---[ \t]*$")
_HEADER = re.compile(r"^(?P<key>[A-Za-z][A-Za-z0-9_-]*)[ \t]*:[ \t]*(?P<value>.*)$")
_HASHTAG = re.compile(r" *(#\w+)")
_LISTS = {"tags", "author", "authors"}
_NULLS = {"", "~", "null", "Null", "NULL"}
# Characters that YAML, HTML and XML all forbid.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")

_SHORT = 4_000
_UNUSUAL = re.compile(
    r"---|\.\.\.|(?<!\w)[?!]|\[[^\]]*[?\[]|[&*#%@`|>{}\x00-\x09\x0b-\x1f\x7f-\xa0\u2028\u2029\ufeff\ud800-\udfff]"
)
"""Aliases, anchors, types, comments and whatever else is read with care; ? and ! that end a word mean nothing in YAML,
but for ? in a list."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A file's metadata as plain dicts, lists and texts, the line of each value, and the body with its first line."""

    data: dict[str, Any]
    lines: dict[Place, int]
    body: str
    body_line: int
    old_style: bool = False


def decode(raw: bytes, report: Report) -> str | None:
    """Return the text of a file: UTF-8 with or without BOM, any line ends; None after a report when it is not UTF-8.

    Characters that no page or feed may hold are removed and reported, once a line.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        report(raw.count(b"\n", 0, error.start) + 1, "not UTF-8 text", "save the file with the encoding UTF-8")
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not _FORBIDDEN.search(text):
        return text
    for number, line in enumerate(text.split("\n"), 1):
        if found := _FORBIDDEN.search(line):
            report(number, f"control character U+{ord(found[0]):04X}", "remove it")
    return _FORBIDDEN.sub("", text)


def parse(text: str, report: Report) -> FrontMatter | None:
    """Split `text` into metadata and body; None after a report when there is no readable metadata."""
    lines = text.split("\n")
    if not text.strip():
        report(0, "the file is empty", "write front matter between `---` lines, then the text")
        return None
    if _FENCE.match(lines[0]):
        return _parse_yaml(lines, report)
    if _HEADER.match(lines[0]):
        return _parse_headers(lines, report)
    report(1, "no front matter", "begin the file with a line `---`, then `title: …`, then a line `---`")
    return None


def _parse_yaml(lines: list[str], report: Report) -> FrontMatter | None:
    end = next((n for n, line in enumerate(lines[1:], 1) if _FENCE.match(line)), None)
    if end is None:
        report(1, "the front matter is not closed", "end it with a line `---`")
        return None
    tab = next((n for n, line in enumerate(lines[1:end], 1) if re.match(r"[ ]*\t", line)), None)
    if tab is not None:
        report(tab + 1, "a tab indents this line", "YAML wants spaces")
        return None
    try:
        node = _composed("\n".join(lines[1:end]))
    except yaml.MarkedYAMLError as error:
        report(*_yaml_fault(lines, error))
        return None
    except yaml.YAMLError as error:
        report(2, f"cannot be read as YAML: {error}", "take out the strange character")
        return None
    except RecursionError:
        report(1, "the front matter is nested too deeply", "write it flatter")
        return None
    builder = _Builder(report)
    data = builder.build(node, ()) if node else {}
    if not isinstance(data, dict):
        report(2, "the front matter is not a list of `key: value` lines", "write `title: …`")
        return None
    return None if builder.faulty else FrontMatter(data, builder.lines, "\n".join(lines[end + 1 :]), end + 2)


def _composed(text: str) -> Any:
    """Compose by libyaml what it does as PyYAML does, in a tenth of the time; PyYAML has the last word on the rest."""
    if yaml.__with_libyaml__ and len(text) < _SHORT and not _UNUSUAL.search(text):
        with suppress(yaml.YAMLError):
            return yaml.compose(text, Loader=yaml.CSafeLoader)
    return yaml.compose(text, Loader=_Loader)


class _Loader(yaml.SafeLoader):
    """YAML without aliases, a few lines of which can expand to gigabytes, and without what would vanish in silence."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]  # PyYAML's own
        # An alias event has an anchor, its name, and no tag at all.
        named, typed = event.anchor, getattr(event, "tag", "alias")
        if named or typed:
            what = "an alias (`*name`)" if typed == "alias" else "an anchor (`&name`)" if named else "a type (`!name`)"
            raise yaml.composer.ComposerError(None, None, what, event.start_mark)
        return super().compose_node(parent, index)

    def scan_to_next_token(self) -> None:
        """Pass over spaces and comments, but refuse `#1` or `#hashtag` behind a value: YAML would leave it out."""
        place: Any = self.get_mark()
        found = _HASHTAG.match(place.buffer, place.pointer)
        if found and place.buffer[place.pointer - place.column : place.pointer].strip():
            raise yaml.scanner.ScannerError(None, None, f"`{found[1]}` would count as a comment", place)
        super().scan_to_next_token()


def _yaml_fault(lines: list[str], error: yaml.MarkedYAMLError) -> tuple[int, str, str]:
    """Return line, message and hint; brackets and quotes that go wrong are told where they open."""
    opened = re.search("flow|quoted", error.context or "")
    mark = error.context_mark if opened else error.problem_mark or error.context_mark
    number = mark.line + 1 if mark else 1
    return number + 1, f"cannot be read as YAML: {error.problem}", _yaml_hint(lines[number])


def _yaml_hint(line: str) -> str:
    key, _, value = (part.strip() for part in line.partition(":"))
    if not value or not key:
        return "each line is `key: value`, and lines that belong together are indented alike"
    if value[0] in "\"'":
        return "end the value with the quote it begins with, and use the other kind inside"
    if value[0] in "[{" and value.count("[") + value.count("{") > value.count("]") + value.count("}"):
        return "close the bracket; put what holds a comma or a colon in quotes"
    if value[0] in "[{" and value[-1] in "]}":
        return "put what holds `?`, `:`, `#` or a comma in quotes within the brackets"
    quoted = f'"{value}"' if '"' not in value else "'" + value.replace("'", "''") + "'"
    return f"put the value in quotes: {key}: {quoted}"


class _Builder:
    """Plain data from YAML nodes, remembering lines and refusing a key written twice."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.lines: dict[Place, int] = {}
        self.faulty = False

    def build(self, node: yaml.Node, place: Place) -> Any:
        # +2: marks count from 0, and the opening fence is line 1.
        self.lines.setdefault(place, node.start_mark.line + 2)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*place, n)) for n, item in enumerate(node.value)]
        plain = not node.style  # type: ignore[attr-defined]  # scalars carry their style
        return None if plain and node.value in _NULLS else node.value

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 2
            if not isinstance(key_node, yaml.ScalarNode):
                self.report(line, "a list or a map cannot be a key", "write `key: value`")
                self.faulty = True
                continue
            if key in data:
                first = self.lines[(*place, key)]
                self.report(line, f"`{key}` stands twice", f"keep this line or line {first}")
                self.faulty = True
                continue
            self.lines[(*place, key)] = line
            data[key] = self.build(value_node, (*place, key))
        return data


def _parse_headers(lines: list[str], report: Report) -> FrontMatter:
    """Read Pelican's own headers: `Key: value` lines up to the first empty one; an indented line goes on."""
    values: dict[str, list[str]] = {}
    places: dict[Place, int] = {}
    body, key = len(lines), ""
    for number, line in enumerate(lines):
        if found := _HEADER.match(line):
            key = found["key"].lower()
            first = places.setdefault((key,), number + 1)
            if key in values and key not in _LISTS:
                report(number + 1, f"`{key}` stands twice", f"keep this line or line {first}")
            values.setdefault(key, []).append(found["value"].strip())
        elif key and line[:1] in (" ", "\t") and line.strip():
            values[key][-1] += f" {line.strip()}"
        else:
            body = number if line.strip() else number + 1
            break
    data = {key: ", ".join(parts) for key, parts in values.items()}
    return FrontMatter(data, places, "\n".join(lines[body:]), body + 1, old_style=True)

"""Front matter parsing: YAML between `---` lines, or Pelican's `Key: value` headers, with the line of every value.

Plain scalars such as `no`, `2019-02-30` and `1.10` stay strings; the schema decides on types.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import yaml

from ..strict_model import CONTROL_CHARACTER
from ..validation import Loc

IssueCallback = Callable[[int, str, str], None]
"""Called with line, message and hint for each problem."""

_FENCE = re.compile(r"^---[ \t]*$")
_HEADER = re.compile(r"^(?P<key>[A-Za-z][A-Za-z0-9_-]*)[ \t]*:[ \t]*(?P<value>.*)$")
_YAML_LINE = re.compile(rf"{_HEADER.pattern}|[ \t]+\S|- ")
_HASHTAG = re.compile(r" *(#\w+)")
_LIST_HEADERS = {"tags", "author", "authors"}
_NULLS = {"", "~", "null", "Null", "NULL"}

_MAX_LIBYAML = 4_000
_NESTED_YAML = re.compile(r"^[ \t-]|[\[{]", re.MULTILINE)
"""What libyaml, which is recursive, may read a long text of."""

_UNCOMMON_YAML = re.compile(
    r"---|\.\.\.|(?<!\w)[?!]|\[[^\]]*[?\[]|[&*#%@`|>{}\x00-\x09\x0b-\x1f\x7f-\xa0\u2028\u2029\ufeff\ud800-\udfff]"
)
"""Aliases, anchors, tags, comments and whatever else libyaml and PyYAML may read differently; ? and ! at the end of a
word are plain text in YAML, except for ? in a flow sequence."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A file's metadata as dicts, lists and strings, the line of each value, and the body with its first line."""

    data: dict[str, Any]
    lines: dict[Loc, int]
    body: str
    body_line: int
    pelican_headers: bool = False


def decode(raw: bytes, report: IssueCallback) -> str | None:
    """Decode UTF-8 with or without BOM and normalize line ends; None after a report when it is not UTF-8.

    Control characters, which no page or feed may contain, are removed and reported, one per line.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        report(raw.count(b"\n", 0, error.start) + 1, "the file is not UTF-8 text", "save it with the encoding UTF-8")
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not CONTROL_CHARACTER.search(text):
        return text
    for number, line in enumerate(text.split("\n"), 1):
        if match := CONTROL_CHARACTER.search(line):
            report(number, f"control character U+{ord(match[0]):04X}", "remove it")
    return CONTROL_CHARACTER.sub("", text)


def parse_front_matter(text: str, report: IssueCallback) -> FrontMatter | None:
    """Split `text` into metadata and body; None after a report when the metadata is missing or invalid."""
    lines = text.split("\n")
    if not text.strip():
        report(0, "the file is empty", "write front matter between `---` lines, then the text")
        return None
    if _FENCE.match(lines[0]):
        return _parse_yaml(lines, report)
    if _HEADER.match(lines[0]):
        return _parse_headers(lines, report)
    report(1, "no front matter", "start the file with a line `---`, then `title: …`, then a line `---`")
    return None


def _parse_yaml(lines: list[str], report: IssueCallback) -> FrontMatter | None:
    end = next((n for n, line in enumerate(lines[1:], 1) if _FENCE.match(line)), None)
    if end is None:
        report(1, "the front matter is not closed", "end it with a line `---`")
        return None
    parsed = _parse_lines(lines[1:end], _DataBuilder(report, 2, lower_keys=True))
    if parsed is None:
        return None
    data, line_numbers = parsed
    if data is not None and not isinstance(data, dict):
        report(2, "the front matter must be a mapping", "write lines such as `title: …`")
        return None
    return FrontMatter(data or {}, line_numbers, "\n".join(lines[end + 1 :]), end + 2)


def parse_yaml(text: str, report: IssueCallback, *, is_common: bool = False) -> tuple[Any, dict[Loc, int]] | None:
    """Return the data of a YAML file as dicts, lists and strings, and the line of each value; None after a report.

    `is_common` says that libyaml reads the text as PyYAML does, and that nothing in it is nested deeply.
    """
    return _parse_lines(text.split("\n"), _DataBuilder(report, 1), is_common=is_common)


def _parse_lines(
    lines: list[str], builder: "_DataBuilder", *, is_common: bool = False
) -> tuple[Any, dict[Loc, int]] | None:
    """Return the data of YAML lines and the line of each value; None after a report."""
    report, first = builder.report, builder.first
    tab = next((n for n, line in enumerate(lines) if re.match(r"[ ]*\t", line)), None)
    if tab is not None:
        report(tab + first, "this line is indented with a tab", "use spaces")
        return None
    try:
        node = _compose("\n".join(lines), is_common=is_common)
    except yaml.MarkedYAMLError as error:
        number, message, hint = _describe_yaml_error(lines, error)
        report(number + first, message, hint)
        return None
    except yaml.YAMLError as error:
        report(first, f"invalid YAML: {error}", "remove the special character")
        return None
    except RecursionError:
        report(max(first - 1, 1), "the YAML is nested too deeply", "use fewer levels")
        return None
    data = builder.build(node, ()) if node else None
    return None if builder.failed else (data, builder.lines)


def _compose(text: str, *, is_common: bool = False) -> Any:
    """Compose common YAML with libyaml, which is ten times as fast, and the rest and errors with `_Loader`."""
    is_safe = len(text) < _MAX_LIBYAML or not _NESTED_YAML.search(text)
    if yaml.__with_libyaml__ and (is_common or (is_safe and not _UNCOMMON_YAML.search(text))):
        with suppress(yaml.YAMLError):
            return yaml.compose(text, Loader=yaml.CSafeLoader)
    return yaml.compose(text, Loader=_Loader)


class _Loader(yaml.SafeLoader):
    """Rejects aliases (a few lines can expand to gigabytes), tags, and comments that look like text."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]  # PyYAML's own
        # An alias event has an anchor, its name, and no tag attribute.
        anchor, tag = event.anchor, getattr(event, "tag", "alias")
        if anchor or tag:
            kind = "aliases (`*name`)" if tag == "alias" else "anchors (`&name`)" if anchor else "types (`!name`)"
            raise yaml.composer.ComposerError(None, None, f"{kind} are not supported", event.start_mark)
        return super().compose_node(parent, index)

    def scan_to_next_token(self) -> None:
        """Skip spaces and comments, but reject `#1` or `#hashtag` after a value: YAML would drop it silently."""
        mark: Any = self.get_mark()
        match = _HASHTAG.match(mark.buffer, mark.pointer)
        if match and mark.buffer[mark.pointer - mark.column : mark.pointer].strip():
            raise yaml.scanner.ScannerError(None, None, f"`{match[1]}` would be a comment", mark)
        super().scan_to_next_token()


def _describe_yaml_error(lines: list[str], error: yaml.MarkedYAMLError) -> tuple[int, str, str]:
    """Return line (from 0), message and hint; unbalanced brackets and quotes are reported where they open."""
    is_unbalanced = re.search("flow|quoted", error.context or "")
    mark = error.context_mark if is_unbalanced else error.problem_mark or error.context_mark
    number = mark.line if mark else 0
    return number, f"invalid YAML: {error.problem}", _make_yaml_hint("".join(lines[number : number + 1]))


def _make_yaml_hint(line: str) -> str:
    key, _, value = (part.strip() for part in line.partition(":"))
    if not value or not key:
        return "write each line as `key: value`, and indent lines of one level alike"
    if value[0] in "\"'":
        return "end the value with the quote it starts with, and use the other kind of quote inside"
    if value[0] in "[{" and value.count("[") + value.count("{") > value.count("]") + value.count("}"):
        return "close the bracket, and quote items that contain a comma or a colon"
    if value[0] in "[{" and value[-1] in "]}":
        return "inside the brackets, quote items that contain `?`, `:`, `#` or a comma"
    quoted = f'"{value}"' if '"' not in value else "'" + value.replace("'", "''") + "'"
    return f"put the value in quotes: {key}: {quoted}"


class _DataBuilder:
    """Builds dicts, lists and strings from YAML nodes, records their lines, and rejects duplicate keys.

    `first` is the number of the first line.
    """

    def __init__(self, report: IssueCallback, first: int, *, lower_keys: bool = False) -> None:
        self.report, self.first, self.lower_keys = report, first, lower_keys
        self.lines: dict[Loc, int] = {}
        self.failed = False

    def build(self, node: yaml.Node, loc: Loc) -> Any:
        self.lines.setdefault(loc, node.start_mark.line + self.first)
        if isinstance(node, yaml.MappingNode):
            return self._build_mapping(node, loc)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*loc, n)) for n, item in enumerate(node.value)]
        is_plain = not node.style  # type: ignore[attr-defined]  # scalars have a style
        return None if is_plain and node.value in _NULLS else node.value

    def _build_mapping(self, node: yaml.MappingNode, loc: Loc) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + self.first
            if self.lower_keys and not loc:  # Pelican's own keys start with a capital
                key = key.lower()
            if not isinstance(key_node, yaml.ScalarNode):
                self.report(line, "a list or a mapping cannot be a key", "write `key: value`")
                self.failed = True
                continue
            if key in data:
                first = self.lines[(*loc, key)]
                self.report(line, f"duplicate key `{key}`", f"remove this line or line {first}")
                self.failed = True
                continue
            self.lines[(*loc, key)] = line
            data[key] = self.build(value_node, (*loc, key))
        return data


def _parse_headers(lines: list[str], report: IssueCallback) -> FrontMatter | None:
    """Parse Pelican's `Key: value` headers up to the first blank line; an indented line continues the one above.

    Headers that end with `---` are front matter whose first line is missing: None after a report.
    """
    if (end := next((n for n, line in enumerate(lines) if not _YAML_LINE.match(line)), 0)) and _FENCE.match(lines[end]):
        report(1, "the front matter has no first line `---`", "put a line `---` above this one")
        return None
    values: dict[str, list[str]] = {}
    line_numbers: dict[Loc, int] = {}
    body, key = len(lines), ""
    for number, line in enumerate(lines):
        if match := _HEADER.match(line):
            key = match["key"].lower()
            first = line_numbers.setdefault((key,), number + 1)
            if key in values and key not in _LIST_HEADERS:
                report(number + 1, f"duplicate key `{key}`", f"remove this line or line {first}")
            values.setdefault(key, []).append(match["value"].strip())
            if key in _LIST_HEADERS and re.fullmatch(r"\[.*\]", match["value"].strip()):
                hint = f"write {match['key']}: one, two, or put a line `---` above the first key and below the last one"
                report(number + 1, f"`{key}` is in brackets, which only front matter between `---` lines has", hint)
        elif key and line[:1] in (" ", "\t") and line.strip():
            values[key][-1] += f" {line.strip()}"
        else:
            body = number if line.strip() else number + 1
            break
    # Headers without a value are dropped, as Pelican does.
    data = {key: value for key, parts in values.items() if (value := ", ".join(parts))}
    return FrontMatter(data, line_numbers, "\n".join(lines[body:]), body + 1, pelican_headers=True)

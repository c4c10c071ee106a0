"""Reading PHP's serialized data, in which WordPress keeps the values of some meta keys."""

import re
from typing import Any

MAX_DEPTH = 20
"""The limit of nested arrays and objects."""

MAX_VALUES = 100_000
"""The limit of the values in one text."""

_SCALAR = re.compile(r"([ibd]):([^;]{1,60});")
_STRING = re.compile(r's:(\d{1,9}):"')
_ARRAY = re.compile(r"a:(\d{1,9}):\{")
_OBJECT = re.compile(r'O:\d{1,4}:"[^"]{0,200}":(\d{1,9}):\{')
_STRING_END = re.compile(r'";(?=[sibdaON][:;]|\}|\s*$)')


class InvalidPhp(ValueError):
    """Raised for what is not serialized data, or too large."""


def unserialize(text: str) -> Any:
    """Return the value that PHP's serialize() wrote: a str, int, float, bool, None, or dict (arrays and objects).

    The lengths of strings count bytes. XML turns CR LF into LF, and damaged bytes may be replaced, so that fewer or
    more are left than the length says: the string then ends where what follows looks like the next value.
    """
    return _Reader(text.strip()).read_all()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.position, self.values = text, 0, 0

    def read_all(self) -> Any:
        value = self._read(0)
        if self.position != len(self.text):
            raise InvalidPhp("there is text after the value")
        return value

    def _read(self, depth: int) -> Any:
        self.values += 1
        if depth > MAX_DEPTH or self.values > MAX_VALUES:
            raise InvalidPhp("it is too deeply nested or too long")
        if match := self._match(_STRING):
            return self._read_string(int(match[1]))
        if match := self._match(_ARRAY) or self._match(_OBJECT):
            return self._read_mapping(int(match[1]), depth)
        if match := self._match(_SCALAR):
            return self._parse_scalar(*match.groups())
        if self.text.startswith("N;", self.position):
            self.position += 2
            return None
        raise InvalidPhp(f"no value at character {self.position}")

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self.text, self.position)
        self.position = match.end() if match else self.position
        return match

    def _parse_scalar(self, kind: str, value: str) -> Any:
        try:
            return float(value) if kind == "d" else int(value) if kind == "i" else bool(int(value))
        except ValueError:
            raise InvalidPhp(f"`{value}` is not a number") from None

    def _read_string(self, length: int) -> str:
        """Return the string that is `length` bytes long, counting LF as one or two; else the one nearest to that."""
        start = position = self.position
        size = newlines = 0
        best: tuple[int, int] | None = None
        for match in _STRING_END.finditer(self.text, start):
            part = self.text[position : match.start()]
            size, newlines, position = (
                size + len(part.encode("utf-8", "replace")),
                newlines + part.count("\n"),
                match.start(),
            )
            if size <= length <= size + newlines:
                best = (0, position)
                break
            distance = min(abs(length - size), abs(length - size - newlines))
            if best is None or distance < best[0]:
                best = (distance, position)
            if size > length:
                break
        if best is None:
            raise InvalidPhp("a string has no end")
        self.position = best[1] + 2
        return self.text[start : best[1]]

    def _read_mapping(self, count: int, depth: int) -> dict[Any, Any]:
        values: dict[Any, Any] = {}
        for _ in range(count):
            key = self._read(depth + 1)
            if not isinstance(key, (str, int)):
                raise InvalidPhp("a key is neither a string nor a number")
            values[key] = self._read(depth + 1)
        if not self.text.startswith("}", self.position):
            raise InvalidPhp("an array has no end")
        self.position += 1
        return values

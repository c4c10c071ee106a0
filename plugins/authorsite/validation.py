"""Pydantic's findings in the author's words: line, value, and a hint."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from .problems import ProblemLog

Place = tuple[str | int, ...]
"""The way to a value: ("editions", 0, "isbn")."""

Model = TypeVar("Model", bound=BaseModel)


class Fault(ValueError):
    """Raised in a validator: what is wrong, how to mend it, and where below the validated value."""

    def __init__(self, message: str, hint: str = "", place: Place = ()) -> None:
        super().__init__(message)
        self.hint = hint
        self.place = place


class Record(BaseModel):
    """The base of everything an author writes as data: frozen, and no unknown key passes."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return "did you mean `x`?" for the nearest of `known`, else `otherwise`."""
    near = difflib.get_close_matches(word.lower(), sorted(known), n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else otherwise


def validate(
    model: type[Model],
    data: Any,
    log: ProblemLog,
    path: str,
    lines: Mapping[Place, int] | None = None,
    context: Mapping[str, Any] | None = None,
    kind: str = "front-matter",
) -> Model | None:
    """Return `data` as a `model`; or None, with every fault in `log` under `path`.

    `lines` gives the line of each value's place; a place that is not there counts as the nearest above it.
    `context` is handed to the validators; `kind` is the problems'.
    """
    try:
        return model.model_validate(data, context=context)
    except ValidationError as error:
        for found in error.errors(include_url=False):
            place: Place = tuple(found["loc"])
            message, hint, place = _in_words(model, found, place)
            log.error(path, line_of(place, lines or {}), message, hint, kind)
        return None


def line_of(place: Place, lines: Mapping[Place, int]) -> int:
    """Return the line of `place`, or of the nearest value that holds it."""
    for end in range(len(place), -1, -1):
        if place[:end] in lines:
            return lines[place[:end]]
    return 0


def _in_words(model: type[BaseModel], found: Any, place: Place) -> tuple[str, str, Place]:
    name = _shown(place)
    value = found.get("input")
    cause = found.get("ctx", {}).get("error")
    if isinstance(cause, Fault):
        return str(cause), cause.hint, place + cause.place
    match found["type"]:
        case "extra_forbidden":
            known = _keys_at(model, place[:-1])
            return f"unknown key `{place[-1]}`", did_you_mean(str(place[-1]), known, _one_of(known)), place
        case "missing":
            return f"`{name}` is missing", f"add a line `{place[-1]}: …`", place
        case "literal_error" | "enum":
            expected = found["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
            last = re.split(r"\d\.", name)[-1]
            article = "an" if last[0] in "aeiou" else "a"
            return f"`{value}` is not {article} {last}", did_you_mean(str(value), expected, _one_of(expected)), place
        case "list_type" | "tuple_type":
            return f"`{name}` is not a list", f"write {place[-1]}: [one, two]", place
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"`{name}` holds no keys", "write its parts as `key: value`, indented below it", place
        case "int_parsing" | "int_type" if value is not None:
            return f"`{value}` is not a whole number", f"write {place[-1]}: 3", place
        case "greater_than_equal":
            return f"`{name}` is {value}, and must be at least {found['ctx']['ge']}", "mend the number", place
        case "string_too_short":
            return f"`{name}` is empty", "write a value", place
        case "string_type" if value is None:
            return f"`{name}` is empty", "write a value or remove the line", place
        case kind:
            message = found["msg"].removeprefix("Value error, ")
            return f"`{name}`: {message[:1].lower()}{message[1:]}", "" if kind == "value_error" else _got(value), place


def _shown(place: Place) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in place)


def _got(value: Any) -> str:
    text = str(value)
    return f"it says `{text[:60]}{'…' if len(text) > 60 else ''}`"  # noqa: PLR2004 - one line on a terminal


def _one_of(known: Iterable[str]) -> str:
    return "one of: " + ", ".join(sorted(known))


def _keys_at(model: type[BaseModel], place: Place) -> list[str]:
    """Return the keys that `model` knows at `place`, following nested models by their annotations."""
    for part in place:
        if isinstance(part, str) and part in model.model_fields:
            inner = _model_in(model.model_fields[part].annotation)
            if inner is None:
                return []
            model = inner
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for m in map(_model_in, getattr(annotation, "__args__", ())) if m), None)

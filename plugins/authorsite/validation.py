"""Validation of what an author writes: pydantic's errors become problems with a line, plain words and a hint."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from .problems import ProblemLog

Loc = tuple[str | int, ...]
"""The path of keys and indexes to a value, as in pydantic's errors: ("editions", 0, "isbn")."""

Model = TypeVar("Model", bound=BaseModel)


class InvalidValue(ValueError):
    """Raised in a validator: what is wrong, how to fix it, and where, relative to the validated value."""

    def __init__(self, message: str, hint: str = "", loc: Loc = ()) -> None:
        super().__init__(message)
        self.hint = hint
        self.loc = loc


class StrictModel(BaseModel):
    """Base of all models that an author fills in: frozen, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def did_you_mean(word: str, options: Iterable[str], default: str = "") -> str:
    """Return "did you mean `x`?" for the option that is most like `word`, or `default` if none is like it."""
    matches = difflib.get_close_matches(word.lower(), sorted(options), n=1, cutoff=0.6)
    return f"did you mean `{matches[0]}`?" if matches else default


def validate(
    model: type[Model],
    data: Any,
    log: ProblemLog,
    path: str,
    lines: Mapping[Loc, int] | None = None,
    context: Mapping[str, Any] | None = None,
    kind: str = "front-matter",
) -> Model | None:
    """Return `data` as a `model`; or None, with every error in `log` under `path`.

    `lines` maps the location of each value to its line. `context` is passed to the validators. `kind` is the kind of
    the problems.
    """
    try:
        return model.model_validate(data, context=context)
    except ValidationError as errors:
        for error in errors.errors(include_url=False):
            message, hint, loc = _describe_error(model, error, tuple(error["loc"]))
            log.error(path, line_for_loc(loc, lines or {}), message, hint, kind)
        return None


def line_for_loc(loc: Loc, lines: Mapping[Loc, int]) -> int:
    """Return the line of the value at `loc`, or of the nearest enclosing value that has one; 0 if none has."""
    for end in range(len(loc), -1, -1):
        if loc[:end] in lines:
            return lines[loc[:end]]
    return 0


def _describe_error(model: type[BaseModel], error: Any, loc: Loc) -> tuple[str, str, Loc]:
    """Return message, hint and location for one of pydantic's errors."""
    name = _format_loc(loc)
    value = error.get("input")
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, InvalidValue):
        return str(cause), cause.hint, loc + cause.loc
    match error["type"]:
        case "extra_forbidden":
            keys = _known_keys(model, loc[:-1])
            return f"unknown key `{loc[-1]}`", did_you_mean(str(loc[-1]), keys, _format_options(keys)), loc
        case "missing":
            return f"`{name}` is missing", f"add a line `{loc[-1]}: …`", loc
        case "literal_error" | "enum":
            options = error["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
            hint = did_you_mean(str(value), options, _format_options(options))
            return f"`{name}` cannot be `{value}`", hint, loc
        case "list_type" | "tuple_type":
            return f"`{name}` must be a list", f"write {loc[-1]}: [one, two]", loc
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"`{name}` must be a mapping", "write `key: value` lines below it, indented", loc
        case "int_parsing" | "int_type" if value is not None:
            return f"`{value}` is not a whole number", f"write {loc[-1]}: 3", loc
        case "greater_than_equal":
            return f"`{name}` cannot be {value}", f"use at least {error['ctx']['ge']}", loc
        case "string_too_short":
            return f"`{name}` is empty", "write a value", loc
        case "string_type" if value is None:
            return f"`{name}` is empty", "write a value or remove the line", loc
        case kind:
            message = error["msg"].removeprefix("Value error, ")
            hint = "" if kind == "value_error" else f"change `{_shorten(str(value))}`"
            return f"`{name}`: {message[:1].lower()}{message[1:]}", hint, loc


def _format_loc(loc: Loc) -> str:
    """Return a location as authors see it, counted from 1: "editions.1.isbn"."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in loc)


def _shorten(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"


def _format_options(options: Iterable[str]) -> str:
    return "use one of: " + ", ".join(sorted(options))


def _known_keys(model: type[BaseModel], loc: Loc) -> list[str]:
    """Return the keys of the model at `loc` in `model`, following the annotations; [] if there is none."""
    for part in loc:
        if isinstance(part, str) and part in model.model_fields:
            nested = _nested_model(model.model_fields[part].annotation)
            if nested is None:
                return []
            model = nested
    return list(model.model_fields)


def _nested_model(annotation: Any) -> type[BaseModel] | None:
    """Return the first model within a type annotation such as `tuple[Edition, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for m in map(_nested_model, getattr(annotation, "__args__", ())) if m), None)

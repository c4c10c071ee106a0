"""Validation of what an author writes: pydantic's errors become problems with a line, plain words and a hint."""

import difflib
import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from .changed_keys import find_changed_key
from .problems import MAX_PRINTED, ProblemLog, pluralize, shorten

Loc = tuple[str | int, ...]
"""The path of keys and indexes to a value, as in pydantic's errors: ("editions", 0, "isbn")."""

Model = TypeVar("Model", bound=BaseModel)


MAX_CANDIDATES = 300
"""To how many options `did_you_mean` compares a word: each takes a tenth of a millisecond."""


class InvalidValue(ValueError):
    """Raised in a validator: what is wrong, how to fix it, and where, relative to the validated value."""

    def __init__(self, message: str, hint: str = "", loc: Loc = ()) -> None:
        super().__init__(message)
        self.hint = hint
        self.loc = loc


def did_you_mean(word: str, options: Iterable[str], default: str = "") -> str:
    """Return "did you mean `x`?" for the option that is most like `word`, or `default` if none is like it."""
    similar = find_similar(word, options)
    return f"did you mean `{similar}`?" if similar else default


def find_similar(word: str, options: Iterable[str]) -> str:
    """Return the option that `word` is probably a misspelling of, "" if there is none."""
    name, by_name = word.lower(), {option.lower(): option for option in sorted(options)}
    candidates = list(by_name)
    if len(candidates) > MAX_CANDIDATES:
        candidates = [option for option in candidates if option[:1] == name[:1]][:MAX_CANDIDATES]
    # Two in five letters may differ if the first ones are right or only their order is wrong, else a quarter.
    matches = difflib.get_close_matches(name, candidates, n=3, cutoff=0.6)
    likely = [m for m in matches if m[:2] == name[:2] or sorted(m) == sorted(name) or _is_similar(name, m)]
    return by_name[likely[0]] if likely else ""


def _is_similar(word: str, option: str) -> bool:
    return difflib.SequenceMatcher(None, option, word).ratio() >= 0.75  # noqa: PLR2004


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
        for number, error in enumerate(errors.errors(include_url=False)[: MAX_PRINTED + 1]):
            message, hint, loc = _describe_error(model, error, tuple(error["loc"]))
            if kind == "settings":  # Python, not YAML
                hint = re.sub(r"^(?:add a line|write) `?(\w+): ([^`]*)`?$", r'write "\1": \2', hint)
            if number == MAX_PRINTED:
                more = pluralize(errors.error_count() - MAX_PRINTED, "more problem")
                message, hint = f"{more} from this line on", "correct the others first"
            log.error(path, find_line_for_loc(loc, lines or {}), message, hint, kind)
        return None


def find_line_for_loc(loc: Loc, lines: Mapping[Loc, int]) -> int:
    """Return the line of the value at `loc`, or of the nearest enclosing value that has one; 0 if none has."""
    for end in range(len(loc), -1, -1):
        if loc[:end] in lines:
            return lines[loc[:end]]
    return 0


class LineFinder:
    """Finds the lines of snippets in a text, or in a file, which is read when first needed; goes on from the last hit.

    A file that cannot be read counts as empty.
    """

    def __init__(self, source: str | Path) -> None:
        self._source = source
        self._end, self._line = 0, 1

    @cached_property
    def _text(self) -> str:
        if isinstance(self._source, str):
            return self._source
        try:
            return self._source.read_text("utf-8", errors="replace")
        except OSError:
            return ""

    def find_line(self, *snippets: str) -> int:
        """Return the line of the next occurrence (else the first) of one of `snippets`; 0 if there is none."""
        for start in (self._end, 0):
            for snippet in snippets:
                if snippet and (index := self._text.find(snippet, start)) >= 0:
                    start_line = self._line if start else 1
                    self._line = start_line + self._text.count("\n", start, index)
                    self._end = index + len(snippet)
                    return self._line
        return 0


def find_line(path: str | Path, snippet: str) -> int:
    """Return the line of the first occurrence of `snippet` in a file; 0 if there is none."""
    return LineFinder(Path(path)).find_line(snippet)


def report_duplicates(values: Iterable[tuple[str, str]], key: str, name: str, hint: str, log: ProblemLog) -> None:
    """Report each (value, path of its file) whose value an earlier file has, at the line of `key:`.

    `name` is what the message calls the value: "guid `{}`".
    """
    first: dict[str, str] = {}
    for value, path in values:
        other = first.setdefault(value, path)
        if other != path:
            message = f"duplicate {name.format(value)}, also used by {log.get_display_path(other)}"
            log.error(path, find_line(path, f"{key}:"), message, hint, kind="front-matter")


def _describe_error(model: type[BaseModel], error: Any, loc: Loc) -> tuple[str, str, Loc]:
    """Return message, hint and location for one of pydantic's errors."""
    name = _format_loc(loc)
    value = error.get("input")
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, InvalidValue):
        return str(cause), cause.hint, loc + cause.loc
    match error["type"]:
        case "extra_forbidden":
            models, key = _find_models(model, loc[:-1]), shorten(str(loc[-1]))
            if changed := find_changed_key(models, key):
                return changed.message, changed.hint, loc
            other_names: dict[str, str] = {k: v for m in models for k, v in getattr(m, "other_names", {}).items()}
            known = other_names.get(key.lower())
            hint = f"write {known}" if known else _suggest(key, {key for m in models for key in m.model_fields})
            return f"unknown key `{key}`", hint, loc
        case "missing":
            return f"`{name}` is missing", f"add a line `{loc[-1]}: …`", loc
        case "literal_error" | "enum":
            options = error["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
            return f"`{name}` cannot be `{value}`", _suggest(str(value), options), loc
        case "union_tag_invalid" | "union_tag_not_found":
            key = error["ctx"]["discriminator"].strip("'")
            kinds = [kind for m in _find_models(model, loc) for kind in get_args(m.model_fields[key].annotation)]
            tag = error["ctx"].get("tag", "")
            message = f"`{name}.{key}` cannot be `{tag}`" if tag else f"`{name}.{key}` is missing"
            return message, _suggest(tag, kinds), loc
        case _:
            return (*_describe_type_error(name, error), loc)


def _describe_type_error(name: str, error: Any) -> tuple[str, str]:
    """Return message and hint for a value of a wrong type or size."""
    value, limits, key = error.get("input"), error.get("ctx", {}), error["loc"][-1] if error["loc"] else ""
    match error["type"]:
        case "list_type" | "tuple_type":
            return f"`{name}` must be a list", f"write {key}: [one, two]"
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"`{name}` must be a mapping", "write `key: value` lines below it, indented"
        case "int_parsing" | "int_type" if value is not None:
            return f"`{shorten(str(value))}` is not a whole number", f"write {key}: 3"
        case "bool_parsing" | "bool_type":
            return f"`{name}` cannot be `{shorten(str(value))}`", "write true or false"
        case "greater_than_equal":
            return f"`{name}` cannot be {value}", f"use at least {limits['ge']}"
        case "too_long":
            return f"`{name}` has {len(value)} items", f"keep at most {limits['max_length']}"
        case "string_too_long":
            return f"`{name}` is longer than {limits['max_length']} characters", "shorten it"
        case "string_too_short":
            return f"`{name}` is empty", "write a value"
        case "string_type" if value is None:
            return f"`{name}` is empty", "write a value or remove the line"
        case "string_type" if isinstance(value, (list, tuple, dict)):
            kind, example = ("mapping", "…") if isinstance(value, dict) else ("list", shorten(str([*value, "…"][0])))
            return f"`{name}` cannot be a {kind}", f"write one text: {key}: {example}"
        case kind:
            message = error["msg"].removeprefix("Value error, ")
            hint = "" if kind == "value_error" else f"change `{shorten(str(value))}`"
            return f"`{name}`: {message[:1].lower()}{message[1:]}", hint


def _format_loc(loc: Loc) -> str:
    """Return a location as authors see it, counted from 1: "editions.1.isbn"."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in loc)


def _suggest(word: str, options: Iterable[str]) -> str:
    return did_you_mean(word, options, "use one of: " + ", ".join(sorted(options)))


def _find_models(model: type[BaseModel], loc: Loc) -> list[type[BaseModel]]:
    """Return the models that a mapping at `loc` in `model` can be, following the annotations."""
    models = [model]
    for part in loc:
        annotations = [m.model_fields[part].annotation for m in models if part in m.model_fields]
        # Within a union, pydantic adds the tag of the chosen model to the location.
        tagged = [m for m in models if any(get_args(f.annotation) == (part,) for f in m.model_fields.values())]
        models = (
            [m for annotation in annotations for m in _find_nested(annotation)] if annotations else tagged or models
        )
    return models


def _find_nested(annotation: Any) -> list[type[BaseModel]]:
    """Return the models within a type annotation such as `tuple[Edition, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _find_nested(argument)]

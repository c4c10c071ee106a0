"""The base of the models that an author fills in: which keys and which texts they accept."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationInfo, field_validator

from .problems import shorten
from .validation import InvalidValue

_MULTILINE = "multiline"
Paragraphs = Annotated[str, _MULTILINE]
"""A text that may have several lines; the other texts of a StrictModel have one."""

MAX_TEXT = 20_000
"""The limit of a text in front matter, in characters."""

# Forbidden by YAML, HTML and XML.
CONTROL_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
_LINE_BREAK = re.compile("[\n\r\x85\u2028\u2029]")


class StrictModel(BaseModel):
    """Base of all models that an author fills in: frozen, and unknown keys are errors.

    Machine files that are made of lines rely on texts of one line. `other_names` maps keys that other programs use to
    the model's own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, str_max_length=MAX_TEXT)
    other_names: ClassVar[Mapping[str, str]] = {}

    @field_validator("*")
    @classmethod
    def _check_characters(cls, value: Any, info: ValidationInfo) -> Any:
        name = info.field_name or ""
        for text in _iter_texts(value):
            if character := CONTROL_CHARACTER.search(text):
                raise InvalidValue(f"`{name}` has the control character U+{ord(character[0]):04X}", "remove it")
            if _LINE_BREAK.search(text) and _MULTILINE not in cls.model_fields[name].metadata:
                raise InvalidValue(f"`{name}` has a line break", "write it on one line")
        return value


def _iter_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (tuple, dict)):
        for item in value:
            yield from _iter_texts(item)
        if isinstance(value, dict):
            yield from _iter_texts(tuple(value.values()))


def require(test: Callable[[str], object], name: str, hint: str) -> AfterValidator:
    """Return a validator, for a field's annotation, of texts: "`TEXT` is not NAME" if `test` returns a false value."""

    def check(text: str) -> str:
        if not test(text):
            raise InvalidValue(f"`{shorten(text)}` is not {name}", hint)
        return text

    return AfterValidator(check)


def _require_reasons(value: dict[str, str]) -> dict[str, str]:
    for name, reason in value.items():
        if not reason.strip():
            raise InvalidValue(f"no reason is given for {name}", f'write {{"{name}": "the reason"}}')
    return value


IgnoreReasons = Annotated[dict[str, str], AfterValidator(_require_reasons)]
"""What to ignore, and the author's reason for it."""

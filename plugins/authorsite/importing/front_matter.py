"""Writing front matter as an author would."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

_PLAIN = re.compile(r"[^\W_](?:[\w .,;()/+&!?’“”„‘«»–—…'-]|:(?! |$))*(?<![ :])")
"""Texts that mean the same in YAML without quotes, whatever reads it; in a list, some of them don't."""

_OTHER_TYPE = re.compile(
    r"(?:null|true|false|yes|no|on|off|y|n|[\d.,:_ T+-]+|0[xo][\da-f]+|\d[\d.]*e\d+|\.inf|\.nan)", re.IGNORECASE
)
_PATH = re.compile(r"(?:https?:/)?/[\w./~=&?+%@-]*")
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")


def format_front_matter(data: Mapping[str, Any]) -> str:
    """Return `data` between `---` lines; keys without a value are left out.

    Values are texts, dates without a zone, lists of texts, numbers, or a mapping of those.
    """
    return (
        "---\n"
        + "".join(_format_field(key, value, "") for key, value in data.items() if value not in ("", None, (), []))
        + "---\n"
    )


def _format_field(key: str, value: Any, indent: str) -> str:
    if isinstance(value, Mapping):
        inner = (_format_field(k, v, f"{indent}  ") for k, v in value.items() if v not in ("", None))
        return f"{indent}{key}:\n{''.join(inner)}"
    if isinstance(value, datetime):
        text = f"{value:%H:%M:%S}".removesuffix(":00")
        return f"{indent}{key}: {value.year:04}-{value:%m-%d}T{text}\n"
    if isinstance(value, str):
        return f"{indent}{key}: {quote_text(value)}\n"
    if isinstance(value, Sequence):
        return f"{indent}{key}: [{', '.join(quote_text(item, in_list=True) for item in value)}]\n"
    return f"{indent}{key}: {value}\n"


def quote_text(text: str, *, in_list: bool = False) -> str:
    """Return a text as YAML: plain if that is safe, whatever reads it, else in double quotes."""
    is_plain = _PATH.fullmatch(text) or (_PLAIN.fullmatch(text) and not _OTHER_TYPE.fullmatch(text))
    if is_plain and not (in_list and set(",&!?") & set(text)):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)

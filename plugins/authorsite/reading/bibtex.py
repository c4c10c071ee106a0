"""BibTeX entries in UTF-8, for the author's books and for the sources that the blog cites."""

from collections.abc import Mapping

_TEX = str.maketrans(
    {character: f"\\{character}" for character in "&%$#_"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    # Not `\{`: BibTeX counts its brace, and an unpaired one breaks the file.
    | {"{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
)
_URL = str.maketrans({"\\": "%5C", "{": "%7B", "}": "%7D"})


def format_entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    """Return an entry such as `@book{key, …}`; values are plain text, and empty ones are left out.

    Line breaks become spaces. A title is in double braces, so that styles keep its capitals. TeX's special characters
    stay unescaped in a `url`, as styles expect.
    """
    values = {name: " ".join(value.split()) for name, value in fields.items()}
    escaped = {name: value.translate(_URL if name == "url" else _TEX) for name, value in values.items() if value}
    if "title" in escaped:
        escaped["title"] = f"{{{escaped['title']}}}"
    lines = (f"  {name} = {{{value}}},\n" for name, value in escaped.items())
    return f"@{kind}{{{key},\n{''.join(lines)}}}\n"

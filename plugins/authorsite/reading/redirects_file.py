"""content/redirects.yaml: old addresses of the site that are no post's or page's own, and where each leads now."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from ..problems import ProblemLog, shorten
from ..site_build import get_build
from ..strict_model import StrictModel, require
from ..urls import SitePath, encode_url, is_web_url, parse_web_url
from ..validation import InvalidValue, Loc, find_line_for_loc, validate
from .front_matter import decode, parse_yaml

FILE = "redirects.yaml"
"""The name of the file in the content folder."""

MAX_REDIRECTS = 100_000


def _parse_target(value: str) -> str:
    if value.startswith("/") and not value.startswith("//"):
        # Without its slash, a path such as /https://example.org/ would be the address of another site.
        return encode_url(value).replace("://", "%3A//")
    if not is_web_url(value):
        raise InvalidValue(
            f"`{shorten(value)}` is not an address", "write /page/ for this site, or https://example.org/"
        )
    return parse_web_url(value)


_OldPath = Annotated[
    SitePath, require(lambda path: not {"?", "#"} & {*path}, "a path", "remove what begins with `?` or `#`")
]
_Target = Annotated[str, AfterValidator(_parse_target)]


class _RedirectsFile(StrictModel):
    redirects: Annotated[dict[_OldPath, _Target], Field(max_length=MAX_REDIRECTS, default_factory=dict)]


@dataclass(frozen=True, slots=True)
class Redirect:
    """An old path of the site, with leading slash, and its target: a path, or the URL of another site.

    `line` is the number of its line, `text` the line.
    """

    path: str
    target: str
    line: int
    text: str


class Redirects(tuple[Redirect, ...]):
    """The redirects of a site's file, in its order."""

    __slots__ = ()


def get_redirects(context: Mapping[str, Any]) -> Redirects:
    """Return the redirects of the site, which are read once in a build."""
    build = get_build(context)
    return build.find(Redirects) or build.set(read_redirects(Path(context["PATH"]) / FILE, build.log))


def read_redirects(path: Path, log: ProblemLog) -> Redirects:
    """Return the redirects of the file at `path`; none if it is missing, or after every problem in `log`."""
    report = partial(log.error, path, kind="front-matter")
    text = decode(path.read_bytes(), report) if path.is_file() else None
    parsed = parse_yaml(text, report) if text is not None else None
    if text is None or parsed is None:
        return Redirects()
    data, numbers = parsed
    lines: dict[Loc, int] = {("redirects", *loc): line for loc, line in numbers.items()}
    file = validate(_RedirectsFile, {"redirects": data or {}}, log, str(path), lines)
    texts = text.split("\n")
    return Redirects(
        Redirect(old, target, line, texts[line - 1].strip())
        for old, target in (file.redirects.items() if file else ())
        if (line := find_line_for_loc(("redirects", old), lines))
    )

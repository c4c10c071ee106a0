"""The theme's stylesheets as one file whose name is its content's: fetched once, kept for ever."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .. import output
from ..settings import site_of

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")
_AROUND = re.compile(r"\s*([{};,>])\s*")


def bundle(sheets: Iterable[Path], accent: str = "") -> str:
    """Return the stylesheets in order as one, without comments and idle space, the author's accent color last."""
    text = "\n".join(path.read_text("utf-8") for path in sheets)
    text += f":root{{--accent:{accent};--accent-strong:{accent}}}" if accent else ""
    text = _SPACE.sub(" ", _COMMENT.sub("", text))
    return _AROUND.sub(r"\1", text).replace(";}", "}").strip()


def hashed_name(stem: str, content: str, suffix: str) -> str:
    """Return a file name that changes with its content."""
    return f"{stem}.{hashlib.sha256(content.encode()).hexdigest()[:10]}{suffix}"


class StylesheetGenerator:
    """Names the stylesheet for every page, and writes it."""

    def __init__(self, context: dict[str, Any], settings: dict[str, Any], *_: Any, **__: Any) -> None:
        self.context = context
        sheets = sorted((Path(settings["THEME"]) / "css").glob("*.css"))
        self._style = bundle(sheets, site_of(settings).accent) if sheets else ""
        # As early as this, so that Pelican's own pages know the name.
        context["STYLESHEET"] = f"theme/{hashed_name('site', self._style, '.css')}" if self._style else ""

    def generate_output(self, _writer: Any) -> None:
        """Write the stylesheet."""
        if self._style:
            output.write(self.context, self.context["STYLESHEET"], self._style)


def get_generators(_pelican: Any) -> type:
    """Offer the generator (signal: get_generators)."""
    return StylesheetGenerator

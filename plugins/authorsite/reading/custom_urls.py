"""Pelican's metadata `url` and `save_as`, with which a file chooses its own URL."""

from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ..output import output_file_for, url_for
from ..urls import SitePath
from .schemas import BaseMetadata

_site_path: TypeAdapter[str] = TypeAdapter(SitePath)

CUSTOM_URL = ("url", "save_as")
"""The keys."""


def split_headers(
    model: type[BaseMetadata], headers: dict[str, Any], *, all_keys: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split front matter into fields of `model` and others, which Pelican plugins and themes may use.

    With `all_keys`, only `url` and `save_as` are others: unknown keys are errors.
    """
    others = {k: v for k, v in headers.items() if k not in model.model_fields and (k in CUSTOM_URL or not all_keys)}
    return {key: value for key, value in headers.items() if key not in others}, others


def get_custom_url(headers: dict[str, Any], report: Callable[[str, str, str], None]) -> dict[str, Any]:
    """Return Pelican's `url` and `save_as`, the other one made from the first if it is missing; {} for neither.

    What is no path below the root of the site is passed to `report(key, message, hint)`.
    """
    paths = {key: str(headers[key] or "").lstrip("/") for key in CUSTOM_URL if headers.get(key)}
    for key, path in paths.items():
        try:
            _site_path.validate_python(f"/{path}")
            is_path = "://" not in path and "?" not in path and "#" not in path
        except ValidationError:
            is_path = False
        if not is_path:
            report(key, f"`{key}` is not a path on this site", f"write it without the host: {key}: a/page.html")
            return {}
    if not paths:
        return {}
    url = paths.get("url", url_for(paths.get("save_as", "")))
    return {"url": url, "save_as": paths.get("save_as", output_file_for(f"/{url}"))}

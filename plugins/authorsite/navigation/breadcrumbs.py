"""The way from the home page to a post or page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Breadcrumb:
    """One step from the home page to a page; `url` is relative to the site's root ("" for the home page)."""

    label: str
    url: str

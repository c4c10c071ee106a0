"""The way from the home page down to a page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step on the way: its words, and its address as Pelican has it ("" is the home page)."""

    label: str
    url: str

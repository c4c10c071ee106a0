"""The way from the home page down to a page, and how long its text takes to read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import ceil

WORDS_PER_MINUTE = 230
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step on the way: its words, and its address as Pelican has it ("" is the home page)."""

    label: str
    url: str


def reading_minutes(html: str) -> int:
    """Return the whole minutes, at least one, that reading a body takes."""
    # Tags out by pattern: for thousands of posts a parser would take seconds, and a word more or less is nothing here.
    return max(1, ceil(len(_TAG.sub(" ", html).split()) / WORDS_PER_MINUTE))

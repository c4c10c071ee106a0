"""How long a text takes to read."""

from __future__ import annotations

import re
from math import ceil

WORDS_PER_MINUTE = 230
_TAG = re.compile(r"<[^>]*>")


def words_in(html: str) -> int:
    """Return the number of words in a body, more or less: a parser would take seconds for thousands of posts."""
    return len(_TAG.sub(" ", html).split())


def reading_minutes(words: int) -> int:
    """Return the whole minutes, at least one, that reading so many words takes."""
    return max(1, ceil(words / WORDS_PER_MINUTE))

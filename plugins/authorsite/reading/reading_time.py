"""Word count and reading time of a text."""

import re
from math import ceil

WORDS_PER_MINUTE = 230
_TAG = re.compile(r"<[^>]*>")


def estimate_word_count(html: str) -> int:
    """Return the approximate number of words in `html`: an HTML parser would take seconds for thousands of posts."""
    return len(_TAG.sub(" ", html).split())


def reading_time(words: int) -> int:
    """Return the reading time of that many words in whole minutes, at least 1."""
    return max(1, ceil(words / WORDS_PER_MINUTE))

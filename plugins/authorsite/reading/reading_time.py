"""Word count and reading time of a text."""

import re
from math import ceil

WORDS_PER_MINUTE = 230
_TAG = re.compile(r"<[^>]*>")
_INLINE_TAG = re.compile(r"</?(?:a|abbr|b|cite|code|em|i|kbd|mark|q|s|small|span|strong|sub|sup|u)(?=[\s>])[^>]*>")


def estimate_word_count(html: str) -> int:
    """Return the approximate number of words in `html`: an HTML parser would take seconds for thousands of posts."""
    return len(_TAG.sub(" ", _INLINE_TAG.sub("", html)).split())


def reading_time(words: int) -> int:
    """Return the reading time of that many words in whole minutes, at least 1."""
    return max(1, ceil(words / WORDS_PER_MINUTE))

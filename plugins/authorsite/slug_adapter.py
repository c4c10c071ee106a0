"""Slugs of titles and names, made by Pelican's rules."""

from collections.abc import Mapping
from typing import Any

from pelican.utils import slugify


def make_slug(text: str, settings: Mapping[str, Any]) -> str:
    """Return the slug of a title or a name, by the rules in Pelican's settings or context; "" without letters."""
    return str(slugify(text, regex_subs=settings["SLUG_REGEX_SUBSTITUTIONS"]))

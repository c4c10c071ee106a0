"""The way from the home page to a post or page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..site_model import Breadcrumb

HOME = Breadcrumb("Home", "")


def make_breadcrumbs(post: Any, context: Mapping[str, Any]) -> tuple[Breadcrumb, ...]:
    """Return home page, blog and category of a post; a page has HOME alone."""
    category = getattr(post, "category", None)
    blog = Breadcrumb("Blog", str(context.get("BLOG_URL", "blog/")))
    return (HOME, blog, *((Breadcrumb(str(category), category.url),) if category else ()))

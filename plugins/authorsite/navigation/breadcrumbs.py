"""Breadcrumbs: the links from the home page down to a post or page."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ..language_versions import HOME_URL
from ..site_build import get_site
from ..site_model import Breadcrumb


def make_breadcrumbs(post: Any, context: Mapping[str, Any]) -> tuple[Breadcrumb, ...]:
    """Return home page, blog (if it has a page) and category of a post; the home page for a page (`post` is None)."""
    translate = get_site(context).translate
    category = getattr(post, "category", None)
    steps = [(translate("Home"), str(context.get(HOME_URL, "")))]
    if post is not None and "blog" in context.get("DIRECT_TEMPLATES", ()):
        steps.append((translate("Blog"), str(context.get("BLOG_URL", "blog/"))))
    # The category of a hidden post may have no page.
    if category and (
        getattr(post, "status", "") != "hidden" or any(category == listed for listed, _ in context["categories"])
    ):
        steps.append((str(category), category.url))
    return _share_steps(tuple(steps))


@lru_cache(256)  # posts of one category share theirs
def _share_steps(steps: tuple[tuple[str, str], ...]) -> tuple[Breadcrumb, ...]:
    return tuple(Breadcrumb(label, url) for label, url in steps)

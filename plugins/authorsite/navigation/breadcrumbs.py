"""Breadcrumbs: the links from the home page down to a post or page."""

from collections.abc import Mapping
from typing import Any

from ..site_build import get_site
from ..site_model import Breadcrumb


def make_breadcrumbs(post: Any, context: Mapping[str, Any]) -> tuple[Breadcrumb, ...]:
    """Return home page, blog and category of a post; only the home page for a page, where `post` is None."""
    translate = get_site(context).translate
    home = Breadcrumb(translate("Home"), "")
    if post is None:
        return (home,)
    category = getattr(post, "category", None)
    blog = Breadcrumb(translate("Blog"), str(context.get("BLOG_URL", "blog/")))
    return (home, blog, *((Breadcrumb(str(category), category.url),) if category else ()))

"""What the `lang` of a post or page means for it: whether the site has that language, and its URL."""

from typing import Any

from ..site_build import get_site
from ..slug_adapter import make_slug
from .schemas import BaseMetadata, PostMetadata


def check_language(language: str, settings: dict[str, Any]) -> tuple[str, str] | None:
    """Return message and hint if the site has several languages, but not this one; "" is the main one."""
    site = get_site(settings)
    known = (site.language, *site.languages)
    if not site.languages or language in {"", settings["DEFAULT_LANG"], *known}:
        return None
    return f"the site has no language `{language}`", f"use one of: {', '.join(known)}; or add it to `languages`"


def make_language_url(meta: BaseMetadata, settings: dict[str, Any]) -> dict[str, Any]:
    """Return `url` and `save_as` of a post or page in another language, from Pelican's *_LANG_* settings.

    Nothing for the main language. Setting Pelican's `lang` instead would remove it from the lists of posts and pages.
    """
    languages = get_site(settings).languages
    is_other = meta.lang in languages if languages else meta.lang not in {"", settings["DEFAULT_LANG"]}
    if not is_other:
        return {}
    kind = "ARTICLE" if isinstance(meta, PostMetadata) else "PAGE"
    slug = meta.slug or make_slug(meta.title, settings)
    fields = {"slug": slug, "lang": meta.lang, "date": getattr(meta, "date", None)}
    return {key: settings[f"{kind}_LANG_{key.upper()}"].format(**fields) for key in ("url", "save_as")}

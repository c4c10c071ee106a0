"""The site's part of the metadata of pages, and a page's versions in other languages."""

from collections.abc import Mapping
from typing import Any

from pelican_incremental.purity import pure

from ..language_versions import HOME_URL, list_alternates, list_own_settings, sort_alternates
from ..page_language import PageLanguage
from ..reading.drafts import is_hidden
from ..reading.parsed import get_parsed
from ..site_build import get_build, get_site
from ..site_model import PageMeta, PageView
from .head import SiteMeta


def make_site_meta(context: Mapping[str, Any]) -> SiteMeta:
    """Return the site's part of all metadata, from Pelican's settings or context."""
    settings = get_site(context)
    profiles = tuple(dict.fromkeys(link.url for link in (*settings.social, *settings.author.links)))
    author, name = str(context.get("AUTHOR") or context["SITENAME"]), str(context["SITENAME"])
    return SiteMeta(
        name=name,
        url=settings.url,
        description=settings.description,
        language=settings.language,
        author=author,
        bio="" if HOME_URL in context else settings.author.bio_short or settings.author.bio,
        profiles=profiles,
        home=settings.translate("Home"),
        home_url=str(context.get(HOME_URL, "")),
        list_alternates=list_alternates(context),
    )


def make_list_meta(settings: Mapping[str, Any]) -> Any:
    """Return the filter `list_meta` (see SiteMeta), for the language of the page."""
    language, main = get_build(settings).get(PageLanguage), make_site_meta(settings)
    codes = get_site(settings).languages
    sites = {code: make_site_meta({**settings, **list_own_settings(settings, code)}) for code in codes}

    def list_meta(title: str, url: str, description: str, *parents: tuple[str, str]) -> PageMeta:
        return sites.get(language.current, main).list_meta(title, url, description, *parents)

    return pure(list_meta)


def list_content_alternates(content: Any, view: PageView, context: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return language and URL of a post or page and its translations, by language; nothing if it has none."""
    site = get_build(context).site
    # Some translations have their view by now, and some not yet.
    records = [(c, getattr(c, "record", None) or get_parsed(c).record) for c in (content, *view.translations)]
    listed = [(record.lang or site.language, f"{site.url}/{c.url}") for c, record in records if not is_hidden(record)]
    if len(listed) < 2 or is_hidden(view.record):  # noqa: PLR2004 - itself and another one
        return ()
    if site.languages:
        return sort_alternates({site.choose_language(language): url for language, url in listed}, site.language)
    return tuple(sorted(listed))

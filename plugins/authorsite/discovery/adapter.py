"""Where pages meet what machines read about them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..images.adapter import card
from ..markup import count_words
from ..settings import site_of
from .addresses import address
from .head import Head, Site, as_json_ld, described, moment, posting

HOME = "HOME_HEAD"
"""The name, in Pelican's context, of the home page's Head."""


def add_filters(pelican: Any) -> None:
    """Give templates `address`: a page's address from its output file (signal: initialized)."""
    settings = pelican.settings
    settings["JINJA_FILTERS"] = {**settings["JINJA_FILTERS"], "address": address}


def add_heads(generators: list[Any]) -> None:
    """Give posts, pages and the home page their Head (signal: all_generators_finalized, after links and pictures)."""
    context = generators[0].context
    site = _site(context)
    for article in context.get("articles", ()):
        article.head = _post_head(article, context, site)
    for article in context.get("hidden_articles", ()):
        article.head = _post_head(article, context, site, robots="noindex")
    for page in context.get("pages", ()):
        page.head = _page_head(page, context, site)
    for page in context.get("hidden_pages", ()):
        page.head = _page_head(page, context, site, robots="noindex")
    picture = card(context, "site", site.name, "", "")
    data = as_json_ld([site.website(), site.person()])
    context[HOME] = Head(site.name, f"{site.url}/", site.description, picture=picture, author=site.author, data=data)


def _site(context: dict[str, Any]) -> Site:
    given = site_of(context)
    profiles = tuple(link.url for link in given.social)
    author, name = str(context.get("AUTHOR") or context["SITENAME"]), str(context["SITENAME"])
    return Site(name, given.url, given.description, given.language, author, given.author_bio, profiles)


def _post_head(article: Any, context: dict[str, Any], site: Site, robots: str = "") -> Head:
    record, body = article.record, article._content or ""  # noqa: SLF001 - links need not be resolved
    authors = [str(author) for author in getattr(article, "authors", ())] or [site.author]
    summary = record.summary or described("", body)
    section = str(getattr(article, "category", "") or "")
    head = Head(
        title=record.title,
        url=f"{site.url}/{article.url}",
        description=described(summary, body),
        type="article",
        picture=card(context, article.slug, record.title, section, record.image if article.picture else ""),
        published=moment(article.date),
        modified=moment(getattr(article, "modified", None)),
        author="\n".join(authors),
        section=section,
        tags=tuple(tag.name for tag in getattr(article, "tags", ())),
        robots="noindex" if article.draft else robots,
    )
    reviewed = record.review_of
    about = (
        {"@type": "Book", "name": reviewed.title, "author": reviewed.author, "isbn": reviewed.isbn}
        if reviewed
        else None
    )
    based_on = record.reblog.url if record.reblog else ""
    graph = [
        posting(head, site, words=count_words(body), about=about, based_on=based_on),
        site.trail(_crumbs(article, site)),
    ]
    return _with_data(head, graph)


def _page_head(page: Any, context: dict[str, Any], site: Site, robots: str = "") -> Head:
    record, body = page.record, page._content or ""  # noqa: SLF001 - links need not be resolved
    url = f"{site.url}/{page.url}"
    head = Head(
        title=record.title,
        url=url,
        description=described(record.summary, body),
        picture=page.picture or card(context, page.slug, record.title),
        modified=moment(getattr(page, "modified", None)),
        robots="noindex" if page.draft else robots,
    )
    thing = {
        "@type": "WebPage",
        "@id": url,
        "url": url,
        "name": head.title,
        "description": head.description,
        "dateModified": head.modified,
        "inLanguage": site.language,
        "isPartOf": {"@id": f"{site.url}/#site"},
    }
    return _with_data(head, [thing, site.trail(_crumbs(page, site))])


def _with_data(head: Head, graph: list[dict[str, Any]]) -> Head:
    return replace(head, data=as_json_ld(graph))


def _crumbs(content: Any, site: Site) -> list[tuple[str, str]]:
    above = [(crumb.label, f"{site.url}/{crumb.url}") for crumb in content.breadcrumbs]
    return [*above, (content.record.title, f"{site.url}/{content.url}")]

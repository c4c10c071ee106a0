"""Page metadata for `<head>`: canonical URL, description, Open Graph, JSON-LD (schema.org)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pelican_incremental.purity import pure

from ..markup import text_content
from ..site_model import Breadcrumb, PageMeta
from ..templating import json_ld

_MAX_DESCRIPTION = 160
"""Characters; search engines cut longer ones."""


def make_description(summary: str, html: str) -> str:
    """Return the summary, or else the start of `html`, as plain text of at most 160 characters, cut after a word."""
    text = text_content(summary) or text_content(html[:4000])
    if len(text) <= _MAX_DESCRIPTION:
        return text
    return text[: text.rfind(" ", 0, _MAX_DESCRIPTION)].rstrip(" ,;:.-–—") + "…"


def serialize_graph(graph: list[dict[str, Any]]) -> str:
    """Serialize schema.org objects as one JSON-LD graph."""
    return json_ld({"@context": "https://schema.org", "@graph": graph})


@dataclass(frozen=True, slots=True)
class SiteMeta:
    """The site and its author, and the schema.org objects that refer to them.

    `url` has no trailing slash; `profiles` are URLs of the author on other sites; `home` is the name of the home page
    in breadcrumbs, `home_url` its URL below the root. `list_alternates` are PageMeta.alternates of lists, by URL
    below the root.
    """

    name: str
    url: str
    description: str
    language: str
    author: str
    bio: str = ""
    profiles: tuple[str, ...] = ()
    home: str = "Home"
    home_url: str = ""
    list_alternates: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    @property
    def website_id(self) -> str:
        """The `@id` of the WebSite object."""
        return f"{self.url}/{self.home_url}#site"

    def make_person(self, name: str = "") -> dict[str, Any]:
        """Return the site's author as a reference, or another person by name."""
        if name and name != self.author:
            return {"@type": "Person", "name": name}
        return {"@type": "Person", "@id": f"{self.url}/#author", "name": self.author, "url": f"{self.url}/"}

    def make_author_profile(self) -> dict[str, Any]:
        """Return the site's author in full, for the home page."""
        return self.make_person() | {"description": self.bio, "sameAs": list(self.profiles)}

    def make_website(self) -> dict[str, Any]:
        """Return the WebSite object."""
        return {
            "@type": "WebSite",
            "@id": self.website_id,
            "url": f"{self.url}/{self.home_url}",
            "name": self.name,
            "description": self.description,
            "inLanguage": self.language,
            "publisher": {"@id": f"{self.url}/#author"},
        }

    def make_breadcrumb_list(self, crumbs: list[tuple[str, str]]) -> dict[str, Any]:
        """Return the BreadcrumbList for (label, absolute URL) pairs, from the home page down."""
        items = [
            {"@type": "ListItem", "position": number, "name": name, "item": url}
            for number, (name, url) in enumerate(crumbs, 1)
        ]
        return {"@type": "BreadcrumbList", "itemListElement": items}

    def make_web_page(self, head: PageMeta, kind: str = "WebPage", language: str = "") -> dict[str, Any]:
        """Return the object of a page that is not a post; `language` is "" for the site's."""
        return {
            "@type": kind,
            "@id": head.url,
            "url": head.url,
            "name": head.title,
            "description": head.description,
            "dateModified": head.modified,
            "inLanguage": language or self.language,
            "isPartOf": {"@id": self.website_id},
        }

    @pure
    def list_meta(self, title: str, url: str, description: str, *parents: tuple[str, str]) -> PageMeta:
        """Return the metadata of a list of posts, books or events, at `url` below the root.

        `parents` are the (label, URL) breadcrumbs between the home page and the list; with any, `breadcrumbs` are set.
        Templates use this as a filter: `{% set head = "Archives"|list_meta("archives/", "All posts by date.") %}`.
        """
        alternates = self.list_alternates.get(url, ())
        head = PageMeta(title, f"{self.url}/{url}", make_description(description, ""), alternates=alternates)
        graph = [self.make_web_page(head, "CollectionPage")]
        if parents:
            head = replace(
                head, breadcrumbs=tuple(Breadcrumb(*crumb) for crumb in ((self.home, self.home_url), *parents))
            )
            crumbs = [(crumb.label, f"{self.url}/{crumb.url}") for crumb in head.breadcrumbs]
            graph.append(self.make_breadcrumb_list([*crumbs, (title, head.url)]))
        return replace(head, data=serialize_graph(graph))


def make_blog_posting(head: PageMeta, site: SiteMeta, extra: dict[str, Any]) -> dict[str, Any]:
    """Return the BlogPosting object of a post; `extra` are properties that PageMeta does not have."""
    people = [site.make_person(name.strip()) for name in head.author.split("\n") if name.strip()]
    return {
        "@type": "BlogPosting",
        "@id": f"{head.url}#post",
        "url": head.url,
        "headline": head.title,
        "description": head.description,
        "datePublished": head.published,
        "dateModified": head.modified,
        "author": people[0] if len(people) == 1 else people,
        "publisher": {"@id": f"{site.url}/#author"},
        "image": head.picture.url if head.picture else "",
        "inLanguage": site.language,
        "isPartOf": {"@id": site.website_id},
        **extra,
    }


def format_iso(value: datetime | None) -> str:
    """Format a datetime as ISO 8601 to the second, or "" for None."""
    return value.isoformat(timespec="seconds") if value else ""

"""What the head of a page tells machines: canonical address, Open Graph, JSON-LD."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pelican_incremental.code import pure

from ..images.picture import Picture
from ..markup import plain
from ..templating import json_ld

_DESCRIPTION = 160


@dataclass(frozen=True, slots=True)
class Head:
    """The metadata of one page; `url` is absolute, `data` is JSON-LD, safe inside `<script>`.

    `type` is Open Graph's ("article", "website", "book"); `published` and `modified` are ISO moments or "".
    `canonical` is where the text is at home, when that is not `url`.
    """

    title: str
    url: str
    description: str = ""
    type: str = "website"
    picture: Picture | None = None
    published: str = ""
    modified: str = ""
    author: str = ""
    data: str = ""
    robots: str = ""
    canonical: str = ""


def described(given: str, html: str) -> str:
    """Return a description of at most 160 characters: the summary, else how the text begins (a list has none)."""
    text = plain(given) or plain(html[:4000])
    if len(text) <= _DESCRIPTION:
        return text
    return text[: text.rfind(" ", 0, _DESCRIPTION)].rstrip(" ,;:.-–—") + "…"


def as_json_ld(graph: list[dict[str, Any]]) -> str:
    """Return things as one JSON-LD graph."""
    return json_ld({"@context": "https://schema.org", "@graph": graph})


@dataclass(frozen=True, slots=True)
class Site:
    """The site and its author as JSON-LD knows them; `profiles` are the author's addresses elsewhere."""

    name: str
    url: str
    description: str
    language: str
    author: str
    bio: str = ""
    profiles: tuple[str, ...] = ()

    def person(self, name: str = "") -> dict[str, Any]:
        """Return the site's author, or another person by name; the home page alone says more of the author."""
        if name and name != self.author:
            return {"@type": "Person", "name": name}
        return {"@type": "Person", "@id": f"{self.url}/#author", "name": self.author, "url": f"{self.url}/"}

    def described_person(self) -> dict[str, Any]:
        """Return the site's author with all that is known."""
        return self.person() | {"description": self.bio, "sameAs": list(self.profiles)}

    def website(self) -> dict[str, Any]:
        """Return the site itself."""
        return {
            "@type": "WebSite",
            "@id": f"{self.url}/#site",
            "url": f"{self.url}/",
            "name": self.name,
            "description": self.description,
            "inLanguage": self.language,
            "publisher": {"@id": f"{self.url}/#author"},
        }

    def trail(self, crumbs: list[tuple[str, str]]) -> dict[str, Any]:
        """Return breadcrumbs, given as words and absolute addresses from the home page down."""
        items = [
            {"@type": "ListItem", "position": number, "name": name, "item": url}
            for number, (name, url) in enumerate(crumbs, 1)
        ]
        return {"@type": "BreadcrumbList", "itemListElement": items}

    def page(self, head: Head, kind: str = "WebPage") -> dict[str, Any]:
        """Return a page that is no post."""
        return {
            "@type": kind,
            "@id": head.url,
            "url": head.url,
            "name": head.title,
            "description": head.description,
            "dateModified": head.modified,
            "inLanguage": self.language,
            "isPartOf": {"@id": f"{self.url}/#site"},
        }

    @pure
    def listing(self, title: str, url: str, description: str, *above: tuple[str, str]) -> Head:
        """Return the Head of a list of posts, books or events, at `url` below the root; `above` are crumbs, not home.

        A filter of templates: `{% set head = "Archives"|listing("archives/", "All posts by date.") %}`.
        """
        head = Head(title, f"{self.url}/{url}", described(description, ""))
        crumbs = [(name, f"{self.url}/{path}") for name, path in (("Home", ""), *above, (title, url))]
        graph = [self.page(head, "CollectionPage"), *([self.trail(crumbs)] if above else [])]
        return replace(head, data=as_json_ld(graph))


def posting(head: Head, site: Site, more: dict[str, Any]) -> dict[str, Any]:
    """Return a blog post; `more` are properties that its Head does not have."""
    people = [site.person(name.strip()) for name in head.author.split("\n") if name.strip()]
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
        "isPartOf": {"@id": f"{site.url}/#site"},
        **more,
    }


def moment(value: datetime | None) -> str:
    """Return a moment in ISO form, "" for none."""
    return value.isoformat(timespec="seconds") if value else ""

"""What an export holds, as it is written there."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field, fields


@dataclass(slots=True)
class RawComment:
    """A comment as exported."""

    id: str = ""
    author: str = ""
    url: str = ""
    date: str = ""
    date_gmt: str = ""
    content: str = ""
    approved: str = ""
    type: str = ""
    parent: str = ""


@dataclass(slots=True)
class RawItem:
    """A post, page, attachment or whatever else WordPress keeps as a post; texts as exported.

    `terms` are (taxonomy, slug, name); `meta` are (key, value). `file` and `line` say where it stands.
    """

    file: str = ""
    line: int = 0
    title: str = ""
    link: str = ""
    pub_date: str = ""
    creator: str = ""
    guid: str = ""
    content: str = ""
    excerpt: str = ""
    id: str = ""
    date: str = ""
    date_gmt: str = ""
    slug: str = ""
    status: str = ""
    parent: str = ""
    menu_order: str = ""
    type: str = ""
    password: str = ""
    sticky: str = ""
    attachment_url: str = ""
    terms: list[tuple[str, str, str]] = field(default_factory=list)
    meta: list[tuple[str, str]] = field(default_factory=list)
    comments: list[RawComment] = field(default_factory=list)

    def get_meta(self, key: str) -> str:
        """Return the first value of a meta key, "" if there is none."""
        return next((value for name, value in self.meta if name == key), "")

    def digest(self) -> str:
        """Return a digest of all that the export says about the item."""
        names = (field.name for field in fields(self) if field.name not in {"file", "line"})
        parts = [str(getattr(self, name)) for name in names]
        return hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=12).hexdigest()


@dataclass
class Channel:
    """What an export says about the blog, collected from all its files.

    `authors` maps logins to display names, `categories` slugs to (slug of the parent, name), `tags` slugs to names,
    `other_terms` (taxonomy, slug) to names. `meta_keys` counts the keys of comments and terms, which are not used.
    """

    title: str = ""
    link: str = ""
    url: str = ""
    site_url: str = ""
    pub_date: str = ""
    version: str = ""
    authors: dict[str, str] = field(default_factory=dict)
    categories: dict[str, tuple[str, str]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    other_terms: dict[tuple[str, str], str] = field(default_factory=dict)
    meta_keys: Counter[str] = field(default_factory=Counter)

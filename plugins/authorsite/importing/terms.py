"""Categories and tags: the names that posts get, and the redirects from their old URLs and feeds."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from .index import Fate, Index
from .names import clean_name, clean_slug, is_alias, normalize_path, parse_date
from .plan import SiteFacts

MAX_CHAIN = 20
"""The limit of categories within categories."""

_TAXONOMIES = {"category": "category", "post_tag": "tag", "tag": "tag"}
_OTHER_TAXONOMIES = {
    "nav_menu": "a menu: its lines are printed for the settings",
    "post_format": "WordPress's format of a post",
    "wp_theme": "of the old theme",
    "link_category": "of WordPress's list of links",
}


@dataclass
class TermNames:
    """The names of categories and tags on the site by (kind, name in WordPress); `notes` by the latter.

    `slugs` maps (kind, name on the site) to the slug of its page, for those that published posts have. `has_posts`:
    there is such a post. `default` is the category that those without one get.
    """

    names: dict[tuple[str, str], str] = field(default_factory=dict)
    notes: dict[tuple[str, str], str] = field(default_factory=dict)
    slugs: dict[tuple[str, str], str] = field(default_factory=dict)
    has_posts: bool = False
    default: str = ""

    def get(self, kind: str, name: str) -> str:
        """Return the name on the site."""
        return self.names.get((kind, name), name)


def name_terms(index: Index, site: SiteFacts) -> TermNames:
    """Return the names that posts get: names whose pages would have one URL are told apart, or joined.

    Names that differ in capitals only are one. Of others, such as C and C++, the less common gets WordPress's slug.
    """
    result = TermNames()
    published: set[tuple[str, str]] = set()
    counts: Counter[tuple[str, str]] = Counter()
    for item in index.items.values():
        if item.fate in {Fate.CONTENT, Fate.PRIVATE}:
            terms = [("category", item.category)] * bool(item.category) + [("tag", tag) for tag in item.tags]
            counts.update(terms)
            date = parse_date(item.date)
            is_listed = item.is_published and item.type != "page" and date is not None and date <= site.now
            published.update(terms if is_listed else ())
            result.has_posts = result.has_posts or is_listed
            if is_listed and not item.category and site.default_category:
                result.default = site.default_category
    slugs_by_name = {name: slug for (taxonomy, slug), name in sorted(index.terms.items()) if taxonomy in _TAXONOMIES}
    owners: dict[tuple[str, str], str] = {}
    for (kind, name), _ in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])):
        own = name
        slug = site.slugify(name)
        first = owners.get((kind, slug), "")
        if not slug or (first and first.casefold() != name.casefold()):
            own = clean_slug(slugs_by_name.get(name, "")) or f"{kind}-{len(owners)}"
            slug = site.slugify(own)
            result.notes[kind, name] = f"it is called `{own}` here, since " + (
                f"its URL is that of `{first}`" if first else "no URL can be made of its name"
            )
        elif first:
            own = first
        owners.setdefault((kind, slug), own)
        result.names[kind, name] = own
        if (kind, name) in published:
            result.slugs[kind, own] = slug
    if result.default:
        result.slugs.setdefault(("category", result.default), site.slugify(result.default))
    return result


def list_redirects(index: Index, site: SiteFacts, names: TermNames) -> Iterator[tuple[str, str]]:
    """Yield (old path, new path) of the pages of categories and tags, and of their feeds."""
    pages = {kind: {own: slug for (k, own), slug in names.slugs.items() if k == kind} for kind in ("category", "tag")}
    patterns = {"category": site.category_url, "tag": site.tag_url}
    known = {normalize_path(patterns[kind].format(slug=slug)) for kind in pages for slug in pages[kind].values()}
    seen: set[str] = set()
    parents = {unquote(slug): unquote(parent) for slug, (parent, _) in index.channel.categories.items()}
    for kind, slug, name in _list_terms(index):
        kinds = (kind, "tag") if kind == "category" else (kind,)
        own = names.default if (kind, slug) == ("category", "uncategorized") else ""
        found = next(((k, s) for k in kinds if (s := pages[k].get(own or names.get(k, name)))), None)
        if not found:
            continue
        new = f"/{patterns[found[0]].format(slug=found[1])}"
        for old in _list_old_paths(kind, slug, parents if kind == "category" else {}):
            key = normalize_path(old)
            if is_alias(old) and key not in seen:
                seen.add(key)
                if key not in known:
                    yield old, new
                yield f"{old}feed/", f"{new}feed.xml"


def _list_terms(index: Index) -> Iterator[tuple[str, str, str]]:
    """Yield kind, slug and name of each category and tag of the blog."""
    terms: dict[tuple[str, str], str] = defaultdict(str)
    for slug, (_, name) in index.channel.categories.items():
        terms["category", unquote(slug)] = clean_name(name)
    for slug, name in index.channel.tags.items():
        terms["tag", unquote(slug)] = clean_name(name)
    for (taxonomy, slug), name in index.terms.items():
        if kind := _TAXONOMIES.get(taxonomy):
            terms.setdefault((kind, slug), name)
    yield from sorted((kind, slug, name) for (kind, slug), name in terms.items())


def _list_old_paths(kind: str, slug: str, parents: Mapping[str, str]) -> Iterator[str]:
    yield f"/{kind}/{slug}/"
    parts, parent = [slug], parents.get(slug, "")
    while parent and parent not in parts and len(parts) < MAX_CHAIN:
        parts.append(parent)
        parent = parents.get(parent, "")
    if len(parts) > 1:
        yield f"/{kind}/{'/'.join(reversed(parts))}/"


def explain_terms(index: Index, names: TermNames) -> Iterator[tuple[str, str, str, str]]:
    """Yield taxonomy, slug, outcome and reason of each term, for the inventory."""
    used = {(kind, name) for kind, name in names.names}
    for kind, slug, name in _list_terms(index):
        kinds = [k for k in ("category", "tag") if (k, name) in used]
        if slug == "uncategorized" and kind == "category":
            yield kind, slug, "skipped", "WordPress's name for no category"
        elif not kinds:
            yield kind, slug, "skipped", "no post that came along has it"
        elif notes := [names.notes[k, name] for k in kinds if (k, name) in names.notes]:
            yield kind, slug, "needs a look", notes[0]
        else:
            yield kind, slug, "written", f"as {' and '.join(kinds)}"
    others = {(taxonomy, unquote(slug)) for taxonomy, slug in index.channel.other_terms}
    for taxonomy, slug in sorted(others | {key for key in index.terms if key[0] not in _TAXONOMIES}):
        why = _OTHER_TAXONOMIES.get(taxonomy, f"the taxonomy `{taxonomy}` comes from a plugin")
        yield taxonomy, slug, "skipped", why

"""WordPress's menus, as lines for `menu` in the settings."""

import json
from collections.abc import Iterator

from .index import Index, clean_name
from .plan import Plan, SiteFacts
from .terms import TermNames
from .wxr_model import RawItem


def list_menu_lines(index: Index, plan: Plan, names: TermNames, site: SiteFacts) -> list[str]:
    """Return a line for each entry of the menus, in their order; entries below others follow them."""
    lines = (_make_line(raw, index, plan, names, site) for _, raw in sorted(index.menu, key=lambda pair: pair[0]))
    return [line for line in lines if line]


def _make_line(raw: RawItem, index: Index, plan: Plan, names: TermNames, site: SiteFacts) -> str:
    kind, number = raw.get_meta("_menu_item_type"), raw.get_meta("_menu_item_object_id").strip()
    label, url = clean_name(raw.title), ""
    if kind == "post_type" and number in plan.targets:
        label, url = label or index.items[number].title, f"/{plan.targets[number].url}"
    elif kind == "taxonomy":
        url = next(_find_group(label, names, site), "")
    elif kind == "custom":
        url = raw.get_meta("_menu_item_url").strip()
    return f'{{"label": {_quote(label)}, "url": {_quote(url)}}},' if label and url else ""


def _find_group(name: str, names: TermNames, site: SiteFacts) -> Iterator[str]:
    for kind, pattern in (("category", site.category_url), ("tag", site.tag_url)):
        if slug := names.slugs.get((kind, names.get(kind, name))):
            yield f"/{pattern.format(slug=slug)}"


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)

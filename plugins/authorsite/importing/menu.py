"""WordPress's menus, as lines for `menu` in the settings."""

import json
from collections import defaultdict

from .index import Index
from .names import clean_name, parse_number
from .plan import Plan, SiteFacts
from .terms import TermNames
from .wxr_model import RawItem


def list_menu_lines(index: Index, plan: Plan, names: TermNames, site: SiteFacts) -> list[str]:
    """Return the entries of the menus, in their order, each menu with a comment; entries below others follow them."""
    menus: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for raw in index.menu.values():
        if line := _make_line(raw, index, plan, names, site):
            name = next((name for taxonomy, _, name in raw.terms if taxonomy == "nav_menu"), "")
            menus[clean_name(name)].append((parse_number(raw.menu_order) or 0, line))
    lines = []
    for name, entries in sorted(menus.items()):
        lines += [f"# {name}"] * (len(menus) > 1) + [line for _, line in sorted(entries, key=lambda entry: entry[0])]
    return lines


def _make_line(raw: RawItem, index: Index, plan: Plan, names: TermNames, site: SiteFacts) -> str:
    """Return a line, "" for an entry that leads nowhere."""
    kind, number = raw.get_meta("_menu_item_type"), raw.get_meta("_menu_item_object_id").strip()
    label, url = clean_name(raw.title), ""
    if kind == "post_type" and number in plan.targets:
        label, url = label or index.items[number].title, f"/{plan.targets[number].url}"
    elif kind == "taxonomy":
        url = _find_group(label, names, site)
    elif kind == "custom":
        url = raw.get_meta("_menu_item_url").strip()
    return f'{{"label": {_quote(label)}, "url": {_quote(url)}}},' if label and url.strip("#") else ""


def _find_group(name: str, names: TermNames, site: SiteFacts) -> str:
    for kind, pattern in (("category", site.category_url), ("tag", site.tag_url)):
        if slug := names.slugs.get((kind, names.get(kind, name))):
            return f"/{pattern.format(slug=slug)}"
    return ""


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)

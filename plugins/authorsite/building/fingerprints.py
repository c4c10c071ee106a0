"""A page's fingerprint: digests of its templates and of just those values that the templates can touch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from zlib import crc32

from jinja2 import Environment, Template
from pelican.contents import Content
from pelican.paginator import Page, Paginator
from pelican.urlwrappers import URLWrapper

from .digests import MISSING, Digester, digest
from .kept import is_bare
from .objects import Objects, may_link
from .reach import reach
from .salts import environment_of
from .touched import ANY_PAGE, SAME, TRUTH, Touched
from .trees import find_trees

_OF_A_PAGE = frozenset(
    "has_next has_previous has_other_pages next_page_number previous_page_number start_index end_index".split()
)


class Fingerprint(NamedTuple):
    """`whole` tells pages apart; `texts` stand for what each of `names` showed."""

    whole: str
    names: tuple[str, ...]
    texts: tuple[str, ...]

    @property
    def parts(self) -> str:
        """Eight digits for each name, to say later what changed."""
        return "".join(f"{crc32(text.encode('utf-8', 'surrogatepass')):08x}" for text in self.texts)


@dataclass(frozen=True)
class _Reached:
    digest: str
    touched: dict[str, Touched] | None
    names: tuple[str, ...] = ()


# By their texts: a resident server looks at each template once.
_REACHED: dict[str, _Reached] = {}
_NODES: dict[Any, Touched] = {}


class Fingerprints:
    """Fingerprints of one build's pages; `salt` stands for code, versions and settings."""

    def __init__(self, salt: str, contents: Mapping[str, Any], objects: Objects) -> None:
        self.salt = salt
        self.values = _SiteDigester(contents, objects)
        self._reached: dict[Any, tuple[_Reached, Any]] = {}
        self._environments: dict[int, tuple[str, frozenset[str], Environment]] = {}

    def of(self, template: Template, own: Mapping[str, Any], context: Mapping[str, Any]) -> Fingerprint | None:
        """Return the fingerprint of the page that `template` makes of its `own` names and those of `context`.

        None: it must be rendered.
        """
        reached = self.reached(template)
        if reached is None or reached.touched is None:
            return None
        values = self.values
        values.stand(own.get("localsiteurl") or "")
        made = [self.salt, reached.digest]
        try:
            last = values.last.setdefault(reached.digest, {})
            for name, node in reached.touched.items():
                value = own[name] if name in own else context.get(name, MISSING)
                seen, told = last.get(name, (values, ""))
                if seen is not value:
                    told = values.touched(value, node)
                    last[name] = (value, told)
                made.append(told)
        except Exception:  # noqa: BLE001 - whatever cannot be digested is rendered, and fails there if it must
            return None
        return Fingerprint(digest(repr(made)), reached.names, tuple(made))

    def reached(self, template: Template) -> _Reached | None:
        """Return what `template` and all it refers to can touch; None when it has no name of its own."""
        environment = template.environment
        key = (id(environment), template.name, id(template))
        if key not in self._reached:
            self._reached[key] = (self._reach(environment, template.name or ""), template)
        return self._reached[key][0]

    def _reach(self, environment: Environment, name: str) -> _Reached:
        if id(environment) not in self._environments:
            self._environments[id(environment)] = (*environment_of(environment), environment)
        code, unsteady, _ = self._environments[id(environment)]
        texts, trees = find_trees(environment, name, unsteady)
        told = digest(code, name, *(f"{n} {t}" for n, t in sorted(texts.items())))
        if trees is None:
            return _Reached(told, None)
        if told not in _REACHED:
            touched = {name: node.shared(_NODES) for name, node in reach(trees, environment.globals).items()}
            _REACHED[told] = _Reached(told, touched, ("code or settings", "templates", *touched))
        return _REACHED[told]


class _SiteDigester(Digester):
    """Knows Pelican's objects."""

    watched = frozenset(("content", "summary"))

    def __init__(self, contents: Mapping[str, Any], objects: Objects) -> None:
        super().__init__()
        self._contents, self._objects = contents, objects
        self._plans: dict[tuple[int, frozenset[str]], _Plan] = {}
        self._inside = False
        self._site = ""
        # By templates and name, what the page before was given, and the text for it: most of it is the whole site's.
        self.last: dict[str, dict[str, tuple[Any, str]]] = {}

    def forget(self) -> None:
        """Drop what is remembered."""
        super().forget()
        self.last.clear()
        self._site = ""

    def _remembered(self, value: Any, node: Touched | None) -> str:
        found = self._objects.own(value) if node is not None and isinstance(value, Content) else None
        if found is None or node is None:
            return super()._remembered(value, node)
        # What is as it was when it was read is told by its digests.
        kept, names = found
        plan = self._plans.get((id(node), names))
        if plan is None:
            plan = self._plans[id(node), names] = _Plan(node, names)
        told = kept.meta if plan.meta else ""
        if plan.texts:
            own_summary = "summary" in value.metadata
            told += kept.summary if plan.summary and own_summary else ""
            told += kept.body if plan.body or (plan.summary and not own_summary) else ""
        if not plan.others:
            return told
        known = self._known.get((id(value), id(node)))
        if known is not None:
            return known[0]
        parts = [told, *(f"{use}={self._used(value, use)}" for use in plan.uses)]
        for label, name, step, below in plan.rest:
            seen = getattr(value, name, MISSING) if name else MISSING
            seen = self.step(value, step) if seen is MISSING else seen
            parts.append(label + self.touched(seen, below))
        return self._remember((id(value), id(node)), f"({','.join(parts)})", value)

    def _used(self, value: Any, use: str) -> str:
        if use == SAME and isinstance(value, Content):
            return f"{type(value).__name__} {value.source_path}"
        return super()._used(value, use)

    def step(self, value: Any, step: tuple[Any, ...]) -> Any:
        """Return the value one step further; of a Content object without computing what its source tells."""
        if isinstance(value, Content) and step[0] == "attr":
            if step[1] == "content" and not hasattr(value, "_get_content") and not self._links(value):
                return value._content  # noqa: SLF001 - what the property returns when it holds no links of Pelican's
            if step[1] == "summary" and "summary" not in value.metadata and type(value).summary is Content.summary:
                return self.step(value, ("attr", "content"))
        if isinstance(value, Paginator) and step == ANY_PAGE:
            return [value.page(number) for number in range(1, value.num_pages + 1)]
        if isinstance(value, Page) and step[0] == "call" and step[1] in _OF_A_PAGE:
            return getattr(value, step[1])()
        return super().step(value, step)

    def _links(self, value: Any) -> bool:
        return not isinstance(value._content, str) or may_link(value.settings, value._content)  # noqa: SLF001

    def _composed(self, value: Any) -> str:
        if isinstance(value, URLWrapper):
            text = f"{type(value).__name__} {value.name!r} {value.slug!r}"
            if is_bare(value):
                return text
            own = {k: v for k, v in vars(value).items() if k[0] != "_" and k not in {"settings", "name", "slug"}}
            return text + self.whole(own)
        if isinstance(value, (Page, Paginator)):
            return digest(type(value).__name__, self.whole({k: v for k, v in vars(value).items() if k != "settings"}))
        if isinstance(value, Content):
            return self._content_object(value)
        return super()._composed(value)

    def _content_object(self, value: Any) -> str:
        """Digest all of a Content object; what it refers to stands for the whole site, for a template could go on."""
        if self._inside:
            return digest(type(value).__name__, str(value.source_path), self._whole_site())
        self._inside = True
        try:
            links = value.content if self._links(value) else ""
            return digest(type(value).__name__, links, self.whole(_own(value)))
        finally:
            self._inside = False

    def _whole_site(self) -> str:
        if not self._site:
            self._site = "being made"
            items = (item for item in self._contents.values() if item is not None)
            plain = ({k: v for k, v in _own(item).items() if _is_plain(v)} for item in items)
            self._site = digest(*(self.whole(own) for own in plain))
        return self._site


class _Plan:
    """What `node` touches of an object whose attributes `names` are as they were.

    Whether it touches those, the text, the summary; its uses; and of all else label, attribute's name, step and node.
    """

    def __init__(self, node: Touched, names: frozenset[str]) -> None:
        uses, steps = node.plan
        # That it is there is told by its being digested at all.
        self.uses = [use for use in uses if use != TRUTH]
        told = {name for _, name, _, _ in steps if name in names}
        self.meta, self.body = bool(told - {"content", "summary"}), "content" in told
        self.summary = not told.isdisjoint(("summary", "_summary", "metadata"))
        watched = _SiteDigester.watched
        self.rest = [
            (f"{step}=", "" if name in watched else name, step, below)
            for step, name, below, _ in steps
            if name not in told
        ]
        self.texts, self.others = self.body or self.summary, bool(self.rest or self.uses)


def _own(value: Any) -> dict[str, Any]:
    hidden = {"settings", "_context", "_output_location_referenced"}
    # The text may not be there yet: it comes when it is asked for.
    return {"_content": value._content} | {k: v for k, v in vars(value).items() if k not in hidden}  # noqa: SLF001


def _is_plain(value: Any, depth: int = 3) -> bool:
    """Whether no Content object stands in `value`."""
    if isinstance(value, Content):
        return False
    if isinstance(value, (list, tuple)) and depth:
        return all(_is_plain(item, depth - 1) for item in value)
    return not isinstance(value, dict) or all(_is_plain(item, depth - 1) for item in value.values())

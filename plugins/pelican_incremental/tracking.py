"""What a page reads while its template renders: names of the context, attributes of contents, templates.

Nothing is guessed from the templates' text. A page may be left alone next time if everything it read is still the
same, for then its template would take the same path again.
"""

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MethodType
from typing import Any

from jinja2 import Environment, Template, TemplateNotFound, pass_context
from jinja2.filters import FILTERS
from jinja2.runtime import Context
from jinja2.tests import TESTS
from jinja2.utils import _PassArg
from pelican.contents import Content

from .code import is_pure
from .digests import LONG, Digester, Listing
from .store import digest

_EXTENSIONS = frozenset(f"jinja2.ext.{name}" for name in ("ExprStmtExtension", "LoopControlExtension"))
"""Jinja's extensions that add no code of their own to what a template does."""

_CHANGING = "{} may answer differently each time"
_TEXTS = {"content": "content", "get_content": "content", "summary": "summary", "get_summary": "summary"}
_TOO_MUCH = frozenset(("__dict__", "_context"))
"""Attributes through which a template may reach everything."""


@dataclass(slots=True)
class _Page:
    """The page that is being rendered; `volatile` says why it must be rendered every time."""

    labels: dict[str, None] = field(default_factory=dict)
    contents: dict[int, tuple[Any, dict[str, None]]] = field(default_factory=dict)
    volatile: str = ""
    nested: bool = False


class Tracker:
    """Renders pages and notes what they read; tells by digests whether that is the same as before.

    What a page read is told by labels: a kind and a name, parted by a tab; of a content, its path below the content
    folder, and the attributes that were read. `find` gives contents by path.
    """

    def __init__(self, find: Callable[[str], Any], messages: Callable[[], int]) -> None:
        self._find, self._messages = find, messages
        self.listings: dict[str, Listing] = {}
        self._page: _Page | None = None
        self._pure: dict[Any, tuple[bool, Any]] = {}
        self.forget()

    def forget(self) -> None:
        """Drop what is remembered of values, which may have changed."""
        self._values = Digester()
        self._known: dict[tuple[Any, ...], str] = {}
        self._names: dict[str, tuple[Any, str]] = {}

    def render(self, template: Template, context: dict[str, Any]) -> tuple[str, tuple[str, ...], str]:
        """Return the page's text, and labels of what it read, or none and why it must be rendered every time."""
        self.prepare(template.environment)
        page = self._page = _Page()
        before = self._messages()
        self._note("template", template.name or "")
        Content.__getattribute__ = self._hook()
        try:
            text = template.render(context)
        finally:
            del Content.__getattribute__
            self._page = None
        if self._messages() != before:
            page.volatile = "something was reported while it was rendered"
        elif not template.name or template.environment.loader is None:
            page.volatile = "its template has no name"
        elif not _EXTENSIONS.issuperset(template.environment.extensions):
            page.volatile = "extensions of Jinja are in use"
        elif type(next(iter(getattr(template.environment.loader, "loaders", ())), None)).__name__ == "_FileLoader":
            page.volatile = "it is one of TEMPLATE_PAGES, whose names may hide those of the theme"
        for content, names in page.contents.values():
            path = vars(content).get("relative_source_path") or ""
            if self._find(path) is not content:
                page.volatile = f"it shows a {type(content).__name__} of unknown origin"
            page.labels["\t".join(("content", path, *names))] = None
        return text, () if page.volatile else tuple(page.labels), page.volatile

    def _note(self, kind: str, name: str) -> None:
        if self._page is not None:
            self._page.labels[f"{kind}\t{name}"] = None

    def name(self, listing: Listing, name: str) -> None:
        """Give `listing`, of which pages may be made, the name under which they note it."""
        self.listings[name] = listing
        listing.name, listing.read = name, functools.partial(self._note, "listing", name)

    def _hook(self) -> Callable[[Any, str], Any]:
        """Return the attribute access of Content objects that notes what is read from outside of them."""
        plain = object.__getattribute__

        def __getattribute__(content: Any, name: str) -> Any:  # noqa: N807 - it becomes that
            page = self._page
            if page is None or page.nested or (name[:2] == "__" and name not in _TOO_MUCH):
                return plain(content, name)
            page.nested = True
            value = None
            try:
                value = plain(content, name)
            finally:
                page.nested = False
                # What a method reads is noted when it does; those that remember their answers are noted themselves.
                # The settings count anyway.
                if name in _TEXTS or (name != "settings" and type(value) is not MethodType):
                    if name in _TOO_MUCH:
                        page.volatile = f"its templates read {name} of a {type(content).__name__}"
                    page.contents.setdefault(id(content), (content, {}))[1][_TEXTS.get(name, name)] = None
            return value

        return __getattribute__

    def prepare(self, environment: Environment) -> None:
        """Let an environment tell what its templates read; do it before they are compiled, which computes constants."""
        if getattr(environment, "_tracker", None) is self:
            return
        tracker = environment._tracker = self  # type: ignore[attr-defined]  # noqa: SLF001 - a name of ours

        class TrackedContext(Context):
            def resolve_or_missing(self, key: str) -> Any:
                tracker._note("name", key)
                return super().resolve_or_missing(key)

            def call(self, obj: Any, *args: Any, **kwargs: Any) -> Any:
                page = tracker._page
                if page is not None and not page.volatile and not tracker._is_pure(obj):
                    page.volatile = _CHANGING.format(getattr(obj, "__qualname__", type(obj).__qualname__))
                return super().call(obj, *args, **kwargs)

        environment.context_class = TrackedContext
        for own, jinjas in ((environment.filters, FILTERS), (environment.tests, TESTS)):
            function: Any
            for name, function in own.items():
                hidden = isinstance(function, MethodType) and not getattr(function, "__pure__", False)
                if name == "random" or hidden or not (jinjas.get(name) is function or self._is_pure(function)):
                    own[name] = self._volatile(name, function)
                    environment.bytecode_cache = None  # what is compiled now would not do without the engine
        if environment.finalize is not None and not self._is_pure(environment.finalize):
            environment.finalize = self._volatile("finalize", environment.finalize)

        class TrackedTemplate(environment.template_class):  # type: ignore[name-defined]
            seen = _Page()

            def _get_default_module(self, ctx: Any = None) -> Any:
                # Jinja keeps the module: what it read is what each page reads that imports it.
                outer, tracker._page = tracker._page, self.seen if self._module else _Page()
                try:
                    module = super()._get_default_module(ctx)
                finally:
                    self.seen, tracker._page = tracker._page, outer
                if outer is not None:
                    outer.labels |= self.seen.labels
                    outer.contents |= self.seen.contents
                    outer.volatile = outer.volatile or self.seen.volatile
                return module

        environment.template_class = TrackedTemplate
        if environment.cache is not None:
            environment.cache.clear()
        load = environment._load_template  # noqa: SLF001 - extends, include, import and get_template all ask it

        def load_template(name: str, globals: Any) -> Template:  # noqa: A002 - Jinja's
            self._note("template", name)
            return load(name, globals)

        environment._load_template = load_template  # type: ignore[method-assign]  # noqa: SLF001 - the same

    def _is_pure(self, function: Any) -> bool:
        if _PassArg.from_obj(function) is _PassArg.context:
            return False
        key = (type(function.__self__), function.__func__) if isinstance(function, MethodType) else id(function)
        if key not in self._pure:
            self._pure[key] = is_pure(function), function
        return self._pure[key][0]

    def _volatile(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a filter or test that says that the page cannot be left alone; with a context, none is a constant."""
        kind = _PassArg.from_obj(function)

        @pass_context
        def call(context: Context, *args: Any, **kwargs: Any) -> Any:
            if self._page is not None:
                self._page.volatile = _CHANGING.format(f"`{name}`")
            given = {_PassArg.eval_context: context.eval_ctx, _PassArg.environment: context.environment}
            return function(*([given.get(kind, context)] if kind else []), *args, **kwargs)

        return call

    def now(self, labels: Iterable[str], environment: Environment, context: Mapping[str, Any]) -> list[str]:
        """Return a digest, or a short text, for each thing that `labels` name, as it is now; raises Unknown."""
        found, place = [], context["localsiteurl"]  # texts hold links relative to the page
        for label in labels:
            if label[:5] == "name\t":
                name = label[5:]
                value = context.get(name, self)
                if value is self:
                    value = environment.globals.get(name, self)
                same = self._names.get(name)  # most are those of the page before
                if same is None or same[0] is not value:
                    same = self._names[name] = value, "missing" if value is self else self._values.of(value)
                found.append(same[1])
                continue
            if (label, place) not in self._known:
                self._known[label, place] = self._look_up(label, environment, place)
            found.append(self._known[label, place])
        return found

    def _look_up(self, label: str, environment: Environment, place: str) -> str:
        kind, name, *attributes = label.split("\t")
        if kind == "content":
            content = self._find(name)
            text = ",".join([self._attribute(content, attribute, place) for attribute in attributes])
            return text if len(text) <= LONG else digest(text)
        if kind == "listing":
            return self._values.of(list.copy(self.listings.get(name, ())))  # type: ignore[arg-type]
        assert environment.loader is not None
        try:
            return digest(environment.loader.get_source(environment, name)[0])
        except TemplateNotFound:
            return "absent"

    def _attribute(self, content: Any, name: str, place: str) -> str:
        if name == "summary" and getattr(type(content), name, 0) is Content.summary and name not in content.metadata:
            name = "content"  # what is cut from the text is told by the text
        key = (id(content), name, place)
        if key not in self._known:
            value = getattr(content, name, self)
            self._known[key] = "missing" if value is self else self._values.of(value)
        return self._known[key]

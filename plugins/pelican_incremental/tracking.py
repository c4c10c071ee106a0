"""What a page reads while its template is rendered: names of the context, attributes of contents, templates.

Nothing is inferred from the text of a template. If everything that a page read is unchanged, its template would take
the same path again and give the same text, so the page can be skipped.
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

from .digests import MAX_INLINE, Digester, TrackedListing
from .purity import is_pure
from .store import digest

_SAFE_EXTENSIONS = frozenset(f"jinja2.ext.{name}" for name in ("ExprStmtExtension", "LoopControlExtension"))
"""Jinja's extensions that bring no code of their own."""

_NOT_PURE = "{} may return another result each time"
_TEXT_ATTRIBUTES = {"content": "content", "get_content": "content", "summary": "summary", "get_summary": "summary"}
_UNTRACKABLE = frozenset(("__dict__", "_context"))  # give access to everything else


@dataclass(slots=True)
class _PageReads:
    """What a page has read so far; `volatile` is why it must be rendered in every build, or ""."""

    labels: dict[str, None] = field(default_factory=dict)
    contents: dict[int, tuple[Any, dict[str, None]]] = field(default_factory=dict)
    volatile: str = ""
    nested: bool = False


class Tracker:
    """Renders pages and records their dependencies; digests the current values of dependencies.

    A dependency is a label: a kind and a name, separated by a tab; for a content its path below the content folder,
    and the attributes that were read. `find_content` returns a content by that path.
    """

    def __init__(self, find_content: Callable[[str], Any], count_messages: Callable[[], int]) -> None:
        self._find_content, self._count_messages = find_content, count_messages
        self.listings: dict[str, TrackedListing] = {}
        self._page: _PageReads | None = None
        self._pure: dict[Any, tuple[bool, Any]] = {}
        self.reset()

    def reset(self) -> None:
        """Clear the cached digests of values, which may have changed."""
        self._digester = Digester()
        self._digests: dict[tuple[Any, ...], str] = {}
        self._names: dict[str, tuple[Any, str]] = {}

    def render(self, template: Template, context: dict[str, Any]) -> tuple[str, tuple[str, ...], str]:
        """Return the page's text and its dependencies, or none and why it must be rendered in every build."""
        self.track_environment(template.environment)
        page = self._page = _PageReads()
        messages_before = self._count_messages()
        self._record("template", template.name or "")
        Content.__getattribute__ = self._tracked_getattribute()
        try:
            text = template.render(context)
        finally:
            del Content.__getattribute__
            self._page = None
        if self._count_messages() != messages_before:
            page.volatile = "something was reported while it was rendered"
        elif not template.name or template.environment.loader is None:
            page.volatile = "its template has no name"
        elif not _SAFE_EXTENSIONS.issuperset(template.environment.extensions):
            page.volatile = "extensions of Jinja are in use"
        elif type(next(iter(getattr(template.environment.loader, "loaders", ())), None)).__name__ == "_FileLoader":
            page.volatile = "it is one of TEMPLATE_PAGES, whose names may hide those of the theme"
        for content, names in page.contents.values():
            path = vars(content).get("relative_source_path") or ""
            if self._find_content(path) is not content:
                page.volatile = f"it shows a {type(content).__name__} of unknown origin"
            page.labels["\t".join(("content", path, *names))] = None
        return text, () if page.volatile else tuple(page.labels), page.volatile

    def _record(self, kind: str, name: str) -> None:
        if self._page is not None:
            self._page.labels[f"{kind}\t{name}"] = None

    def track_listing(self, listing: TrackedListing, name: str) -> None:
        """Let `listing` record that a page reads it, under `name`."""
        self.listings[name] = listing
        listing.name, listing.on_read = name, functools.partial(self._record, "listing", name)

    def _tracked_getattribute(self) -> Callable[[Any, str], Any]:
        """Return a `Content.__getattribute__` that records the attributes that are read from outside of the object."""
        original = object.__getattribute__

        def __getattribute__(content: Any, name: str) -> Any:  # noqa: N807 - it becomes that
            page = self._page
            if page is None or page.nested or (name[:2] == "__" and name not in _UNTRACKABLE):
                return original(content, name)
            page.nested = True
            value = None
            try:
                value = original(content, name)
            finally:
                page.nested = False
                # What a method reads is recorded when it runs, unless it is memoized. The settings count anyway.
                if name in _TEXT_ATTRIBUTES or (name != "settings" and type(value) is not MethodType):
                    if name in _UNTRACKABLE:
                        page.volatile = f"its templates read {name} of a {type(content).__name__}"
                    page.contents.setdefault(id(content), (content, {}))[1][_TEXT_ATTRIBUTES.get(name, name)] = None
            return value

        return __getattribute__

    def track_environment(self, environment: Environment) -> None:
        """Make an environment report what its templates read; call it before any is compiled: that folds constants."""
        if getattr(environment, "_tracker", None) is self:
            return
        tracker = environment._tracker = self  # type: ignore[attr-defined]  # noqa: SLF001 - set by the engine alone

        class TrackedContext(Context):
            def resolve_or_missing(self, key: str) -> Any:
                tracker._record("name", key)
                return super().resolve_or_missing(key)

            def call(self, obj: Any, *args: Any, **kwargs: Any) -> Any:
                page = tracker._page
                if page is not None and not page.volatile and not tracker._is_pure(obj):
                    page.volatile = _NOT_PURE.format(getattr(obj, "__qualname__", type(obj).__qualname__))
                return super().call(obj, *args, **kwargs)

        environment.context_class, environment.auto_reload = TrackedContext, False  # no stat for each included template
        for functions, builtins in ((environment.filters, FILTERS), (environment.tests, TESTS)):
            function: Any
            for name, function in functions.items():
                is_method = isinstance(function, MethodType) and not getattr(function, "__pure__", False)
                if name == "random" or is_method or not (builtins.get(name) is function or self._is_pure(function)):
                    functions[name] = self._wrap_impure(name, function)
                    environment.bytecode_cache = None  # what is compiled now must not be used without the engine
        if environment.finalize is not None and not self._is_pure(environment.finalize):
            environment.finalize = self._wrap_impure("finalize", environment.finalize)

        class TrackedTemplate(environment.template_class):  # type: ignore[name-defined]
            module_reads = _PageReads()

            def _get_default_module(self, ctx: Any = None) -> Any:
                # Jinja caches the module: what it read counts for each page that imports it.
                outer, tracker._page = tracker._page, self.module_reads if self._module else _PageReads()
                try:
                    module = super()._get_default_module(ctx)
                finally:
                    self.module_reads, tracker._page = tracker._page, outer
                if outer is not None:
                    outer.labels |= self.module_reads.labels
                    outer.contents |= self.module_reads.contents
                    outer.volatile = outer.volatile or self.module_reads.volatile
                return module

        environment.template_class = TrackedTemplate
        if environment.cache is not None:
            environment.cache.clear()
        load = environment._load_template  # noqa: SLF001 - extends, include, import and get_template all call it

        def load_template(name: str, globals: Any) -> Template:  # noqa: A002 - Jinja's
            self._record("template", name)
            return load(name, globals)

        environment._load_template = load_template  # type: ignore[method-assign]  # noqa: SLF001 - the same

    def _is_pure(self, function: Any) -> bool:
        if _PassArg.from_obj(function) is _PassArg.context:
            return False
        key = (type(function.__self__), function.__func__) if isinstance(function, MethodType) else id(function)
        if key not in self._pure:
            self._pure[key] = is_pure(function), function
        return self._pure[key][0]

    def _wrap_impure(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap a filter or test so that it makes its page volatile; it takes the context, so Jinja can't fold it."""
        kind = _PassArg.from_obj(function)

        @pass_context
        def call(context: Context, *args: Any, **kwargs: Any) -> Any:
            if self._page is not None:
                self._page.volatile = _NOT_PURE.format(f"`{name}`")
            first = {_PassArg.eval_context: context.eval_ctx, _PassArg.environment: context.environment}
            return function(*([first.get(kind, context)] if kind else []), *args, **kwargs)

        return call

    def digest_current(self, labels: Iterable[str], environment: Environment, context: Mapping[str, Any]) -> list[str]:
        """Return a digest, or a short text, of the current value of each dependency; raises NotComparable."""
        digests, site_url = [], context["localsiteurl"]  # contents have links relative to the page
        for label in labels:
            if label[:5] == "name\t":
                name = label[5:]
                value = context.get(name, self)
                if value is self:
                    value = environment.globals.get(name, self)
                cached = self._names.get(name)  # most values are those of the page before
                if cached is None or cached[0] is not value:
                    cached = self._names[name] = value, "missing" if value is self else self._digester.digest(value)
                digests.append(cached[1])
                continue
            if (label, site_url) not in self._digests:
                self._digests[label, site_url] = self._digest_label(label, environment, site_url)
            digests.append(self._digests[label, site_url])
        return digests

    def _digest_label(self, label: str, environment: Environment, site_url: str) -> str:
        kind, name, *attributes = label.split("\t")
        if kind == "content":
            content = self._find_content(name)
            text = ",".join([self._digest_attribute(content, attribute, site_url) for attribute in attributes])
            return text if len(text) <= MAX_INLINE else digest(text)
        if kind == "listing":
            return self._digester.digest(list.copy(self.listings.get(name, ())))  # type: ignore[arg-type]
        assert environment.loader is not None
        try:
            return digest(environment.loader.get_source(environment, name)[0])
        except TemplateNotFound:
            return "absent"

    def _digest_attribute(self, content: Any, name: str, site_url: str) -> str:
        if name == "summary" and getattr(type(content), name, 0) is Content.summary and name not in content.metadata:
            name = "content"  # a summary that is cut from the text depends on the text
        key = (id(content), name, site_url)
        if key not in self._digests:
            value = getattr(content, name, self)
            self._digests[key] = "missing" if value is self else self._digester.digest(value)
        return self._digests[key]

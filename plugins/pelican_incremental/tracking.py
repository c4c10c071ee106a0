"""What a page reads while its template renders: names of the context, attributes of contents, templates.

Nothing is guessed from the templates' text. A page may be left alone next time if everything it read is still the
same, for then its template would take the same path again.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MethodType
from typing import Any

from jinja2 import Environment, Template, TemplateNotFound, pass_context
from jinja2.defaults import DEFAULT_FILTERS, DEFAULT_TESTS
from jinja2.runtime import Context
from jinja2.utils import _PassArg
from pelican.contents import Content
from pelican.log import LimitLogger

from .code import is_pure
from .digests import Digester, Listing, Unknown
from .store import digest

_EXTENSIONS = frozenset(f"jinja2.ext.{name}" for name in ("ExprStmtExtension", "LoopControlExtension"))
"""Jinja's extensions that add no code of their own to what a template does."""

_TEXTS = {"content": "content", "get_content": "content", "summary": "summary", "get_summary": "summary"}
_UNSEEN = frozenset(("settings",))
"""Attributes that count anyway: the settings are part of every page's digest."""

_TOO_MUCH = frozenset(("__dict__", "_context"))
"""Attributes through which a template may reach everything."""

Contents = Callable[[str], Any]
"""Finds the Content object of a path below the content folder; None where there is none."""


@dataclass(frozen=True, slots=True)
class Reads:
    """What a page read: templates and names of the context; and paths of contents, by which attributes were read."""

    templates: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    contents: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()
    listings: tuple[str, ...] = ()

    def labels(self) -> list[str]:
        """Return what each digest of `Tracker.digests` stands for."""
        contents = (path for _, paths in self.contents for path in paths)
        return [*(f"template {name}" for name in self.templates), *self.names, *contents, *self.listings]


@dataclass(slots=True)
class _Page:
    """The page that is being rendered; `volatile` says why it must be rendered every time."""

    templates: dict[str, None] = field(default_factory=dict)
    names: dict[str, None] = field(default_factory=dict)
    contents: dict[int, tuple[Any, dict[str, None]]] = field(default_factory=dict)
    listings: dict[str, None] = field(default_factory=dict)
    volatile: str = ""
    nested: bool = False


class Tracker:
    """Renders pages and notes what they read; tells by digests whether that is the same as before.

    `find` gives contents by path; `messages` counts what was reported by other means than logging. `listings` are those
    of the build, by name.
    """

    def __init__(self, find: Contents, messages: Callable[[], int] = int) -> None:
        self._find, self._messages = find, messages
        self.listings: dict[str, Listing] = {}
        self._page: _Page | None = None
        self._values = Digester()
        self._sources: dict[tuple[int, str], str] = {}
        self._read: dict[Any, tuple[str, Any]] = {}
        self._prepared: dict[int, Environment] = {}
        self._pure: dict[Any, tuple[bool, Any]] = {}
        self._logged = 0

    # --- Rendering ---

    def render(self, template: Template, context: dict[str, Any]) -> tuple[str, Reads | None, str]:
        """Return the page's text, and what it read; None, with the reason, if it must be rendered every time."""
        self.prepare(template.environment)
        page = self._page = _Page()
        before = self._logged + self._messages()
        try:
            self._note_template(template)
            Content.__getattribute__ = self._hook()  # type: ignore[method-assign, assignment]
            try:
                text = template.render(context)
            finally:
                del Content.__getattribute__
        finally:
            self._page = None
        if self._logged + self._messages() != before:
            page.volatile = "something was reported while it was rendered"
        if not _EXTENSIONS.issuperset(template.environment.extensions):
            page.volatile = "extensions of Jinja are in use"
        if type(next(iter(getattr(template.environment.loader, "loaders", ())), None)).__name__ == "_FileLoader":
            page.volatile = "it is one of TEMPLATE_PAGES, whose names may hide those of the theme"
        return text, None if page.volatile else self._reads(page), page.volatile

    def _reads(self, page: _Page) -> Reads | None:
        contents: dict[tuple[str, ...], list[str]] = {}
        for content, names in page.contents.values():
            path = vars(content).get("relative_source_path") or ""
            if self._find(path) is not content:
                page.volatile = f"it shows a {type(content).__name__} of unknown origin"
                return None
            contents.setdefault(tuple(names), []).append(path)
        grouped = tuple((names, tuple(paths)) for names, paths in contents.items())
        return Reads(tuple(page.templates), tuple(page.names), grouped, tuple(page.listings))

    def _hook(self) -> Callable[[Any, str], Any]:
        """Return the attribute access of Content objects that notes what is read from outside of them."""
        page, plain = self._page, object.__getattribute__
        assert page is not None

        def __getattribute__(content: Any, name: str) -> Any:  # noqa: N807 - it becomes that
            if page.nested or (name[:2] == "__" and name not in _TOO_MUCH):
                return plain(content, name)
            page.nested = True
            try:
                value = plain(content, name)
            except AttributeError:
                value = None
                raise
            finally:
                page.nested = False
                # What a method reads is noted when it does; those that remember their answers are noted themselves.
                if name in _TEXTS or (name not in _UNSEEN and type(value) is not MethodType):
                    if name in _TOO_MUCH:
                        page.volatile = f"its templates read {name} of a {type(content).__name__}"
                    known = page.contents.get(id(content))
                    if known is None:
                        known = page.contents[id(content)] = (content, {})
                    known[1][name] = None
            return value

        return __getattribute__

    def note_listing(self, listing: Listing) -> None:
        """Note that a template looks into `listing`."""
        if self._page is not None:
            self._page.listings[listing.name] = None

    @contextmanager
    def counting_messages(self) -> Iterator[None]:
        """While it lasts, count what is logged as a warning or worse, also what Pelican leaves out as repeated."""
        limit, handler = LimitLogger.limit_filter, _Counter(self)

        def filter_(record: logging.LogRecord) -> bool:
            if record.levelno >= logging.WARNING:
                self._logged += 1
            return bool(type(limit).filter(limit, record))

        logging.getLogger().addHandler(handler)
        vars(limit)["filter"] = filter_
        try:
            yield
        finally:
            vars(limit).pop("filter", None)
            logging.getLogger().removeHandler(handler)

    # --- Jinja ---

    def prepare(self, environment: Environment) -> None:
        """Let an environment tell what its templates read; do it before they are compiled, which computes constants."""
        if id(environment) in self._prepared:
            return
        self._prepared[id(environment)] = environment
        tracker = self

        class TrackedContext(Context):
            def resolve_or_missing(self, key: str) -> Any:
                if tracker._page is not None:  # noqa: SLF001 - this class is the tracker's
                    tracker._page.names[key] = None  # noqa: SLF001 - the same
                return super().resolve_or_missing(key)

            def call(self, obj: Any, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
                tracker._note_call(obj)  # noqa: SLF001 - the same
                return super().call(obj, *args, **kwargs)

        environment.context_class = TrackedContext
        for own, defaults in ((environment.filters, DEFAULT_FILTERS), (environment.tests, DEFAULT_TESTS)):
            for name, function in own.items():
                steady = name != "random" if defaults.get(name) is function else self._is_pure(function)
                if not steady:
                    own[name] = self._volatile(name, function)
                    environment.bytecode_cache = None  # what is compiled now would not do without the engine
        get, select = environment.get_template, environment.select_template

        def get_template(name: Any, parent: str | None = None, globals: Any = None) -> Template:  # noqa: A002 - Jinja's
            if isinstance(name, Template):
                self._note_template(name)
            else:
                self._note_name(environment, environment.join_path(name, parent) if parent else name)
            return get(name, parent, globals)

        def select_template(names: Any, parent: str | None = None, globals: Any = None) -> Template:  # noqa: A002
            for name in names:
                get_template(name) if isinstance(name, Template) else self._note_name(
                    environment, environment.join_path(name, parent) if parent else name
                )
            return select(names, parent, globals)

        environment.get_template = get_template  # type: ignore[method-assign]
        environment.select_template = select_template  # type: ignore[method-assign]
        if environment.finalize is not None and not self._is_pure(environment.finalize):
            environment.finalize = self._volatile("finalize", environment.finalize)

    def _is_pure(self, function: Any) -> bool:
        if _PassArg.from_obj(function) is _PassArg.context:
            return False
        key = (type(function.__self__), function.__func__) if isinstance(function, MethodType) else id(function)
        if key not in self._pure:
            self._pure[key] = is_pure(function), function
        return self._pure[key][0]

    def _volatile(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a filter or test that says that the page cannot be left alone; with a context, none is a constant."""
        given = _PassArg.from_obj(function)

        @pass_context
        @functools.wraps(function, assigned=("__name__", "__doc__"), updated=())
        def call(context: Context, *args: Any, **kwargs: Any) -> Any:
            if self._page is not None:
                self._page.volatile = f"`{name}` may answer differently each time"
            first = {
                _PassArg.context: (context,),
                _PassArg.eval_context: (context.eval_ctx,),
                _PassArg.environment: (context.environment,),
                None: (),
            }[given]
            return function(*first, *args, **kwargs)

        return call

    def _note_call(self, function: Any) -> None:
        if self._page is not None and not self._page.volatile and not self._is_pure(function):
            name = getattr(function, "__qualname__", type(function).__qualname__)
            self._page.volatile = f"`{name}` may answer differently each time"

    def _note_template(self, template: Template) -> None:
        if self._page is None:
            return
        if template.name is None or template.environment.loader is None:
            self._page.volatile = "its template has no name"
        else:
            self._note_name(template.environment, template.name)

    def _note_name(self, environment: Environment, name: str) -> None:
        del environment  # the page's own, or one of equal loaders
        if self._page is not None:
            self._page.templates[name] = None

    # --- Digests ---

    def digests(self, reads: Reads, template: Template, context: Mapping[str, Any]) -> list[str]:
        """Return a digest, or a short text, for each thing that `reads` names, as it is now; raises Unknown."""
        environment, globals_ = template.environment, template.environment.globals
        made = [self._source(environment, name) for name in reads.templates]
        of, missing = self._values.of, object()
        for name in reads.names:
            value = context.get(name, missing)
            if value is missing:
                value = globals_.get(name, missing)
            made.append("missing" if value is missing else of(value))
        for names, paths in reads.contents:
            made.extend([self._content(self._find(path), names) for path in paths])
        made.extend([of(list.copy(self.listings.get(name, ()))) for name in reads.listings])
        return made

    def forget(self) -> None:
        """Drop what is remembered of values, which may have changed."""
        self._values = Digester()
        self._read.clear()

    def _source(self, environment: Environment, name: str) -> str:
        key = (id(environment), name)
        if key not in self._sources:
            assert environment.loader is not None
            try:
                self._sources[key] = digest(environment.loader.get_source(environment, name)[0])
            except TemplateNotFound:
                self._sources[key] = "absent"
        return self._sources[key]

    def _content(self, content: Any, names: tuple[str, ...]) -> str:
        if content is None:
            return "missing"
        place = content.get_siteurl() if not _TEXTS.keys().isdisjoint(names) else ""
        key = (id(content), names, place)
        known = self._read.get(key)
        if known is None:
            try:
                told = digest(*(self._attribute(content, name) for name in names))
            except Unknown as unknown:
                raise Unknown(f"{unknown} ({type(content).__name__} {content.source_path})") from None
            known = self._read[key] = (told, content)
        return known[0]

    def _attribute(self, content: Any, name: str) -> str:
        name = _TEXTS.get(name, name)
        if name == "summary" and type(content).summary is Content.summary:
            # What is cut from the text is told by the text.
            name = "content" if "summary" not in content.metadata else name
        missing = object()
        value = getattr(content, name, missing)
        return "missing" if value is missing else self._values.of(value)


class _Counter(logging.Handler):
    """Counts the warnings of loggers that are not Pelican's."""

    def __init__(self, tracker: Tracker) -> None:
        super().__init__(logging.WARNING)
        self._tracker = tracker

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002 - that there was one is enough
        self._tracker._logged += 1  # noqa: SLF001 - part of it

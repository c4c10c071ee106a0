"""Jinja for all templates: the filters, `translate`, the package's own templates, and JSON-LD."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, Template, TemplateNotFound

from .filters import make_filters
from .page_language import PAGE_LANGUAGE, PageLanguage
from .site_build import get_build, get_log, get_site, uses
from .theme_head import OWN_TEMPLATES, has_own_head, includes_metadata, merge_head, move_head

TEMPLATES = Path(__file__).parent / "templates"

_COMPLETE = frozenset(("redirect.html", "onix.xml"))
"""The package's templates that extend none of the theme's."""


def add_filters(pelican: Any) -> None:
    """Add the filters, `translate` and `can_subscribe` to Pelican's settings (initialized, after load_settings)."""
    settings = pelican.settings
    site, language = get_site(settings), get_build(settings).set(PageLanguage(get_site(settings)))
    filters = make_filters(site, language)
    check_names(settings, filters)
    # A global, not a filter: Jinja evaluates filters of constants when it compiles, and compiled templates are shared.
    own = {
        "translate": language.translate,
        PAGE_LANGUAGE: site.language,
        "can_subscribe": uses(settings, "feeds"),
    }
    settings["JINJA_GLOBALS"] = {**settings["JINJA_GLOBALS"], **own}
    settings["JINJA_FILTERS"] = {**settings["JINJA_FILTERS"], **filters}


def check_names(settings: Mapping[str, Any], names: Iterable[str]) -> None:
    """Report filters of the site that have the names of the package's own, which would take their place."""
    for name in sorted(settings["JINJA_FILTERS"].keys() & set(names)):
        if not str(getattr(settings["JINJA_FILTERS"][name], "__module__", "")).startswith(f"{__package__}."):
            message, hint = f"JINJA_FILTERS: authorsite has a filter `{name}`, too", "give yours another name"
            get_log(settings).error("pelicanconf.py", 0, message, hint, kind="settings")


def adapt_to_theme(pelican: Any) -> None:
    """Let the settings in defaults.py suit a theme that is not made for them (initialized, after load_settings)."""
    settings = pelican.settings
    if includes_metadata(settings["THEME"]):
        return
    if not settings["DEFAULT_PAGINATION"]:  # then this only gives the lists their variables, such as `articles_page`
        lists = dict.fromkeys(("index", "tag", "category", "author"))
        settings["PAGINATED_TEMPLATES"] = {**lists, **settings["PAGINATED_TEMPLATES"]}
    folders = [Path(settings["THEME"], "templates"), *map(Path, settings["THEME_TEMPLATES_OVERRIDES"])]
    missing = {name for name in ("blog", "404") if not any((folder / f"{name}.html").is_file() for folder in folders)}
    settings["DIRECT_TEMPLATES"] = [name for name in settings["DIRECT_TEMPLATES"] if name not in missing]


def add_template_loader(generator: Any) -> None:
    """Let a generator fall back on the package's templates if the theme has none (signal: generator_init).

    All generators of a build share one environment, so that each template is compiled once. TemplatePagesGenerator
    keeps its own: its templates may have the same names as the theme's.
    """
    environment = generator.env
    if includes_metadata(generator.settings["THEME"]):
        environment.autoescape = True  # others mark no HTML with `safe`
    loaders: list[BaseLoader] = list(environment.loader.loaders)
    environment.loader = ChoiceLoader([*loaders, FileSystemLoader(TEMPLATES), _OwnLoader(TEMPLATES)])
    if type(generator).__name__ == "TemplatePagesGenerator":
        return
    build = get_build(generator.context)
    if build.find(Environment) is None:
        get, metadata = environment.get_template, _choose_metadata(generator.settings)
        language = build.get(PageLanguage)
        choose = _make_chooser(generator.settings)

        def get_template(name: Any, *args: Any, **kwargs: Any) -> Any:
            # Jinja passes more than a name only for a template that another one refers to.
            if args or kwargs:
                return get(name, *args, **kwargs)
            return _PageTemplate(environment, get, choose(name), metadata, language)

        def join_path(name: str, parent: str) -> str:
            is_own = parent.startswith(OWN_TEMPLATES) and (TEMPLATES / name).is_file()
            return choose(OWN_TEMPLATES + name) if is_own else name

        environment.get_template, environment.join_path = get_template, join_path
        build.set(environment)
    generator.env = build.get(Environment)


class _OwnLoader(FileSystemLoader):
    """Loads templates by names that begin with OWN_TEMPLATES, and keep it: those that they refer to are ours, too."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        if not template.startswith(OWN_TEMPLATES):
            raise TemplateNotFound(template)
        return super().get_source(environment, template.removeprefix(OWN_TEMPLATES))


def _make_chooser(settings: Mapping[str, Any]) -> Callable[[str], str]:
    """Return a function that returns the name of the template to use for a name.

    A theme that knows nothing of this package may have templates with the same names: only the author's overrides take
    the place of those that are asked for below OWN_TEMPLATES.
    """
    is_own_theme = includes_metadata(settings["THEME"])

    def choose(name: str) -> str:
        plain = name.removeprefix(OWN_TEMPLATES)
        overrides = (Path(folder, plain) for folder in settings["THEME_TEMPLATES_OVERRIDES"])
        return plain if is_own_theme or any(file.is_file() for file in overrides) else name

    return choose


def _choose_metadata(settings: Mapping[str, Any]) -> str | None:
    """Return the partial to add to the head of each page, "" for none; None if the theme includes it itself."""
    if includes_metadata(settings["THEME"]):
        return None
    if uses(settings, "seo"):
        return OWN_TEMPLATES + "partials/head.html"
    return OWN_TEMPLATES + "partials/feed_links.html" if uses(settings, "feeds") else ""


class _PageTemplate:
    """A template that is compiled when its first page is rendered: most builds render few pages.

    `metadata` is the partial to add to the head of pages (see _choose_metadata).
    """

    def __init__(
        self,
        environment: Environment,
        get: Callable[[str], Template],
        name: str,
        metadata: str | None,
        language: PageLanguage,
    ) -> None:
        loader = environment.loader
        assert loader is not None
        loader.get_source(environment, name)  # raises TemplateNotFound
        self.environment, self.name, self._get, self._metadata = environment, name, get, metadata
        self._language = language

    def render(self, *args: Any, **kwargs: Any) -> str:
        """Return the page in its language, with metadata in its head if the theme has none of ours."""
        context = dict(*args, **kwargs)
        with self._language.use(context) as language:
            return self._render({**context, PAGE_LANGUAGE: language})

    def _render(self, context: dict[str, Any]) -> str:
        page = self._get(self.name).render(context)
        if self._metadata is not None and has_own_head(page):
            return move_head(page)
        if not self._metadata or self.name.removeprefix(OWN_TEMPLATES) in _COMPLETE:
            return page
        return merge_head(page, self._get(self._metadata).render(context))

    def __getattr__(self, attribute: str) -> Any:
        return getattr(self._get(self.name), attribute)


def json_ld(data: dict[str, Any]) -> str:
    """Return JSON-LD for a script element, without empty values; `<` is escaped so that nothing ends the element."""
    return json.dumps(_remove_empty(data), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _remove_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _remove_empty(item) for key, item in value.items() if item not in ("", None, (), [], {})}
    return [_remove_empty(item) for item in value] if isinstance(value, (list, tuple)) else value

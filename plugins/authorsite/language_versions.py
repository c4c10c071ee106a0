"""A site in several languages: the settings and the context for the pages in each language but the main one.

The pages in a language are those of a site below `/de/`: its own lists, feeds and search, by the same code.
"""

from collections import ChainMap
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from babel import Locale

from .page_language import PAGE_LANGUAGE
from .settings import SETTINGS_KEY
from .site_build import get_build

HOME_URL = "HOME_URL"
"""The key, in settings and context, of the URL of the home page below the root: "de/"; missing in the main language."""

LANGUAGES = "LANGUAGES"
"""The key of the LanguageLinks in the context; missing if the site has one language."""

_GROUPS = ("AUTHOR", "CATEGORY", "TAG", "YEAR_ARCHIVE", "MONTH_ARCHIVE", "DAY_ARCHIVE")


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """A language of the site: its code, its name in itself, and the URL of its home page below the root."""

    code: str
    name: str
    home_url: str


class LanguageContext(ChainMap[str, Any]):
    """Pelican's context for the pages in one language: that of the build, with other values for some names."""

    @property
    def own(self) -> dict[str, Any]:
        """What is other in this language."""
        return self.maps[0]  # type: ignore[return-value]  # it was made of a dictionary

    def copy(self) -> Any:
        """Return a plain dictionary: Pelican adds what one page has of its own."""
        return dict(self)

    def __setitem__(self, key: str, value: Any) -> None:
        # Posts make links relative to the page that is written, which their own context names.
        self.maps[key == "localsiteurl"][key] = value


@dataclass
class LanguageVersion:
    """The pages in one language: their context, and the copies of Pelican's generators that write them."""

    language: str
    settings: dict[str, Any]
    context: LanguageContext
    articles_generator: Any = None
    pages_generator: Any = None


class LanguageVersions(dict[str, LanguageVersion]):
    """The versions of a site in other languages than the main one, by language."""


def get_versions(context: Mapping[str, Any]) -> LanguageVersions:
    """Return the versions in other languages; none before posts are read, and if the site has one language."""
    return get_build(context).find(LanguageVersions) or LanguageVersions()


def list_contexts(context: Mapping[str, Any]) -> list[Any]:
    """Return Pelican's context, for the main language, and those of the other languages."""
    return [context, *(version.context for version in get_versions(context).values())]


def list_posts(context: Mapping[str, Any]) -> list[Any]:
    """Return the posts of all languages that are not hidden."""
    return [post for each in list_contexts(context) for post in each.get("articles", ())]


def find_context(context: Mapping[str, Any], language: str) -> Any:
    """Return the context for a post or page with this `lang`: Pelican's own for the main language."""
    version = get_versions(context).get(language)
    return version.context if version else context


def make_versions(context: MutableMapping[str, Any], settings: dict[str, Any]) -> LanguageVersions:
    """Make the versions of a site, share them for the build, and add its languages to the context."""
    versions = LanguageVersions()
    for language in get_build(settings).site.languages:
        own = list_own_settings(settings, language)
        versions[language] = LanguageVersion(language, {**settings, **own}, LanguageContext(own, context))
    if versions:
        context[LANGUAGES] = list_languages(settings)
    return get_build(settings).set(versions)


def list_own_settings(settings: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return those of Pelican's settings, and of the package's, that are others for pages in `language`."""
    site, home = get_build(settings).site, f"{language}/"
    templates = [name for name in settings["DIRECT_TEMPLATES"] if name != "404"]  # servers know one page for errors
    paths: dict[str, Any] = {
        f"{name.upper()}_{key}": f"{name}.html" for name in templates for key in ("URL", "SAVE_AS")
    }
    paths = {key: settings.get(key, default) for key, default in paths.items()}
    paths |= {key: settings.get(key) for name in _GROUPS for key in (f"{name}_URL", f"{name}_SAVE_AS")}
    own = site.languages[language]
    return {
        **{key: home + str(path) for key, path in paths.items() if path},
        "DIRECT_TEMPLATES": templates,
        "DEFAULT_LANG": language,
        "SITENAME": own.name or settings["SITENAME"],
        "SITESUBTITLE": own.tagline,
        SETTINGS_KEY: site.for_language(language),
        PAGE_LANGUAGE: language,
        HOME_URL: home,
        # The pages of events are in the main language.
        "events": (),
        "observances": (),
    }


def list_languages(settings: Mapping[str, Any]) -> tuple[LanguageLink, ...]:
    """Return the languages of the site, the main one first."""
    site = get_build(settings).site
    codes = (site.language, *site.languages)
    return tuple(
        LanguageLink(code, name_language(code, codes), f"{code}/" if code in site.languages else "") for code in codes
    )


def name_language(code: str, others: tuple[str, ...]) -> str:
    """Return the name of a language in itself: "Deutsch", or "Deutsch (Schweiz)" beside another kind of German."""
    locale, primary = Locale.parse(code, sep="-"), code.partition("-")[0]
    is_only = sum(other.partition("-")[0] == primary for other in others) == 1
    name = (locale.get_language_name() if is_only else locale.get_display_name()) or code
    return name[:1].upper() + name[1:]


def list_alternates(settings: Mapping[str, Any]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the pages that are the same list in each language, by URL below the root: language and absolute URL.

    These are the lists that every language has: the home page, the blog, the archives and the page of feeds. The
    language "x-default" stands for the page that readers of other languages get.
    """
    site, home = get_build(settings).site, str(settings.get(HOME_URL, ""))
    if not site.languages:
        return {}
    names = ("BLOG_URL", "ARCHIVES_URL")
    paths = {"", "subscribe/", *(str(settings.get(name, "")).removeprefix(home) for name in names)}
    links = list_languages(settings)
    return {
        home + path: sort_alternates({link.code: f"{site.url}/{link.home_url}{path}" for link in links}, site.language)
        for path in sorted(paths)
    }


def sort_alternates(urls: Mapping[str, str], main: str) -> tuple[tuple[str, str], ...]:
    """Return language and URL of a page's versions by language, then "x-default" for the one in the language `main`."""
    default = (("x-default", urls[main]),) if main in urls else ()
    return (*sorted(urls.items()), *default)

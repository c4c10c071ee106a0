"""Compose a newsletter from what a build knows: its posts, the book, the site's settings and colors."""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from ..books.views import BookView
from ..feeds.entry_factory import EntryFactory
from ..i18n import Translator, get_direction
from ..language_versions import HOME_URL, find_context
from ..markup import text_content
from ..problems import shorten
from ..settings import SiteSettings
from ..site_build import get_site
from ..theme_colors import ThemeColors, ensure_contrast, get_theme_colors
from .cleaning import clean_for_email
from .render import Colors, EmailBook, EmailPost, Newsletter, RenderedEmail, render_email

COVER_WIDTH = 120
"""The width of the cover in CSS pixels."""

_MAX_PREHEADER = 140
"""About as many characters as mailboxes show after the subject."""

_DARK_INK, _DARK_ACCENT = "#e6e1d6", "#8ab4f8"
"""For themes without dark colors."""


@dataclass
class NewsletterComposer:
    """Composes and renders newsletters from Pelican's context; `summary` leaves out all but the posts' summaries."""

    context: MutableMapping[str, Any]
    summary: bool = False
    site: SiteSettings = field(init=False)
    factory: EntryFactory = field(init=False)

    def __post_init__(self) -> None:
        self.site = get_site(self.context)
        self.summary = self.summary or self.site.feeds.content == "summary"
        self.factory = EntryFactory(self.site.url, "", self.site.translate, self.site.former_url)

    def get_guid(self, post: Any) -> str:
        """Return the guid of a post, which stays the same when it moves."""
        return self.factory.from_post(post).guid

    def compose(self, posts: Sequence[Any], subject: str = "") -> Newsletter:
        """Return the newsletter of `posts`, in their order; `subject` is the author's, "" for the titles."""
        languages = {post.record.lang or self.site.language for post in posts}
        language = languages.pop() if len(languages) == 1 else self.site.language
        context, translate = find_context(self.context, language), self._get_translator(language)
        title, count = posts[0].record.title, len(posts) - 1
        if not subject:
            more = translate(
                "%(title)s and %(count)s more post", "%(title)s and %(count)s more posts", title=title, count=count
            )
            subject = more if count else title
        summary = posts[0].record.summary or text_content(posts[0].summary)
        preheader = " · ".join(post.record.title for post in posts[1:]) or " ".join(summary.split())
        return Newsletter(
            subject=" ".join(subject.split()),
            preheader=shorten(preheader, _MAX_PREHEADER),
            posts=tuple(self._compose_post(post, translate) for post in posts),
            book=self._compose_book(posts, context.get("main_book") or self.context.get("main_book"), translate),
            language=language,
            direction=get_direction(language),
            site_name=context["SITENAME"],
            home_url=f"{self.site.url}/{context.get(HOME_URL, '')}",
        )

    def render(self, newsletter: Newsletter, overrides: Sequence[Path] = ()) -> RenderedEmail:
        """Render the newsletter in the theme's colors; templates in `overrides` take precedence."""
        theme = get_theme_colors(self.context)
        translate = self._get_translator(newsletter.language)
        light, dark = _choose_colors(theme, self.site.accent)
        return render_email(newsletter, translate, light, dark, overrides)

    def _get_translator(self, language: str) -> Translator:
        """Return the translator to any language: the author's own words are those for the languages of the site."""
        return self.site.get_translator(self.site.choose_language(language)).for_language(language)

    def _compose_post(self, post: Any, translate: Translator) -> EmailPost:
        entry = self.factory.from_post(post)
        language = post.record.lang or self.site.language
        body = f"<p>{escape(entry.summary, quote=False)}</p>" if self.summary else entry.html
        return EmailPost(
            title=entry.title,
            url=entry.url,
            html=clean_for_email(body, entry.url, self.site.url, translate("Play it on the site")),
            language=language,
            direction=get_direction(language),
            is_summary=self.summary,
            has_audio=entry.audio is not None,
        )

    def _compose_book(self, posts: Sequence[Any], main: BookView | None, translate: Translator) -> EmailBook | None:
        """Return the book that the only post is about, else the main book; None if the site has none."""
        about = posts[0].book if len(posts) == 1 else None
        book: BookView | None = about or main
        if book is None:
            return None
        cover = book.cover if book.cover and not book.cover.src.lower().endswith(".svg") else None
        url = self.factory.absolute_url(book.url)
        actions = {
            "buy": translate("Buy the book"),
            "preorder": translate("Pre-order the book"),
            "order": translate("Order it at a bookshop"),
            "borrow": translate("Find it in a library"),
        }
        return EmailBook(
            title=book.full_title,
            url=url,
            tagline=book.tagline,
            language=book.record.language,
            direction=get_direction(book.record.language),
            action=actions.get(book.action) or translate("More about the book"),
            action_url=self.factory.absolute_url(book.buy_url) if book.action in actions else url,
            cover_url=cover.url if cover else "",
            cover_alt=cover.alt if cover else "",
            cover_width=COVER_WIDTH if cover else 0,
            cover_height=round(cover.height * COVER_WIDTH / cover.width) if cover else 0,
        )


def _choose_colors(theme: ThemeColors, accent: str) -> tuple[Colors, Colors]:
    """Return the colors of light and dark schemes; `accent` is the author's, made readable, "" for the theme's."""
    light, dark = theme.light, theme.dark
    link = ensure_contrast(accent or light["accent"], [light["paper"]])
    dark_link = ensure_contrast(accent or dark.get("accent", _DARK_ACCENT), [dark["paper"]])
    return (
        Colors(light["paper"], ensure_contrast(light["ink"], [light["paper"]]), link),
        Colors(dark["paper"], ensure_contrast(dark.get("ink", _DARK_INK), [dark["paper"]]), dark_link),
    )

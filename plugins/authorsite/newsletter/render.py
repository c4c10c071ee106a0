"""Render a newsletter: the HTML of the e-mail, the HTML of a draft at a provider, and the text."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from css_inline import CSSInliner, inline_fragment
from jinja2 import Environment, FileSystemLoader, TemplateError

from ..exceptions import find_innermost_frame
from ..problems import CommandError
from ..templating import TEMPLATES
from .plain_text import html_to_text

TEMPLATE, BODY_TEMPLATE = "email/newsletter.html", "email/newsletter_body.html"
STYLESHEET = Path(__file__).with_name("email.css")

_LIGHT = """
body {{ margin: 0; background-color: {paper}; }}
.page {{ background-color: {paper}; color: {ink}; }}
a {{ color: {accent}; }}
h1 a, h2 a, .site a {{ color: {ink}; }}
a.button {{
  display: inline-block;
  padding: 10px 20px;
  border-radius: 4px;
  text-decoration: none;
  background-color: {accent};
  color: {paper};
}}
"""
_DARK = """
:root {{ color-scheme: light dark; }}
@media (prefers-color-scheme: dark) {{
body {{ background-color: {paper} !important; }}
.page {{ background-color: {paper} !important; color: {ink} !important; }}
a {{ color: {accent} !important; }}
h1 a, h2 a, .site a {{ color: {ink} !important; }}
a.button {{ background-color: {accent} !important; color: {paper} !important; }}
}}
"""
"""The rules that stay in the head; they override those in style attributes."""


@dataclass(frozen=True, slots=True)
class Colors:
    """The colors of an e-mail in one color scheme, as "#rrggbb": background, text and links."""

    paper: str
    ink: str
    accent: str


@dataclass(frozen=True, slots=True)
class EmailPost:
    """A post in an e-mail: plain title, cleaned HTML, absolute URL; `direction` is "ltr" or "rtl"."""

    title: str
    url: str
    html: str
    language: str
    direction: str
    is_summary: bool = False
    has_audio: bool = False


@dataclass(frozen=True, slots=True)
class EmailBook:
    """The book at the end of an e-mail; URLs are absolute. `cover_url` is "" without a cover that mail clients draw.

    `action` is the text of the button that leads to `action_url`.
    """

    title: str
    url: str
    tagline: str
    language: str
    direction: str
    action: str
    action_url: str
    cover_url: str = ""
    cover_alt: str = ""
    cover_width: int = 0
    cover_height: int = 0


@dataclass(frozen=True, slots=True)
class Newsletter:
    """What an e-mail shows. `preheader` is the line that a mailbox shows after the subject.

    `home_url` is the absolute URL of the home page in the e-mail's language.
    """

    subject: str
    preheader: str
    posts: tuple[EmailPost, ...]
    book: EmailBook | None
    language: str
    direction: str
    site_name: str
    home_url: str


@dataclass(frozen=True, slots=True)
class RenderedEmail:
    """The parts of an e-mail. `fragment` is the HTML for a provider's template, which has colors of its own."""

    html: str
    fragment: str
    text: str


def render_email(
    newsletter: Newsletter,
    translate: Callable[..., str],
    light: Colors,
    dark: Colors,
    overrides: Sequence[Path] = (),
) -> RenderedEmail:
    """Render the e-mail; templates in the folders `overrides` take precedence.

    Raises CommandError for a template that does not work.
    """
    environment = Environment(
        loader=FileSystemLoader([*overrides, TEMPLATES]), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["translate"] = translate
    try:
        document = environment.get_template(TEMPLATE).render(email=newsletter)
        body = environment.get_template(BODY_TEMPLATE).render(email=newsletter)
    except TemplateError as error:
        path, line = find_innermost_frame(error, lambda name: name.endswith((TEMPLATE, BODY_TEMPLATE)))
        raise CommandError(f"{error} - correct the template", path, line) from error
    css = STYLESHEET.read_text("utf-8")
    wrapped = f'<div lang="{newsletter.language}" dir="{newsletter.direction}">{body}</div>'
    return RenderedEmail(
        html=_inline(document, css + _LIGHT.format(**asdict(light)), _DARK.format(**asdict(dark))),
        fragment=inline_fragment(wrapped, css).strip() + "\n",
        text=f"{newsletter.site_name}\n{newsletter.home_url}\n\n{html_to_text(body)}\n",
    )


def _inline(document: str, css: str, kept: str) -> str:
    """Return `document` with the rules of `css` in style attributes, and those of `kept` in its head."""
    html = CSSInliner(extra_css=css, load_remote_stylesheets=False).inline(document)
    return html.replace("</head>", f"<style>{kept}</style>\n</head>", 1) + "\n"

"""WordPress's shortcodes, such as [caption] and [gallery], as the HTML that they stand for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape, unescape

from .body_model import Attachment

BRACKET = "\ufdd2"
"""In the place of a `[` that is the text's own, as in `[[gallery]]`."""

_TOKEN = re.compile(
    r"<[^<>]*>|\$latex\s+(?P<math>[^$<>]{1,2000})\$"
    r"|(?P<escaped>\[?)\[(?P<end>/?)(?P<name>[A-Za-z][\w-]*)(?P<rest>[^\[\]]*)\](?P<closed>\]?)"
)
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))|"([^"]*)"|([^\s"']+)""")
_URL = re.compile(r"https?://[^\s<>\"'|\]]+")
_IMAGE = re.compile(r"\s*((?:<a\b[^<>]*>\s*)?<img\b[^<>]*>(?:\s*</a>)?)", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z][a-z0-9+#-]{0,20}")
_RAW_TAG = re.compile(r"<[a-zA-Z/!?]")
_MEDIA = ("src", "url", "mp4", "m4v", "webm", "ogv", "wmv", "flv", "mp3", "m4a", "ogg", "wav")

_CODE = frozenset(("sourcecode", "code", "source", "highlight"))
_EMBEDS = {
    "youtube": "https://www.youtube.com/watch?v={}",
    "vimeo": "https://vimeo.com/{}",
    "wpvideo": "https://videopress.com/v/{}",
    "videopress": "https://videopress.com/v/{}",
    "ted": "https://www.ted.com/talks/{}",
    "dailymotion": "https://www.dailymotion.com/video/{}",
    "gist": "https://gist.github.com/{}",
    "instagram": "",
    "twitter": "",
    "tweet": "https://twitter.com/i/status/{}",
    "soundcloud": "",
    "spotify": "",
    "flickr": "",
    "facebook": "",
    "googlemaps": "",
    "embed": "",
    "audio": "",
    "video": "",
}
"""Shortcodes that show something from an address, and the address that an id stands for."""

_OTHERS = frozenset(
    "archives blog_subscription_form bandcamp blogsubscribe cite contact-field contact-form contactform crowdsignal "
    "display-posts documentcloud googleapps googlevideo kickstarter medium ninja_form playlist polldaddy portfolio "
    "posts presentation protected-iframe recipe scribd simple-payment sitemap slideshare slideshow subscribe survey "
    "testimonials tiled-gallery upcomingevents wpforms".split()
)
"""Shortcodes of WordPress.com and its plugins that stand for nothing a text can say."""

_KNOWN = _CODE | _OTHERS | _EMBEDS.keys() | {"caption", "wp_caption", "gallery", "latex"}
_PAIRED = _CODE | {"caption", "wp_caption", "latex", "embed", "audio", "video"}
_MAX_IMAGES = 500


@dataclass(slots=True)
class Expanded:
    """A text whose shortcodes are HTML, and the names of those that nothing is known of, in order."""

    html: str
    unknown: list[str] = field(default_factory=list)


def expand_shortcodes(
    text: str, attachments: Mapping[int, Attachment] | None = None, own_attachments: Sequence[int] = ()
) -> Expanded:
    """Return `text` with its shortcodes as HTML, in linear time; those that say nothing to us stay as they are.

    `attachments` and `own_attachments` are what galleries show: see `convert_body`. Text in brackets is a shortcode if
    it has a known name, attributes or an end tag.
    """
    text = text.replace(BRACKET, "")
    return (
        _Expander(text, attachments or {}, own_attachments).run() if "[" in text or "$latex" in text else Expanded(text)
    )


class _Expander:
    def __init__(self, text: str, attachments: Mapping[int, Attachment], own_attachments: Sequence[int]) -> None:
        self.text, self.attachments, self.own_attachments = text, attachments, own_attachments
        self.unknown: list[str] = []
        self.unclosed: set[str] = set()
        self.literal: set[str] = set()

    def run(self) -> Expanded:
        out, at, text = [], 0, self.text
        while match := _TOKEN.search(text, at):
            out.append(text[at : match.start()])
            new, at = self.expand(match)
            out.append(new)
        return Expanded("".join([*out, text[at:]]), self.unknown)

    def expand(self, match: re.Match[str]) -> tuple[str, int]:
        """Return what replaces a token, and where the text goes on."""
        if match["math"]:
            return _format_math(match["math"]), match.end()
        name = match["name"]
        if name is None:
            return match[0], match.end()
        if name in _KNOWN:
            if match["end"]:
                is_literal = name in self.literal and match["closed"]
                self.literal.discard(name)
                return (BRACKET + match[0][1:-1] if is_literal else match[0]), match.end()
            if match["escaped"] and (match["closed"] or self.find_end(name, match.end(), "]")):
                self.literal.update(() if match["closed"] else (name,))
                return BRACKET + match[0][2 : -1 if match["closed"] else None], match.end()
        new, end = self.convert(name, match)
        if new is None:
            if not match["end"] and (name in _KNOWN or "=" in match["rest"] or self.find_end(name, match.end())):
                self.unknown.append(name)
            return match[0], match.end()
        return match["escaped"] + new + (match["closed"] if end == match.end() else ""), end

    def find_end(self, name: str, start: int, after: str = "") -> int:
        """Return where the end tag of the shortcode `name` starts; 0 if there is none."""
        closing = f"[/{name}]{after}"
        if closing in self.unclosed:
            return 0
        at = self.text.find(closing, start)
        if at < 0:
            self.unclosed.add(closing)
        return max(at, 0)

    def convert(self, name: str, match: re.Match[str]) -> tuple[str | None, int]:
        """Return the HTML of a shortcode (None if it has none), and where the text goes on."""
        if match["end"] or name not in _KNOWN:
            return None, match.end()
        attributes = _parse_attributes(match["rest"])
        inner, end = "", match.end()
        if name in _PAIRED and not match["rest"].endswith("/") and (close := self.find_end(name, end)):
            is_own = name not in {"embed", "audio", "video"} or "[" not in self.text[end:close]
            inner, end = (self.text[end:close], close + len(name) + 3) if is_own else ("", end)
        if name in _CODE:
            return (_format_code(attributes, inner) if end > match.end() else None), end
        if name == "latex":
            return (_format_math(inner) if inner.strip() else None), end
        if name in {"caption", "wp_caption"}:
            return _format_caption(attributes, inner), end
        if name == "gallery":
            return self.format_gallery(attributes), end
        return (_format_link(name, attributes, inner) if name in _EMBEDS else None), end

    def format_gallery(self, attributes: dict[str, str]) -> str | None:
        """Return the pictures of a gallery; None if it names some that the export lacks."""
        named = re.findall(r"\d{1,18}", attributes.get("ids") or attributes.get("include") or "")
        excluded = set(re.findall(r"\d{1,18}", attributes.get("exclude") or ""))
        numbers = [int(n) for n in named] or [n for n in self.own_attachments if str(n) not in excluded]
        if not numbers or any(n not in self.attachments for n in numbers):
            return None
        figures = [_format_figure(n, self.attachments[n]) for n in numbers[:_MAX_IMAGES]]
        return "\n\n" + "\n".join(figures) + "\n\n"


def _parse_attributes(text: str) -> dict[str, str]:
    """Parse a shortcode's attributes; those without a name are called "0", "1" and so on."""
    text = (
        text.replace("&quot;", '"').replace("&#8221;", '"').replace("&#8243;", '"').replace("”", '"').replace("″", '"')
    )
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(text):
        name, *values = match.groups()
        value = next((v for v in values if v is not None), "")
        found.setdefault(name.lower() if name else str(len(found)), value)
    return found


def _format_figure(number: int, attachment: Attachment) -> str:
    alt = escape(attachment.alt)
    caption = f"<figcaption>{attachment.caption}</figcaption>" if attachment.caption.strip() else ""
    image = f'<img class="wp-image-{number}" src="{escape(attachment.url)}" alt="{alt}">'
    return f"<figure>{image}{caption}</figure>"


def _format_caption(attributes: dict[str, str], inner: str) -> str | None:
    match = _IMAGE.match(inner)
    if match is None:
        return None
    caption = attributes.get("caption") or inner[match.end() :].strip()
    caption = re.sub(r"\s*\n\s*", "\n", caption)
    return f"\n\n<figure>{match[1].strip()}<figcaption>{caption}</figcaption></figure>\n\n"


def _format_code(attributes: dict[str, str], inner: str) -> str:
    names = (attributes.get("language"), attributes.get("lang"), attributes.get("0", "").strip("=\"' "))
    language = next((name.lower() for name in names if name and _LANGUAGE.fullmatch(name.lower())), "")
    code = inner.strip("\n")
    # The visual editor saves code escaped, the text editor as it was typed.
    if _RAW_TAG.search(code) and "&lt;" not in code:
        code = escape(unescape(code) if "&amp;" in code else code, quote=False)
    code = code.replace("<", "&lt;") if "</pre" in code.lower() else code
    name = f' class="language-{language}"' if language else ""
    return f"\n\n<pre><code{name}>{code}</code></pre>\n\n"


def _format_math(text: str) -> str:
    return f"<code>{' '.join(text.split())}</code>"


def _format_link(name: str, attributes: dict[str, str], inner: str) -> str | None:
    """Return a paragraph that links to what a shortcode shows; None if that has no address."""
    candidates = [inner, *(attributes.get(key, "") for key in _MEDIA), *attributes.values()]
    url = next((match[0] for text in candidates if (match := _URL.search(unescape(text)))), "")
    number = attributes.get("id") or attributes.get("0", "")
    if not url and _EMBEDS[name] and re.fullmatch(r"[\w/.-]{1,100}", number):
        url = _EMBEDS[name].format(number)
    if not url:
        return None
    if name == "youtube":
        url = url.partition("&")[0]
    text = escape(attributes.get("title") or url)
    return f'\n\n<p><a href="{escape(url)}">{text}</a></p>\n\n'

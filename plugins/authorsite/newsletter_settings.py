"""The key `newsletter` of the setting AUTHORSITE: who keeps the list of subscribers, with one model for each provider.

The texts below the keys are what docs/settings.md says of them.
"""

import re
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from .problems import shorten
from .strict_model import StrictModel, require
from .urls import parse_link, parse_web_url
from .validation import InvalidValue

_LOOPBACK = ("127.0.0.1", "localhost")
_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[^\W_](?:[\w.-]*[^\W_])?")


def _parse_form_url(text: str) -> str:
    """Return the URL that addresses are sent to, percent-encoded.

    Raises InvalidValue if they would be sent unencrypted, or if no policy can name the host: a source in a
    Content-Security-Policy has neither users nor IPv6 addresses (CSP Level 3, section 2.3.1).
    """
    url = parse_web_url(text)
    parts = urlsplit(url)
    if "@" in parts.netloc or "[" in parts.netloc:
        raise InvalidValue(f"`{shorten(text)}` has no plain host", "write it as https://lists.example.org")
    if parts.scheme.lower() != "https" and parts.hostname not in _LOOPBACK:
        raise InvalidValue(f"`{shorten(text)}` would send addresses unencrypted", "change http: to https:")
    return url


def _parse_base_url(text: str) -> str:
    url = _parse_form_url(text)
    if "?" in url or "#" in url:
        raise InvalidValue(f"`{shorten(text)}` is not the URL of a server", "write it as https://lists.example.org")
    return url.rstrip("/").removesuffix("/subscription/form")


def _require_lists(lists: tuple[str, ...]) -> tuple[str, ...]:
    if not lists:
        raise InvalidValue("`lists` is empty", "write the UUIDs of one or more public lists")
    return lists


_Email = Annotated[
    str, require(lambda text: not text or _EMAIL.fullmatch(text), "an e-mail address", "write it as ann@example.org")
]
_Uuid = Annotated[
    str,
    AfterValidator(str.lower),
    require(_UUID.fullmatch, "the UUID of a list", "copy it from the page of the list in listmonk"),
]


@dataclass(frozen=True, slots=True)
class SignupForm:
    """The form that a provider expects: `hidden` are pairs of name and value, `name` is who processes the address."""

    action: str
    name: str
    field: str = "email"
    hidden: tuple[tuple[str, str], ...] = ()
    double_opt_in: bool = True

    @property
    def origin(self) -> str:
        """The scheme, host and port of `action`, as a Content-Security-Policy names them."""
        parts = urlsplit(self.action)
        return f"{parts.scheme}://{parts.netloc}"


class NewsletterSettings(StrictModel):
    """What the settings of all providers have."""

    text: str = ""
    """A sentence at the form: what subscribers get, and how often. `words` of another language may translate it."""

    privacy: Annotated[str, AfterValidator(lambda link: link and parse_link(link))] = ""
    """A link to your privacy policy, such as `"/privacy/"`."""

    from_name: str = ""
    """The sender's name in e-mails; `""`: `AUTHOR`."""

    from_email: _Email = ""
    """The sender's address in e-mails; `""`: `contact`."""


class ButtondownNewsletter(NewsletterSettings):
    """A newsletter at Buttondown."""

    provider: Literal["buttondown"]
    """The provider."""

    username: Annotated[
        str,
        require(
            re.compile(r"[A-Za-z0-9][\w.-]*", re.ASCII).fullmatch,
            "a username",
            "write it as in the URL of your newsletter",
        ),
    ]
    """The name of the newsletter: `ann` if its page is `https://buttondown.com/ann`."""

    @property
    def form(self) -> SignupForm:
        """The form; see docs.buttondown.com/building-your-subscriber-base. Buttondown always asks to confirm."""
        action = f"https://buttondown.com/api/emails/embed-subscribe/{self.username}"
        return SignupForm(action, "Buttondown", hidden=(("embed", "1"),))


class ListmonkNewsletter(NewsletterSettings):
    """A newsletter at a listmonk server."""

    provider: Literal["listmonk"]
    """The provider."""

    url: Annotated[str, AfterValidator(_parse_base_url)]
    """The URL of the server, such as `"https://lists.example.org"`."""

    lists: Annotated[tuple[_Uuid, ...], AfterValidator(_require_lists)]
    """The UUIDs of public lists."""

    name: str = ""
    """Who runs the server; `""`: the name of its host."""

    double_opt_in: bool = True
    """Whether subscribers get an e-mail to confirm their address; it must be as in the lists."""

    @property
    def form(self) -> SignupForm:
        """The form of listmonk's page Lists > Forms. Only programs that send spam fill in `nonce`."""
        hidden = (("nonce", ""), *(("l", uuid) for uuid in self.lists))
        name = self.name or urlsplit(self.url).netloc
        return SignupForm(f"{self.url}/subscription/form", name, hidden=hidden, double_opt_in=self.double_opt_in)


class FormNewsletter(NewsletterSettings):
    """A newsletter at any other provider that accepts a form."""

    provider: Literal["form"]
    """The provider."""

    url: Annotated[str, AfterValidator(_parse_form_url)]
    """The `action` of the provider's form."""

    name: str = Field(min_length=1)
    """The provider's name: the form says who processes the address."""

    field: str = Field(default="email", min_length=1)
    """The `name` of the field for the address."""

    hidden: dict[str, str] = Field(default_factory=dict)
    """Hidden fields of the provider's form: name and value."""

    double_opt_in: bool = False
    """Whether subscribers get an e-mail to confirm their address."""

    @property
    def form(self) -> SignupForm:
        """The form as the author describes it."""
        return SignupForm(self.url, self.name, self.field, tuple(self.hidden.items()), self.double_opt_in)


Newsletter = Annotated[ButtondownNewsletter | ListmonkNewsletter | FormNewsletter, Field(discriminator="provider")]
"""What `newsletter` may be."""

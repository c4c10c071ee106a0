"""What the settings tell about the author, and the links that settings take.

The texts below the keys are what docs/settings.md says of them.
"""

import re
from typing import Annotated

from .strict_model import Paragraphs, StrictModel, require
from .urls import LinkUrl

_is_handle = re.compile(r"(?:@[\w.-]+@[\w-]+(?:\.[\w-]+)+)?", re.ASCII).fullmatch


class Link(StrictModel):
    """A menu entry or a profile on another site."""

    label: str
    """The text."""

    url: LinkUrl
    """A path of your site such as `/about/`, or a URL."""


class AuthorProfile(StrictModel):
    """What the site tells about you, on the pages of your books and for the press."""

    bio_short: Paragraphs = ""
    """A sentence or two."""

    bio: Paragraphs = ""
    """About 100 words."""

    bio_long: Paragraphs = ""
    """As long as you like, with a blank line between paragraphs."""

    portrait: str = ""
    """A photo of you: an image, as a path below `content/`."""

    alt: str = ""
    """What the photo shows, for those who cannot see it."""

    credit: str = ""
    """Who took the photo, and its license."""

    links: tuple[Link, ...] = ()
    """Links to pages about you; as in `menu`."""

    fediverse: Annotated[str, require(_is_handle, "a Fediverse handle", "write it as @ann@social.example")] = ""
    """Your handle at Mastodon or elsewhere in the Fediverse, such as `"@ann@social.example"`: links to your site there
    [name you](feeds.md#your-name-on-mastodon)."""

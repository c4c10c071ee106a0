"""Make the message of a newsletter, an .eml file (RFC 5322) with a text part and an HTML part."""

import hashlib
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlsplit

from .render import Newsletter, RenderedEmail


def make_message(
    newsletter: Newsletter, rendered: RenderedEmail, date: datetime, from_name: str, from_email: str
) -> bytes:
    """Return the message; the same newsletter on the same date gives the same bytes.

    Without `from_email` it has no sender, and the mail program fills one in: `X-Unsent` makes it a draft in Outlook
    and others.
    """
    # RFC 2046, section 5.1.1: a boundary has at most 70 characters.
    digest = hashlib.sha256(repr((newsletter, rendered, date.isoformat())).encode()).hexdigest()[:32]
    message = EmailMessage(policy=SMTP)
    message["Subject"] = newsletter.subject
    if from_email:
        message["From"] = Address(from_name, addr_spec=from_email)
    message["Date"] = format_datetime(date)
    message["Message-ID"] = f"<{digest}@{urlsplit(newsletter.site_url).hostname}>"
    message["X-Unsent"] = "1"
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = newsletter.language
    message.set_boundary(f"=_{digest}")
    return message.as_bytes()

"""Make the message of a newsletter, an .eml file (RFC 5322) with a text part and an HTML part."""

import hashlib
from datetime import datetime
from email.charset import QP, Charset
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr
from urllib.parse import urlsplit

from .render import Newsletter, RenderedEmail

# The newer policies fold headers differently in each version of Python, and some add a space to a long subject.
_POLICY = compat32.clone(linesep="\r\n", mangle_from_=False)

_UTF8 = Charset("utf-8")
_UTF8.body_encoding = QP


def make_message(
    newsletter: Newsletter, rendered: RenderedEmail, date: datetime, from_name: str, from_email: str
) -> bytes:
    """Return the message; the same newsletter on the same date gives the same bytes.

    Without `from_email` it has no sender, and the mail program fills one in: `X-Unsent` makes it a draft in Outlook
    and others.
    """
    # RFC 2046, section 5.1.1: a boundary has at most 70 characters.
    digest = hashlib.sha256(
        repr((newsletter.subject, rendered.html, rendered.text, date.isoformat())).encode()
    ).hexdigest()[:32]
    message = MIMEMultipart("alternative", f"=_{digest}", policy=_POLICY)
    message["Subject"] = Header(newsletter.subject, header_name="Subject")  # type: ignore[assignment]  # as documented
    if from_email:
        message["From"] = formataddr((from_name, from_email))
    message["Date"] = format_datetime(date)
    message["Message-ID"] = f"<{digest}@{urlsplit(newsletter.home_url).hostname}>"
    message["Content-Language"] = newsletter.language
    message["X-Unsent"] = "1"
    for text, subtype in ((rendered.text, "plain"), (rendered.html, "html")):
        message.attach(MIMEText(text, subtype, _UTF8, policy=_POLICY))  # type: ignore[arg-type]  # it takes a Charset too
    return message.as_bytes()

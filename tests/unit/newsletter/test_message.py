import email
from datetime import datetime
from email import policy
from zoneinfo import ZoneInfo

from authorsite.newsletter.message import make_message
from authorsite.newsletter.render import Newsletter, RenderedEmail

DATE = datetime(2020, 2, 3, 12, tzinfo=ZoneInfo("America/Chicago"))
NEWSLETTER = Newsletter(
    "Über “Leitern” " + "und mehr " * 20 + "😀", "", (), None, "ar", "rtl", "Ann", "https://ann.example/"
)
RENDERED = RenderedEmail("<p>é" + "x" * 2000 + "</p>\n", "", ".\nFrom here\n" + "é" * 500 + "\n")


def test_a_message_has_both_parts_and_headers_of_ascii():
    data = make_message(NEWSLETTER, RENDERED, DATE, "Ann Äuthor", "ann@ann.example")
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) <= 78
    assert b"\n" not in data.replace(b"\r\n", b"")
    message = email.message_from_bytes(data, policy=policy.default)
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content() for part in message.iter_parts()] == [
        text.replace("\n", "\r\n") for text in (RENDERED.text, RENDERED.html)
    ]
    assert message["Subject"] == NEWSLETTER.subject
    assert str(message["From"]) == "Ann Äuthor <ann@ann.example>"
    assert message["Date"] == "Mon, 03 Feb 2020 12:00:00 -0600"
    assert message["Message-ID"].endswith("@ann.example>")
    assert message["Content-Language"] == "ar"
    assert message["X-Unsent"] == "1"


def test_the_same_newsletter_gives_the_same_bytes_and_another_one_another_id():
    first, again, later = (
        make_message(NEWSLETTER, RENDERED, date, "Ann", "") for date in (DATE, DATE, DATE.replace(minute=1))
    )
    assert first == again
    ids = {email.message_from_bytes(data)["Message-ID"] for data in (first, later)}
    assert len(ids) == 2
    assert email.message_from_bytes(first)["From"] is None

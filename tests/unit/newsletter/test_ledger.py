from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from authorsite.newsletter.ledger import (
    SentNewsletter,
    find_sent,
    format_ledger,
    get_last_date,
    read_ledger,
    write_ledger,
)
from authorsite.problems import CommandError

ZONE = ZoneInfo("America/Chicago")
NEW = SentNewsletter(
    date=datetime(2020, 2, 3, 12, tzinfo=UTC),
    subject="B: #1 “new”",
    language="de",
    status="draft",
    provider="listmonk",
    draft="7",
    posts=("https://a.example/b/", "12 at https://old.example"),
)
OLD = SentNewsletter(
    date=datetime(2020, 1, 3, 12, tzinfo=ZONE), subject="A", status="sent", posts=("https://a.example/b/",)
)


def test_a_ledger_is_read_as_it_was_written_sorted_by_date(tmp_path):
    file = tmp_path / "content/data/newsletter.yaml"
    assert read_ledger(file, tmp_path, ZONE) == ()
    write_ledger(file, [NEW, OLD])
    assert read_ledger(file, tmp_path, ZONE) == (OLD, NEW)
    assert file.read_text("utf-8") == (
        "# Which posts were in which newsletter, written by the command `newsletter`: no post is sent twice.\n"
        "- date: '2020-01-03T12:00:00-06:00'\n  subject: A\n  status: sent\n  posts:\n  - https://a.example/b/\n"
        "- date: '2020-02-03T12:00:00+00:00'\n  subject: 'B: #1 “new”'\n  language: de\n  status: draft\n"
        "  provider: listmonk\n  draft: '7'\n  posts:\n  - https://a.example/b/\n  - 12 at https://old.example\n"
    )


def test_the_last_newsletter_with_a_post_is_found():
    assert list(find_sent((NEW, OLD), ["https://a.example/b/", "https://a.example/c/"])) == [
        ("https://a.example/b/", NEW)
    ]
    assert get_last_date((NEW, OLD), lambda language: language == "de") == NEW.date
    assert get_last_date((NEW, OLD), lambda language: language != "de") == OLD.date
    assert get_last_date((NEW,), lambda language: language != "de") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"# nothing yet\n", ""),
        (b"[]\n", ""),
        (b"date: 2020-01-01\n", "ledger.yaml:1: this is not a list of newsletters - begin each one with a line"),
        (b"- date: 2020-01-01\n  subject: A\n  status: lost\n  posts: [a]\n", "ledger.yaml:3: "),
        (b"- date: 2020-01-01\n  subject: A\n  status: sent\n  posts: []\n", "ledger.yaml:4: "),
        (b"- date: 2020-13-01\n  subject: A\n  status: sent\n  posts: [a]\n", "ledger.yaml:1: "),
        (b"- [\n", "ledger.yaml:"),
        (b"\xff", "ledger.yaml:1: the file is not UTF-8 text - save it with the encoding UTF-8"),
    ],
)
def test_a_damaged_ledger_stops_the_command(tmp_path, text, message):
    file = tmp_path / "ledger.yaml"
    file.write_bytes(text)
    if not message:
        assert read_ledger(file, tmp_path, ZONE) == ()
        return
    with pytest.raises(CommandError) as stopped:
        read_ledger(file, tmp_path, ZONE)
    assert str(stopped.value).startswith(message)


def test_any_text_survives_the_ledger(tmp_path):
    file = tmp_path / "ledger.yaml"
    subjects = ["- a", "# b", "null", "1e3", "é “x” 'y' \"z\"", "a: b", "{{ x }}", "عن السلالم", "x " * 200]
    for subject in subjects:
        sent = OLD.model_copy(update={"subject": subject.strip()})
        file.write_text(format_ledger([sent]), "utf-8")
        assert read_ledger(file, tmp_path, ZONE) == (sent,)

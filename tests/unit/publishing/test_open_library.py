import json
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from authorsite.books.model import Book
from authorsite.problems import CommandError, ProblemLog
from authorsite.publishing import open_library
from authorsite.publishing.new import create, new
from authorsite.reading.sources import read_source
from serving import run_server

ISBN = "9781234560010"
FOUND = {
    "title": "Tide\n Tables",
    "subtitle": "A made-up guide",
    "authors": [
        {"name": "Ann Author", "url": "https://example.org/ann"},
        {"name": "Bo Writer"},
        {"name": "Ann Author"},
    ],
    "publishers": [{"name": "Made-up Press"}, {"name": "Another"}],
    "number_of_pages": 212,
    "publish_date": "June 1, 2018",
    "physical_format": "Hardcover",
    "subjects": [{"name": f"Subject {n}"} for n in range(9)],
}


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "content").mkdir()
    (tmp_path / "theme").mkdir()
    text = 'THEME = "theme"\nPATH = "content"\nAUTHORSITE = {"url": "https://site.example"}\n'
    (tmp_path / "pelicanconf.py").write_text(text, "utf-8")
    return tmp_path / "pelicanconf.py"


@pytest.fixture
def server(monkeypatch):
    class Handler(BaseHTTPRequestHandler):
        answers, asked = [], []

        def do_GET(self):
            self.asked.append(parse_qs(urlsplit(self.path).query))
            status, text = self.answers.pop(0)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    with run_server(Handler) as running:
        monkeypatch.setattr(open_library, "URL", f"{running.url}/api/books")
        yield Handler


def answer(found):
    return 200, json.dumps({f"ISBN:{ISBN}": found}).encode()


def test_a_book_is_drafted_from_its_isbn_in_one_request(server, settings, capsys):
    server.answers.append(answer(FOUND))
    assert new(settings, "", "book", isbn="978-1-234-56001-0") == 0
    assert "check each line" in capsys.readouterr().out
    assert server.asked == [{"bibkeys": [f"ISBN:{ISBN}"], "format": ["json"], "jscmd": ["data"]}]
    log = ProblemLog(root=settings.parent)
    path = settings.parent / "content/books/tide-tables.md"
    book = read_source(path, Book, log, ZoneInfo("UTC")).record
    assert list(log) == []
    assert (book.title, book.subtitle, book.authors) == ("Tide Tables", "A made-up guide", ("Ann Author", "Bo Writer"))
    assert (str(book.published), book.subjects) == ("2018-06-01", tuple(f"Subject {n}" for n in range(5)))
    (edition,) = book.editions
    assert (edition.format, edition.isbn, edition.imprint, edition.pages) == ("hardcover", ISBN, "Made-up Press", 212)


@pytest.mark.parametrize(
    ("found", "record"),
    [
        ({"title": "A", "publish_date": "2018"}, {}),
        ({"title": "A", "publish_date": "June 2018", "authors": "Ann", "subjects": [None, {"name": 3}]}, {}),
        ({"title": "A", "publish_date": "Jan 05, 2019"}, {"published": "2019-01-05"}),
        ({"title": "A", "number_of_pages": "many", "publishers": []}, {}),
        ({"title": "A\x01\ud800", "number_of_pages": True}, {}),
    ],
)
def test_what_open_library_does_not_know_is_left_out(found, record):
    made = open_library.make_record(found, ISBN)
    assert made.pop("editions") == [{"format": "paperback", "isbn": "978-1-234-56001-0"}]
    assert made.pop("title") == "A"
    assert {key: str(value) for key, value in made.items()} == record


@pytest.mark.parametrize(
    ("response", "message"),
    [
        ((500, b"down"), "did not answer"),
        ((200, b"<html>"), "did not answer"),
        ((200, b"[" * 200_000), "did not answer: maximum recursion depth"),
        ((200, b'"' + b"x" * 1_000_000 + b'"'), "did not answer: its answer is too long"),
        ((200, b"[]"), "has no book"),
        ((200, b"{}"), "has no book"),
        (answer({"title": " "}), "has no book"),
    ],
)
def test_a_failed_look_up_is_one_line_and_writes_nothing(server, settings, response, message):
    server.answers.append(response)
    with pytest.raises(CommandError, match=message):
        create(settings, "", "book", isbn=ISBN)
    assert list((settings.parent / "content").iterdir()) == []


def test_no_connection_is_one_line(monkeypatch, settings):
    monkeypatch.setattr(open_library, "URL", "http://127.0.0.1:9/api/books")
    with pytest.raises(CommandError, match=r"did not answer: .* - try again later"):
        create(settings, "", "book", isbn=ISBN)


@pytest.mark.parametrize(
    ("kind", "isbn", "message"), [("book", "978", "is not an ISBN"), ("post", ISBN, "only for books")]
)
def test_a_wrong_option_is_refused_before_a_request(server, settings, kind, isbn, message):
    with pytest.raises(CommandError, match=message):
        create(settings, "A", kind, isbn=isbn)
    assert server.asked == []

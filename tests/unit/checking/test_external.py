"""The check of external links, against a server with every kind of response."""

import asyncio
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from itertools import pairwise

import pytest
from authorsite.checking.external import (
    CrawlPolicy,
    LinkResult,
    check_links,
    check_site_links,
    fetch_all,
    find_external_links,
    load_status,
    show_progress,
    update_status,
)
from authorsite.problems import ProblemLog
from authorsite.settings import SiteSettings
from authorsite.site_build import BUILD_KEY, SiteBuild
from serving import run_server

POLICY = CrawlPolicy(delay=0.02, timeout=0.4, max_wait=0.2, max_attempts=2)
NOW = datetime(2020, 2, 3, 12, tzinfo=UTC)


class Shop(BaseHTTPRequestHandler):
    """Responds by path, and records the requests."""

    def do_GET(self):
        server = self.server
        with server.lock:
            server.busy += 1
            server.max_busy = max(server.max_busy, server.busy)
            server.requests.append((self.command, self.path, time.monotonic()))
            count = sum(1 for _, path, _ in server.requests if path == self.path)
        try:
            self.respond(self.path.strip("/"), count)
        finally:
            with server.lock:
                server.busy -= 1

    def do_HEAD(self):
        self.do_GET()

    def respond(self, path, count):
        if path == "hangs":
            self.server.stop.wait(2)
        elif path == "breaks":
            self.connection.close()
        elif path == "head-not-allowed":
            self.reply(405 if self.command == "HEAD" else 200)
        elif path == "busy-once":
            self.reply(429 if count <= 2 else 200, {"Retry-After": "0"} if count == 1 else {"Retry-After": "1"})
        elif path.startswith("busy-until"):
            date = format_datetime(datetime.now(UTC) + timedelta(seconds=int(path.split("?")[1])), usegmt=True)
            self.reply(429 if count <= 2 else 200, {"Retry-After": date})
        elif path == "moved":
            self.reply(301, {"Location": "/fine"})
        elif path == "temporary-redirect":
            self.reply(302, {"Location": "/fine"})
        else:
            self.reply({"fine": 200}.get(path) or int(path))

    def reply(self, status, headers=()):
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def shop():
    with run_server(Shop) as server:
        server.lock, server.requests, server.busy, server.max_busy = threading.Lock(), [], 0, 0
        server.stop = threading.Event()
        yield server
        server.stop.set()


def write_site(tmp_path, shop, *paths):
    base = f"http://127.0.0.1:{shop.server_port}"
    (tmp_path / "output" / "a").mkdir(parents=True, exist_ok=True)
    links = "".join(f'<a class="offer" href="{base}/{path}">x</a>' for path in paths)
    (tmp_path / "output" / "a" / "index.html").write_text(links)
    return base


def run_check(tmp_path):
    status_file = tmp_path / "content" / "data" / "link-status.json"
    # In a thread: the browser of other tests keeps an event loop in this one.
    with ThreadPoolExecutor(1) as thread:
        task = thread.submit(check_links, tmp_path / "output", "https://example.org", status_file, POLICY, NOW)
        return task.result(timeout=30), load_status(status_file)


# path, HTTP status, whether it works, whether it is broken, other recorded values
RESPONSES = [
    ("fine", 200, True, False, {}),
    ("moved", 200, True, False, {"to": "/fine"}),
    ("temporary-redirect", 200, True, False, {}),
    ("head-not-allowed", 200, True, False, {}),
    ("busy-once", 200, True, False, {}),
    ("404", 404, False, True, {}),
    ("410", 410, False, True, {}),
    ("403", 403, False, False, {}),
    ("429", 429, False, False, {}),
    ("500", 500, False, False, {"failures": 1}),
    ("hangs", None, False, False, {"error": "timeout"}),
    ("breaks", None, False, False, {"failures": 1}),
]


def test_every_kind_of_response_is_recorded_with_its_date(tmp_path, shop):
    base = write_site(tmp_path, shop, *(path for path, *_ in RESPONSES))
    changes, recorded = run_check(tmp_path)
    for path, http_status, works, broken, more in RESPONSES:
        status = recorded[f"{base}/{path}"]
        assert status["checked"] == "2020-02-03T12:00:00+00:00"
        assert status.get("status") == http_status, path
        assert ("worked" in status, status.get("dead", False)) == (works, broken), path
        for key, value in more.items():
            assert status[key] == (base + value if key == "to" else value), path
    assert "to" not in recorded[f"{base}/temporary-redirect"]
    assert changes.newly_broken == changes.broken == [f"{base}/404", f"{base}/410"]
    assert changes.moved == [f"{base}/moved"]


def test_requests_to_one_host_are_sent_one_at_a_time_with_a_pause(tmp_path, shop, monkeypatch):
    write_site(tmp_path, shop, *(f"200?{n}" for n in range(5)))
    monkeypatch.setattr(Shop, "respond", lambda self, _path, _count: self.reply(200))
    run_check(tmp_path)
    times = [at for _, _, at in shop.requests]
    assert len(times) == 5
    assert shop.max_busy == 1
    assert min(b - a for a, b in pairwise(times)) >= POLICY.delay


def test_only_failed_requests_are_retried_up_to_a_limit(tmp_path, shop):
    write_site(tmp_path, shop, "404", "500", "fine")
    run_check(tmp_path)
    requests = [(method, path) for method, path, _ in shop.requests]
    assert requests.count(("HEAD", "/fine")) == 1
    assert ("GET", "/fine") not in requests
    assert requests.count(("GET", "/404")) == 1
    assert requests.count(("GET", "/500")) == POLICY.max_attempts


@pytest.mark.parametrize(("path", "waits"), [("busy-once", True), ("busy-until?60", True), ("busy-until?-60", False)])
def test_retry_after_is_obeyed_in_seconds_and_as_a_date_up_to_a_limit(tmp_path, shop, path, waits):
    base = write_site(tmp_path, shop, path)
    _, recorded = run_check(tmp_path)
    times = [at for _, _, at in shop.requests]
    assert (times[2] - times[1] >= POLICY.max_wait) == waits
    assert recorded[f"{base}/{path}"]["status"] == 200


def test_a_progress_bar_is_printed(tmp_path, shop, capsys):
    base = write_site(tmp_path, shop)
    with ThreadPoolExecutor(1) as thread:
        task = thread.submit(asyncio.run, fetch_all([f"{base}/fine", f"{base}/404"], POLICY, show_progress))
        task.result(timeout=30)
    half, full = capsys.readouterr().err.split("\r")[1:]
    assert half == f"Links [{'#' * 15:<30}] 1/2"
    assert full == f"Links [{'#' * 30}] 2/2\n"


def test_a_second_check_reports_changes_and_drops_urls_that_are_no_longer_linked(tmp_path, shop, capsys):
    base = write_site(tmp_path, shop, "fine", "404")
    status_file = tmp_path / "content" / "data" / "link-status.json"
    status_file.parent.mkdir(parents=True)
    old = {
        f"{base}/fine": {"checked": "x", "dead": True},
        f"{base}/404": {"checked": "x", "worked": "2019"},
        "gone": {},
    }
    status_file.write_text(json.dumps(old))
    changes, recorded = run_check(tmp_path)
    assert (changes.fixed, changes.newly_broken) == ([f"{base}/fine"], [f"{base}/404"])
    assert sorted(recorded) == [f"{base}/404", f"{base}/fine"]
    assert recorded[f"{base}/404"]["worked"] == "2019"
    output = capsys.readouterr().out
    assert f"broken: {base}/404 (404) on /a/" in output
    assert f"works again: {base}/fine (200) on /a/" in output
    assert "2 links: 1 broken, 0 without a clear response" in output


def test_a_link_without_a_clear_response_is_broken_after_three_checks_in_a_row():
    status = {}
    for number in range(1, 4):
        status = update_status(status, LinkResult(error="ConnectError"), "now")
        assert (status["failures"], status.get("dead", False)) == (number, number == 3)
    assert update_status(status, LinkResult(200), "now") == {"checked": "now", "worked": "now", "status": 200}


def test_only_links_to_other_sites_are_checked(tmp_path):
    page = (
        '<a href="https://example.org/own">a</a><a class="x" href="https://shop.example/?a=1&amp;b=2#c">b</a>'
        '<a href="/in">c</a><a href="https://example.organic/">d</a><a href="mailto:x@example.net">e</a>'
        "<a href='https://one.example/'>f</a><!-- <a href='https://none.example/'>g</a> -->"
    )
    (tmp_path / "index.html").write_text(page)
    assert find_external_links(tmp_path, "https://example.org") == {
        "https://example.organic/": [""],
        "https://one.example/": [""],
        "https://shop.example/?a=1&b=2": [""],
    }


def test_links_of_shops_references_events_and_endorsements_are_checked(golden):
    pages_by_url = find_external_links(golden.root / "output", "https://own.example")
    for url, page in [
        ("https://bookshop.org/book/9781234560010", "books/made-up-guide/buy/"),
        ("https://openlibrary.org/isbn/9781234560010", "books/made-up-guide/buy/"),
        ("https://example.org/guest", "books/made-up-guide/"),
        ("https://example.org/rungs_again_2019", "references/"),
        ("https://example.org/talk", "events/online-talk/"),
        ("https://example.org/launch-video", "events/launch/"),
    ]:
        assert any(name.endswith(page) for name in pages_by_url[url]), url


def test_a_damaged_status_file_is_ignored(tmp_path):
    (tmp_path / "x.json").write_text("{")
    assert load_status(tmp_path / "x.json") == {}


def test_the_status_file_is_in_the_content_folder(tmp_path):
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "index.html").write_text('<a href="https://example.org/own/">x</a>')
    build = SiteBuild(ProblemLog(), _site=SiteSettings(url="https://example.org/"))
    settings = {"PATH": str(tmp_path / "content"), BUILD_KEY: build}
    with ThreadPoolExecutor(1) as thread:
        changes = thread.submit(check_site_links, settings, tmp_path / "output").result(timeout=30)
    assert changes.broken == []
    assert (tmp_path / "content" / "data" / "link-status.json").read_text() == "{}\n"

"""The link check against a server that answers in every way a shop's may."""

import asyncio
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest
from authorsite.checking.external import Answer, Manners, addresses, ask_all, check, check_site, judged, load, progress
from authorsite.settings import SiteSettings

MANNERS = Manners(delay=0.02, timeout=0.4, longest_wait=0.2, tries=2)
NOW = datetime(2020, 2, 3, 12, tzinfo=UTC)


class Shop(BaseHTTPRequestHandler):
    """Answers by path, and notes who asked when."""

    def do_GET(self):
        server = self.server
        with server.lock:
            server.busy += 1
            server.most = max(server.most, server.busy)
            server.asked.append((self.command, self.path, time.monotonic()))
            nth = sum(1 for _, path, _ in server.asked if path == self.path)
        try:
            self.answer(self.path.strip("/"), nth)
        finally:
            with server.lock:
                server.busy -= 1

    def do_HEAD(self):
        self.do_GET()

    def answer(self, path, nth):
        if path == "hangs":
            self.server.stop.wait(2)
        elif path == "breaks":
            self.connection.close()
        elif path == "head-refused":
            self.reply(405 if self.command == "HEAD" else 200)
        elif path == "busy-once":
            self.reply(429 if nth <= 2 else 200, {"Retry-After": "0"} if nth == 1 else {"Retry-After": "1"})
        elif path.startswith("busy-until"):
            then = format_datetime(datetime.now(UTC) + timedelta(seconds=int(path.split("?")[1])), usegmt=True)
            self.reply(429 if nth <= 2 else 200, {"Retry-After": then})
        elif path == "moved":
            self.reply(301, {"Location": "/fine"})
        elif path == "for-now":
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
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    server.lock, server.asked, server.busy, server.most = threading.Lock(), [], 0, 0
    server.stop = threading.Event()
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.stop.set()
    server.shutdown()
    server.server_close()


def site(tmp_path, shop, *paths):
    base = f"http://127.0.0.1:{shop.server_port}"
    (tmp_path / "output" / "a").mkdir(parents=True, exist_ok=True)
    links = "".join(f'<a class="offer" href="{base}/{path}">x</a>' for path in paths)
    (tmp_path / "output" / "a" / "index.html").write_text(links)
    return base


def run(tmp_path, **more):
    store = tmp_path / "content" / "data" / "link-status.json"
    # In a thread: a browser of other tests keeps an event loop in this one.
    with ThreadPoolExecutor(1) as thread:
        task = thread.submit(check, tmp_path / "output", "https://example.org", store, MANNERS, **{"now": NOW, **more})
        return task.result(timeout=30), load(store)


# path, status, whether it worked, whether it is dead, what else is known
ANSWERS = [
    ("fine", 200, True, False, {}),
    ("moved", 200, True, False, {"to": "/fine"}),
    ("for-now", 200, True, False, {}),
    ("head-refused", 200, True, False, {}),
    ("busy-once", 200, True, False, {}),
    ("404", 404, False, True, {}),
    ("410", 410, False, True, {}),
    ("403", 403, False, False, {}),
    ("429", 429, False, False, {}),
    ("500", 500, False, False, {"failures": 1}),
    ("hangs", None, False, False, {"error": "no answer in time"}),
    ("breaks", None, False, False, {"failures": 1}),
]


def test_every_kind_of_answer_is_told_apart_and_kept_with_its_date(tmp_path, shop):
    base = site(tmp_path, shop, *(path for path, *_ in ANSWERS))
    changes, kept = run(tmp_path)
    for path, status, worked, dead, more in ANSWERS:
        found = kept[f"{base}/{path}"]
        assert found["checked"] == "2020-02-03T12:00:00+00:00"
        assert found.get("status") == status, path
        assert ("worked" in found, found.get("dead", False)) == (worked, dead), path
        for key, value in more.items():
            assert found[key] == (base + value if key == "to" else value), path
    assert "to" not in kept[f"{base}/for-now"]
    assert changes.died == changes.dead == [f"{base}/404", f"{base}/410"]
    assert changes.moved == [f"{base}/moved"]


def test_a_host_is_asked_one_request_at_a_time_with_a_pause(tmp_path, shop):
    site(tmp_path, shop, *(f"200?{n}" for n in range(5)))
    Shop.answer, kept = lambda self, _path, _nth: self.reply(200), Shop.answer
    try:
        run(tmp_path)
    finally:
        Shop.answer = kept
    times = [at for _, _, at in shop.asked]
    assert len(times) == 5
    assert shop.most == 1
    assert min(b - a for a, b in pairwise(times)) >= MANNERS.delay


def test_only_what_failed_is_asked_again_and_never_without_end(tmp_path, shop):
    site(tmp_path, shop, "404", "500", "fine")
    run(tmp_path)
    asked = [(method, path) for method, path, _ in shop.asked]
    assert asked.count(("HEAD", "/fine")) == 1
    assert ("GET", "/fine") not in asked
    assert asked.count(("GET", "/404")) == 1
    assert asked.count(("GET", "/500")) == MANNERS.tries


@pytest.mark.parametrize(("path", "waits"), [("busy-once", True), ("busy-until?60", True), ("busy-until?-60", False)])
def test_a_wish_to_wait_is_heard_in_seconds_and_as_a_date_up_to_a_limit(tmp_path, shop, path, waits):
    base = site(tmp_path, shop, path)
    _, kept = run(tmp_path)
    times = [at for _, _, at in shop.asked]
    assert (times[2] - times[1] >= MANNERS.longest_wait) == waits
    assert kept[f"{base}/{path}"]["status"] == 200


def test_a_bar_tells_how_far_the_check_is(tmp_path, shop, capsys):
    base = site(tmp_path, shop)
    with ThreadPoolExecutor(1) as thread:
        task = thread.submit(asyncio.run, ask_all([f"{base}/fine", f"{base}/404"], MANNERS, progress))
        task.result(timeout=30)
    half, whole = capsys.readouterr().err.split("\r")[1:]
    assert half == f"Links [{'#' * 15:<30}] 1/2"
    assert whole == f"Links [{'#' * 30}] 2/2\n"


def test_a_second_check_tells_what_changed_and_forgets_what_is_linked_no_more(tmp_path, shop, capsys):
    base = site(tmp_path, shop, "fine", "404")
    store = tmp_path / "content" / "data" / "link-status.json"
    store.parent.mkdir(parents=True)
    old = {
        f"{base}/fine": {"checked": "x", "dead": True},
        f"{base}/404": {"checked": "x", "worked": "2019"},
        "gone": {},
    }
    store.write_text(json.dumps(old))
    changes, kept = run(tmp_path)
    assert (changes.revived, changes.died) == ([f"{base}/fine"], [f"{base}/404"])
    assert sorted(kept) == [f"{base}/404", f"{base}/fine"]
    assert kept[f"{base}/404"]["worked"] == "2019"
    said = capsys.readouterr().out
    assert f"dead: {base}/404 (404) on /a/" in said
    assert "2 addresses: 1 dead, 0 gave no clear answer" in said


def test_a_host_without_a_clear_answer_is_dead_after_three_checks_in_a_row():
    status = {}
    for number in range(1, 4):
        status = judged(status, Answer(error="ConnectError"), "now")
        assert (status["failures"], status.get("dead", False)) == (number, number == 3)
    assert judged(status, Answer(200), "now") == {"checked": "now", "worked": "now", "status": 200}


def test_the_addresses_are_those_of_other_sites(tmp_path):
    page = (
        '<a href="https://example.org/own">a</a><a class="x" href="https://shop.example/?a=1&amp;b=2#c">b</a>'
        '<a href="/in">c</a><a href="https://example.organic/">d</a><a href="mailto:x@example.net">e</a>'
        "<a href='https://one.example/'>f</a><!-- <a href='https://none.example/'>g</a> -->"
    )
    (tmp_path / "index.html").write_text(page)
    found = addresses(tmp_path, "https://example.org")
    assert found == {
        "https://example.organic/": [""],
        "https://one.example/": [""],
        "https://shop.example/?a=1&b=2": [""],
    }


def test_shops_references_events_and_endorsements_are_all_asked(golden):
    found = addresses(golden.root / "output", "https://own.example")
    for url, page in [
        ("https://bookshop.org/book/9781234560010", "books/made-up-guide/buy/"),
        ("https://openlibrary.org/isbn/9781234560010", "books/made-up-guide/buy/"),
        ("https://example.org/guest", "books/made-up-guide/"),
        ("https://example.org/rungs_again_2019", "references/"),
        ("https://example.org/talk", "events/online-talk/"),
        ("https://example.org/launch-video", "events/launch/"),
    ]:
        assert any(name.endswith(page) for name in found[url]), url


def test_a_damaged_file_of_results_is_as_good_as_none(tmp_path):
    (tmp_path / "x.json").write_text("{")
    assert load(tmp_path / "x.json") == {}


def test_the_results_stand_with_the_content_of_the_site(tmp_path):
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "index.html").write_text('<a href="https://example.org/own/">x</a>')
    settings = {"PATH": str(tmp_path / "content"), "AUTHORSITE": SiteSettings(url="https://example.org/")}
    with ThreadPoolExecutor(1) as thread:
        changes = thread.submit(check_site, settings, tmp_path / "output").result(timeout=30)
    assert changes.dead == []
    assert (tmp_path / "content" / "data" / "link-status.json").read_text() == "{}\n"

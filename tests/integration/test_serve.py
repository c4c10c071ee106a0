"""The development server: its responses, rebuilding, and live reload."""

import http.client
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict

import pytest
from authorsite.problems import Problem
from authorsite.publishing.serve import BuildWorker, _format_response, describe_address, watch_changes
from authorsite.publishing.server import Server, inject_livereload
from browser import wait_until
from conftest import ROOT, SITE_DATE, post

SETTINGS = """
from authorsite.defaults import *
TIMEZONE = "UTC"
DEFAULT_LANG = "en"
AUTHORSITE = {{"url": "https://example.org"}}
PLUGIN_PATHS = [{plugins!r}, "plugins"]
PLUGINS = ["authorsite", "mine"]
THEME_TEMPLATES_OVERRIDES = []
SITENAME = "The site"
"""
STOP = "stop with Ctrl-C"
SERVE = """
import sys
from authorsite.publishing.serve import serve
serve(sys.argv[1], 0, report=lambda text: print(text, flush=True))
"""


@pytest.fixture
def server(tmp_path):
    (tmp_path / "posts/one").mkdir(parents=True)
    (tmp_path / "posts/one/index.html").write_text("<html><body><p>One</p></body></html>")
    (tmp_path / "404.html").write_text("<html><body>Nothing here</body></html>")
    (tmp_path / "film.mp4").write_bytes(bytes(range(100)))
    (tmp_path / "feed.xml").write_text("<rss/>")
    (tmp_path.parent / "secret.txt").write_text("secret")
    server = Server(tmp_path, 0)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def request(server, path, method="GET", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    connection.request(method, path, headers={"Host": f"127.0.0.1:{server.server_port}", **headers})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, dict(response.getheaders()), body


def test_a_folder_url_sends_its_index_with_the_livereload_script(server, tmp_path):
    status, headers, body = request(server, "/posts/one/")
    assert status == 200
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert body == b'<html><body><p>One</p><script src="/_serve/client.js"></script></body></html>'
    assert b"_serve" not in (tmp_path / "posts/one/index.html").read_bytes()


@pytest.mark.parametrize(
    ("path", "status", "name", "value"),
    [
        ("/posts/one", 301, "Location", "/posts/one/"),
        ("/posts/one?a=1", 301, "Location", "/posts/one/?a=1"),
        ("/feed.xml", 200, "Content-Type", "application/xml; charset=utf-8"),
        ("/film.mp4", 200, "Accept-Ranges", "bytes"),
        ("/nowhere/", 404, "Content-Type", "text/html; charset=utf-8"),
        ("/../secret.txt", 404, "Cache-Control", "no-store"),
        ("/%2e%2e/secret.txt", 404, "Cache-Control", "no-store"),
        ("/%00", 404, "Cache-Control", "no-store"),
        ("/_serve/client.js", 200, "Content-Type", "text/javascript; charset=utf-8"),
    ],
)
def test_responses(server, path, status, name, value):
    actual, headers, _ = request(server, path)
    assert (actual, headers[name]) == (status, value)


def test_a_missing_page_gets_the_sites_own_404_page(server):
    status, _, body = request(server, "/nowhere/")
    assert status == 404
    assert b"Nothing here" in body


@pytest.mark.parametrize(
    ("byte_range", "status", "content"),
    [
        ("bytes=0-9", 206, bytes(range(10))),
        ("bytes=90-", 206, bytes(range(90, 100))),
        ("bytes=-5", 206, bytes(range(95, 100))),
        ("bytes=95-1000", 206, bytes(range(95, 100))),
        ("bytes=100-", 416, b""),
        ("bytes=-", 200, bytes(range(100))),
        ("pages=1-2", 200, bytes(range(100))),
    ],
)
def test_byte_ranges(server, byte_range, status, content):
    actual, _, body = request(server, "/film.mp4", Range=byte_range)
    assert (actual, body) == (status, content)


def test_head_has_headers_and_no_body(server):
    status, headers, body = request(server, "/film.mp4", "HEAD")
    assert (status, headers["Content-Length"], body) == (200, "100", b"")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", ""])
def test_another_host_name_is_forbidden(server, host):
    assert request(server, "/posts/one/", Host=host)[0] == 403


def test_a_port_in_use_is_skipped(server, tmp_path):
    other = Server(tmp_path, server.server_port)
    try:
        assert other.server_port != server.server_port
        assert other.server_address[0] == "127.0.0.1"
        said = describe_address(other, server.server_port)
        assert said == f"{other.url} shows the site (port {server.server_port} is in use by another program); {STOP}"
        assert describe_address(other, other.server_port) == f"{other.url} shows the site; {STOP}"
    finally:
        other.server_close()


def test_a_page_without_a_body_end_still_gets_the_script():
    assert inject_livereload(b"<p>Half").endswith(b"</script>")


def test_problems_are_printed_as_by_a_build():
    problems = [Problem("a.md", 3, "wrong", "mend it"), Problem("b.md", 0, "empty")]
    response = {"problems": [asdict(problem) for problem in problems], "summary": "2 errors"}
    assert _format_response(response) == "a.md:3: wrong - mend it\nb.md: empty\n2 errors"


def test_changes_before_watching_starts_are_reported(tmp_path):
    content, settings = tmp_path / "content", tmp_path / "pelicanconf.py"
    content.mkdir()
    for path in (content / "old.md", content / "gone.md", settings, tmp_path / "aside.md"):
        path.write_text("")
    time.sleep(0.1)
    since = time.time()
    time.sleep(0.1)
    (content / "gone.md").unlink()
    (content / "new.md").write_text("")
    (tmp_path / "aside.md").rename(content / "moved.md")
    assert next(watch_changes([content], [settings], since)) == {content, content / "new.md", content / "moved.md"}
    settings.write_text("SITENAME = 'New'")
    assert next(watch_changes([content], [settings], since)) > {settings}


def test_the_search_index_is_updated_after_a_rebuild_is_reported(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "plugins"))
    post_file, settings = tmp_path / "content/posts/a.md", tmp_path / "pelicanconf.py"
    post_file.parent.mkdir(parents=True)
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins/mine.py").write_text("def register(): pass")
    settings.write_text(SETTINGS.format(plugins=str(ROOT / "plugins")))
    worker, entry = BuildWorker(settings, drafts=True), tmp_path / "output/pagefind/pagefind-entry.json"
    entries = []
    try:
        for body in ("Old words.", "New words."):
            post_file.write_text(post("First", slug="a", body=body))
            assert not worker.build()["problems"]
            assert body in (tmp_path / "output/2019/03/01/a/index.html").read_text()
            entries.append(entry.read_bytes())
        deadline = time.monotonic() + 20
        while entry.read_bytes() == entries[-1] and time.monotonic() < deadline:
            time.sleep(0.02)
        updated = {path.name for path in (tmp_path / "output/pagefind").rglob("*.pf_*")}
        worker.build()
        kept = {path.name for path in (tmp_path / "output/pagefind").rglob("*.pf_*")}
        assert kept < updated
        worker.stop()
        shutil.rmtree(tmp_path / ".cache/search")
        worker.build()
    finally:
        worker.stop()
    assert entries[0] == entries[1]
    assert kept == {path.name for path in (tmp_path / "output/pagefind").rglob("*.pf_*")}


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    """A running `invoke serve` on a small site: (folder, URL). Each test mends what it breaks."""
    tmp_path = tmp_path_factory.mktemp("live")
    (tmp_path / "content/posts").mkdir(parents=True)
    paragraphs = "\n\n".join(f"Paragraph {n}." for n in range(200))
    (tmp_path / "content/posts/a.md").write_text(post("First", body=f"Old words.\n\n{paragraphs}"))
    (tmp_path / "content/posts/b.md").write_text(post("Second"))
    shutil.copytree(ROOT / "theme", tmp_path / "theme")
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins/mine.py").write_text("def register(): pass")
    (tmp_path / "pelicanconf.py").write_text(SETTINGS.format(plugins=str(ROOT / "plugins")) + "THEME = 'theme'\n")
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(tmp_path / "pelicanconf.py")],
        env={"PYTHONPATH": str(ROOT / "plugins"), "SITE_DATE": SITE_DATE, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    killer = threading.Timer(100, process.kill)
    killer.start()
    line = ""
    while "shows the site" not in line:
        line = process.stdout.readline()
        assert line or process.poll() is None, "the server did not start"
    yield tmp_path, line.split()[0]
    process.send_signal(signal.SIGINT)
    process.wait(10)
    killer.cancel()


@pytest.mark.browser
def test_pages_reload_and_problems_show_until_they_are_fixed(live, browser):
    root, url = live
    page = browser.new_page()
    page.goto(f"{url}2019/03/01/first/")
    wait_until(page, "document.body.innerText.includes('Old words')")
    source = root / "content/posts/a.md"
    text = source.read_text()

    # An edit reloads the page and keeps the scroll position.
    page.evaluate("scrollTo(0, 900)")
    page.evaluate("window.before = true")
    source.write_text(text.replace("Old words", "New words"))
    wait_until(page, "document.body.innerText.includes('New words')")
    wait_until(page, "Math.abs(scrollY - 900) < 3")

    # An error in a post, a template or the settings file shows in an overlay; the page stays.
    breaks = [
        (source, text.replace("date: 2019-03-01", "date: 2019-02-30"), "content/posts/a.md:3"),
        (root / "theme/templates/article.html", "{% if %}", "article.html:1"),
        (root / "pelicanconf.py", "SITENAME = ", "pelicanconf.py:1"),
    ]
    for path, broken, where in breaks:
        original = path.read_text()
        path.write_text(broken)
        overlay = "document.querySelector('serve-problems')?.shadowRoot.textContent"
        wait_until(page, f"({overlay} || '').includes({where!r})")
        assert "words" in page.inner_text("body")
        path.write_text(original)
        wait_until(page, "!document.querySelector('serve-problems')")

    # A changed stylesheet is replaced without a reload.
    style = "getComputedStyle(document.documentElement).getPropertyValue('--shown').trim()"
    (root / "theme/static").mkdir(exist_ok=True)
    (root / "theme/static/new.css").write_text(":root { --shown: one }")
    wait_until(page, "fetch('/theme/new.css').then((answer) => answer.ok)")
    page.reload()
    page.evaluate("window.before = true")
    link = "Object.assign(document.createElement('link'), {rel: 'stylesheet', href: '/theme/new.css'})"
    page.evaluate(f"document.head.append({link})")
    wait_until(page, f"{style} === 'one'")
    (root / "theme/static/new.css").write_text(":root { --shown: two }")
    wait_until(page, f"{style} === 'two'")
    assert page.evaluate("window.before") is True
    page.close()


def wait_for_event(lines, text):
    """Read events until one contains `text`; return whether one did."""
    return any(text in line.decode() for line in lines)


@pytest.mark.parametrize(
    ("broken", "message"),
    [("def register(:", "mine"), ("import os\ndef register(): os._exit(3)", "ended without an error message")],
    ids=["does not load", "ends the process"],
)
def test_the_server_survives_a_plugin_that(live, broken, message):
    root, url = live
    port = int(url.split(":")[2].strip("/"))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    connection.request("GET", "/_serve/events")
    lines = connection.getresponse()
    (root / "plugins/mine.py").write_text(broken)
    assert wait_for_event(lines, message)
    other = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    other.request("GET", "/2019/03/01/second/")
    assert other.getresponse().status == 200
    (root / "plugins/mine.py").write_text("def register(): pass  # fixed")
    assert wait_for_event(lines, "data: []")

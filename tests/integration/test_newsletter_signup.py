"""The form to sign up for a newsletter: on which pages it is, and where a browser sends the address."""

import re
import shutil
from contextlib import contextmanager
from functools import partial
from urllib.parse import parse_qs

import pytest
from conftest import Site, build_strictly, post
from serving import FolderHandler, run_server, serve_with_headers

LIST = "c1f3f1b0-77a5-4c61-a1d5-4e3a4f1d1a11"
POST, BOOK = "2019/03/01/a-post/", "books/a-guide/"
WITH_FORM = {"", POST, BOOK, "subscribe/"}
# Sends the form to a URL; returns the directive that the policy stops it with.
SUBMIT_TO = """(url) => new Promise((done) => {
  document.addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective));
  const form = document.querySelector(".newsletter form");
  form.action = url;
  form.requestSubmit();
})"""
FILES = {
    "content/posts/a-post.md": post(body="Of ladders.\n\n" * 40),
    "content/pages/privacy.md": "---\ntitle: Privacy\n---\nWho keeps what.\n",
    "content/books/a-guide.md": "---\ntitle: A guide\nhook: To ladders.\n---\nAbout ladders. [Privacy](/privacy/)\n",
}


@contextmanager
def run_provider():
    """Run a server that records the forms it gets; yields its URL and the list of (path, fields)."""
    received = []

    class Handler(FolderHandler):
        def do_GET(self):  # noqa: N802 - for the browser's tab it asks for an icon
            self.send_response(204)
            self.end_headers()

        def do_POST(self):  # noqa: N802 - the library's name
            fields = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode(), keep_blank_values=True)
            received.append((self.path, fields))
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<title>Thanks</title>")

    with run_server(Handler) as server:
        yield server.url, received


@pytest.fixture(scope="module")
def provider():
    with run_provider() as running:
        yield running


@pytest.fixture(scope="module")
def site(provider, tmp_path_factory):
    """A site with a newsletter at the local provider; `before` is what it was without one, `after` what it is then."""
    made = Site(tmp_path_factory.mktemp("site"), {}).write(FILES)
    build_strictly(partial(made.build, strict=True))
    made.before = made.tree()
    newsletter = {
        "provider": "listmonk",
        "url": provider[0],
        "lists": [LIST],
        "text": "Once a month.",
        "name": "Post Co",
    }
    newsletter = {"newsletter": {**newsletter, "privacy": "/privacy/"}}
    build_strictly(partial(made.build, strict=True, AUTHORSITE=newsletter))
    made.built = made.tree()
    shutil.copytree(made.root / "output", made.root / "served")
    build_strictly(partial(made.build, strict=True))
    made.after = made.tree()
    return made


@pytest.fixture(scope="module")
def served(site):
    with serve_with_headers(site.root / "served") as url:
        yield url


def list_pages(tree):
    return {name.removesuffix("index.html"): data.decode() for name, data in tree.items() if name.endswith(".html")}


def test_the_form_is_on_the_home_page_posts_books_and_the_page_of_feeds(site):
    assert {page for page, html in list_pages(site.built).items() if "<form method" in html} == WITH_FORM
    for page, html in list_pages(site.built).items():
        assert html.count('type="email"') == (page in WITH_FORM), page


def test_the_form_comes_after_the_book_and_the_text(site):
    home, text, book = (list_pages(site.built)[page] for page in ("", POST, BOOK))
    assert home.index("buy-button" if "buy-button" in home else "book-hero") < home.index('class="newsletter"')
    assert home.index("2019/03/01/a-post/") < home.index('class="newsletter"')
    assert text.index("Of ladders.") < text.index("book-step") < text.index('class="newsletter"')
    assert book.index("About ladders.") < book.index('class="newsletter"')


def test_a_newsletter_changes_nothing_but_its_form_the_policy_and_the_stylesheet(site):
    before, after = dict(site.before), dict(site.built)
    styles = re.compile(rb"assets/site\.\w+\.css")

    def drop_what_is_new(data):
        data = re.sub(
            rb'<section class="newsletter">.*?</section>\n', b"", styles.sub(b"STYLES", data), flags=re.DOTALL
        )
        return re.sub(rb"(form-action 'self') http://127\.0\.0\.1:\d+", rb"\1", data).replace(b"<h2>Feeds</h2>\n", b"")

    [sheet] = {name for name in before if styles.match(name.encode())}
    [new_sheet] = {name for name in after if styles.match(name.encode())}
    assert after.pop(new_sheet).startswith(before.pop(sheet))
    compared = [name for name in before if name.endswith((".html", "_headers", ".xml", ".json", ".css"))]
    assert before.keys() == after.keys()
    for name in compared:
        assert drop_what_is_new(after[name]) == drop_what_is_new(before[name]), name


def test_without_the_setting_the_site_is_again_what_it_was(site):
    assert site.after == site.before
    assert not any(b"newsletter" in data for data in site.before.values())


@pytest.mark.browser
@pytest.mark.parametrize(
    "page", [POST, *(pytest.param(page, marks=pytest.mark.nightly) for page in ("", BOOK, "subscribe/"))]
)
def test_a_browser_sends_the_address_to_the_provider_and_nothing_elsewhere(browser, served, provider, page):
    url, received = provider
    received.clear()
    tab = browser.new_page()
    requests, messages = [], []
    tab.on("request", lambda request: requests.append(request.url))
    tab.on("console", lambda message: messages.append(message.text))
    tab.goto(f"{served}/{page}")
    tab.get_by_label("E-mail address").fill("ann@example.org")
    assert all(request.startswith(served) for request in requests)
    tab.get_by_role("button", name="Sign up").click()
    tab.wait_for_url(f"{url}/subscription/form")
    tab.close()
    assert received == [("/subscription/form", {"email": ["ann@example.org"], "nonce": [""], "l": [LIST]})]
    assert [request for request in requests if not request.startswith((f"{served}/", f"{url}/"))] == []
    assert messages == []


@pytest.mark.browser
def test_a_form_to_any_other_host_is_blocked(browser, served):
    with run_provider() as (elsewhere, received):
        tab = browser.new_page()
        tab.goto(f"{served}/{POST}")
        tab.get_by_label("E-mail address").fill("ann@example.org")
        assert tab.evaluate(SUBMIT_TO, f"{elsewhere}/") == "form-action"
        assert tab.url == f"{served}/{POST}"
        tab.close()
    assert received == []


@pytest.mark.browser
def test_an_address_without_at_sign_is_not_sent(browser, served, provider):
    provider[1].clear()
    tab = browser.new_page()
    tab.goto(f"{served}/{POST}")
    tab.get_by_label("E-mail address").fill("ann")
    tab.keyboard.press("Enter")
    assert tab.url == f"{served}/{POST}"
    assert tab.evaluate("document.activeElement.matches('input:invalid')")
    tab.close()
    assert provider[1] == []


@pytest.mark.browser
def test_the_form_is_accessible_fits_small_screens_and_is_not_printed(browser, served):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    tab = browser.new_page(viewport={"width": 320, "height": 640})
    for page in (POST, "subscribe/"):  # with one stylesheet, and with two
        tab.goto(f"{served}/{page}")
        tab.evaluate(axe.axe_script)
        for scheme, rules in (("light", ""), ("dark", ", runOnly: ['color-contrast', 'link-in-text-block']")):
            tab.emulate_media(color_scheme=scheme)
            found = tab.evaluate(f"axe.run('.newsletter', {{resultTypes: ['violations']{rules}}})")
            assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == [], (page, scheme)
        assert tab.evaluate("document.documentElement.scrollWidth") == 320
        controls = tab.locator(".newsletter [type=email], .newsletter button")
        assert all(control.bounding_box()["height"] >= 44 for control in controls.all())
        tab.emulate_media(media="print")
        assert not tab.locator(".newsletter").is_visible()
        tab.emulate_media(media="screen")
    tab.close()

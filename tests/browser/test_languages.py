"""The site in English, German and Arabic, in Chromium: axe, small screens, search, and the links to other languages."""

import pytest
from browser import wait_until
from serving import serve_with_headers

PAGES = ("/de/", "/ar/", "/ar/2019/03/02/sullam/", "/ar/archives/", "/ar/subscribe/", "/ar/search/", "/ar/tag/khshb/")


@pytest.fixture(scope="module")
def address(languages):
    """The URL of the site on this machine, with the headers that its hosts send."""
    with serve_with_headers(languages.root / "output") as url:
        yield url


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, pytest.param(1440, marks=pytest.mark.nightly)])
def test_axe_finds_no_violation_in_any_language(browser, address, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = browser.new_page(viewport={"width": width, "height": 800})
    found = {}
    for kind in PAGES:
        assert page.goto(address + kind).ok, kind
        page.evaluate(axe.axe_script)
        options = "{resultTypes: ['violations'], rules: {'target-size': {enabled: true}}}"
        violations = page.evaluate(f"axe.run({options})")["violations"]
        found |= {(kind, each["id"]): [node["html"][:200] for node in each["nodes"][:3]] for each in violations}
        assert page.evaluate("document.documentElement.scrollWidth") <= width, kind
    page.close()
    assert found == {}


@pytest.mark.browser
def test_a_reader_changes_the_language_of_a_post_and_comes_back(browser, address):
    page = browser.new_page()
    page.goto(f"{address}/2019/03/01/ladders/")
    for name, title, direction in (
        ("العربية", "كيف يستند السلم", "rtl"),
        ("Deutsch", "Wie eine Leiter lehnt", "ltr"),
        ("English", "How a ladder leans", "ltr"),
    ):
        page.get_by_role("banner").get_by_role("link", name=name).click()
        assert page.locator("h1").inner_text() == title
        assert page.locator("h1").evaluate("element => getComputedStyle(element).direction") == direction
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("url", "word", "found"),
    [
        ("/de/search/", "Leiter", "/de/"),
        ("/ar/search/", "خشب", "/ar/"),
        ("/search/", "ladder", "/2019/"),
    ],
)
def test_search_finds_what_is_in_the_language_of_its_page(browser, address, url, word, found):
    page = browser.new_page()
    page.goto(address + url)
    page.locator("#search-words").fill(word)
    wait_until(page, "document.querySelector('#search-results a')")
    links = page.locator("#search-results a").evaluate_all("links => links.map(link => link.pathname)")
    posts = [link for link in links if "/2019/" in link]
    assert posts
    assert all(link.startswith(found) for link in posts)
    assert page.goto(address + posts[0]).ok
    page.close()

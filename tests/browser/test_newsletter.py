"""The expected e-mails of tests/sites/newsletter in Chromium: narrow and wide, light and dark."""

import re

import pytest
from conftest import ROOT

SITE = ROOT / "tests" / "sites" / "newsletter"
PICTURES = {path.name: path for path in (SITE / "content/images").iterdir()}
# An e-mail is a part of the mail client's page, which has the landmarks.
RULES = "{rules: {region: {enabled: false}, 'landmark-one-main': {enabled: false}}, resultTypes: ['violations']}"
TOO_WIDE = """[...document.querySelectorAll(".page *:not(table *)")]
    .filter(element => element.getBoundingClientRect().right > innerWidth).map(element => element.outerHTML)"""


@pytest.mark.browser
@pytest.mark.parametrize("name", ["one", "arabic"])
def test_an_email_fits_every_width_and_is_readable_in_both_schemes(browser, name):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = browser.new_page(viewport={"width": 320, "height": 700})
    asked = []

    def serve(route):
        asked.append(route.request.url)
        route.fulfill(path=PICTURES[route.request.url.rpartition("/")[2]])

    page.route(re.compile("^https:"), serve)
    page.goto((SITE / f"expected/{name}.html").as_uri())
    page.evaluate(axe.axe_script)
    for width in (320, 600, 1024):
        page.set_viewport_size({"width": width, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.evaluate(TOO_WIDE) == []
        assert page.locator(".page").bounding_box()["width"] <= 600
        for picture in page.locator("img").all():
            box = picture.bounding_box()
            natural = picture.evaluate("each => each.naturalWidth / each.naturalHeight")
            assert box["width"] <= 568
            assert box["width"] / box["height"] == pytest.approx(natural, rel=0.02)
    for scheme, background in (("light", "rgb(251, 247, 238)"), ("dark", "rgb(22, 25, 29)")):
        page.emulate_media(color_scheme=scheme)
        violations = page.evaluate(f"axe.run({RULES})")["violations"]
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in violations] == []
        for selector in ("body", ".page"):
            assert page.locator(selector).evaluate("each => getComputedStyle(each).backgroundColor") == background
    assert page.locator(".preheader").is_hidden()
    page.close()
    assert {url.split("/")[2] for url in asked} == {"ann.example"}

"""Pages that are written from right to left, in Chromium: where things begin, code, other directions, small screens."""

import pytest
from conftest import SITE_DATE, Site, restore_signals
from serving import serve_folder

POST = """---
title: על סולמות (Ladders)
slug: sulamot
date: 2019-03-01
tags: [עץ]
toc: true
---
## התחלה

מילים ו-`print("א", 1)` ועוד [1].

- שלב
- שלב

> ציטוט.

```python
print(1)
```

| שם | אורך |
|---|---|
| סולם | 3 |

## References

1. אן סופרת, *סולמות*, 2018, https://far.example/x
"""
ENGLISH = """---
title: Ladders (2)
slug: ladders
lang: en
date: 2019-04-01
tags: [עץ]
review_of: {title: Wood, author: Bert}
---
Words.
"""
HEBREW_PAGE, ENGLISH_PAGE = "/2019/03/01/sulamot/", "/2019/04/01/ladders/"
SETTINGS = {
    "SITENAME": "אן סופרת",
    "AUTHOR": "אן סופרת",
    "AUTHORSITE": {
        "language": "he",
        "menu": [{"label": "בלוג", "url": "/blog/"}, {"label": "חיפוש", "url": "/search/"}],
    },
}
MEASURE = """() => {
  const box = (name) => document.querySelector(name).getBoundingClientRect();
  const glyph = (name, from, to) => {  // of the first text in an element
    const range = document.createRange();
    const text = document.createTreeWalker(document.querySelector(name), NodeFilter.SHOW_TEXT).nextNode();
    range.setStart(text, from);
    range.setEnd(text, to);
    return range.getBoundingClientRect();
  };
  return {box, glyph};
}"""


@pytest.fixture(scope="module")
def hebrew(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("hebrew"), SETTINGS)
    site.write({"content/posts/a.md": POST, "content/posts/b.md": ENGLISH})
    with pytest.MonkeyPatch.context() as patch, restore_signals():
        patch.setenv("SITE_DATE", SITE_DATE)
        built = site.build()
    assert not built.failed, "\n".join(map(str, built.problems))
    with serve_folder(site.root / "output") as url:
        yield url


def measure(page, expression):
    return page.evaluate(f"() => {{ const {{box, glyph}} = ({MEASURE})(); return {expression}; }}")


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, pytest.param(768, marks=pytest.mark.nightly), 1440])
def test_a_page_begins_at_the_right_and_does_not_scroll_sideways(browser, hebrew, width):
    page = browser.new_page(viewport={"width": width, "height": 800})
    for address in (ENGLISH_PAGE, "/", "/search/", HEBREW_PAGE):
        assert page.goto(hebrew + address).ok
        assert page.evaluate("document.documentElement.scrollWidth") == width, address
        assert measure(page, 'box(".site-header a").right') > width * 0.7, address
    first, second, *_ = page.locator(".site-header .menu li").evaluate_all(
        "items => items.map(item => item.getBoundingClientRect().x)"
    )
    assert first > second
    prose, title = measure(page, 'box(".prose")'), measure(page, 'glyph("h1", 0, 2)')
    assert abs(title["right"] - prose["right"]) < 3
    for inside, gap in ((".prose ul li", 12), (".prose blockquote p", 8)):
        assert prose["right"] - measure(page, f"box({inside!r}).right") >= gap, "the marker or the line is at the right"
    quote = page.locator(".prose blockquote").first
    assert quote.evaluate("quote => getComputedStyle(quote).borderRightWidth") != "0px"
    assert quote.evaluate("quote => getComputedStyle(quote).borderLeftWidth") == "0px"
    cells = page.locator(".prose tr > *").evaluate_all("cells => cells.map(cell => cell.offsetLeft)")
    assert cells[0] > cells[1]
    page.close()


@pytest.mark.browser
def test_code_and_addresses_run_from_left_to_right(browser, hebrew):
    page = browser.new_page(viewport={"width": 768, "height": 800})
    page.goto(hebrew + HEBREW_PAGE)
    assert measure(page, 'glyph(":not(pre) > code", 0, 1).x < glyph(":not(pre) > code", 7, 8).x'), "print before the A"
    assert measure(page, 'glyph("pre code", 0, 1).x - box("pre").x') < 40
    assert page.locator("a.address").evaluate("link => getComputedStyle(link).direction") == "ltr"
    page.close()


@pytest.mark.browser
def test_the_frame_of_a_text_in_another_direction_keeps_its_own(browser, hebrew):
    page = browser.new_page(viewport={"width": 768, "height": 800})
    page.goto(hebrew + ENGLISH_PAGE)
    directions = {name: page.locator(name).first.evaluate("part => getComputedStyle(part).direction") for name in (
        "h1", ".prose", ".meta", ".crumbs", ".attribution", ".neighbours", "body",
    )}  # fmt: skip
    assert directions == {**dict.fromkeys(directions, "rtl"), "h1": "ltr", ".prose": "ltr"}
    spans = page.locator(".meta > span:visible").evaluate_all("all => all.map(span => span.getBoundingClientRect().x)")
    assert spans == sorted(spans, reverse=True)
    page.goto(f"{hebrew}/blog/")
    rights = page.locator(".card .p-summary").evaluate_all(
        "all => all.map(part => { const range = document.createRange(); range.selectNodeContents(part);"
        " return Math.round(range.getBoundingClientRect().right); })"
    )
    assert len(rights) == 2
    assert max(rights) - min(rights) < 3, "both begin at the right"
    page.close()


@pytest.mark.browser
def test_axe_finds_nothing(browser, hebrew):
    assert list_violations(browser, hebrew, (HEBREW_PAGE, ENGLISH_PAGE, "/")) == []


@pytest.mark.browser
def test_arabic_pages_of_a_site_in_several_languages(browser, languages):
    addresses = "/ar/", "/ar/2019/03/02/sullam/", "/ar/search/"
    with serve_folder(languages.root / "output") as url:
        assert list_violations(browser, url, addresses) == []
        page = browser.new_page(viewport={"width": 360, "height": 800})
        for address in addresses:
            page.goto(url + address)
            assert page.evaluate("document.documentElement.scrollWidth") == 360, address
            assert measure(page, 'box(".site-name").right') > 300, address
            assert page.locator("body").evaluate("body => getComputedStyle(body).direction") == "rtl"
        page.close()


def list_violations(browser, url, addresses):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = browser.new_page(viewport={"width": 360, "height": 800})
    found = []
    for address in addresses:
        assert page.goto(url + address).ok, address
        page.evaluate(axe.axe_script)
        violations = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
        found += [(address, each["id"], each["nodes"][0]["html"]) for each in violations]
    page.close()
    return found

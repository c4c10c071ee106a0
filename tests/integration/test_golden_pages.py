"""The pages of three sites' books, compared with tests/sites/NAME/expected: rich in facts, sparse, and only a title.

After an intended change run `python -m pytest tests/integration/test_golden_pages.py --write-expected`, and review
the diff before you commit it. The sparse site is the example site: delete its rows when you put another in its place.
"""

import re

import pytest
from conftest import ROOT

RICH = "the-salt-ledger"
PAGES = {
    "rich": {
        "home": "",
        "books": "books/",
        "book": f"books/{RICH}/",
        "buy": f"books/{RICH}/buy/",
        "buy-all": "buy/",
        "series": "series/the-harbour-books/",
        "sample": f"books/{RICH}/sample/",
        "chapter": f"books/{RICH}/sample/the-first-page/",
        "press": "press/",
        "press-kit": f"books/{RICH}/press/",
        "forthcoming": "books/the-last-pilot/",
        "post": "2019/08/05/salt-and-ice/",
        "event": "events/the-pilot/",
    },
    "example": {
        "home": "",
        "book": "books/what-is-coworking/",
        "buy": "books/what-is-coworking/buy/",
        "sample": "preface/",
        "press": "press/",
        "press-kit": "books/what-is-coworking/press/",
    },
    "bare": {
        "home": "",
        "book": "books/only-a-title/",
        "buy": "books/only-a-title/buy/",
        "press": "press/",
        "press-kit": "books/only-a-title/press/",
    },
}
CASES = [(site, name) for site, pages in PAGES.items() for name in pages]


def get_expected_file(site, name):
    return ROOT / "tests/sites" / site / "expected" / f"{name}.html"


def extract_parts(html):
    """Return title, JSON-LD and main part of a page, a line for each element that begins or ends there.

    Header, footer and the rest of the head are the same on all pages, and have tests of their own.
    """
    data = re.findall(r"<title>.*?</title>|<script type=.application/ld\+json.*?</script>", html, re.DOTALL)
    [main] = re.findall(r"<main.*?</main>", html, re.DOTALL)
    text = "\n".join((*data, main))
    # The names of images and scripts contain a digest, which another version of Pillow may change.
    text = re.sub(r"(?<=\.)[0-9a-f]{10}(?=\.(?:avif|webp|jpg|png|js)\b)", "DIGEST", text)
    lines = (line.strip() for line in re.sub(r'(?<=[>}])(?=<\w)|(?<=,)(?="@type")', "\n", text).splitlines())
    return "\n".join(filter(None, lines)) + "\n"


@pytest.mark.parametrize(("site", "name"), CASES)
def test_pages_of_books_are_as_expected(site, name, request):
    html = request.getfixturevalue(site).output(f"{PAGES[site][name]}index.html")
    file = get_expected_file(site, name)
    if request.config.getoption("--write-expected"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(extract_parts(html), "utf-8")
    assert extract_parts(html) == file.read_text("utf-8")


def test_every_expected_file_is_compared():
    files = [path for site in PAGES for path in (ROOT / "tests/sites" / site / "expected").glob("*")]
    assert sorted(files) == sorted(get_expected_file(*case) for case in CASES)

"""Tables on narrow screens: whole words and numbers, in a box that scrolls."""

import pytest
from conftest import post
from serving import serve_folder

WIDE = "\n".join("|" + "|".join(cells) + "|" for cells in (["Country"] * 14, ["---"] * 14, ["123,456.78"] * 14))
NARROW = "|Country|Seats|\n|---|---|\n|Sweden|6|"


@pytest.mark.browser
@pytest.mark.parametrize(
    ("table", "scrolls"), [(WIDE, True), (NARROW, False), (f"<table><tr>{'<td>Country</td>' * 14}</tr></table>", True)]
)
def test_table_scrolls_in_its_own_box(make_site, browser, table, scrolls):
    site = make_site({"content/posts/a.md": post() + f"\n\n{table}\n"})
    assert not site.build(AUTHORSITE={"search": False, "social_cards": False}).failed
    (path,) = site.root.glob("output/20*/*/*/*/index.html")
    with serve_folder(site.root / "output") as address:
        page = browser.new_page(viewport={"width": 320, "height": 640})
        page.goto(f"{address}/{path.relative_to(site.root / 'output').parent}/")
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        box = page.locator(".table-box")
        assert box.evaluate("box => box.scrollWidth > box.clientWidth") == scrolls
        box.focus()
        assert page.evaluate("document.activeElement.className") == "table-box"
        rows = box.locator("tr").evaluate_all("rows => rows.map(row => row.getBoundingClientRect().height)")
        assert max(rows) < 45, "no cell has a second line"
        page.close()

"""The theme's templates and colors, without a build."""

import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from authorsite.assets import adapter
from authorsite.seo.head import Site
from authorsite.seo.urls import address
from authorsite.settings import SiteSettings
from authorsite.templating import TEMPLATES, filters
from conftest import ROOT
from jinja2 import ChainableUndefined, Environment, FileSystemLoader

THEME = ROOT / "theme" / "templates"
SITE = SiteSettings(url="https://example.org", menu=({"label": "A <b>", "url": "/a/"},))
HOSTILE = '<script>alert("no")</script>'


@pytest.fixture(scope="module")
def environment():
    made = Environment(
        loader=FileSystemLoader([THEME, TEMPLATES]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=ChainableUndefined,
        extensions=["jinja2.ext.do"],
    )
    made.filters.update(
        filters(SITE) | {"address": address, "listing": Site("S", "https://example.org", "", "en", "A").listing}
    )
    return made


def post(title="A title"):
    category = SimpleNamespace(name=title, url="category/x/", __str__=lambda _: title)
    return SimpleNamespace(
        title=title,
        url="2019/03/01/a/",
        date=datetime(2019, 3, 1, 12, tzinfo=UTC),
        summary=f"<p>{title.replace('<', '&lt;')}</p>",
        content="<p>Body</p>",
        reading_minutes=1,
        category=category,
        author=title,
        tags=[category],
        picture=None,
        breadcrumbs=[SimpleNamespace(label="Home", url="")],
        record=SimpleNamespace(summary=title, title=title, toc=False, reblog=None, series="", template=None),
        series_posts=(),
        related=(),
        draft=True,
    )


def rendered(environment, name, title="A title"):
    shown = post(title)
    listed = {"articles": [shown], "dates": [shown], "category": shown.category, "tag": shown.category}
    names = {"period": (2019, title)} | listed
    if name == "article.html":
        names = {"article": shown}
    if name in {"page.html", "mentoring.html"}:
        names = {"page": shown}
    return environment.get_template(name).render(
        AUTHORSITE=SITE,
        SITENAME=title,
        AUTHOR=title,
        SITEURL="",
        STYLESHEET="assets/site.css",
        output_file="x/index.html",
        **names,
    )


PAGES = sorted(path.name for path in THEME.glob("*.html") if path.name != "base.html")
ALL = sorted(path.relative_to(root).as_posix() for root in (THEME, TEMPLATES) for path in root.rglob("*.html"))


@pytest.mark.parametrize("name", ALL)
def test_every_template_parses(environment, name):
    environment.get_template(name)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_its_landmarks_one_heading_and_a_skip_link(environment, name):
    html = rendered(environment, name)
    for landmark in ("<header", "<main", "<footer", "<h1", "<title>"):
        assert html.count(landmark) >= 1, landmark
    for once in ("<main", "<h1", '<main id="main"', 'href="#main"', 'aria-label="Main"'):
        assert html.count(once) == 1, once


@pytest.mark.parametrize("name", PAGES)
def test_words_of_an_author_never_become_tags(environment, name):
    html = rendered(environment, name, HOSTILE)
    assert HOSTILE not in html
    assert "<b>" not in html


@pytest.mark.parametrize("name", ALL)
def test_no_template_holds_styles_or_scripts_that_a_strict_policy_forbids(name):
    text = ((THEME / name) if (THEME / name).exists() else TEMPLATES / name).read_text("utf-8")
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style", text)
    assert all("ld+json" in tag or "src=" in tag for tag in re.findall(r"<script[^>]*>", text))


def tokens(scheme):
    css = (ROOT / "theme/css/1-tokens.css").read_text("utf-8")
    light, dark = css.split("prefers-color-scheme: dark")
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", light if scheme == "light" else dark))
    return {
        name: value if len(value) == 7 else "#" + "".join(2 * c for c in value[1:]) for name, value in found.items()
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_color_can_be_read_on_the_grounds_that_it_stands_on(scheme):
    colors = tokens(scheme)
    for name in ["ink", "quiet", "accent", "buy"]:
        for ground in ("paper", "raised"):
            assert adapter.contrast(colors[name], colors[ground]) >= 4.5, (name, ground)
    assert adapter.contrast(colors["on-buy"], colors["buy"]) >= 4.5
    assert adapter.contrast(colors["ink"], colors["mark"]) >= 4.5


def test_the_package_knows_the_grounds_of_the_theme():
    light, dark = adapter._GROUNDS
    assert light == (tokens("light")["paper"], tokens("light")["raised"])
    assert dark == (tokens("dark")["paper"], tokens("dark")["raised"])


@pytest.mark.parametrize("color", ["#ffff00", "#000000", "#ffffff", "#17655f", "#777777", "#ff00ff"])
@pytest.mark.parametrize("grounds", adapter._GROUNDS)
def test_any_accent_is_moved_until_it_can_be_read(color, grounds):
    assert min(adapter.contrast(adapter.readable(color, grounds), ground) for ground in grounds) >= 4.5


def test_an_accent_that_can_be_read_stays_as_it_is():
    assert adapter.readable("#17655f", adapter._GROUNDS[0]) == "#17655f"


@pytest.mark.parametrize(("one", "other", "ratio"), [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48)])
def test_contrast_is_counted_as_wcag_does(one, other, ratio):
    assert adapter.contrast(one, other) == pytest.approx(ratio, abs=0.01)


def test_a_block_or_a_partial_is_replaced_by_a_file_in_theme_overrides(make_site):
    site = make_site(
        {
            "content/pages/about.md": "---\ntitle: About\n---\nWords",
            "theme_overrides/partials/footer.html": "<footer>My own foot</footer>",
            "theme_overrides/page.html": '{% extends "!theme/page.html" %}'
            "{% block page_end %}<p>At the end</p>{% endblock %}",
        },
        AUTHORSITE={"accent": "#ffff00"},
    )
    built = site.build()
    assert not built.failed, "\n".join(map(str, built.problems))
    page = site.output("about/index.html")
    assert "My own foot" in page
    assert "At the end" in page
    assert "Words" in page
    [sheet] = [name for name in site.tree() if name.startswith("assets/site.")]
    assert ":root{--accent:#" in site.output(sheet)
    assert f'href="/{sheet}"' in page


# Those that only a replaced one includes.
IN_OTHERS = ["partials/book_head.html", "partials/feed_links.html"]


def test_every_block_and_partial_can_be_replaced_and_so_can_the_packages_pages(golden_copy):
    names = [n for n in ALL if n.startswith("partials/")] + ["book.html", "buy.html", "events.html", "search.html"]
    golden_copy.write({f"theme_overrides/{name}": f"<i>my own {name}</i>" for name in names})
    every = {
        (name, block)
        for name in (*PAGES, "base.html")
        for block in re.findall(r"{% block (\w+) %}", (THEME / name).read_text("utf-8"))
    }
    mine: dict[str, str] = {}
    for name, block in sorted(every):
        file = f"theme_overrides/{name}"
        before = mine.get(file, f'{{% extends "!theme/{name}" %}}')
        mine[file] = f"{before}{{% block {block} %}}my own {name} {block}.{{{{ super() }}}}{{% endblock %}}"
    golden_copy.write(mine)
    golden_copy.build()
    whole = b"".join(data for name, data in golden_copy.tree().items() if name.endswith(".html")).decode()
    assert [name for name in names if f"my own {name}<" not in whole] == IN_OTHERS
    # Every page has a title and a content of its own in place of these.
    shown = {(name, block) for name, block in every if f"my own {name} {block}." in whole}
    assert every - shown == {("base.html", "title"), ("base.html", "content")}

"""The theme's templates and colors."""

import re
import shutil
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from authorsite.filters import make_filters
from authorsite.output import url_for
from authorsite.page_language import PageLanguage
from authorsite.seo.head import SiteMeta
from authorsite.seo.headers import format_policy_meta
from authorsite.settings import SiteSettings
from authorsite.templating import TEMPLATES
from authorsite.theme_colors import TOKENS, compute_contrast_ratio, ensure_contrast, parse_theme_colors
from authorsite.theme_head import move_head
from conftest import ROOT
from jinja2 import ChainableUndefined, ChoiceLoader, DictLoader, Environment, FileSystemLoader
from PIL import Image

THEME = ROOT / "theme" / "templates"
SITE = SiteSettings(url="https://example.org", menu=({"label": "A <b>", "url": "/a/"},))
HOSTILE = '<script>alert("no")</script>'


def make_environment(loader):
    jinja = Environment(
        loader=loader,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=ChainableUndefined,
        extensions=["jinja2.ext.do"],
    )
    jinja.filters.update(
        make_filters(SITE, PageLanguage(SITE))
        | {"list_meta": SiteMeta("S", "https://example.org", "", "en", "A").list_meta}
        | {"url_for": url_for, "policy_meta": format_policy_meta}
    )
    jinja.globals |= {"translate": SITE.translate, "page_language": SITE.language}
    return jinja


@pytest.fixture(scope="module")
def environment():
    return make_environment(FileSystemLoader([THEME, TEMPLATES]))


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


def render(environment, name, title="A title"):
    content = post(title)
    lists = {"articles": [content], "dates": [content], "category": content.category, "tag": content.category}
    variables = {"period": (2019, title), "period_num": (2019, 3)} | lists
    if name == "article.html":
        variables = {"article": content}
    if name in {"page.html", "mentoring.html"}:
        variables = {"page": content}
    return environment.get_template(name).render(
        AUTHORSITE=SITE,
        SITENAME=title,
        AUTHOR=title,
        SITEURL="",
        STYLESHEET="assets/site.css",
        output_file="x/index.html",
        **variables,
    )


PAGE_TEMPLATES = sorted(path.name for path in THEME.glob("*.html") if path.name != "base.html")
ALL_TEMPLATES = sorted(
    path.relative_to(root).as_posix() for root in (THEME, TEMPLATES) for path in root.rglob("*.html")
)


@pytest.mark.parametrize("name", ALL_TEMPLATES)
def test_every_template_parses(environment, name):
    environment.get_template(name)


@pytest.mark.parametrize("name", PAGE_TEMPLATES)
def test_every_page_has_its_landmarks_one_heading_and_a_skip_link(environment, name):
    html = render(environment, name)
    for landmark in ("<header", "<main", "<footer", "<h1", "<title>"):
        assert html.count(landmark) >= 1, landmark
    for unique in ("<main", "<h1", '<main id="main"', 'href="#main"', 'aria-label="Main"'):
        assert html.count(unique) == 1, unique


@pytest.mark.parametrize("name", PAGE_TEMPLATES)
def test_author_text_is_escaped(environment, name):
    html = render(environment, name, HOSTILE)
    assert HOSTILE not in html
    assert "<b>" not in html


@pytest.mark.parametrize("name", ALL_TEMPLATES)
def test_no_inline_styles_or_scripts(name):
    text = ((THEME / name) if (THEME / name).exists() else TEMPLATES / name).read_text("utf-8")
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style", text)
    assert all("ld+json" in tag or "src=" in tag for tag in re.findall(r"<script[^>]*>", text))


def find_references(folder):
    """Yield (file, tag, template) for each template that those in `folder` extend, import or include."""
    for path in sorted(folder.rglob("*.html")):
        for tag, name in re.findall(r'{%-? *(extends|import|from|include) "([^"]+)"', path.read_text("utf-8")):
            yield path.name, tag, name


def test_the_theme_uses_nothing_of_the_package_but_documented_partials():
    used = [(file, tag, name) for file, tag, name in find_references(THEME) if not (THEME / name).exists()]
    docs = (ROOT / "docs/theme.md").read_text("utf-8").partition("\n## Use another theme\n")[2]
    documented = re.findall(r"^\| `(\w+)` \|", docs, re.MULTILINE)
    assert used
    for file, tag, name in used:
        assert tag == "include", f"{file}: {name}"
        assert name in {f"partials/{partial}.html" for partial in documented}, f"{file}: {name}"


def test_the_package_uses_nothing_of_a_theme_but_two_templates_and_three_blocks():
    used = [reference for reference in find_references(TEMPLATES) if not (TEMPLATES / reference[2]).exists()]
    assert {(tag, name) for _, tag, name in used} == {("extends", "base.html"), ("extends", "page.html")}
    blocks = {b for path in TEMPLATES.rglob("*.html") for b in re.findall(r"{% block (\w+)", path.read_text("utf-8"))}
    assert blocks - {"main", "own_head"} == {"title", "head", "content"}  # the two are own_page.html's


INCLUDES_METADATA = '{% block metadata %}{% include "partials/head.html" %}{% endblock %}'


@pytest.mark.parametrize(
    "head",
    [
        "",
        "{% block head %}{% endblock %}",
        '<meta name="description" content="A subtitle"><link rel="canonical" href="/">',
        f"{{% block head %}}{INCLUDES_METADATA}{{% endblock %}}",
    ],
    ids=["no blocks", "a block", "a description of the site", "the metadata"],
)
def test_package_pages_have_metadata_once_in_any_theme(head):
    base = f"<head>{head}</head>{{% block content %}}{{% endblock %}}"
    jinja = make_environment(ChoiceLoader([DictLoader({"base.html": base}), FileSystemLoader(TEMPLATES)]))
    page = move_head(jinja.get_template("references.html").render(sources=[], SITENAME="A"))
    html = page.partition("</head>")[0]
    assert (html.count('property="og:title"'), html.count('rel="canonical"')) == (1, 1)
    assert html.count('name="description"') == 1


COLORS = parse_theme_colors((ROOT / "theme" / TOKENS).read_text("utf-8"))
SCHEMES = pytest.mark.parametrize("colors", [COLORS.light, COLORS.dark], ids=["light", "dark"])


@SCHEMES
def test_theme_colors_have_enough_contrast(colors):
    for name in ["ink", "quiet", "accent", "buy"]:
        for background in ("paper", "raised"):
            assert compute_contrast_ratio(colors[name], colors[background]) >= 4.5, (name, background)
    assert compute_contrast_ratio(colors["on-buy"], colors["buy"]) >= 4.5
    assert compute_contrast_ratio(colors["ink"], colors["mark"]) >= 4.5


@pytest.mark.parametrize("color", ["#ffff00", "#000000", "#ffffff", "#17655f", "#777777", "#ff00ff"])
@SCHEMES
def test_ensure_contrast_makes_any_color_readable(color, colors):
    backgrounds = colors["paper"], colors["raised"]
    readable = ensure_contrast(color, backgrounds)
    assert min(compute_contrast_ratio(readable, background) for background in backgrounds) >= 4.5


def test_ensure_contrast_keeps_a_readable_color():
    assert ensure_contrast("#17655f", (COLORS.light["paper"], COLORS.light["raised"])) == "#17655f"


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#000000", "#ffffff", 21), ("#595959", "#ffffff", 7), ("#777777", "#ffffff", 4.48)]
)
def test_contrast_ratio_is_that_of_wcag(one, other, ratio):
    assert compute_contrast_ratio(one, other) == pytest.approx(ratio, abs=0.01)


def test_theme_overrides_replace_blocks_and_partials(make_site):
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


def test_social_cards_and_the_accent_follow_the_colors_of_the_theme(make_site, tmp_path):
    theme = tmp_path / "theme"
    shutil.copytree(ROOT / "theme", theme)
    tokens = (theme / TOKENS).read_text("utf-8").replace("--paper: #fbf7ee", "--paper: #c8c8c8")
    (theme / TOKENS).write_text(tokens.replace("--accent: #17655f", "--accent: #0000ff"), "utf-8")
    site = make_site({"content/pages/about.md": "---\ntitle: About\n---\nWords"}, THEME=str(theme))
    site.build()
    [card] = (tmp_path / "output/images/cards").glob("about.*.png")
    image = Image.open(card).convert("RGB")
    assert (image.getpixel((0, 0)), image.getpixel((0, 300))) == ((0, 0, 255), (200, 200, 200))
    assert '"theme_color": "#0000ff"' in site.output("site.webmanifest")
    site.build(AUTHORSITE={"accent": "#17655f"})
    [sheet] = [name for name in site.tree() if name.startswith("assets/site.")]
    [accent] = re.findall(r":root{--accent:(#\w+)}@media", site.output(sheet))
    assert compute_contrast_ratio(accent, "#c8c8c8") >= 4.5


# Included only by templates that the test replaces.
NOT_SHOWN = [
    "partials/book_head.html",
    "partials/feed_links.html",
    "partials/languages.html",
    "partials/series_neighbors.html",
]


def test_every_block_partial_and_package_page_can_be_overridden(golden_copy):
    names = [n for n in ALL_TEMPLATES if n.startswith("partials/")] + [
        "book.html",
        "buy.html",
        "events.html",
        "search.html",
    ]
    golden_copy.write({f"theme_overrides/{name}": f"<i>my own {name}</i>" for name in names})
    blocks = {
        (name, block)
        for name in (*PAGE_TEMPLATES, "base.html")
        for block in re.findall(r"{% block (\w+) %}", (THEME / name).read_text("utf-8"))
    }
    overrides: dict[str, str] = {}
    for name, block in sorted(blocks):
        file = f"theme_overrides/{name}"
        before = overrides.get(file, f'{{% extends "!theme/{name}" %}}')
        overrides[file] = f"{before}{{% block {block} %}}my own {name} {block}.{{{{ super() }}}}{{% endblock %}}"
    golden_copy.write(overrides)
    golden_copy.build()
    html = b"".join(data for name, data in golden_copy.tree().items() if name.endswith(".html")).decode()
    assert [name for name in names if f"my own {name}<" not in html] == NOT_SHOWN
    # Every page template replaces these two.
    shown = {(name, block) for name, block in blocks if f"my own {name} {block}." in html}
    assert blocks - shown == {("base.html", "title"), ("base.html", "content")}

"""The stylesheets: their order, what is left out of them, and the accent color."""

import re

import pytest
from authorsite.assets.adapter import StylesheetGenerator
from authorsite.problems import ProblemLog
from authorsite.settings import SiteSettings
from authorsite.site_build import BUILD_KEY, SiteBuild


def write_stylesheets(folder, files, accent=""):
    """Return the stylesheets of a theme with these files: that of all pages, and the extra one."""
    for name, css in files.items():
        path = folder / (name if "/css/" in name else f"theme/css/{name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(css)
    site = SiteSettings(url="https://example.org", accent=accent)
    settings = {"THEME": str(folder / "theme"), "THEME_TEMPLATES_OVERRIDES": [str(folder / "mine")]}
    settings[BUILD_KEY] = SiteBuild(ProblemLog(root=folder), _site=site)
    context = {"OUTPUT_PATH": str(folder / "output"), BUILD_KEY: settings[BUILD_KEY]}
    StylesheetGenerator(context, settings).generate_output(None)
    names = context["STYLESHEET"], context["PAGES_STYLESHEET"]
    return [(folder / "output" / name).read_text() if name else "" for name in names]


def test_stylesheets_are_joined_in_the_order_of_their_names(tmp_path):
    files = {"2-b.css": "b{x:y}", "10-c.css": "c{x:y}", "1-a.css": "a{x:y}", "pages/d.css": "d{x:y}"}
    assert write_stylesheets(tmp_path, files) == ["a{x:y}c{x:y}b{x:y}", "d{x:y}"]
    assert write_stylesheets(tmp_path / "empty", {}) == ["", ""]


def test_stylesheets_of_the_author_follow_those_of_the_theme(tmp_path):
    files = {
        "9-a.css": "a{x:y}",
        "pages/c.css": "c{x:y}",
        "mine/css/1-b.css": "b{x:y}",
        "mine/css/pages/d.css": "d{x:y}",
    }
    css, pages = write_stylesheets(tmp_path, files, accent="#17655f")
    assert css.startswith("a{x:y}b{x:y}:root{--accent:")
    assert pages == "c{x:y}d{x:y}"


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        ("/* a */\na,\nb > c {\n  /* b;\n  */ color: red;\n}\n", "a,b>c{color:red}"),
        ("a :hover { margin: 0 calc(1px + 2px) }", "a :hover{margin:0 calc(1px + 2px)}"),
        ("@media (min-width: 1rem) { a { b: c; } }", "@media (min-width:1rem){a{b:c}}"),
    ],
)
def test_comments_and_needless_spaces_are_left_out(css, expected, tmp_path):
    assert write_stylesheets(tmp_path, {"a.css": css})[0] == expected


def test_the_accent_color_is_dark_on_light_pages_and_light_on_dark_ones(tmp_path):
    css, _ = write_stylesheets(tmp_path, {"a.css": "a{b:c}"}, accent="#777777")
    light, dark = (int(color, 16) for color in re.findall(r"--accent:#(..)", css))
    assert css.startswith("a{b:c}:root{--accent:")
    assert light < 0x77 < dark

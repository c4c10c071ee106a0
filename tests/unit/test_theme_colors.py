"""The parser of a theme's colors."""

from authorsite.theme_colors import parse_theme_colors

CSS = """
/* --paper: #123456; */
:root { --paper: #FFF; --ink:#010203; --small: .875rem; --accent: rgb(1 2 3); --line: #0003 }
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #111213;
    --mark: #6b5617;
  }
}
"""


def test_colors_are_read_for_both_schemes():
    colors = parse_theme_colors(CSS)
    assert (colors.light["paper"], colors.light["ink"]) == ("#ffffff", "#010203")
    assert (colors.dark["paper"], colors.dark["mark"]) == ("#111213", "#6b5617")
    assert "mark" not in colors.light


def test_values_other_than_opaque_colors_are_ignored():
    light = parse_theme_colors(CSS).light
    assert light.keys() == {"paper", "raised", "ink", "accent"}
    assert light["accent"] == "#17655f"


def test_a_theme_without_colors_gets_the_defaults():
    colors = parse_theme_colors("")
    assert colors.light == {"paper": "#fbf7ee", "raised": "#f3ecdc", "ink": "#1d2b3a", "accent": "#17655f"}
    assert colors.dark == {"paper": "#16191d", "raised": "#20252b"}

import re

import pytest
from authorsite.i18n import ENGLISH
from authorsite.markup import tokenize
from authorsite.newsletter.compose import _choose_colors
from authorsite.newsletter.render import Colors, EmailBook, EmailPost, Newsletter, render_email
from authorsite.problems import CommandError
from authorsite.theme_colors import MIN_CONTRAST, compute_contrast_ratio, parse_theme_colors
from conftest import ROOT

HOSTILE = '"><script>alert(1)</script>'
LIGHT, DARK = Colors("#ffffff", "#111111", "#0000aa"), Colors("#000000", "#eeeeee", "#aaaaff")
POST = EmailPost(HOSTILE, "https://ann.example/a/", "<p>Text</p>", "en", "ltr", has_audio=True)
BOOK = EmailBook(HOSTILE, "https://ann.example/books/b/", HOSTILE, "en", "ltr", HOSTILE, "https://ann.example/buy/")
NEWSLETTER = Newsletter(HOSTILE, HOSTILE, (POST,), BOOK, "en", "ltr", HOSTILE, "https://ann.example/")


def test_texts_of_the_author_are_escaped():
    rendered = render_email(NEWSLETTER, ENGLISH, LIGHT, DARK)
    for html in (rendered.html, rendered.fragment):
        assert [token.name for token in tokenize(html) if token.name == "script"] == []
    assert rendered.html.count("alert(1)") == 9
    assert rendered.text.count("alert(1)") == 6


def test_styles_are_inlined_and_those_for_dark_schemes_stay():
    rendered = render_email(NEWSLETTER, ENGLISH, LIGHT, DARK)
    (style,) = re.findall(r"<style>(.*?)</style>", rendered.html, re.DOTALL)
    assert "prefers-color-scheme: dark" in style
    assert "#eeeeee !important" in style
    assert "#111111" not in style
    assert "color: #0000aa" in rendered.html
    assert "style=" in rendered.fragment
    assert "#" not in "".join(re.findall(r'style="(.*?)"', rendered.fragment))


@pytest.mark.parametrize("accent", ["", "#ffff00", "#000080", "#777777"])
def test_every_color_is_readable_in_both_schemes(accent):
    for css in ((ROOT / "theme/css/1-tokens.css").read_text("utf-8"), ""):
        for colors in _choose_colors(parse_theme_colors(css), accent):
            for color in (colors.ink, colors.accent):
                assert compute_contrast_ratio(color, colors.paper) >= MIN_CONTRAST


def test_a_template_of_the_author_takes_precedence(tmp_path):
    (tmp_path / "email").mkdir()
    template = tmp_path / "email/newsletter_body.html"
    template.write_text("<p>My own: {{ email.site_name }}</p>")
    rendered = render_email(NEWSLETTER, ENGLISH, LIGHT, DARK, [tmp_path])
    assert all("My own: " in part for part in (rendered.html, rendered.fragment, rendered.text))
    template.write_text("<p>\n{{ email.nothing.more }}")
    with pytest.raises(CommandError) as stopped:
        render_email(NEWSLETTER, ENGLISH, LIGHT, DARK, [tmp_path])
    assert str(stopped.value).startswith(f"{template}:2: ")
    assert str(stopped.value).endswith(" - correct the template")

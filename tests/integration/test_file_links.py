"""Links to files keep query and fragment and are encoded; `srcset` is resolved; inline styles are reported."""

import io
import re

import pytest
from conftest import post
from PIL import Image

PICTURE = io.BytesIO()
Image.new("RGB", (90, 60), "red").save(PICTURE, "WEBP")

FILES = {
    "content/images/a.pdf": b"%PDF-1.4",
    "content/images/a b.pdf": b"%PDF-1.4",
    "content/images/50%.pdf": b"%PDF-1.4",
    "content/images/clip.mp4": b"x",
    "content/images/s.webp": PICTURE.getvalue(),
    "content/posts/other.md": post("Other", slug="other", body="## Part\n\nText."),
}
LINKS = {
    "[p](../images/a.pdf#page=3)": "/images/a.pdf#page=3",
    "[p](../images/a.pdf?v=2)": "/images/a.pdf?v=2",
    "[p](../images/a.pdf?v=2&w=1#page=3)": "/images/a.pdf?v=2&amp;w=1#page=3",
    "[p]({static}/images/a.pdf?v=2#page=3)": "/images/a.pdf?v=2#page=3",
    "[p](<../images/a b.pdf>)": "/images/a%20b.pdf",
    "[p](../images/a%20b.pdf)": "/images/a%20b.pdf",
    "[p]({static}/images/a%20b.pdf#x)": "/images/a%20b.pdf#x",
    "[p](../images/50%25.pdf)": "/images/50%25.pdf",
    "[p](other.md?from=x#part)": "/2019/03/01/other/?from=x#part",
    "[p](images/a.pdf#page=3)": "/images/a.pdf#page=3",
    '<video controls src="../images/clip.mp4#t=10"></video>': "/images/clip.mp4#t=10",
}


@pytest.mark.parametrize("root", ["", "/sub"])
def test_links_to_files_keep_query_and_fragment_and_are_encoded(make_site, root):
    body = "Text.\n\n" + "\n\n".join(LINKS)
    site = make_site({**FILES, "content/posts/a.md": post(body=body)}, AUTHORSITE={"url": f"https://example.org{root}"})
    assert [str(problem) for problem in site.build(strict=True, STATIC_PATHS=["images"]).problems] == []
    html = site.output("2019/03/01/a-post/index.html").partition('class="post')[2]
    for link, url in LINKS.items():
        assert re.search(rf'(?:href|src)="{re.escape(root + url)}"', html), link


SRCSETS = {
    "../images/s.webp 1x, ../images/s.webp 2x": "/images/s.webp 1x, /images/s.webp 2x",
    "../images/s.webp": "/images/s.webp",
    "{static}/images/s.webp 100w,../images/s.webp 200w": "/images/s.webp 100w,/images/s.webp 200w",
    "/images/s.webp, data:image/png;base64,iVBORw0K 2x": "/images/s.webp, data:image/png;base64,iVBORw0K 2x",
}


@pytest.mark.parametrize("srcset", SRCSETS)
def test_the_candidates_of_srcset_are_resolved(make_site, srcset):
    html = f'<picture><source srcset="{srcset}"><img src="../images/s.webp" alt="x"></picture>'
    site = make_site({**FILES, "content/posts/a.md": post(body=html)})
    site.build(STATIC_PATHS=["images"], AUTHORSITE={"social_cards": False})
    assert f'srcset="{SRCSETS[srcset]}"' in site.output("2019/03/01/a-post/index.html")


def test_a_missing_candidate_of_srcset_is_reported(make_site):
    html = '<picture><source srcset="../images/none.webp 2x"><img src="../images/s.webp" alt="x"></picture>'
    problems = [
        str(p) for p in make_site({**FILES, "content/posts/a.md": post(body=f"Text.\n\n{html}")}).build().problems
    ]
    assert any(p.startswith("content/posts/a.md:7: there is no content/images/none.webp") for p in problems), problems


STYLES = {
    '<p style="color: red">Text</p>': 7,
    "Text <span style='color: red'>red</span>": 7,
    'Text\n{: style="color: red" }': 8,
    'Text\n\n<p\n  STYLE="color: red">Text</p>': 10,
}


@pytest.mark.parametrize("body", STYLES)
def test_inline_styles_are_reported_with_their_line(make_site, body):
    [problem] = make_site({"content/posts/a.md": post(body=f"Text.\n\n{body}")}).build().problems
    assert (problem.path, problem.line) == ("content/posts/a.md", STYLES[body])
    assert problem.message == 'style="color: red" has no effect: the site\'s security policy blocks it'


def test_the_inline_style_of_an_event_is_reported(make_site):
    event = '---\ntitle: Talk\nstart: 2020-03-05\n---\n<p style="color: red">Text</p>\n'
    [problem] = make_site({"content/posts/a.md": post(), "content/events/e.md": event}).build().problems
    assert (problem.path, problem.line) == ("content/events/e.md", 5)


FINE = ['`style="x"`', "| a |\n|:-:|\n| b |", "```html\n<p style='x'>\n```", 'The word style="x" in a text']


@pytest.mark.parametrize("body", FINE)
def test_styles_in_code_and_aligned_tables_are_fine(make_site, body):
    assert [str(p) for p in make_site({"content/posts/a.md": post(body=body)}).build(strict=True).problems] == []


def test_the_inline_styles_of_other_authors_are_removed(make_site):
    reblog = "{title: T, author: A, url: https://far.example/x}"
    site = make_site({"content/posts/a.md": post(body='<p style="color: red">Text</p>', reblog=reblog)})
    assert [str(problem) for problem in site.build(strict=True).problems] == []
    assert "color: red" not in site.output("2019/03/01/a-post/index.html")

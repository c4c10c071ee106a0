"""The HTML of the golden site's posts, compared with tests/sites/golden/expected.

After an intended change run `python -m pytest tests/integration/test_golden_bodies.py --write-expected`, and review
the diff before you commit it.
"""

import re
from functools import partial

import pytest
from conftest import GOLDEN, build_strictly, copy_golden_site

EXPECTED = GOLDEN / "expected"
# Only the post's body, so that the theme can change.
BODY_TEMPLATE = "{{ article.content|safe }}\n"
BODIES = {
    "references": "2019/03/01/six-ways-up-a-ladder",
    "references-without-heading": "2019/03/08/a-list-at-the-end-is-enough",
    "reblog-opening": "2019/04/02/it-is-all-about-rungs",
    "reblog-whole": "2019/04/09/the-paint-question",
    "footnotes": "2019/05/06/footnotes-a-defence",
    "code-and-table": "2019/06/03/a-table-of-rungs-and-a-program-that-counts-them",
    "picture": "2019/07/15/the-orchard-in-spring",
    "own-book-cited": "2019/12/02/what-chapter-two-left-out",
}


@pytest.fixture(scope="module")
def bodies(tmp_path_factory):
    site = copy_golden_site(tmp_path_factory.mktemp("bodies"))
    site.write({"theme_overrides/article.html": BODY_TEMPLATE})
    build_strictly(partial(site.build, strict=True))
    return site


@pytest.mark.parametrize("name", BODIES)
def test_posts_are_rendered_to_the_expected_html(name, bodies, request):
    html = bodies.output(f"{BODIES[name]}/index.html").strip() + "\n"
    # The names of resized images contain a digest, which another version of Pillow may change.
    html = re.sub(r"(?<=\.)[0-9a-f]{10}(?=\.(?:avif|webp|jpg|png)\b)", "DIGEST", html)
    file = EXPECTED / f"{name}.html"
    if request.config.getoption("--write-expected"):
        file.write_text(html, "utf-8")
    assert html == file.read_text("utf-8")


def test_every_expected_file_is_compared():
    assert sorted(file.stem for file in EXPECTED.glob("*.html")) == sorted(BODIES)

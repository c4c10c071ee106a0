"""What the golden site's posts become, compared with the HTML in tests/sites/golden/expected.

After a change that is meant: `python -m pytest tests/integration/test_golden_bodies.py --write-expected`, then read
the difference before it is committed.
"""

import re

import pytest
from conftest import GOLDEN, SITE_DATE, copy_of_golden, own_signals

EXPECTED = GOLDEN / "expected"
# A post's body and nothing else: what a theme puts around it is the theme's matter.
BODY_ONLY = "{{ article.content|safe }}\n"
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
    site = copy_of_golden(tmp_path_factory.mktemp("bodies"))
    site.write({"theme_overrides/article.html": BODY_ONLY})
    with pytest.MonkeyPatch.context() as patch, own_signals():
        patch.setenv("SITE_DATE", SITE_DATE)
        built = site.build(strict=True)
    assert not built.failed, "\n".join(map(str, built.problems))
    return site


@pytest.mark.parametrize("name", BODIES)
def test_a_post_becomes_the_expected_html(name, bodies, request):
    found = bodies.output(f"{BODIES[name]}/index.html").strip() + "\n"
    # The names of sized pictures hold a digest, which another version of Pillow may change.
    found = re.sub(r"(?<=\.)[0-9a-f]{10}(?=\.(?:avif|webp|jpg|png)\b)", "DIGEST", found)
    file = EXPECTED / f"{name}.html"
    if request.config.getoption("--write-expected"):
        file.write_text(found, "utf-8")
    assert found == file.read_text("utf-8")


def test_every_expected_file_is_compared():
    assert sorted(file.stem for file in EXPECTED.glob("*.html")) == sorted(BODIES)

"""The example site, the content of this repository: expected pages, and reproducible builds.

The other tests make sites of their own: delete this file when you put another site in its place.
"""

import json
import os
import re
import subprocess
import sys

import pytest
from conftest import EXAMPLE_DATE, ROOT, Site

BUILD_SCRIPT = """
import json, sys
from authorsite.publishing.build import build
built = build("publishconf.py", json.loads(sys.argv[1]))
print("\\n".join(map(str, built.problems)))
sys.exit(built.failed)
"""


def folder_settings(root):
    return {"OUTPUT_PATH": str(root / "output"), "CACHE_PATH": str(root / ".cache")}


POSTS = {
    "2018/05/28/the-book-launch/": "The book launch",
    "2018/08/20/what-is-coworking-it-can-be-on-a-co-op-plan/": "What is Coworking? It can be on a co-op plan",
    "2018/10/22/participatory-theatre-at-pechakucha/": "Participatory theatre at PechaKucha",
    "2018/11/20/what-is-coworking-its-all-about-community-leadership/": (
        "What is Coworking? It's all about community leadership"
    ),
    "2019/01/01/what-is-coworking-its-so-2019-already/": "What is Coworking? It's so 2019, already",
    "2019/01/02/2018-round-up-stuff-i-published/": "2018 round-up: stuff I published",
    "2019/01/04/i-am-a-mentor/": "I am a mentor",
    "2019/02/11/the-coworking-library-is-on-line/": "The Coworking Library is on line",
    "2019/03/18/interview-with-villageone/": "Interview with VillageOne",
    "2019/07/15/coworking-space-for-medical-practices/": "Coworking space for medical practices?",
    "2019/08/05/what-is-coworking-it-can-be-impactful/": "What is Coworking? It can be impactful",
    "2019/10/01/housekeeping-third-quarter-2019/": "Housekeeping: third quarter 2019",
    "2020/04/20/what-will-coworking-be/": "What will coworking be?",
}

URLS = [
    *POSTS,
    *"/ /blog/ /blog/page/2/ /category/commentary/ /tag/coworking/ /2019/ /archives/ /404.html".split(),
    *"/mentoring/ /about/ /contact/ /preface/".split(),
    *"/books/ /books/what-is-coworking/ /books/what-is-coworking/buy/ /buy/".split(),
    *"/go/what-is-coworking/ /go/what-is-coworking/amazon-us/".split(),
    *"/books/what-is-coworking/onix.xml /books/what-is-coworking/cite.bib".split(),
    *"/books/what-is-coworking/cite.ris /books/what-is-coworking/cite.json".split(),
    *"/events/ /events.ics /references/ /references.bib /subscribe/".split(),
    *"/search/ /sitemap.xml /robots.txt /_redirects /_headers".split(),
    *"/feed.xml /atom.xml /feed.json /category/commentary/feed.xml /books/feed.xml".split(),
]


@pytest.mark.parametrize("url", URLS)
def test_the_published_site_has_every_expected_url(example, url):
    path = url.lstrip("/")
    file = example.root / "output" / (path + "index.html" if path.endswith("/") or not path else path)
    assert file.stat().st_size > 0


def test_a_post_links_its_references_as_bibtex(example):
    page = "2019/07/15/coworking-space-for-medical-practices/"
    assert f'href="/{page}references.bib"' in example.output(f"{page}index.html")
    assert "author = {Natalie Kais}" in example.output(f"{page}references.bib")


def test_feed_xml_parses_and_has_every_post(example):
    feedparser = pytest.importorskip("feedparser")
    feed = feedparser.parse((example.root / "output/feed.xml").read_bytes())
    assert not feed.bozo, feed.bozo_exception
    titles = {entry.link.removeprefix("https://whatiscoworkingthebook.com/"): entry.title for entry in feed.entries}
    assert {url: title.replace("’", "'") for url, title in titles.items()} == POSTS


def test_the_reblog_shows_the_number_of_remaining_words(example):
    page = example.output("2018/11/20/what-is-coworking-its-all-about-community-leadership/index.html")
    assert re.search(r"View original post: 214 more words\s*</a>", page)


def test_builds_are_reproducible(example, tmp_path):
    """Another process, hash seed, time zone and locale; no cache; the same SITE_DATE."""
    env = {**os.environ, "SITE_DATE": EXAMPLE_DATE, "PYTHONHASHSEED": "4", "TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8"}
    env["PYTHONPATH"] = str(ROOT / "plugins")
    command = [sys.executable, "-c", BUILD_SCRIPT, json.dumps(folder_settings(tmp_path))]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    first, second = example.tree(), Site(tmp_path, {}).tree()
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []

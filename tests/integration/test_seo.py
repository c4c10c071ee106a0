"""The golden site as machines find it: metadata, sitemap, redirects, headers, icons, pictures, index."""

import json
import re
import threading
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from authorsite.images.metadata import without_metadata
from authorsite.markup import tokens
from authorsite.search import index
from authorsite.settings import AFTERWARDS
from conftest import book, post
from pelican_incremental.writer import IncrementalWriter
from PIL import Image

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
URL = "https://example.org"


@pytest.fixture(scope="module")
def tree(golden):
    return golden.tree()


def page(tree, address):
    return tree[f"{address}index.html"].decode()


def tags(html, name):
    return [token.attributes for token in tokens(html) if token.kind == "start" and token.name == name]


def meta(html):
    return {tag.get("property") or tag.get("name"): tag.get("content") for tag in tags(html, "meta")}


def structured(html):
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return {thing["@type"]: thing for text in found for thing in json.loads(text).get("@graph", [json.loads(text)])}


def test_a_post_says_the_same_to_every_machine(tree):
    html = page(tree, "2019/10/01/ladders-moved/")
    url = f"{URL}/2019/10/01/ladders-moved/"
    said, post_ = meta(html), structured(html)["BlogPosting"]
    assert [tag["href"] for tag in tags(html, "link") if tag.get("rel") == "canonical"] == [url]
    assert said["og:url"] == post_["url"] == url
    assert said["og:title"] == post_["headline"] == "Ladders moved house"
    assert said["og:type"] == "article"
    assert said["article:published_time"] == post_["datePublished"] == "2019-10-01T00:00:00-05:00"
    assert said["article:modified_time"] == post_["dateModified"] == "2019-12-24T10:00:00-06:00"
    assert said["description"] == said["og:description"] == post_["description"]
    assert post_["author"]["name"] == "Ann Author"
    known = structured(page(tree, ""))["Person"]
    assert known["@id"] == post_["author"]["@id"]
    assert known["sameAs"] == ["https://example.org/@ann"]
    assert said["og:image"] == post_["image"]


TRAILS = {
    "2019/10/01/ladders-moved/": ["Home", "Blog", "Notes", "Ladders moved house"],
    "category/workshop/": ["Home", "Blog", "Workshop"],
    "tag/ladders/": ["Home", "Blog", "ladders"],
    "2019/11/": ["Home", "Archives", "November 2019"],
}


@pytest.mark.parametrize("address", TRAILS)
def test_breadcrumbs_are_the_same_for_machines_and_people(tree, address):
    html = page(tree, address)
    trail = structured(html)["BreadcrumbList"]["itemListElement"]
    assert [step["name"] for step in trail] == TRAILS[address]
    assert [step["position"] for step in trail] == list(range(1, len(trail) + 1))
    shown = re.findall(r'<a[^>]*? href="/([^"]*)">([^<]*)', html.partition('class="crumbs"')[2].partition("</nav>")[0])
    assert [(f"{URL}/{url}", name) for url, name in shown] == [(step["item"], step["name"]) for step in trail[:-1]]
    assert all(f"{step['item'].removeprefix(f'{URL}/')}index.html" in tree for step in trail)


def test_every_page_that_may_be_found_says_what_it_is_about(tree):
    for name, data in tree.items():
        html = data.decode() if name.endswith("index.html") else ""
        if html and "noindex" not in html:
            said = meta(html)
            assert said["description"] == said["og:description"], name
            assert structured(html), name
            assert said["og:url"] == f"{URL}/{name.removesuffix('index.html')}", name


def microformat(html, kind):
    """Return the properties of the first element of class `kind` as a microformats reader has them: text or address."""
    found, depth, opened = {}, 0, []
    void = {"img", "meta", "link", "br", "hr", "input", "source", "wbr"}
    for token in tokens(html[html.index(re.search(rf'<\w+ class="[^"]*{kind}', html)[0]) :]):
        if token.kind == "start":
            names = (token.attributes.get("class") or "").split()
            depth += token.name not in void
            for name in names:
                if name.startswith("u-"):
                    found.setdefault(name, []).append(token.attributes.get("href") or token.attributes.get("src"))
                elif name.startswith("dt-"):
                    found.setdefault(name, []).append(token.attributes["datetime"])
                elif name.startswith(("p-", "e-")):
                    opened.append((depth, name, []))
        elif token.kind == "text":
            for _, _, text in opened:
                text.append(token.raw)
        elif token.kind == "end":
            while opened and opened[-1][0] == depth:
                _, name, text = opened.pop()
                found.setdefault(name, []).append(" ".join("".join(text).split()))
            depth -= 1
            if not depth:
                return found
    raise AssertionError(kind)


def test_a_microformats_reader_finds_the_post_its_author_and_what_it_passes_on(tree):
    post_ = microformat(page(tree, "2019/10/01/ladders-moved/"), "h-entry")
    assert post_["p-name"] == ["Ladders moved house"]
    assert post_["p-author"] == ["Ann Author"]
    assert post_["dt-published"] == ["2019-10-01T00:00:00-05:00"]
    assert post_["dt-updated"] == ["2019-12-24T10:00:00-06:00"]
    assert post_["p-category"] == ["Notes", "ladders"]
    assert "three addresses" in post_["e-content"][0]
    assert "u-repost-of" not in post_
    reblog = microformat(page(tree, "2019/04/02/it-is-all-about-rungs/"), "h-entry")
    assert set(reblog["u-repost-of"]) == {"https://example.org/2019/04/01/all-about-rungs/"}
    card = microformat(page(tree, "blog/"), "h-entry")
    assert card["u-url"] == ["/2020/01/06/the-year-in-ladders/"]
    assert card["p-name"] == ["The year in ladders"]


def test_a_reblog_names_its_original_and_a_review_its_book(tree):
    assert structured(page(tree, "2019/04/02/it-is-all-about-rungs/"))["BlogPosting"]["isBasedOn"] == (
        "https://example.org/2019/04/01/all-about-rungs/"
    )
    about = structured(page(tree, "2019/12/16/read-counting-rungs/"))["BlogPosting"]["about"]
    assert about["@type"] == "Book"
    assert about["name"]


def test_the_home_of_a_reblog_is_its_original_and_of_any_other_post_its_page(tree):
    for address, home in [
        ("2019/04/02/it-is-all-about-rungs/", "https://example.org/2019/04/01/all-about-rungs/"),
        ("2019/10/01/ladders-moved/", f"{URL}/2019/10/01/ladders-moved/"),
    ]:
        html = page(tree, address)
        assert [tag["href"] for tag in tags(html, "link") if tag.get("rel") == "canonical"] == [home]
        assert meta(html)["og:url"] == f"{URL}/{address}"


def test_the_home_page_tells_of_site_and_author(tree):
    things = structured(page(tree, ""))
    assert things["WebSite"]["url"] == f"{URL}/"
    assert things["Person"]["name"] == "Ann Author"


def test_every_social_card_is_there_in_its_size(tree):
    cards = {name: html for name, data in tree.items() if name.endswith(".html") for html in [data.decode()]}
    seen = 0
    for name, html in cards.items():
        said = meta(html)
        if "og:image" in said:
            with Image.open(BytesIO(tree[said["og:image"].removeprefix(f"{URL}/")])) as image:
                assert image.size == (int(said["og:image:width"]), int(said["og:image:height"])), name
            seen += 1
        if re.match(r"\d{4}/\d\d/\d\d/|books/.+/index", name):
            assert said["og:image:width"] == "1200", name
            assert said["og:image:height"] == "630", name
    assert seen > 20


def test_pages_have_one_canonical_address_that_is_their_own(tree):
    for name, data in tree.items():
        elsewhere = b"refresh" in data or b'class="u-repost-of"' in data
        if name.endswith("index.html") and not elsewhere:
            canonical = [t["href"] for t in tags(data.decode(), "link") if t.get("rel") == "canonical"]
            assert canonical == [f"{URL}/{name.removesuffix('index.html')}"]


def test_the_sitemap_lists_every_page_that_is_there_with_an_honest_date(tree):
    root = ET.fromstring(tree["sitemap.xml"])
    dates = {url.findtext(f"{SITEMAP}loc"): url.findtext(f"{SITEMAP}lastmod") for url in root}
    for url in dates:
        name = url.removeprefix(f"{URL}/")
        assert (f"{name}index.html" if not name or name.endswith("/") else name) in tree, url
    assert dates[f"{URL}/2019/10/01/ladders-moved/"] == "2019-12-24T10:00:00-06:00"
    assert dates[f"{URL}/blog/page/2/"] < dates[f"{URL}/blog/"]
    assert dates[f"{URL}/about/"] is None
    pages = {
        f"{URL}/{name.removesuffix('index.html')}"
        for name, data in tree.items()
        if name.endswith("index.html") and "noindex" not in data.decode()
    }
    assert set(dates) == pages
    assert not [url for url in dates if "third-draft" in url or "/go/" in url or "search" in url]
    assert f"Sitemap: {URL}/sitemap.xml" in tree["robots.txt"].decode()


@pytest.mark.parametrize("old", ["2012/ladders.html", "old/ladders/index.html"])
def test_an_old_address_leads_to_the_new_one(tree, old):
    html = tree[old].decode()
    url = f"{URL}/2019/10/01/ladders-moved/"
    assert [t["href"] for t in tags(html, "link") if t.get("rel") == "canonical"] == [url]
    assert "0; url=/2019/10/01/ladders-moved/" in [t.get("content") for t in tags(html, "meta")]
    assert "/2019/10/01/ladders-moved/" in [t.get("href") for t in tags(html, "a")]
    line = f"/{old.removesuffix('index.html')} /2019/10/01/ladders-moved/ 301"
    assert line in tree["_redirects"].decode().splitlines()


def rules(tree):
    blocks = [block.splitlines() for block in tree["_headers"].decode().split("\n\n")]
    return {block[0]: dict(line.strip().split(": ", 1) for line in block[1:]) for block in blocks}


def test_each_page_has_one_strict_policy_and_search_alone_runs_scripts(tree):
    policies = {
        pattern: given["Content-Security-Policy"]
        for pattern, given in rules(tree).items()
        if len(given) == 1 and "Content-Security-Policy" in given
    }
    for name in tree:
        if name.endswith(".html"):
            address = "/" + name.removesuffix("index.html")
            fit = [
                p for pattern, p in policies.items() if re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), address)
            ]
            assert len(fit) == 1, name
            assert fit[0].startswith("default-src 'none'")
            assert "unsafe-inline" not in fit[0]
            assert ("wasm" in fit[0]) == (name == "search/index.html")
            bare = name.startswith(("search/", "books/", "buy/"))
            assert ("script-src 'none'" in fit[0]) != bare, name


def test_no_page_holds_what_its_policy_forbids(tree):
    for name, data in tree.items():
        if name.endswith(".html"):
            for token in tokens(data.decode()):
                assert not (token.kind == "start" and token.name == "style"), name
                assert not any(key == "style" or key.startswith("on") for key in token.attributes), (name, token.raw)
                if token.kind == "start" and token.name == "script":
                    assert token.attributes.get("type") == "application/ld+json" or name.endswith(
                        ("search/index.html", "buy/index.html")
                    ), name


def test_files_that_never_change_may_be_kept_for_ever(tree):
    forever = [pattern for pattern, given in rules(tree).items() if "immutable" in given.get("Cache-Control", "")]
    assert {"/assets/*", "/images/sized/*", "/images/cards/*"} <= set(forever)
    for name in tree:
        if any(f"/{name}".startswith(pattern.removesuffix("*")) for pattern in forever):
            assert re.search(r"[._-][0-9a-f]{7,}\.", name), f"{name} has no digest in its name"


def test_icons_and_manifest_fit_together(tree):
    manifest = json.loads(tree["site.webmanifest"])
    for icon in manifest["icons"]:
        with Image.open(BytesIO(tree[icon["src"].lstrip("/")])) as image:
            assert f"{image.width}x{image.height}" == icon["sizes"]
    html = page(tree, "")
    for tag in tags(html, "link"):
        if tag["rel"] in {"icon", "apple-touch-icon", "manifest"}:
            assert tag["href"].lstrip("/") in tree


def test_pictures_say_their_size_and_exist_in_every_format(tree):
    html = page(tree, "2019/07/15/the-orchard-in-spring/")
    images = tags(html, "img")
    assert all(int(image["width"]) and int(image["height"]) for image in images)
    places = [part.split()[0] for source in tags(html, "source") for part in source["srcset"].split(",")]
    assert {place.rsplit(".", 1)[1] for place in places} >= {"webp"}
    assert all(place.lstrip("/") in tree for place in places)
    assert "<figcaption>The orchard, drawn from memory.</figcaption>" in html


KINDS = {"jpg": "jpeg", "jpeg": "jpeg", "png": "png", "webp": "webp", "gif": "gif"}


def test_no_picture_of_the_output_says_where_it_was_taken(make_site):
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)
    files = {
        "content/posts/a.md": post(
            body="![In the text](../images/in-text.jpg)", image="images/front.jpg", image_alt="At the front"
        )
    }
    for name in ("in-text.jpg", "front.jpg", "unused.jpg", "unused.png", "unused.webp"):
        out = BytesIO()
        Image.effect_noise((900, 500), 50).convert("RGB").save(
            out, KINDS[name[-3:]] if name[-4] == "." else "webp", exif=exif
        )
        assert b"secret place" in out.getvalue()
        files[f"content/images/{name}"] = out.getvalue()
    site = make_site(files)
    built = site.build(strict=True)
    assert not built.failed, "\n".join(map(str, built.problems))
    pictures = {name: data for name, data in site.tree().items() if name.rsplit(".", 1)[-1] in {*KINDS, "avif"}}
    assert len(pictures) > 12
    for name, data in pictures.items():
        assert b"secret place" not in data, name
        with Image.open(BytesIO(data)) as image:
            assert not dict(image.getexif()), name
        if name.rsplit(".", 1)[-1] in KINDS:
            assert without_metadata(data, KINDS[name.rsplit(".", 1)[-1]]) == data, name


def test_without_social_cards_a_page_shows_its_own_picture_or_the_sites_icon(make_site):
    files = {
        "content/posts/a.md": post(slug="a", image="images/a.png", image_alt="A gradient"),
        "content/posts/b.md": post(title="B", slug="b"),
        "content/posts/c.md": post(title="C", slug="c", image="images/c.svg", image_alt="A drawing"),
        "content/books/guide.md": book("images/a.png"),
        "content/images/a.png": gradient(),
        "content/images/c.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    }
    site = make_site(files, AUTHORSITE={"social_cards": False})
    built = site.build(strict=True)
    assert not built.failed, "\n".join(map(str, built.problems))
    tree = site.tree()
    assert not [name for name in tree if name.startswith("images/cards/")]
    shown = {"2019/03/01/a/": "images/a.png", "books/guide/": "images/a.png"}
    icon = "icon-512.png"
    for address in ("", "blog/", "2019/03/01/b/", "2019/03/01/c/", *shown):
        said = meta(page(tree, address))
        name = shown.get(address, icon)
        assert said["og:image"] == f"{URL}/{name}", address
        with Image.open(BytesIO(tree[name])) as image:
            assert image.size == (int(said["og:image:width"]), int(said["og:image:height"])), address
        if "twitter:card" in said:
            assert said["twitter:card"] == ("summary" if name == icon else "summary_large_image"), address


def test_search_is_there_or_left_out_whole(make_site, tree):
    site = make_site({"content/posts/a.md": post()}, AUTHORSITE={"search": False})
    assert not site.build(strict=True).failed
    for wanted, files in ((True, tree), (False, site.tree())):
        assert bool([name for name in files if name.startswith(("search/", "pagefind/", "assets/search"))]) == wanted
        assert ('href="/search/"' in page(files, "")) == wanted
        assert ("wasm" in files["_headers"].decode()) == wanted


def test_the_index_is_begun_before_the_first_page_is_written(make_site, monkeypatch):
    happened, begin, write = [], index._Pagefind.__init__, IncrementalWriter.write_file
    monkeypatch.setattr(index._Pagefind, "__init__", lambda *given: (happened.append("begun"), begin(*given))[1])
    monkeypatch.setattr(IncrementalWriter, "write_file", lambda *a, **k: (happened.append("page"), write(*a, **k))[1])
    assert not make_site({"content/posts/a.md": post()}).build().failed
    assert happened[:2] == ["begun", "page"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_build_that_is_cut_short_ends_pagefind_and_leaves_no_index(make_site, monkeypatch, error):
    begun, begin = [], index._Pagefind.__init__

    def fail(*_, **__):
        raise error("no page")

    monkeypatch.setattr(index._Pagefind, "__init__", lambda *given: (begin(*given), begun.append(given[0]))[0])
    monkeypatch.setattr(IncrementalWriter, "write_file", fail)
    site = make_site({"content/posts/a.md": post()})
    with suppress(KeyboardInterrupt):
        assert site.build().failed
    assert begun[0]._process.returncode is not None
    assert not (site.root / ".cache/search").exists()


@pytest.mark.parametrize("strict", [False, True])
def test_an_index_that_is_put_off_is_made_afterwards_unless_there_is_more_to_do(make_site, strict):
    site, afterwards = make_site({"content/posts/a.md": post()}), []
    entries = []

    def note():
        entries.append(site.output("pagefind/pagefind-entry.json"))

    assert not site.build(strict=strict).failed
    note()
    site.write({"content/posts/a.md": post(body="Other words.")})
    assert not site.build(strict=strict, **{AFTERWARDS: afterwards}).failed
    note()
    [renew] = afterwards
    assert renew(lambda: True)
    note()
    assert renew(lambda: False)
    note()
    assert not site.build(strict=strict).failed
    note()
    assert [entry == entries[0] for entry in entries] == [True, True, True, strict, False]
    assert {path.name for path in site.root.iterdir() if "output" in path.name} == {"output"}


def test_an_index_that_cannot_be_made_is_one_problem(make_site, monkeypatch):
    monkeypatch.setattr(index, "_COMMAND", ["/nowhere/python"])
    built = make_site({"content/posts/a.md": post()}).build()
    [problem] = built.problems
    assert "the search index could not be made: [Errno 2]" in str(problem)
    assert built.failed


def test_aliases_that_cannot_be_are_told(make_site):
    files = {
        "content/posts/a.md": post(slug="a", aliases="[/b-page/, /same/, '/?p=12']"),
        "content/posts/b.md": post(title="B", slug="b", aliases="[/same]"),
        "content/pages/b-page.md": "---\ntitle: B page\nslug: b-page\n---\nText.\n",
    }
    told = "\n".join(str(problem) for problem in make_site(files).build().problems)
    assert "content/posts/a.md:5: the alias /b-page/ is taken by content/pages/b-page.md" in told
    assert "the alias /?p=12 holds a `?`" in told
    assert "the alias /same" in told


def test_caches_make_no_difference(make_site):
    """A second build, one without caches, and one with damaged caches leave the same bytes."""
    site = make_site(
        {
            "content/posts/a.md": post(body="![Text](../images/a.png)"),
            "content/images/a.png": gradient(),
        }
    )
    assert not site.build(strict=True).failed
    first = site.tree()
    for damage in ("none", "removed", "damaged"):
        for path in sorted((site.root / ".cache").rglob("*")):
            if path.is_file() and damage != "none":
                path.unlink()
                if damage == "damaged":
                    path.write_bytes(b"damaged")
        built = site.build(strict=True)
        assert not built.failed, "\n".join(map(str, built.problems))
        second = site.tree()
        assert sorted(second) == sorted(first), damage
        assert [name for name in first if first[name] != second[name]] == [], damage


def gradient():
    out = BytesIO()
    Image.linear_gradient("L").resize((500, 300)).save(out, "PNG")
    return out.getvalue() + bytes(20_000)


class Served(SimpleHTTPRequestHandler):
    """Serves the output with the policies that `_headers` gives."""

    policies = ()

    def end_headers(self):
        path = self.path.split("?")[0]
        for pattern, policy in self.policies:
            if re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), path):
                self.send_header("Content-Security-Policy", policy)
        super().end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def served(golden, tree):
    class Handler(Served):
        policies = tuple(
            (pattern, given["Content-Security-Policy"])
            for pattern, given in rules(tree).items()
            if "Content-Security-Policy" in given
        )

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(golden.root / "output")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.browser
def test_search_finds_a_post_by_keyboard_under_the_policy_and_loads_nothing_before(served, browser):
    page = browser.new_page()
    page.set_default_timeout(10_000)
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{served}/search/")
    page.wait_for_selector("#search:not([hidden])")
    assert not [url for url in asked if "/pagefind/" in url]
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "search-words":
            break
    # At once: what letter after letter finds may come in between the keys below.
    page.keyboard.insert_text("orchard")
    page.wait_for_selector("#search-results a")
    assert "found" in page.inner_text("#search-status")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "The orchard in spring"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "search-words"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{served}/2019/07/15/the-orchard-in-spring/*")
    assert all(url.startswith(served) for url in asked)
    assert not said
    page.goto(f"{served}/search/?q=zzzzqqq")
    page.get_by_text("Nothing found").wait_for()
    page.goto(f"{served}/search/?q=rungs")
    page.wait_for_selector("#search-results a")
    page.close()


def test_search_without_scripts_is_a_list_of_ways(tree):
    html = page(tree, "search/")
    assert "hidden" in next(form for form in tags(html, "form") if form.get("role") == "search")
    links = [tag["href"] for tag in tags(html, "a")]
    assert "/archives/" in links
    assert "/category/workshop/" in links


def test_drafts_and_hidden_posts_are_not_in_the_index(golden_copy, tree):
    built = golden_copy.build(drafts=True)
    assert not built.failed, "\n".join(map(str, built.problems))
    entry = (golden_copy.root / "output/pagefind/pagefind-entry.json").read_text()
    assert json.loads(entry) == json.loads(tree["pagefind/pagefind-entry.json"])


DESCRIBED = {
    "said": ("First. It's long.", 'summary: "Said -- as it\'s meant."\n', "Said – as it’s meant."),
    "marked": ("One.\n\nTwo.\n\n<!-- more -->\n\nThree.", "", "One. Two."),
    "first": ("## Before\n\nThe *first*.[^n]\n\nSecond.\n\n[^n]: Note.", "", "The first."),
    "listed": ("- one\n- two", "", "one two"),
    "passed-on": ("Theirs.\n\nMore.", 'reblog: {title: T, author: A, url: "https://example.org/t/"}\n', "Theirs."),
}


def test_a_description_is_the_summary(make_site):
    files = {
        f"content/posts/{slug}.md": f"---\ntitle: {slug}\ndate: 2019-03-01\n{lines}---\n{body}\n"
        for slug, (body, lines, _) in DESCRIBED.items()
    }
    site = make_site({**files, "content/pages/page.md": "---\ntitle: P\nslug: page\n---\n# H\n\nThe first.\n\nMore."})
    assert not site.build(strict=True).failed
    found = {slug: meta(site.output(f"2019/03/01/{slug}/index.html"))["description"] for slug in DESCRIBED}
    assert found == {slug: expected for slug, (_, _, expected) in DESCRIBED.items()}
    assert meta(site.output("page/index.html"))["description"] == "The first."

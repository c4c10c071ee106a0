"""Metadata, sitemap, redirects, headers, icons, images and search of the golden site."""

import gzip
import json
import re
from contextlib import suppress
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from authorsite.images.metadata import strip_metadata
from authorsite.markup import tokenize
from authorsite.search import index
from conftest import book, post
from pelican_incremental.writer import IncrementalWriter
from PIL import Image
from serving import read_header_rules, serve_with_headers

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
URL = "https://example.org"


@pytest.fixture(scope="module")
def tree(golden):
    return golden.tree()


def page(tree, url):
    return tree[f"{url}index.html"].decode()


def tags(html, name):
    return [token.attributes for token in tokenize(html) if token.kind == "start" and token.name == name]


def meta(html):
    return {tag.get("property") or tag.get("name"): tag.get("content") for tag in tags(html, "meta")}


def structured_data(html):
    scripts = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return {item["@type"]: item for text in scripts for item in json.loads(text).get("@graph", [json.loads(text)])}


def test_post_metadata_is_consistent(tree):
    html = page(tree, "2019/10/01/ladders-moved/")
    url = f"{URL}/2019/10/01/ladders-moved/"
    properties, posting = meta(html), structured_data(html)["BlogPosting"]
    assert [tag["href"] for tag in tags(html, "link") if tag.get("rel") == "canonical"] == [url]
    assert properties["og:url"] == posting["url"] == url
    assert properties["og:title"] == posting["headline"] == "Ladders moved house"
    assert properties["og:type"] == "article"
    assert properties["article:published_time"] == posting["datePublished"] == "2019-10-01T00:00:00-05:00"
    assert properties["article:modified_time"] == posting["dateModified"] == "2019-12-24T10:00:00-06:00"
    assert properties["description"] == properties["og:description"] == posting["description"]
    assert posting["author"]["name"] == "Ann Author"
    person = structured_data(page(tree, ""))["Person"]
    assert person["@id"] == posting["author"]["@id"]
    assert person["sameAs"] == ["https://example.org/@ann"]
    assert properties["og:image"] == posting["image"]


BREADCRUMBS = {
    "2019/10/01/ladders-moved/": ["Home", "Blog", "Notes", "Ladders moved house"],
    "category/workshop/": ["Home", "Blog", "Workshop"],
    "tag/ladders/": ["Home", "Blog", "ladders"],
    "2019/11/": ["Home", "Archives", "November 2019"],
}


@pytest.mark.parametrize("url", BREADCRUMBS)
def test_breadcrumbs_match_their_structured_data(tree, url):
    html = page(tree, url)
    items = structured_data(html)["BreadcrumbList"]["itemListElement"]
    assert [item["name"] for item in items] == BREADCRUMBS[url]
    assert [item["position"] for item in items] == list(range(1, len(items) + 1))
    links = re.findall(r'<a[^>]*? href="/([^"]*)">([^<]*)', html.partition('class="crumbs"')[2].partition("</nav>")[0])
    assert [(f"{URL}/{path}", name) for path, name in links] == [(item["item"], item["name"]) for item in items[:-1]]
    assert all(f"{item['item'].removeprefix(f'{URL}/')}index.html" in tree for item in items)


def test_every_indexable_page_has_metadata(tree):
    for name, data in tree.items():
        html = data.decode() if name.endswith("index.html") else ""
        if html and "noindex" not in html:
            properties = meta(html)
            assert properties["description"] == properties["og:description"], name
            assert structured_data(html), name
            assert properties["og:url"] == f"{URL}/{name.removesuffix('index.html')}", name


def microformat(html, kind):
    """Return the microformats properties of the first element of class `kind`: texts, dates or URLs by name."""
    properties, depth, open_elements = {}, 0, []
    void = {"img", "meta", "link", "br", "hr", "input", "source", "wbr"}
    for token in tokenize(html[html.index(re.search(rf'<\w+ class="[^"]*{kind}', html)[0]) :]):
        if token.kind == "start":
            names = (token.attributes.get("class") or "").split()
            depth += token.name not in void
            for name in names:
                if name.startswith("u-"):
                    properties.setdefault(name, []).append(token.attributes.get("href") or token.attributes.get("src"))
                elif name.startswith("dt-"):
                    properties.setdefault(name, []).append(token.attributes["datetime"])
                elif name.startswith(("p-", "e-")):
                    open_elements.append((depth, name, []))
        elif token.kind == "text":
            for _, _, text in open_elements:
                text.append(token.raw)
        elif token.kind == "end":
            while open_elements and open_elements[-1][0] == depth:
                _, name, text = open_elements.pop()
                properties.setdefault(name, []).append(" ".join("".join(text).split()))
            depth -= 1
            if not depth:
                return properties
    raise AssertionError(kind)


def test_microformats_of_posts_reblogs_and_cards(tree):
    posting = microformat(page(tree, "2019/10/01/ladders-moved/"), "h-entry")
    assert posting["p-name"] == ["Ladders moved house"]
    assert posting["p-author"] == ["Ann Author"]
    assert posting["dt-published"] == ["2019-10-01T00:00:00-05:00"]
    assert posting["dt-updated"] == ["2019-12-24T10:00:00-06:00"]
    assert posting["p-category"] == ["Notes", "ladders"]
    assert "three addresses" in posting["e-content"][0]
    assert "u-repost-of" not in posting
    reblog = microformat(page(tree, "2019/04/02/it-is-all-about-rungs/"), "h-entry")
    assert set(reblog["u-repost-of"]) == {"https://example.org/2019/04/01/all-about-rungs/"}
    card = microformat(page(tree, "blog/"), "h-entry")
    assert card["u-url"] == ["/2020/01/06/the-year-in-ladders/"]
    assert card["p-name"] == ["The year in ladders"]


def test_structured_data_of_reblogs_and_reviews(tree):
    assert structured_data(page(tree, "2019/04/02/it-is-all-about-rungs/"))["BlogPosting"]["isBasedOn"] == (
        "https://example.org/2019/04/01/all-about-rungs/"
    )
    about = structured_data(page(tree, "2019/12/16/read-counting-rungs/"))["BlogPosting"]["about"]
    assert about["@type"] == "Book"
    assert about["name"]


def test_every_page_but_a_guests_names_the_authors_fediverse_handle(make_site):
    posts = {
        "own": post("Own", slug="own"),
        "both": post("Both", slug="both", authors="[Ann Author, Bea Beta]"),
        "guest": post("Guest", slug="guest", author="Bea Beta"),
    }
    site = make_site(
        {f"content/posts/{name}.md": text for name, text in posts.items()},
        AUTHOR="Ann Author",
        AUTHORSITE={"author": {"fediverse": "@ann@social.example"}, "search": False, "social_cards": False},
    )
    assert not site.build(strict=True).failed
    pages = ["index.html", *(f"2019/03/01/{name}/index.html" for name in posts)]
    handles = [meta(site.output(page)).get("fediverse:creator") for page in pages]
    assert handles == ["@ann@social.example"] * 3 + [None]


def test_canonical_url_of_a_reblog_is_its_original(tree):
    for url, canonical in [
        ("2019/04/02/it-is-all-about-rungs/", "https://example.org/2019/04/01/all-about-rungs/"),
        ("2019/10/01/ladders-moved/", f"{URL}/2019/10/01/ladders-moved/"),
    ]:
        html = page(tree, url)
        assert [tag["href"] for tag in tags(html, "link") if tag.get("rel") == "canonical"] == [canonical]
        assert meta(html)["og:url"] == f"{URL}/{url}"


def test_home_page_describes_site_and_author(tree):
    items = structured_data(page(tree, ""))
    assert items["WebSite"]["url"] == f"{URL}/"
    assert items["Person"]["name"] == "Ann Author"


def test_social_cards_exist_in_the_stated_size(tree):
    pages = {name: data.decode() for name, data in tree.items() if name.endswith(".html")}
    count = 0
    for name, html in pages.items():
        properties = meta(html)
        if "og:image" in properties:
            with Image.open(BytesIO(tree[properties["og:image"].removeprefix(f"{URL}/")])) as image:
                assert image.size == (int(properties["og:image:width"]), int(properties["og:image:height"])), name
            count += 1
        if re.match(r"\d{4}/\d\d/\d\d/|books/.+/index", name):
            assert properties["og:image:width"] == "1200", name
            assert properties["og:image:height"] == "630", name
    assert count > 20


def test_cards_of_books_pages_samples_and_posts_about_them_carry_the_cover(tree):
    book = "books/made-up-guide/"
    cards = {url: meta(page(tree, url))["og:image"] for url in (book, f"{book}buy/", f"{book}press/")}
    assert len(set(cards.values())) == 1, cards
    for url in ("", "made-up-guide-sample/", "2019/12/02/what-chapter-two-left-out/"):
        cards[url] = meta(page(tree, url))["og:image"]
    with Image.open(BytesIO(tree["images/guide.png"])) as image:
        cover = image.convert("RGB").resize((1, 1)).getpixel((0, 0))
    for url, card in cards.items():
        with Image.open(BytesIO(tree[card.removeprefix(f"{URL}/")])) as image:
            beside = image.convert("RGB").crop((840, 120, 1100, 520)).resize((1, 1)).getpixel((0, 0))
        assert max(abs(a - b) for a, b in zip(cover, beside, strict=True)) < 40, url


def test_pages_have_one_canonical_url(tree):
    for name, data in tree.items():
        redirect_or_reblog = b"refresh" in data or b'class="u-repost-of"' in data
        if name.endswith("index.html") and not redirect_or_reblog:
            canonical = [t["href"] for t in tags(data.decode(), "link") if t.get("rel") == "canonical"]
            assert canonical == [f"{URL}/{name.removesuffix('index.html')}"]


def test_sitemap_lists_every_indexable_page_with_its_last_change(tree):
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


@pytest.mark.parametrize("file", ["2012/ladders.html", "old/ladders/index.html"])
def test_alias_redirects_to_its_page(tree, file):
    html = tree[file].decode()
    url = f"{URL}/2019/10/01/ladders-moved/"
    assert [t["href"] for t in tags(html, "link") if t.get("rel") == "canonical"] == [url]
    assert "0; url=/2019/10/01/ladders-moved/" in [t.get("content") for t in tags(html, "meta")]
    assert "/2019/10/01/ladders-moved/" in [t.get("href") for t in tags(html, "a")]
    line = f"/{file.removesuffix('index.html')} /2019/10/01/ladders-moved/ 301"
    assert line in tree["_redirects"].decode().splitlines()


def test_each_page_has_one_strict_content_security_policy(golden, tree):
    policies = [
        (pattern, headers["Content-Security-Policy"])
        for pattern, headers in read_header_rules(golden.root / "output")
        if "Content-Security-Policy" in headers
    ]
    for name in tree:
        if name.endswith(".html"):
            path = "/" + name.removesuffix("index.html")
            matching = [
                policy for pattern, policy in policies if re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), path)
            ]
            assert len(matching) == 1, name
            assert matching[0].startswith("default-src 'none'")
            assert "unsafe-inline" not in matching[0]
            assert ("wasm" in matching[0]) == (name == "search/index.html")
            has_script = name == "index.html" or name.startswith(("search/", "books/", "buy/", "series/"))
            assert ("script-src 'none'" in matching[0]) != has_script, name


WITH_SCRIPT = {"index.html", "search/index.html", "books/index.html", "buy/index.html", "series/guides/index.html"}


def test_pages_comply_with_their_policy(tree):
    for name, data in tree.items():
        if name.endswith(".html"):
            for token in tokenize(data.decode()):
                assert not (token.kind == "start" and token.name == "style"), name
                assert not any(key == "style" or key.startswith("on") for key in token.attributes), (name, token.raw)
                if token.kind == "start" and token.name == "script":
                    is_data = token.attributes.get("type") == "application/ld+json"
                    assert is_data or name in WITH_SCRIPT or name.startswith("books/"), name


def test_immutable_files_have_a_digest_in_their_name(golden, tree):
    immutable = [
        p for p, headers in read_header_rules(golden.root / "output") if "immutable" in headers.get("Cache-Control", "")
    ]
    assert {"/assets/*", "/images/sized/*", "/images/cards/*"} <= set(immutable)
    for name in tree:
        if any(f"/{name}".startswith(pattern.removesuffix("*")) for pattern in immutable):
            assert re.search(r"[._-][0-9a-f]{7,}\.", name), f"{name} has no digest in its name"


def test_manifest_icons_exist_in_the_stated_size(tree):
    manifest = json.loads(tree["site.webmanifest"])
    for icon in manifest["icons"]:
        with Image.open(BytesIO(tree[icon["src"].lstrip("/")])) as image:
            assert f"{image.width}x{image.height}" == icon["sizes"]
    html = page(tree, "")
    for tag in tags(html, "link"):
        if tag["rel"] in {"icon", "apple-touch-icon", "manifest"}:
            assert tag["href"].lstrip("/") in tree


def test_images_have_dimensions_and_existing_variants(tree):
    html = page(tree, "2019/07/15/the-orchard-in-spring/")
    images = tags(html, "img")
    assert all(int(image["width"]) and int(image["height"]) for image in images)
    files = [part.split()[0] for source in tags(html, "source") for part in source["srcset"].split(",")]
    assert {file.rsplit(".", 1)[1] for file in files} >= {"webp"}
    assert all(file.lstrip("/") in tree for file in files)
    assert "<figcaption>The orchard, drawn from memory.</figcaption>" in html


FORMATS = {"jpg": "jpeg", "jpeg": "jpeg", "png": "png", "webp": "webp", "gif": "gif"}


def test_images_in_the_output_have_no_exif_data(make_site):
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
            out, FORMATS[name[-3:]] if name[-4] == "." else "webp", exif=exif
        )
        assert b"secret place" in out.getvalue()
        files[f"content/images/{name}"] = out.getvalue()
    site = make_site(files)
    built = site.build(strict=True)
    assert not built.failed, "\n".join(map(str, built.problems))
    images = {name: data for name, data in site.tree().items() if name.rsplit(".", 1)[-1] in {*FORMATS, "avif"}}
    assert len(images) > 12
    for name, data in images.items():
        assert b"secret place" not in data, name
        with Image.open(BytesIO(data)) as image:
            assert not dict(image.getexif()), name
        if name.rsplit(".", 1)[-1] in FORMATS:
            assert strip_metadata(data, FORMATS[name.rsplit(".", 1)[-1]]) == data, name


def test_without_social_cards_a_page_has_its_own_image_or_the_icon(make_site):
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
    own_images = dict.fromkeys(("", "blog/", "2019/03/01/a/", "books/guide/"), "images/a.png")
    icon = "icon-512.png"
    for url in ("2019/03/01/b/", "2019/03/01/c/", *own_images):
        properties = meta(page(tree, url))
        name = own_images.get(url, icon)
        assert properties["og:image"] == f"{URL}/{name}", url
        with Image.open(BytesIO(tree[name])) as image:
            assert image.size == (int(properties["og:image:width"]), int(properties["og:image:height"])), url
        if "twitter:card" in properties:
            assert properties["twitter:card"] == ("summary" if name == icon else "summary_large_image"), url


def test_search_can_be_switched_off(make_site, tree):
    site = make_site({"content/posts/a.md": post()}, AUTHORSITE={"search": False})
    assert not site.build(strict=True).failed
    for enabled, files in ((True, tree), (False, site.tree())):
        assert bool([name for name in files if name.startswith(("search/", "pagefind/", "assets/search"))]) == enabled
        assert ('href="/search/"' in page(files, "")) == enabled
        assert ("wasm" in files["_headers"].decode()) == enabled


def test_indexing_starts_before_the_first_page_is_written(make_site, monkeypatch):
    events, init, write = [], index._Pagefind.__init__, IncrementalWriter.write_file
    monkeypatch.setattr(index._Pagefind, "__init__", lambda *args: (events.append("start"), init(*args))[1])
    monkeypatch.setattr(IncrementalWriter, "write_file", lambda *a, **k: (events.append("page"), write(*a, **k))[1])
    assert not make_site({"content/posts/a.md": post()}).build().failed
    assert events[:2] == ["start", "page"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_aborted_build_stops_pagefind_and_leaves_no_index(make_site, monkeypatch, error):
    started, init = [], index._Pagefind.__init__

    def fail(*_, **__):
        raise error("no page")

    monkeypatch.setattr(index._Pagefind, "__init__", lambda *args: (init(*args), started.append(args[0]))[0])
    monkeypatch.setattr(IncrementalWriter, "write_file", fail)
    site = make_site({"content/posts/a.md": post()})
    with suppress(KeyboardInterrupt):
        assert site.build().failed
    assert started[0]._process.returncode is not None
    assert not [*(site.root / ".cache/search").glob("*")]


@pytest.mark.parametrize("strict", [False, True])
def test_deferred_index_is_built_unless_stopped(make_site, strict):
    site, deferred_tasks = make_site({"content/posts/a.md": post()}), []
    entries = []

    def record():
        entries.append(site.output("pagefind/pagefind-entry.json"))

    assert not site.build(strict=strict).failed
    record()
    site.write({"content/posts/a.md": post(body="Other words.")})
    assert not site.build(strict=strict, deferred_tasks=deferred_tasks).failed
    record()
    [update] = deferred_tasks
    assert update(lambda: True)
    record()
    assert update(lambda: False)
    record()
    assert not site.build(strict=strict).failed
    record()
    assert [entry == entries[0] for entry in entries] == [True, True, True, strict, False]
    assert {path.name for path in site.root.iterdir() if "output" in path.name} == {"output"}


def test_failed_index_is_one_problem(make_site, monkeypatch):
    monkeypatch.setattr(index, "_COMMAND", ["/nowhere/python"])
    built = make_site({"content/posts/a.md": post()}).build()
    [problem] = built.problems
    assert "the search index could not be built: [Errno 2]" in str(problem)
    assert built.failed


def test_aliases_of_books_and_events_redirect_below_the_root_of_the_site(make_site):
    files = {
        "content/books/guide.md": "---\ntitle: Guide\naliases: [/old-guide/]\n---\n",
        "content/events/talk.md": "---\ntitle: Talk\nstart: 2020-03-05\naliases: ['/old talk/']\n---\n",
    }
    site = make_site(files, AUTHORSITE={"url": "https://example.org/sub"})
    assert not site.build(strict=True).failed
    for url, old in (("books/guide/", "old-guide"), ("events/talk/", "old talk")):
        assert f'content="0; url=/sub/{url}"' in site.output(f"{old}/index.html")
    lines = [line for line in site.output("_redirects").splitlines() if "old" in line]
    assert lines == ["/sub/old%20talk/ /sub/events/talk/ 301", "/sub/old-guide/ /sub/books/guide/ 301"]


def test_invalid_aliases_are_reported(make_site):
    files = {
        "content/posts/a.md": post(slug="a", aliases="[/b-page/, /same/, '/?p=12']"),
        "content/posts/b.md": post(title="B", slug="b", aliases="[/same]"),
        "content/pages/b-page.md": "---\ntitle: B page\nslug: b-page\n---\nText.\n",
    }
    report = "\n".join(str(problem) for problem in make_site(files).build().problems)
    assert "content/posts/a.md:5: the alias /b-page/ is already used by content/pages/b-page.md" in report
    assert "the alias /?p=12 contains `?` or `#`" in report
    assert "the alias /same" in report


def test_output_does_not_depend_on_caches(make_site):
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


@pytest.fixture
def server_url(golden):
    with serve_with_headers(golden.root / "output") as url:
        yield url


@pytest.mark.browser
def test_search_by_keyboard_under_the_policy(server_url, browser):
    page = browser.new_page()
    page.set_default_timeout(10_000)
    messages, requests = [], []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"{server_url}/search/")
    page.wait_for_selector("#search:not([hidden])")
    assert not [url for url in requests if "/pagefind/" in url]
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "search-words":
            break
    # All at once: results of single letters would arrive between the keys below.
    page.keyboard.insert_text("orchard")
    page.wait_for_selector("#search-results a")
    assert "found" in page.inner_text("#search-status")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "The orchard in spring"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "search-words"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{server_url}/2019/07/15/the-orchard-in-spring/*")
    assert all(url.startswith(server_url) for url in requests)
    assert not messages
    page.goto(f"{server_url}/search/?q=zzzzqqq")
    page.get_by_text("Nothing found").wait_for()
    page.goto(f"{server_url}/search/?q=rungs")
    page.wait_for_selector("#search-results a")
    page.close()


def test_search_page_without_scripts_links_to_archives_and_categories(tree):
    html = page(tree, "search/")
    assert "hidden" in next(form for form in tags(html, "form") if form.get("role") == "search")
    links = [tag["href"] for tag in tags(html, "a")]
    assert "/archives/" in links
    assert "/category/workshop/" in links


def test_drafts_and_hidden_posts_are_not_indexed(golden_copy, tree):
    built = golden_copy.build(drafts=True)
    assert not built.failed, "\n".join(map(str, built.problems))
    entry = (golden_copy.root / "output/pagefind/pagefind-entry.json").read_text()
    assert json.loads(entry) == json.loads(tree["pagefind/pagefind-entry.json"])


def test_books_are_indexed_with_their_hook_and_text(make_site):
    site = make_site({"content/books/a.md": "---\ntitle: A book\nhook: How <b> helps\n---\nOf ladders.\n"})
    assert not site.build(strict=True).failed
    fragments = [gzip.decompress(data) for name, data in site.tree().items() if name.endswith(".pf_fragment")]
    [page] = [json.loads(fragment.removeprefix(b"pagefind_dcd")) for fragment in fragments]
    assert (page["url"], page["content"]) == ("/books/a/", "A book. How <b> helps. Of ladders.")


def test_captions_count_as_words(make_site):
    body = 'Two words.\n\n![A gradient](../images/a.png "Three more words")'
    site = make_site({"content/posts/a.md": post(body=body), "content/images/a.png": gradient()})
    assert not site.build(strict=True).failed
    assert '"wordCount":5' in site.output("2019/03/01/a-post/index.html")


DESCRIPTIONS = {
    "summary": ("First. It's long.", 'summary: "Said -- as it\'s meant."\n', "Said – as it’s meant."),
    "more-marker": ("One.\n\nTwo.\n\n<!-- more -->\n\nThree.", "", "One. Two."),
    "first-paragraph": ("## Before\n\nThe *first*.[^n]\n\nSecond.\n\n[^n]: Note.", "", "The first."),
    "list": ("- one\n- two", "", "one two"),
    "reblog": ("Theirs.\n\nMore.", 'reblog: {title: T, author: A, url: "https://example.org/t/"}\n', "Theirs."),
}


def test_a_description_is_the_summary(make_site):
    files = {
        f"content/posts/{slug}.md": f"---\ntitle: {slug}\ndate: 2019-03-01\n{lines}---\n{body}\n"
        for slug, (body, lines, _) in DESCRIPTIONS.items()
    }
    site = make_site({**files, "content/pages/page.md": "---\ntitle: P\nslug: page\n---\n# H\n\nThe first.\n\nMore."})
    assert not site.build(strict=True).failed
    descriptions = {slug: meta(site.output(f"2019/03/01/{slug}/index.html"))["description"] for slug in DESCRIPTIONS}
    assert descriptions == {slug: expected for slug, (_, _, expected) in DESCRIPTIONS.items()}
    assert meta(site.output("page/index.html"))["description"] == "The first."

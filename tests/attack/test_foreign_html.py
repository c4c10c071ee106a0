"""HTML from other people: whatever it contains, it runs nothing, leads nowhere and loads nothing."""

import gzip
import re
from html import escape

import nh3
import pytest
from authorsite.feeds.sanitizing import sanitize_for_feed
from authorsite.images.html_images import make_responsive
from authorsite.markup import tokenize
from authorsite.publishing.new import create
from authorsite.publishing.server import inject_livereload
from authorsite.reading.links import LinkResolver
from authorsite.reading.markdown import make_summary
from authorsite.reading.reblogs import render_reblog, sanitize
from conftest import GOLDEN, ROOT, book, post
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ORIGINAL = {"title": "T", "author": "A", "site": "S", "url": "https://example.org/o/"}
BASE = "https://example.org/p/"
SCRIPT, REFRESH = "<script>alert(1)</script>", '<meta http-equiv="refresh" content="0;url=http://evil.test/x">'
EVIL = SCRIPT + REFRESH

HOSTILE = [
    f"Words <!--x-- >{EVIL}--> more",
    f"Words <!--x--!>{EVIL}--> more",
    f"<!-->{EVIL}-->",
    f"<!--->{EVIL}-->",
    f"<!-- <!-- -->{EVIL} -->",
    f"<!--x<!--->{EVIL}-->",
    f"<!-{EVIL}-->",
    f"<!x '>{EVIL}'>",
    f"<?x '?>{EVIL}?>",
    f"<![CDATA[>{EVIL}]]>",
    f"<svg><![CDATA[><p>{EVIL}]]></svg>",
    f"</ x>{EVIL}",
    f'</p "{EVIL}">',
    f"<noscript><p title='</noscript>{EVIL}'></noscript>",
    f"<noembed><p title='</noembed>{EVIL}'></noembed>",
    f"<noframes><p title='</noframes>{EVIL}'></noframes>",
    f"<template><div>{EVIL}</div></template>",
    f"<title><p title='</title>{EVIL}'></title>",
    f"<textarea><p title='</textarea>{EVIL}'></textarea>",
    f"<xmp><p title='</xmp>{EVIL}'></xmp>",
    f"<style><p title='</style>{EVIL}'></style>",
    f"<plaintext>{EVIL}",
    f"<svg><style><!--</style>{EVIL}--></style></svg>",
    f"<svg></p><style><a title='</style>{EVIL}'></svg>",
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;{escape(EVIL)}'></table></mtext></math>",
    f"<math><annotation-xml encoding='text/html'><style><!--</style>{EVIL}--></annotation-xml></math>",
    f"<form><math><mtext></form><form><mglyph><style></math>{EVIL}",
    f"<select><template><style><!--</style><a rel='--></style></template></select>{EVIL}'>",
    f"<table><caption><select></table>{EVIL}",
    f"<a title='{EVIL}' href=x>a</a>",
    f'<a title="{EVIL}',
    f"<a href='x\"{EVIL}'>a</a>",
    f"<p class='a {EVIL}' id='--&gt;{EVIL}'>a",
    f"<p lang=`{EVIL}`>a",
    f"<blockquote cite='{EVIL}'>a</blockquote></blockquote></div></main>{EVIL}",
    f'<div><section class="references"><p>a</p></section></div></div></article>{EVIL}',
    f"&lt;script&gt;alert(1)&lt;/script&gt;{EVIL.replace('<', '&lt;').replace('>', '&gt;')}",
    f"<scr{SCRIPT}ipt>alert(1)</script>",
    f"<scr\0ipt>alert(1)</script>{EVIL}",
    "<img src=x onerror=alert(1)>",
    "<img/src='x'/onerror=alert(1)//>",
    "<img src=http://evil.test/a.png alt=a>",
    "<img src=//evil.test/a.png alt=a>",
    "<img src='/\\evil.test/a.png' alt=a>",
    "<img src=' \t/\n/evil.test/a.png' alt=a>",
    "<img src='ht\ntps://evil.test/a.png' alt=a>",
    "<img src='https:evil.test/a.png' alt=a>",
    "<img src=x srcset='http://evil.test/a.png 2x' alt=a>",
    "<picture><source srcset=http://evil.test/a.png><img src=x alt=a></picture>",
    "<video src=http://evil.test/v autoplay poster=http://evil.test/p></video><audio src=http://evil.test/a autoplay>",
    "<iframe src=http://evil.test/></iframe><iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'></iframe>",
    "<object data=http://evil.test/></object><embed src=http://evil.test/>",
    "<link rel=stylesheet href=http://evil.test/c.css><style>@import url(http://evil.test/c.css)</style>",
    "<p style='background: url(http://evil.test/a.png)'>a</p><table background=http://evil.test/b><tr><td>a</table>",
    "<base href=http://evil.test/><a href=x>a</a>",
    "<svg><use href='http://evil.test/a.svg#a'/><image href=http://evil.test/b.png /></svg>",
    "<svg onload=alert(1)><animate onbegin=alert(1) attributeName=x dur=1s></svg>",
    "<body onload=alert(1)><details open ontoggle=alert(1)><input autofocus onfocus=alert(1)>",
    "<a href='javascript:alert(1)'>a</a><a href='java&#9;script:alert(1)'>b</a><a href='&#1;javascript:alert(1)'>c</a>",
    "<a href='java&#8;script:alert(1)'>a</a><a href='data:text/html,<script>alert(1)</script>'>b</a>",
    "<form action=http://evil.test/><button autofocus formaction=javascript:alert(1)>a</button></form>",
    "<a href='{static}/../README.md'>a</a><img src='{attach}/../../etc/hostname' alt=b><a href='%7Bstatic%7D/x'>c</a>",
    "<p title=\"<a href='|filename|/../x'>\"><a href='{FILENAME}x.md'>a</a><blockquote cite='{static}x'>b</blockquote>",
]  # fmt: skip

FRAGMENTS = [
    *"<!-- --> --!> <!--> <!---> <![CDATA[ ]]> <!DOCTYPE> <?x ?> -- > < / = ' \" ` > &lt; &gt; &#60; &#8;".split(),
    *"<noscript </noscript> <noscript> <template> </template> <math> </math> <svg> </svg> <mtext> <mglyph>".split(),
    *"<foreignObject> <title> </title> <style> </style> <textarea> </textarea> <xmp> </xmp> <plaintext> <desc>".split(),
    *"<iframe> <select> <option> </select> <table> <caption> <tr> <td> </table> <p> </p> <div> </div> <a>".split(),
    *"</a> <blockquote> </blockquote> <b> <i> </b> </i> <ul> <li> </ul> <pre> <br> </ <p/ <h2> <img> <script>".split(),
    '<annotation-xml encoding="text/html">', '<a href="', "<a title='", "<p class=", "<img src=", '<img alt="',
    '<section class="references">', "</section>", SCRIPT, REFRESH, "<img src=x onerror=alert(1)>",
    "javascript:alert(1)", "//evil.test/x", "http://evil.test/x", " onload=alert(1) ", "{static}/../x",
    "<svg onload=alert(1)>", "word ", "\n",
    "\0", "<!-- more -->", "<form action=http://evil.test/>", "<base href=http://evil.test/>", "</main>", "</body>",
]  # fmt: skip
HTML = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), max_size=25).map("".join)

ALLOWED = nh3.ALLOWED_TAGS | {"section", "figure", "figcaption", "picture", "source", "audio", "video", "track", "main"}
NAMES = ALLOWED | set(
    "script style template noscript noembed noframes title textarea xmp plaintext iframe object embed link meta base "
    "form input button select option svg math foreignobject desc mtext mglyph annotation-xml html head body".split()
)
URLS = {"href", "src", "cite", "poster", "action", "data"}


def read_as_html5(html, attributes=None):
    """Return `html` as html5ever, a parser like those of browsers, reads it; append the attributes as triples."""

    def record(tag, name, value):
        if attributes is not None:
            attributes.append((tag, name, value))
        return value

    return nh3.clean(
        html,
        tags=NAMES,
        clean_content_tags=set(),
        generic_attribute_prefixes=set("abcdefghijklmnopqrstuvwxyz{'\"<`"),
        url_schemes={"http", "https", "mailto", "tel", "javascript", "data"},
        attribute_filter=record,
        strip_comments=False,
        link_rel=None,
    )


def find_dangers(html, *, in_feed=False):
    """Return what is dangerous in `html`, as a browser reads it; feeds may show images and have links as written."""
    attributes = []
    read = read_as_html5(html, attributes)
    tokens = tokenize(read)
    dangers = [token.raw for token in tokens if token.kind == "other"]
    dangers += [token.raw for token in tokens if token.kind == "start" and token.name not in ALLOWED]
    for tag, name, value in attributes:
        compact = re.sub(r"[\t\n\r]|^[\x00-\x20]+", "", value).lower()
        is_external = re.match(r"[a-z][a-z0-9+.-]*:|[/\\]{2}", compact)
        if (
            name.startswith("on")
            or name == "style"
            or (name in URLS and re.match("(?!https?:|mailto:|tel:)[a-z][a-z0-9+.-]*:", compact))
            or (name in {"src", "srcset", "poster"} and is_external and not in_feed)
            or (re.search(r"[{|](?:static|attach|filename)[|}]", value, re.IGNORECASE) and not in_feed)
        ):
            dangers.append(f"{tag} {name}={value!r}")
    if read_as_html5(f"<div><div>{html}</div><hr></div>") != f"<div><div>{read}</div><hr></div>":
        dangers.append("it is not closed, or closes elements around it")
    return dangers


def publish(html, limit=5):
    """Return what a page shows of `html` as a reblog, after all steps of a build; and its summary."""
    html = render_reblog(html, **ORIGINAL, words=None, limit=limit)
    html = LinkResolver({}).resolve(html, "posts/a.md", lambda *_: None)
    return make_responsive(html, lambda *_: None, lambda *_: None, "https://example.org")


FORMS = [publish, lambda html: publish(html, 10**6), sanitize, lambda html: sanitize(make_summary(html))]


def check_every_form(html):
    for form in FORMS:
        assert not find_dangers(form(html)), form(html)
    feed, _ = sanitize_for_feed(html, BASE)
    assert not find_dangers(feed, in_feed=True), feed


@pytest.mark.parametrize("html", [EVIL, "<p onclick=a>", "<a href=javascript:a>", "<img src=//a>", "</div>", "<div>"])
def test_dangers_are_found(html):
    assert find_dangers(html)


@pytest.mark.parametrize("html", HOSTILE)
def test_hostile_html_is_cleaned(html):
    check_every_form(html)


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.nightly)])
def test_any_html_is_cleaned(count):
    @settings(max_examples=count, deadline=None, derandomize=count < 1000, suppress_health_check=list(HealthCheck))
    @given(HTML)
    def check(html):
        check_every_form(html)

    check()


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ("<p>a <em>b</em> &amp; c</p>", "<p>a <em>b</em> &amp; c</p>"),
        ('<img src="../images/a.png" alt="b">', '<img src="../images/a.png" alt="b">'),
        ('<img src="https://a.example/b.png" alt="b">', '<a href="https://a.example/b.png">b</a>'),
        ('<img src="https://a.example/b.png">', '<a href="https://a.example/b.png">https://a.example/b.png</a>'),
        ('<a href="{static}/x">a</a>{static}', "<a>a</a>{static}"),
        ('<img src="{static}/x" alt="b">', "b"),
        ('<a href="/x?y={1}">a</a>', '<a href="/x?y={1}">a</a>'),
        ("a<!-- b -->c", "ac"),
    ],
)
def test_what_is_harmless_stays(html, cleaned):
    assert sanitize(html) == cleaned


def test_a_link_that_becomes_dangerous_without_its_invalid_characters_is_not_in_feeds():
    html, _ = sanitize_for_feed('<a href="&#8;&#8;java&#8;script:alert(1)">a</a><p title="&#8;-->">b</p>', BASE)
    assert not find_dangers(html)


def watch(browser, respond, urls):
    """Open `urls` of http://site.test/ one after another; return dialogs, navigations and requests to other hosts."""
    context = browser.new_context()
    page, seen = context.new_page(), []

    def answer(route):
        request = route.request
        if request.is_navigation_request() and request.url in urls and not request.frame.parent_frame:
            route.fulfill(body=respond(request.url), content_type="text/html; charset=utf-8")
        else:
            if request.is_navigation_request() or not request.url.startswith("http://site.test/"):
                seen.append(request.url)
            route.abort()

    page.on("dialog", lambda dialog: (seen.append(dialog.message), dialog.dismiss()))
    context.route("**", answer)
    for url in urls:
        page.goto(url)
        page.wait_for_timeout(50)
    context.close()
    return seen


def watch_frames(browser, texts):
    """Open each text in a frame of its own, as a page without a policy."""
    frames = "".join(f'<iframe srcdoc="{escape(text)}"></iframe>' for text in texts)
    return watch(browser, lambda _: f"<!DOCTYPE html><title>Frames</title>{frames}", ["http://site.test/"])


@pytest.mark.browser
@pytest.mark.parametrize("html", [SCRIPT, REFRESH, "<img src=http://evil.test/a>", "<svg onload=alert(1)>"])
def test_the_browser_sees_attacks(browser, html):
    assert watch_frames(browser, ["<p>a</p>", html])
    assert not watch_frames(browser, ["<p>a</p>", '<a href="http://evil.test/">a</a>'])


@pytest.mark.browser
@pytest.mark.parametrize("count", [40, pytest.param(10_000, marks=pytest.mark.nightly)])
def test_a_browser_without_policy_runs_and_loads_nothing_of_it(browser, count):
    found = [*HOSTILE]

    @settings(
        max_examples=count, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
    )
    @given(HTML)
    def collect(html):
        found.append(html)

    collect()
    for start in range(0, len(found), 100):
        assert not watch_frames(browser, map(publish, found[start : start + 100]))


# Everything that other people write and a site shows, in every field that takes text.
ATTACK = f"'\"></title></script></style>--></textarea>{SCRIPT}<img src=http://evil.test/a><!--x-- >{EVIL}-->"
QUOTED = "'" + ATTACK.replace("'", "''") + "'"
FILES = {
    "content/posts/reblog.md": post(
        title="Reblog", body=f"## {ATTACK}\n\nWords {ATTACK} more\n\n[1]\n\n1. {ATTACK}, *a*, https://a.example/{ATTACK}",
        toc="true", reblog=f"{{title: {QUOTED}, author: {QUOTED}, site: {QUOTED}, url: https://a.example/o}}",
    ),
    "content/posts/review.md": post(
        title="Review", review_of=f"{{title: {QUOTED}, author: {QUOTED}, isbn: 9780306406157}}", body="a"
    ),
    "content/books/b.md": book("images/c.png").replace(
        "\n---\nAbout",
        "\neditions: [{format: paperback, isbn: 9780306406157}]\noffers: [{shop: mine, url: https://a.example/b}]\n"
        f"endorsements:\n- {{quote: {QUOTED}, by: {QUOTED}, source: https://a.example/}}\n---\nAbout",
    ),
    "content/data/shops.yaml": f"mine:\n  name: {QUOTED}\n  search: https://a.example/?q={{query}}\n",
    "content/data/link-status.json": '{"https://a.example/b": {"status": "'
    + ATTACK.replace('"', '\\"') + '", "dead": "<script>"}}',
}  # fmt: skip


@pytest.fixture
def attack_site(make_site):
    """Return a function that builds a site on which every text of other people is an attack."""

    def build(**more):
        picture = next((GOLDEN / "content/images").glob("*.png")).read_bytes()
        site = make_site({**FILES, "content/images/c.png": picture, **more})
        built = site.build()
        assert not list(built.problems), "\n".join(map(str, built.problems))
        return site

    return build


META = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">\n?')


@pytest.mark.browser
def test_pages_with_texts_of_other_people_run_and_load_nothing_of_them(browser, attack_site):
    tree = attack_site().tree()
    names = [name for name in tree if name.endswith(".html") and not name.startswith("go/")]
    pages = {f"http://site.test/{name}": tree[name].decode() for name in names}
    pages |= {f"{url}?without-policy": META.sub("", page) for url, page in pages.items()}
    assert any("evil.test" in page for page in pages.values())
    assert not watch(browser, pages.__getitem__, list(pages))


def test_other_themes_get_clean_summaries_and_contents(attack_site):
    template = "{{ article.toc|safe }}\0{{ article.summary|safe }}\0{{ article.content|safe }}"
    site = attack_site(**{"theme_overrides/article.html": template})
    [page] = (site.root / "output").glob("2*/*/*/reblog/index.html")
    parts = page.read_text("utf-8").split("\0")
    assert [bool(part) for part in parts] == [True] * 3
    for part in parts:
        assert not find_dangers(part), part


@pytest.mark.parametrize(
    "status",
    ["[]", '{"https://a.example/b": "<script>"}', *(f'{{"a": {{"worked": {w}}}}}' for w in ('"<b>"', "7", "[]"))],
)
def test_a_damaged_file_of_link_results_is_named(attack_site, status):
    with pytest.raises(AssertionError, match="not results of a link check - delete"):
        attack_site(**{"content/data/link-status.json": status})


def test_other_themes_have_the_policy_in_the_head_block_that_they_offer(attack_site):
    base = "<head>{% block head %}<title>{% block title %}{% endblock %}</title>{% endblock %}</head>"
    theme = {
        "base": base + "<body>{% block content %}{% endblock %}</body>",
        "article": "<body>{{ article.content|safe }}",
    }
    theme |= dict.fromkeys(("index", "page", "category", "tag", "archives", "period_archives", "blog"), "<body></body>")
    site = attack_site(**{f"theme_overrides/{name}.html": text for name, text in theme.items()})
    assert len(META.findall(site.output("books/b/index.html"))) == 1
    assert "'self'" in META.findall(site.output("books/b/buy/index.html"))[0].partition("script-src")[2]
    assert not META.search(site.output("index.html"))
    [page] = (site.root / "output").glob("2*/*/*/reblog/index.html")
    assert not META.search(page.read_text("utf-8"))


def test_a_saved_page_is_clean(tmp_path):
    saved = tmp_path / "saved.html"
    (tmp_path / "content/posts").mkdir(parents=True)
    conf = tmp_path / "pelicanconf.py"
    conf.write_text((ROOT / "pelicanconf.py").read_text("utf-8").replace('"content"', repr(str(tmp_path / "content"))))
    for number, html in enumerate(HOSTILE):
        saved.write_text(f"<title>Title {number}</title><body><p>Words.</p>{html}", "utf-8")
        text = create(conf, "", "reblog", saved).read_text("utf-8").split("---\n", 2)[2]
        assert not find_dangers(text.strip()), text


def test_pages_have_a_policy_of_at_most_200_bytes_for_hosts_without_headers(golden):
    policies = {}
    for name, data in golden.tree().items():
        if name.endswith(".html"):
            page = data.decode()
            [policy] = META.findall(page)
            policies[name] = policy
            assert page.index("Content-Security-Policy") < page.index("<body")
            assert len(gzip.compress(data, mtime=0)) - len(gzip.compress(META.sub("", page).encode(), mtime=0)) <= 200
    assert all(policy.startswith("default-src 'none'; ") for policy in policies.values())
    assert not any("frame-ancestors" in policy or "unsafe-inline" in policy for policy in policies.values())
    # The digest is that of JSON-LD, which is no script to browsers, but one to the Nu checker.
    rules = {name: re.search("script-src ([^;]*)", policy)[1] for name, policy in policies.items()}
    assert {re.sub(r"'sha256-[\w+/]{43}='", "DIGEST", rule) for rule in rules.values()} == {
        "'none'", "DIGEST", "DIGEST 'self'", "'self' 'wasm-unsafe-eval'"
    }  # fmt: skip
    scripts = {name for name, rule in rules.items() if "'self'" in rule}
    may_have = re.compile("index.html|(books|buy|series|search)/.*")
    assert scripts == {name for name in policies if may_have.fullmatch(name)}
    assert all("connect-src 'self'" in policy for policy in policies.values())


@pytest.mark.parametrize("name", ["index.html", "buy/index.html", "search/index.html", "404.html"])
def test_the_development_server_adapts_the_policy_to_its_script(golden, name):
    page = golden.output(name)
    [before], [after] = META.findall(page), META.findall(inject_livereload(page.encode()).decode())
    rules = dict(rule.split(" ", 1) for rule in after.split("; "))
    assert rules.pop("connect-src") == "'self'"
    assert rules.pop("script-src").startswith("'self'")
    assert not [rule for rule in rules.items() if " ".join(rule) not in before.split("; ")]

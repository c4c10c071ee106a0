"""The bodies of WordPress posts as Markdown: each thing that WordPress has, once."""

import json

import pytest
from authorsite.importing.autop import add_paragraphs
from authorsite.importing.body import convert_body
from authorsite.importing.body_model import FINDING_KINDS, Attachment, OfferedReblog
from authorsite.importing.findings import MESSAGES
from authorsite.reading.markdown import MarkdownRenderer

RENDERER = MarkdownRenderer()
BLOG = "https://ladders.example.com"
MEDIA = {
    7: Attachment(f"{BLOG}/wp-content/uploads/2015/01/rung.jpg", "A rung", "The first one", "rung"),
    8: Attachment(f"{BLOG}/wp-content/uploads/2015/01/step.png"),
}


def render(markdown):
    return RENDERER.render(markdown, "a-post").html


def rewrite(url):
    return url.replace(f"{BLOG}/wp-content/uploads/", "/images/")


def convert(text, **options):
    options = {"base_urls": [BLOG], "attachments": MEDIA, "rewrite_url": rewrite} | options
    body = convert_body(text, render, **options)
    assert body.is_equal, body.markdown
    assert {finding.kind for finding in body.findings} <= FINDING_KINDS.keys()
    return body


def findings(body):
    return [(finding.kind, finding.text, finding.line) for finding in body.findings]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One.\n\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("One.\r\nTwo.", "<p>One.<br />\nTwo.</p>"),
        ("One.<br />\nTwo.", "<p>One.<br />\nTwo.</p>"),
        ("One.<br><br>Two.", "<p>One.</p>\n<p>Two.</p>"),
        ("One\n\n \n\t\nTwo", "<p>One</p>\n<p>Two</p>"),
        ("Text<h2>Heading</h2>Text", "<p>Text</p><h2>Heading</h2><p>Text</p>"),
        ("<ul>\n \t<li>a</li>\n</ul>\n&nbsp;", "<ul>\n<li>a</li>\n</ul><p>&nbsp;</p>"),
        ("<li>a\n\nb</li>", "<li><p>a</p>\n<p>b</p></li>"),
        ("<blockquote>a\n\nb</blockquote>", "<blockquote><p>a</p>\n<p>b</p></blockquote>"),
        ("<div>a</div>", "<div>a</div>"),
        ("<p>a\n\nb</p>", "<p>a</p>\n<p>b</p>"),
        ("<h2>a\nb</h2>", "<h2>a<br />\nb</h2>"),
        ("<pre>a\n\nb</pre>", "<pre>a\n\nb</pre>"),
        ("<script>a\n\nb</script>c", "<script>a\n\nb</script><p>c</p>"),
        ("<pre>never closed\n\nb", "<pre><p>never closed</p>\n<p>b</p>"),
        ('<a\nhref="#b">a</a>', '<p><a\nhref="#b">a</a></p>'),
        ("a <!-- b\n\nc --> d", "<p>a <!-- b\n\nc --> d</p>"),
        ("<!-- a -->\n\nb", "<!-- a -->\n<p>b</p>"),
        ("a\nhttps://example.org/\nb", "<p>a</p>\n<p>https://example.org/</p>\n<p>b</p>"),
        ("<object>\n\n<embed>\n</object>", "<p><object>\n\n<embed>\n</object></p>"),
        ("", ""),
    ],
)
def test_the_classic_editors_paragraphs(text, html):
    assert add_paragraphs(text) == html


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("One.\nTwo.\n\nThree.", "One.  \nTwo.\n\nThree."),
        ("<em>a</em> and <b>b</b>, <i>c</i>", "*a* and **b**, *c*"),
        ("<strong> a </strong>b<em></em><strong>&nbsp;</strong>", "**a** b"),
        ("<em>a</em> <em>b</em>", "*a b*"),
        ("<code>a</code><code>b</code> <code>c</code>", "`ab` `c`"),
        ("<em>a</em>b<strong><i>c</i></strong>", "*a*b***c***"),
        ("<h2>A heading #</h2>", "## A heading \\#"),
        ("<h3><br>A<br>b</h3>", "### A b"),
        ("<blockquote>a\n\nb</blockquote>", "> a\n>\n> b"),
        ("<ul>\n \t<li>a</li>\n \t<li>b\n<ul>\n \t<li>c</li>\n</ul>\n</li>\n</ul>", "- a\n- b\n    - c"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "- a\n    - b"),
        ('<ol start="3"><li>a<li>b</ol>', "3. a\n4. b"),
        ("<ul><li>a</li></ul><ul><li>b</li></ul>", "- a\n\n<!-- -->\n\n- b"),
        ("<ul><li>a\n\nb</li><li>c</li></ul>", "- a\n\n    b\n\n- c"),
        ("<ul><li>a<pre>code  x</pre></li></ul>", "- a\n\n        code  x"),
        ('<a href="https://example.org/a">b</a>', "[b](https://example.org/a)"),
        ('<a title="T &quot;t&quot;" href="https://example.org/(a">b</a>', '[b](<https://example.org/(a> "T “t”")'),
        ('<a href="https://example.org/a">https://example.org/a</a>.', "https://example.org/a."),
        ('<a href="https://example.org/a.">https://example.org/a.</a>', "<https://example.org/a.>"),
        (f'<a href="{BLOG}/2014/01/02/a/?b=1#c">b</a>', "[b](/2014/01/02/a/?b=1#c)"),
        ('<a href="http://www.ladders.example.com">b</a>', "[b](/)"),
        ('<a href="www.example.org">b</a>', "[b](http://www.example.org)"),
        ('<a href="javascript:alert(1)">b</a>', "b"),
        ('<a href="{static}/secret">b</a> <a href="%7Bstatic%7D/secret">c</a>', "b c"),
        ('<a href="mailto:ann@example.org">b</a>', "[b](mailto:ann@example.org)"),
        ('<span style="font-size: 9px;">a</span> <font color="red">b</font>', "a b"),
        ('<span style="text-decoration: underline;">a</span>', "<u>a</u>"),
        ("H<sub>2</sub>O <del>a</del>", "H<sub>2</sub>O <del>a</del>"),
        ('<acronym title="As">a</acronym> <tt>b</tt> <strike>c</strike>', '<abbr title="As">a</abbr> `b` <s>c</s>'),
        ("<code>a `b` &lt;c&gt;</code>", "``a `b` <c>``"),
        ("a<hr />b", "a\n\n* * *\n\nb"),
        ("<dl><dt>a</dt><dd>b</dd><dt>c</dt><dd>d</dd></dl>", "a\n:   b\n\nc\n:   d"),
        ("<table><tr><th>a</th><th>b|c</th></tr><tr><td>1</td><td>2<br>3</td></tr></table>",
         "| a | b\\|c |\n| --- | --- |\n| 1 | 2<br>3 |"),
        ('<table><tr><th align="right">a</th></tr><tr><td style="text-align:right">1</td></tr></table>',
         "| a |\n| ---: |\n| 1 |"),
        ("<pre>a\n\n  b &lt; c</pre>", "```\na\n\n  b < c\n```"),
        ('<pre class="brush: python; notranslate">a</pre>', "```python\na\n```"),
        ("<div>a</div><section><p>b</p></section>", "a\n\nb"),
        ("&nbsp;\n\na\n\n&nbsp;", "a"),
        ("10&nbsp;km&nbsp;away", "10&nbsp;km away"),
        ("<script>alert(1)</script><style>p {}</style>a<!-- b -->", "a"),
        ('<p style="x" class="y" id="z" onclick="alert(1)">a</p>', "a"),
        ('<a href="#part">see</a>\n<h2 id="part">A</h2>', "[see](#part)\n\n## A {#part}"),
        ("<em><p>a</p><p>b</p></em>", "*a*\n\n*b*"),
        ('<a href="https://example.org/"><h2>a</h2></a>', "## [a](https://example.org/)"),
        ("<p dir='ltr'><span lang='EN'>a\u200b</span></p>", "a"),
        ('<img class="emoji" alt="😀" src="https://s.example.com/1f600.png">', "😀"),
    ],
)  # fmt: skip
def test_html_becomes_markdown(text, markdown):
    assert convert(text).markdown == f"{markdown}\n"


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("1. a", "1\\. a"), ("# a", "\\# a"), ("- a", "\\- a"), ("+ a", "\\+ a"), ("&gt; a", "\\> a"),
        (": a", "&#58; a"),
        ("a<br>---", "a  \n\\---"), ("a<br>===", "a  \n&#61;=="), ("~~~", "&#126;~~"), ("*a*", "\\*a\\*"),
        ("_a_ b_c", "\\_a\\_ b_c"), ("`a`", "\\`a\\`"), ("[a](b)", "[a]\\(b)"), ("[a]: b", "\\[a]: b"),
        ("a[^1]", "a\\[^1]"), ("&amp;lt; &lt;b&gt; &lt; 3", "&amp;lt; &lt;b> < 3"),
        ("[TOC]", "\\[TOC]"), ("a {#b}", "a \\{#b}"), ("{% a %}", "\\{% a %}"),
        ("a\\*b \\n", "a\\\\\\*b \\n"), ("2 &lt; 3 &amp; 4", "2 < 3 & 4"),
    ],
)  # fmt: skip
def test_text_that_looks_like_markdown_is_escaped(text, markdown):
    assert convert(f"<p>{text}</p>").markdown == f"{markdown}\n"


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><td>a</td></tr></table>",
        '<table><tr><th colspan="2">a</th></tr><tr><td>b</td><td>c</td></tr></table>',
        "<details><summary>a</summary><p>b</p></details>",
        '<ol type="a"><li>a</li></ol>',
        "<pre>a <em>b</em>\n\nc</pre>",
    ],
)
def test_what_markdown_cannot_say_stays_html(html):
    body = convert(f"<p>a</p>{html}")
    assert body.html_blocks == 1
    assert [(kind, line) for kind, _, line in findings(body)] == [("html", 3)]
    assert body.markdown.split("\n")[2].startswith(html[:4])


def test_a_block_that_is_read_back_otherwise_becomes_html_and_the_others_stay_markdown():
    body = convert_body("One\n\n<em>two</em>\n\nthree", lambda markdown: render(markdown).replace("two", "too"))
    assert not body.is_equal
    assert body.markdown == "One\n\n<p><em>two</em></p>\n\nthree\n"
    assert ("differs", "", 0) in findings(body)


SRC = f"{BLOG}/wp-content/uploads/2015/01/rung-300x200.jpg?w=300"
IMAGE = f'<img class="alignleft size-medium wp-image-7" src="{SRC}" alt="" width="300" />'
RUNG = "![A rung](/images/2015/01/rung.jpg"


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        (IMAGE, f"{RUNG})"),
        (f'<a href="{BLOG}/wp-content/uploads/2015/01/rung.jpg">{IMAGE}</a>', f"{RUNG})"),
        (f'<a rel="attachment wp-att-7" href="{BLOG}/rung/">{IMAGE}</a>', f"{RUNG})"),
        (f'<a href="https://example.org/">{IMAGE}</a>', f"[{RUNG})](https://example.org/)"),
        (f"{IMAGE}Text, and more. {IMAGE}", f"{RUNG})\n\nText, and more.\n\n{RUNG})"),
        (f"[caption id='attachment_7' width='300']{IMAGE} A \"caption\"[/caption]", f'{RUNG} "A “caption”")'),
        (f'[caption width="300" caption="Old one"]{IMAGE}[/caption]', f'{RUNG} "Old one")'),
        (f"<figure>{IMAGE}<figcaption>A caption</figcaption></figure>", f'{RUNG} "A caption")'),
        (f'<div class="wp-caption">{IMAGE}<p class="wp-caption-text">A caption</p></div>', f'{RUNG} "A caption")'),
        (
            f'<dl class="wp-caption"><dt>{IMAGE}</dt><dd class="wp-caption-dd">A caption</dd></dl>',
            f'{RUNG} "A caption")',
        ),
        ('[gallery ids="7,8"]', f'{RUNG} "The first one")\n\n![](/images/2015/01/step.png)'),
        ("[gallery]", "![](/images/2015/01/step.png)"),
        (
            f'<ul class="wp-block-gallery"><li><figure>{IMAGE}</figure></li><li>{IMAGE}</li></ul>',
            f"{RUNG})\n\n{RUNG})",
        ),
        (
            '<img src="https://i0.wp.com/ladders.example.com/wp-content/uploads/a.png?w=5" alt="b">',
            "![b](/images/a.png)",
        ),
        ('<img src="https://stats.example.com/b.gif" width="1" height="1">', ""),
        ("<blockquote>a</blockquote><blockquote>b</blockquote>", "> a\n\n<!-- -->\n\n> b"),
    ],
)
def test_pictures(text, markdown):
    assert convert(text, own_attachments=[8]).markdown.rstrip("\n") == markdown


def test_a_caption_with_a_link_stays_html():
    body = convert(f'[caption]{IMAGE} By <a href="https://example.org/">Ann</a>[/caption]')
    assert body.markdown.startswith('<figure>\n<img alt="A rung" src="/images/2015/01/rung.jpg">\n<figcaption>By <a')
    assert body.attachment_ids == (7,)
    assert body.urls == (f"{BLOG}/wp-content/uploads/2015/01/rung.jpg", "https://example.org/")


def test_a_picture_on_another_host_becomes_a_link():
    body = convert('<img src="https://other.example/a%20b.png" alt=""> <img src="//other.example/c.png" alt="C">')
    assert body.markdown == "[a b.png](https://other.example/a%20b.png) [C](https://other.example/c.png)\n"
    assert [finding.kind for finding in body.findings] == ["external-image"] * 2


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("https://www.youtube.com/watch?v=abc", "https://www.youtube.com/watch?v=abc"),
        ("[youtube https://www.youtube.com/watch?v=abc&amp;w=320]", "https://www.youtube.com/watch?v=abc"),
        ("[youtube=http://youtu.be/abc]", "http://youtu.be/abc"),
        ("[vimeo 123]", "https://vimeo.com/123"),
        ("[embed]https://example.org/a[/embed]", "https://example.org/a"),
        ("[audio https://example.org/a.mp3|autostart=yes]", "https://example.org/a.mp3"),
        ('[video mp4="https://example.org/a.mp4"][/video] b', "https://example.org/a.mp4\n\nb"),
        ("[wpvideo kUJmAcSf w=640]", "https://videopress.com/v/kUJmAcSf"),
        ('<iframe title="A film" src="https://www.youtube.com/embed/abcdefg?rel=0"></iframe>',
         "[A film](https://www.youtube.com/watch?v=abcdefg)"),
        ('<iframe src="//player.vimeo.com/video/12"></iframe>', "https://vimeo.com/12"),
        ('<object><param name="movie" value="x"><embed src="http://www.youtube.com/v/abcdefg&hl=en"></object>',
         "https://www.youtube.com/watch?v=abcdefg"),
        (f'<video src="{BLOG}/wp-content/uploads/a.mp4"></video>', "[a.mp4](/images/a.mp4)"),
        ('<figure class="wp-block-embed"><div>\nhttps://example.org/a\n</div><figcaption>A film</figcaption></figure>',
         "[A film](https://example.org/a)"),
        ('[sourcecode language="python"]\nif a &lt; b:\n\n  [c]\n[/sourcecode]', "```python\nif a < b:\n\n  [c]\n```"),
        ("[code]<b>a</b>[/code]", "```\n<b>a</b>\n```"),
        ("$latex E=mc^2$ and [latex]a_b[/latex]", "`E=mc^2` and `a_b`"),
        ("[[gallery]] and [[caption]a[/caption]]", "\\[gallery] and \\[caption]a\\[/caption]"),
        ("[sic] [1] [...]", "[sic] [1] [...]"),
    ],
)  # fmt: skip
def test_shortcodes_and_films(text, markdown):
    body = convert(text)
    assert body.markdown == f"{markdown}\n"
    assert "shortcode" not in {finding.kind for finding in body.findings}


def test_unknown_shortcodes_stay_and_are_listed_by_line():
    body = convert('a\n\n[contact-form]\n\n[my_code a="b"] [pair]c[/pair]\n\n[contact-form]\n\n[gallery ids="99"]')
    assert findings(body) == [
        ("shortcode", "[contact-form]", 3),
        ("shortcode", '[my_code a="b"]', 5),
        ("shortcode", "[pair]", 5),
        ("shortcode", "[contact-form]", 7),
        ("shortcode", '[gallery ids="99"]', 9),
    ]
    assert "[pair]c[/pair]" in body.markdown


BUTTON = '<a href="/a.pdf" class="wp-block-file__button" download>Get</a>'


def block(name, html, attributes=""):
    return f"<!-- wp:{name} {attributes}-->\n{html}\n<!-- /wp:{name} -->\n\n"


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        (block("paragraph", "<p>a\nb<br>c</p>"), "a\nb  \nc"),
        (block("paragraph", "<p><br>a<br><br>b<br></p>"), "a\n\nb"),
        (block("heading", '<h2 class="wp-block-heading">a</h2>') + "free\n\ntext", "## a\n\nfree\n\ntext"),
        (block("group", f'<div class="wp-block-group">{block("paragraph", "<p>a</p>")}</div>'), "a"),
        (block("spacer", '<div style="height:9px" aria-hidden="true"></div>') + block("separator", "<hr/>"), "* * *"),
        (block("verse", '<pre class="wp-block-verse">a\nb</pre>'), "a  \nb"),
        (block("verse", '<pre class="wp-block-verse">a\n  b</pre>'), "<pre>a\n  b</pre>"),
        (block("syntaxhighlighter/code", "<pre>a</pre>", '{"language":"php"} '), "```php\na\n```"),
        (block("cover", "<div>a</div>", f'{{"url":"{BLOG}/wp-content/uploads/c.jpg"}} '), "![](/images/c.jpg)\n\na"),
        (block("file", f'<div class="wp-block-file"><a href="/a.pdf">A</a>{BUTTON}</div>'), "[A](/a.pdf)"),
        (block("file", f'<div class="wp-block-file">{BUTTON}</div>'), "[Get](/a.pdf)"),
        (block("math", "<math><mi>x</mi><annotation encoding='application/x-tex'>x^2</annotation></math>"), "`x^2`"),
        (block("video", f'<figure><video src="{BLOG}/a.mov"></video><figcaption>b</figcaption></figure>'),
         "[b](/a.mov)"),
        (block("more", "<!--more-->"), "<!-- more -->"),
        ('<!-- wp:block {"ref":5} /-->', "again"),
        (block("pullquote", "<figure><blockquote><p>a</p><cite>b<br></cite></blockquote></figure>"),
         "> a\n>\n> <cite>b</cite>"),
        (block("html", "<p>a</p>"), "a"),
    ],
)  # fmt: skip
def test_blocks(text, markdown):
    assert convert(text, reusable_blocks={5: "<p>again</p>"}).markdown == f"{markdown}\n"


def test_blocks_that_wordpress_fills_and_page_breaks_are_left_out_and_reported():
    body = convert('a<!--nextpage-->b\n\n<!-- wp:latest-posts {"a":1} /-->')
    assert body.markdown == "a\n\nb\n"
    assert findings(body) == [("block", "latest-posts", 0), ("page-break", "<!--nextpage-->", 0)]


def test_scripts_and_forms_are_left_out_and_reported():
    body = convert("a<script>b</script><form><input> c</form><SCRIPT>d</SCRIPT>")
    assert body.markdown == "a\n\nc\n"
    assert findings(body) == [("left-out", f"<{name}>", 0) for name in ("script", "form", "input")]


def test_reusable_blocks_that_contain_themselves_end():
    body = convert('<!-- wp:block {"ref":1} /-->', reusable_blocks={1: '<p>a</p><!-- wp:block {"ref":1} /-->'})
    assert body.markdown == "a\n"


def test_the_excerpt_is_the_text_above_the_more_mark():
    body = convert("One.\n\n<blockquote>Two.<!--more Read on-->\n\nThree.</blockquote>\n\n<!--more-->\n\nFour.")
    assert body.markdown == "One.\n\n> Two.\n>\n> Three.\n\n<!-- more -->\n\nFour.\n"
    assert body.excerpt == "One.\n\n> Two.\n>\n> Three.\n\n"
    assert not convert("One.").excerpt


def test_footnotes_of_the_block_editor():
    mark = '<sup data-fn="{0}" class="fn"><a href="#{0}" id="{0}-link">{1}</a></sup>'
    text = block("paragraph", f"<p>a{mark.format('x', 1)} b{mark.format('y', 2)}</p>") + "<!-- wp:footnotes /-->"
    notes = json.dumps([{"id": "y", "content": "Second"}, {"id": "x", "content": "<em>First</em>"}, {"id": "z"}])
    assert convert(text, footnotes=notes).markdown == "a[^1] b[^2]\n\n[^1]: *First*\n[^2]: Second\n"
    assert convert("a", footnotes="{no json").markdown == "a\n"


def test_footnotes_of_wordpress_coms_markdown():
    text = (
        '<p>a<sup id="fnref-1-1"><a href="#fn-1-1" class="jetpack-footnote">1</a></sup></p>\n<div class="footnotes">'
        '<hr><ol><li id="fn-1-1">Note. <a href="#fnref-1-1">&#8617;</a></li></ol></div>'
    )
    assert convert(text).markdown == "a[^1]\n\n[^1]: Note.\n"


def test_a_quotation_that_cites_a_link_is_offered_as_reblog():
    cite = '<cite><a href="https://other.example/a">A post</a></cite>'
    quote = f'<blockquote class="wp-block-quote"><p>One two.</p>{cite}</blockquote>'
    body = convert("<p>Note</p>" + block("quote", quote) + block("quote", quote.replace("wp-block-", "")))
    assert body.offered_reblogs == (OfferedReblog("https://other.example/a", "A post", 2, 3),)
    assert body.markdown.split("\n")[2] == "> One two."


LIST = "<ol>\n \t<li>Ann, <em>A</em></li>\n \t<li>Bob https://example.org/b</li>\n</ol>\n"


@pytest.mark.parametrize(
    "text",
    [
        f"Two say so [1, 2].\n{LIST}&nbsp;",
        f"Two say so [1,2].\n\n<strong>References:</strong>\n\n{LIST}",
        "Two say so [1; 2].\n\n1. Ann, <em>A</em>\n\n2. Bob https://example.org/b\n\n&nbsp;",
        "Two say so [1, 2].\n\n[1] Ann, <em>A</em>\n[2] Bob https://example.org/b",
        "Two say so [1-2].\n\n<p>(1) Ann, <em>A</em></p>\n<p>(2) Bob https://example.org/b</p>",
        f'Two say so <a href="#_ftn1" name="_ftnref1">[1]</a>, <a href="#_ftn2">[2]</a>.\n{LIST}',
    ],
)
def test_numbered_references_are_linked_both_ways(text):
    body = convert(text)
    assert body.references == 2
    assert body.markdown.endswith("\n\n1. Ann, *A*\n2. Bob https://example.org/b\n")
    html = render(body.markdown)
    assert all(f'href="#source-a-post-{n}"' in html and f'href="#cite-a-post-{n}-1"' in html for n in (1, 2))
    assert ("## References" in body.markdown) == ("References" in text)


@pytest.mark.parametrize(
    ("text", "unmatched"),
    [
        (f"Three say so [1, 3].\n{LIST}", ["[3]"]),
        (f"Nobody says so.\n{LIST}", []),
        ("Two [1, 2].\n\n1. Ann\n\n3. Bob", []),
    ],
)
def test_numbers_without_an_entry_stay_text(text, unmatched):
    body = convert(text)
    assert not body.references
    assert [finding.text for finding in body.findings if finding.kind == "reference"] == unmatched
    assert "citation" not in render(body.markdown)


def test_end_tags_may_be_left_out():
    body = convert("<table><tr><th>a" + "<tr><td>b" * 150 + "</table><ul>" + "<li>c" * 150 + "</ul>")
    assert body.markdown.count("| b |") == body.markdown.count("- c") == 150


def test_text_that_is_too_deeply_nested_is_kept_as_text():
    body = convert("<div>" * 500 + "<p>a &lt;b&gt;</p><p>c</p>")
    assert body.markdown == "a &lt;b>\n\nc\n"
    assert findings(body) == [("too-complex", "", 0)]


def test_every_kind_of_finding_has_a_message():
    assert MESSAGES.keys() == FINDING_KINDS.keys()

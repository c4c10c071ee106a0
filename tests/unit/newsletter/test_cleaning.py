import pytest
from authorsite.newsletter.cleaning import clean_for_email

URL, SITE = "https://ann.example/blog/a/", "https://ann.example"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<img src="/a.jpg" width="1136" height="800" alt="A">',
         '<img src="{}/a.jpg" width="568" height="400" alt="A">'),
        ('<img src="b.jpg" width="90%" height="5">', '<img src="{}/blog/a/b.jpg" alt="">'),
        ('<picture><source srcset="/x.webp"><img src="/x.jpg" srcset="/y.jpg 2x" width="9"></picture>',
         '<img src="{}/x.jpg" width="9" alt="">'),
        ('<img src="/a.SVG?x" alt="Two &lt;rungs&gt;">', '<a href="{}/a.SVG?x">Two &lt;rungs&gt;</a>'),
        ('<img src="https://other.example/p.gif">', '<a href="https://other.example/p.gif">https://other.example/p.gif</a>'),
        ('<img src="https://ann.example.evil.example/p.gif" alt="x">',
         '<a href="https://ann.example.evil.example/p.gif">x</a>'),
        ('<a href="/b"><img src="https://other.example/p.gif" alt="A"> b</a>', '<a href="{}/b">A b</a>'),
        ('<img src="data:image/png;base64,AAAA" alt="A">', "A"),
        ('<video src="/f.mp4"><source src="/f.webm">No</video>', '<p><a href="{}/blog/a/">Play it</a></p>'),
        ('<p>a<audio controls src="/a.mp3"></audio>b</p>', '<p>a</p><p><a href="{}/blog/a/">Play it</a></p>b<p></p>'),
        ("<script>x</script><style>x</style><form><input>x</form><object>x</object>b", "b"),
        ('<iframe src="/f"></iframe>', '<a href="{}/f">{}/f</a>'),
        ('<p style="color: red" class="c" id="i" onclick="x()">a</p>', "<p>a</p>"),
        ('<a href="javascript:x()">a</a>', "<a>a</a>"),
        ('a<sup id="f"><a class="footnote-ref" href="#fn">1</a></sup> <a class="footnote-backref" href="#f">↩</a>',
         "a<sup>1</sup>"),
        ('<code><span class="k">if</span> <span lang="de">x</span></code>', '<code>if <span lang="de">x</span></code>'),
        ('<table><tr><td colspan="2">a</table>', '<table><tbody><tr><td colspan="2">a</td></tr></tbody></table>'),
    ],
)  # fmt: skip
def test_html_is_reduced_to_what_mail_clients_show(html, expected):
    assert clean_for_email(html, URL, SITE, "Play it") == expected.replace("{}", SITE)

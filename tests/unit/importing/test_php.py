"""PHP's serialized data, with the damage that XML and exports do to it."""

import pytest
from authorsite.importing import php
from authorsite.importing.php import InvalidPhp, unserialize
from authorsite.importing.reblogs import parse_reblog
from authorsite.importing.wxr_model import RawItem


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("N;", None),
        ("b:1;", True),
        ("i:-7;", -7),
        ("d:0.5;", 0.5),
        ('s:3:"ä!";', "ä!"),
        ('s:0:"";', ""),
        ('a:2:{i:0;s:1:"a";s:1:"k";a:0:{}}', {0: "a", "k": {}}),
        ('O:8:"stdClass":1:{s:5:"title";s:1:"T";}', {"title": "T"}),
        # Lengths count bytes and CR LF as two; XML has made LF of it.
        ('s:4:"a\nb";', "a\nb"),
        ('a:2:{i:0;s:6:"a\n\nb";i:1;s:1:"x";}', {0: "a\n\nb", 1: "x"}),
        # What looks like the end of the string is in it.
        ('s:14:"a";s:3:"x";b\n";', 'a";s:3:"x";b\n'),
        # A damaged byte is a replacement character of three now; a control character is gone.
        ('a:1:{i:0;s:3:"a�b";}', {0: "a�b"}),
        ('a:1:{i:0;s:4:"ab";}', {0: "ab"}),
    ],
)
def test_values_are_read(text, value):
    assert unserialize(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "i:1",
        "i:x;",
        's:3:"abc',
        "a:1:{i:0;}",
        "a:2:{i:0;i:1;}",
        "i:1;i:2;",
        "a:1:{N;i:1;}",
        'C:1:"x":0:{}',
        "a:9:{" * 30,
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(InvalidPhp):
        unserialize(text)


def test_too_many_values_are_refused(monkeypatch):
    monkeypatch.setattr(php, "MAX_VALUES", 10)
    with pytest.raises(InvalidPhp):
        unserialize("a:20:{" + "".join(f"i:{n};N;" for n in range(20)) + "}")


def make_reblog(**fields):
    pairs = "".join(f's:{len(k)}:"{k}";s:{len(v.encode())}:"{v}";' for k, v in fields.items())
    meta = [("is_reblog", "1"), ("reblog_snapshot", f'O:8:"stdClass":{len(fields)}:{{{pairs}}}')]
    return RawItem(meta=meta)


def test_a_reblog_keeps_the_opening_and_the_length_of_the_original():
    raw = make_reblog(
        title="A &amp; <b>B</b>", permalink="https://www.ann.example/x/", content="<p>one two three four</p>"
    )
    reblog = parse_reblog(raw, 2)
    assert (reblog.title, reblog.site, reblog.words, reblog.html) == ("A & B", "ann.example", 4, "<p>one two</p>")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "/x", ""])
def test_a_reblog_without_a_web_address_is_reported(url):
    assert "cannot be read" in parse_reblog(make_reblog(title="T", permalink=url, content="x"), 9)


def test_other_posts_are_no_reblogs():
    assert parse_reblog(RawItem(meta=[("is_reblog", "0")]), 9) is None

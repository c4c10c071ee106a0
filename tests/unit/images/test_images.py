"""Images looked at, cleaned, made; hostile ones refused with a word."""

import itertools
import re
import struct
import zlib
from dataclasses import replace
from io import BytesIO

import pytest
from authorsite.images import social_cards
from authorsite.images.encoding import cleaned, make, upright
from authorsite.images.html_images import Place, with_pictures
from authorsite.images.inspection import ImageFault, look
from authorsite.images.metadata import without_metadata
from authorsite.images.picture import Picture, Source, clean, derivatives, sources
from authorsite.images.social_cards import Card, draw, drawable
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

SECRET = b"51.5074N"


def turned(turn=6):
    exif = Image.Exif()
    exif[0x0112] = turn
    return exif


def picture(kind, size=(40, 20), turn=1, mode="RGB"):
    """An image file with secrets in its metadata."""
    image = Image.new(mode, size, "#336699" if mode != "P" else 3)
    exif = turned(turn)
    exif[0x010E] = SECRET.decode()
    options = {"exif": exif}
    if kind == "png":
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", SECRET.decode())
        text.add_itxt("XML:com.adobe.xmp", SECRET.decode(), zip=False)
        options["pnginfo"] = text
    if kind == "jpeg":
        options |= {"comment": SECRET, "progressive": True}
    if kind == "webp":
        options |= {"xmp": SECRET}
    if kind == "gif":
        options = {"comment": SECRET}
    out = BytesIO()
    image.save(out, kind.upper(), **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "gif"])
def test_metadata_goes_and_every_pixel_stays(tmp_path, kind):
    data = picture(kind)
    path = tmp_path / f"a.{kind}"
    path.write_bytes(data)
    file = look(path)
    kept = cleaned(file)
    assert file.private
    assert SECRET in data
    assert SECRET not in kept
    with Image.open(BytesIO(data)) as before, Image.open(BytesIO(kept)) as after:
        assert not dict(after.getexif())
        assert before.convert("RGB").tobytes() == after.convert("RGB").tobytes()
    path.write_bytes(kept)
    assert not look(path).private


def test_what_a_phone_hangs_behind_a_photograph_goes_too():
    kept = without_metadata(picture("jpeg") + b"second picture " + SECRET, "jpeg")
    assert kept.endswith(b"\xff\xd9")
    assert SECRET not in kept


def test_colour_profiles_stay():
    out = BytesIO()
    Image.new("RGB", (4, 4)).save(out, "JPEG", icc_profile=b"profile", exif=b"Exif\0\0" + SECRET)
    with Image.open(BytesIO(without_metadata(out.getvalue(), "jpeg"))) as image:
        assert image.info["icc_profile"] == b"profile"


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_a_file_cut_anywhere_is_damaged_or_whole_but_never_a_crash(kind):
    data = picture(kind)
    for end in range(20, len(data), 7):
        try:
            without_metadata(data[:end], kind)
        except ValueError:
            continue


@pytest.mark.parametrize(("turn", "size"), [(1, (40, 20)), (3, (40, 20)), (6, (20, 40)), (8, (20, 40))])
def test_a_photograph_is_shown_and_published_upright(tmp_path, turn, size):
    path = tmp_path / "a.jpg"
    path.write_bytes(picture("jpeg", turn=turn))
    file = look(path)
    assert (file.width, file.height) == size
    assert upright(file).size == size
    with Image.open(BytesIO(cleaned(file))) as image:
        assert image.size == size
        assert not dict(image.getexif())


def png_of(width, height):
    """A file of a hundred bytes that says it is a huge picture."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"0")) + chunk(b"IEND", b"")


FAULTS = {
    "text.png": (b"not an image", "cannot be read as an image"),
    "empty.jpg": (b"", "cannot be read as an image"),
    "wrong.png": (picture("jpeg"), "wrong.png holds a JPEG image"),
    "camera.heic": (b"\0", "no image that browsers show"),
    "bomb.png": (png_of(30000, 30000), "too many pixels"),
    "large.png": (png_of(9000, 8000), "9000 × 8000 pixels"),
    "cut.jpg": (picture("jpeg", (400, 300))[:-40], "cut.jpg is damaged"),
    "cut.png": (picture("png")[:-40], "cut.png is damaged"),
    "page.svg": (b"<html>", "holds no SVG image"),
    "sizeless.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "does not say how large"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_an_image_that_cannot_be_shown_is_a_fault_with_a_hint(tmp_path, name):
    data, message = FAULTS[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ImageFault, match=message) as fault:
        look(tmp_path / name)
    assert fault.value.hint


@pytest.mark.parametrize(
    "head",
    [
        '<svg width="30" height="20"/>',
        '<svg viewBox="0 0 30 20"/>',
        "<!-- of ours --><svg width='30px' height='20px' id='a'><!-- and --><a href='https://example.org'/></svg>",
        '<svg width="100%" height="2em" viewBox="0,0 30,20" xmlns="http://www.w3.org/2000/svg"/>',
        '<svg width="30" height="20" fill="url(#a)"><use href="#b"/><image href="data:image/png;base64,AA"/></svg>',
    ],
)
def test_a_drawing_has_a_size(tmp_path, head):
    (tmp_path / "a.svg").write_text(head)
    assert (look(tmp_path / "a.svg").width, look(tmp_path / "a.svg").height) == (30, 20)


SVG = '<svg width="9" height="9" xmlns:x="http://www.w3.org/1999/xlink">{}</svg>'


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        ("<script>alert(1)</script>", "holds a script"),
        ('<s:script xmlns:s="http://www.w3.org/2000/svg"/>', "holds a script"),
        ('<g ONLOAD="alert(1)"/>', "holds a script"),
        ('<a x:href="java&#10;script:alert(1)"/>', "holds a script"),
        ('<set attributeName="href" to="javascript:alert(1)"/>', "holds a script"),
        ('<image x:href="https://elsewhere.example/a.png"/>', "loads https://elsewhere.example/a.png"),
        ('<image href="//elsewhere.example/a.png"/>', "loads //elsewhere.example/a.png"),
        ("<style>@import 'https://elsewhere.example/a.css';</style>", "loads https://elsewhere.example/a.css"),
        ('<g style="fill: url( https://elsewhere.example/#a)"/>', "loads https://elsewhere.example/#a"),
        ("<g>", "holds no SVG image"),
    ],
)
def test_a_drawing_that_runs_or_loads_something_is_refused(tmp_path, inside, message):
    (tmp_path / "a.svg").write_text(SVG.format(inside))
    with pytest.raises(ImageFault, match=re.escape(message)):
        look(tmp_path / "a.svg")


def test_a_drawing_that_swells_is_refused(tmp_path):
    names = "abcdefghijk"
    entities = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in itertools.pairwise(names))
    (tmp_path / "a.svg").write_text(f'<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">{entities}]>' + SVG.format("&k;"))
    with pytest.raises(ImageFault, match="holds no SVG image"):
        look(tmp_path / "a.svg")


def test_a_photograph_with_a_second_one_behind_it_is_the_first(tmp_path):
    first, second = (Image.effect_noise(size, 50).convert("RGB") for size in ((400, 300), (90, 60)))
    first.save(tmp_path / "phone.jpg", "MPO", save_all=True, append_images=[second])
    file = look(tmp_path / "phone.jpg")
    assert (file.kind, file.width, file.moving, file.private) == ("jpeg", 400, False, True)
    with Image.open(BytesIO(cleaned(file))) as image:
        assert image.format == "JPEG"


def test_sixteen_bits_of_gray_keep_their_shades(tmp_path):
    image = Image.new("I;16", (256, 1))
    for x in range(256):
        image.putpixel((x, 0), x * 257)
    image.save(tmp_path / "a.png")
    shades = [upright(look(tmp_path / "a.png")).getpixel((x, 0))[0] for x in range(256)]
    assert max(abs(shade - x) for x, shade in enumerate(shades)) <= 1


@pytest.mark.parametrize(
    "profile", [None, b"damaged", ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()]
)
@pytest.mark.parametrize("mode", ["RGB", "CMYK", "L"])
def test_print_colours_and_profiles_make_no_difference_to_the_eye(tmp_path, mode, profile):
    Image.new("RGB", (20, 20), "#808080").convert(mode).save(tmp_path / "a.jpg", icc_profile=profile)
    image = upright(look(tmp_path / "a.jpg"))
    assert image.mode == "RGB"
    assert all(abs(shade - 128) < 6 for shade in image.getpixel((5, 5)))


@pytest.mark.parametrize("kind", ["gif", "webp", "png"])
def test_what_moves_is_shown_as_it_is_even_if_it_says_how_to_turn(tmp_path, kind):
    frames = [Image.effect_noise((30, 20), 50).convert("RGB") for _ in range(3)]
    exif = {} if kind == "gif" else {"exif": turned()}
    frames[0].save(tmp_path / f"a.{kind}", save_all=True, append_images=frames[1:], **exif)
    file = look(tmp_path / f"a.{kind}")
    assert (file.moving, file.width, derivatives(file, avif=True)) == (True, 30, None)
    with Image.open(BytesIO(cleaned(file) if file.private else (tmp_path / f"a.{kind}").read_bytes())) as image:
        assert image.n_frames == 3
        assert not dict(image.getexif())


def photograph(path, size):
    Image.effect_noise(size, 60).convert("RGB").save(path, quality=90)
    return look(path)


def test_pictures_are_made_in_sizes_never_larger_than_they_are(tmp_path):
    file = photograph(tmp_path / "Öl & Wasser.jpg", (800, 400))
    fallback, others = derivatives(file, avif=False)
    assert [(d.width, d.height, d.format) for d in others] == [
        (360, 180, "webp"),
        (720, 360, "webp"),
        (800, 400, "webp"),
    ]
    assert fallback.width == 800
    assert make((tmp_path, file, others)) == ""
    for derived in others:
        with Image.open(tmp_path / derived.name) as made:
            assert (made.size, made.format) == ((derived.width, derived.height), "WEBP")
    assert sources(others, "/folder")[0].srcset.startswith("/folder/images/sized/l-wasser-360.")


def test_a_drawing_is_kept_without_loss_only_where_that_takes_fewer_bytes(tmp_path):
    drawn = ImageDraw.Draw(image := Image.new("RGB", (800, 800), "white"))
    for n in range(0, 1600, 5):
        x, y = 37 * n % 800, 91 * n % 700
        drawn.ellipse((x, y, x + 90, y + 130), fill=(n % 256, (3 * n) % 256, 90), outline="black")
    image.quantize(32, dither=Image.Dither.NONE).save(tmp_path / "a.png")
    file = look(tmp_path / "a.png")
    _, others = derivatives(file, avif=False)
    make((tmp_path, file, others))
    assert file.plain
    made = {d.width: (tmp_path / d.name).read_bytes() for d in others}
    assert made[800][12:16] == b"VP8L"
    assert made[360][12:16] == b"VP8 "


def test_a_very_wide_picture_has_a_smaller_fallback(tmp_path):
    fallback, others = derivatives(photograph(tmp_path / "a.jpg", (2000, 100)), avif=True)
    assert (fallback.width, fallback.height, fallback.format) == (1600, 80, "jpeg")
    assert {d.format for d in others} == {"avif", "webp"}
    assert max(d.width for d in others) == 1440


@pytest.mark.parametrize("profile", [None, ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()])
def test_no_made_file_tells_what_the_image_told(tmp_path, profile):
    told = {"comment": SECRET, "exif": b"Exif\0\0" + SECRET, "xmp": SECRET, "icc_profile": profile}
    Image.effect_noise((1700, 50), 60).convert("RGB").save(tmp_path / "a.jpg", **told)
    file = look(tmp_path / "a.jpg")
    fallback, others = derivatives(file, avif=True)
    assert make((tmp_path, file, (fallback, *others, clean(file)))) == ""
    for made in (fallback, *others, clean(file)):
        data = (tmp_path / made.name).read_bytes()
        assert SECRET not in data, made
        with Image.open(BytesIO(data)) as image:
            assert image.info.get("icc_profile") in ({None, profile} if made.clean else {None})


def test_made_files_are_the_same_each_time(tmp_path):
    file = photograph(tmp_path / "a.jpg", (500, 200))
    _, others = derivatives(file, avif=True)
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        make((tmp_path / folder, file, others))
    assert len(others) == 4
    for derived in others:
        assert (tmp_path / "one" / derived.name).read_bytes() == (tmp_path / "two" / derived.name).read_bytes()


def test_another_image_under_the_same_name_gets_other_addresses(tmp_path):
    one, other = ({d.name for d in derivatives(photograph(tmp_path / "a.png", (90, 60)), avif=True)[1]} for _ in "ab")
    assert not one & other


def test_a_speck_is_shown_as_it_is_and_a_ribbon_has_a_height(tmp_path):
    Image.new("RGB", (1, 1)).save(tmp_path / "a.png")
    assert derivatives(look(tmp_path / "a.png"), avif=True) is None
    ribbon = photograph(tmp_path / "b.jpg", (12_000, 40))
    fallback, others = derivatives(ribbon, avif=False)
    assert (fallback.width, {d.height for d in others}) == (1600, {1, 2, 4, 5})
    assert make((tmp_path, ribbon, others)) == ""


PLACE = Place("posts", "https://example.org/folder", "/folder")


@pytest.mark.parametrize(
    ("src", "path"),
    [
        ("../images/a.png", "images/a.png"),
        ("a%20b.png", "posts/a b.png"),
        ("/images/a.png", "images/a.png"),
        ("/folder/images/a.png", "images/a.png"),
        ("https://example.org/folder/images/a.png?x=1#y", "images/a.png"),
        ("{static}/images/a.png", "images/a.png"),
        ("{static}../images/a.png", "images/a.png"),
        ("|attach|a.png", "posts/a.png"),
        ("../../secret.png", None),
        ("https://elsewhere.example/a.png", None),
        ("//elsewhere.example/a.png", None),
        ("http://example.org/a", None),
        ("http://[/a", None),
        ("data:image/png;base64,AA", None),
        ("", "posts"),
    ],
)
def test_an_address_names_a_file_below_content(src, path):
    assert PLACE.path_of(src) == path


SHOWN = Picture("/i.jpg", "https://example.org/i.jpg", 40, 20, "x", (Source("image/webp", "/i.webp 40w"),), "100vw")


def known(src, alt):  # noqa: ARG001 - as the finder is called
    return None if src == "unknown" else SHOWN


def shown(html, report=None, **options):
    return with_pictures(html, known, report or pytest.fail, "https://example.org", **options)


PICTURE = (
    '<picture><source type="image/webp" srcset="/i.webp 40w" sizes="100vw">'
    '<img src="/i.jpg" alt="a &quot;b&quot;" width="40" height="20"{}></picture>'
)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>no picture</p>", "<p>no picture</p>"),
        ('<p><img src="a" alt="a &quot;b&quot;"></p>', f"<p>{PICTURE.format('')}</p>"),
        (
            '<p><img src="a" alt="a &quot;b&quot;" title="c &amp; d"></p>',
            f"<figure>{PICTURE.format('')}<figcaption>c &amp; d</figcaption></figure>",
        ),
        (
            '<p>x <img src="a" alt="a &quot;b&quot;" title="t"></p>',
            "<p>x " + PICTURE.format("").replace(" width", ' title="t" width') + "</p>",
        ),
        (
            '<img src="unknown" alt=""><img src="a" alt="a &quot;b&quot;">',
            '<img src="unknown" alt="">' + PICTURE.format(' loading="lazy"'),
        ),
        ('<picture><img src="a" alt=""></picture>', '<picture><img src="a" alt=""></picture>'),
    ],
)
def test_pictures_in_a_text_get_their_sizes_and_captions(html, expected):
    assert shown(html) == expected


def test_no_picture_is_loaded_at_once_below_one_that_is():
    assert 'loading="lazy"' in shown('<img src="a" alt="">', first_at_once=False)


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ('<img src="https://far.example/a" alt="x">', ["the image https://far.example/a is on another host"]),
        ('<img src="//far.example/a" alt="x">', ["the image //far.example/a is on another host"]),
        ('<img src="a" srcset="a 1x, https://far.example/b 2x" alt="">', ["the image https://far.example/b is"]),
        ('<picture><source srcset="https://far.example/b"></picture>', ["the <source> https://far.example/b is"]),
        ("<video poster='HTTPS://far.example/b'></video>", ["the <video> HTTPS://far.example/b is on another host"]),
        ('<iframe src="https://far.example/"></iframe>', ["the <iframe> https://far.example/ is on another host"]),
        ('<link rel="stylesheet" href="//far.example/b">', ["the <link> //far.example/b is on another host"]),
        ('<object data="https://far.example/b"></object>', ["the <object> https://far.example/b is on another host"]),
        ('<p style="background:url(https://far.example/b)">', ["the <p> https://far.example/b is on another host"]),
        ('<style>@import "https://far.example/b";</style>', ["the <style> https://far.example/b is on another host"]),
        ('<svg><use href="https://far.example/b#c"/></svg>', ["the <use> https://far.example/b#c is on another host"]),
        ('<img src="a">', ["an image has no alt text"]),
        ('<a href="https://far.example/">x</a><blockquote cite="https://far.example/">y</blockquote>', []),
        ('<iframe src="https://example.org/film/"></iframe><img src="data:image/png;base64,//AA" alt="">', []),
        ("<p>https://far.example/ <code>src=https://far.example/</code></p>", []),
        ('<p title="see url(b), https://far.example/">', []),
    ],
)
def test_what_would_be_asked_of_another_host_is_told(html, told):
    said = []
    shown(html, report=lambda *given: said.append(given))
    assert [message[: len(wanted)] for (_, message, _), wanted in zip(said, told, strict=True)] == told
    assert all(written and hint for written, _, hint in said)


CARD = Card("a-post", "Ladders & what they lead to", "Notes", "Ann Author", "#ffffff", "#000000", "#cc0000")


def pixels(card, beside=None):
    with Image.open(BytesIO(draw(card, beside))) as image:
        return image.convert("RGB")


def test_a_card_has_the_size_that_other_sites_want_and_the_same_bytes_each_time():
    data = draw(CARD)
    for kept in (
        social_cards._ground,
        social_cards._palette,
        social_cards._long,
        social_cards._font,
        social_cards._has,
    ):
        kept.cache_clear()
    assert data == draw(CARD)
    assert len(data) < 12_000
    image = pixels(CARD)
    assert image.size == (1200, 630)
    assert {(255, 255, 255), (0, 0, 0), (204, 0, 0)} <= {colour for _, colour in image.getcolors()}


@pytest.mark.parametrize("title", ["x" * 400, "word " * 300, "漢字", "é" * 9, "", "\u0301", "👍🏽", "<b>&amp;</b>"])
def test_any_title_gives_a_card(title):
    assert pixels(Card("s", title, title, title, "#ffffff", "#000000", "#cc0000")).size == (1200, 630)


@pytest.mark.parametrize(
    ("title", "drawn"),
    [
        ("Łódź – “café”", "Lo\u0301dz\u0301 - “cafe\u0301”"),
        ("Hello 👍🏽 world ☕️", "Hello world"),
        ("Ladder 漢字", ""),
        ("שלום", ""),
        ("Привет", ""),
        ("👍🏽", ""),
    ],
)
def test_accents_are_drawn_signs_left_out_and_a_title_in_foreign_letters_left_out_whole(title, drawn):
    assert drawable(title) == drawn


def test_accents_can_be_seen_and_take_the_place_of_a_dot():
    shown = {title: pixels(replace(CARD, title=title)).tobytes() for title in ("e", "é", "i", "ï", "a", "å", "ä")}
    assert len(set(shown.values())) == len(shown)


def test_the_site_speaks_for_a_title_in_foreign_letters():
    assert pixels(replace(CARD, title="漢字")) == pixels(replace(CARD, title="Ann Author", site=""))


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_picture_stands_beside_the_words_whole_and_upright(tmp_path, mode):
    path = tmp_path / "a.jpg"
    path.write_bytes(picture("jpeg", size=(900, 600), turn=6))
    card = replace(CARD, picture=look(path))
    assert card.name.endswith(".jpg")
    assert card.name != replace(CARD, picture=replace(card.picture, digest="other")).name
    image = pixels(card, upright(card.picture).convert(mode))
    blue = [
        xy
        for xy in ((x, y) for x in range(700, 1200, 4) for y in range(20, 630, 4))
        if image.getpixel(xy)[2] > 120 and image.getpixel(xy)[0] < 80
    ]
    wide, high = (max(place) - min(place) for place in zip(*blue, strict=True))
    assert abs(wide / high - 600 / 900) < 0.05

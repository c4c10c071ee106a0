"""Inspecting, stripping, resizing and rendering of images; rejection of unusable ones."""

import itertools
import re
import struct
import unicodedata
import zlib
from dataclasses import replace
from io import BytesIO

import pytest
from authorsite.images import card_text, social_cards
from authorsite.images.card_text import SANS, SERIF, load_font, order_line, prepare_text, wrap
from authorsite.images.encoding import encode_stripped, load_oriented, run_job
from authorsite.images.html_images import ImageResolver, make_responsive
from authorsite.images.icons import Icons, render_icons
from authorsite.images.inspection import ImageError, inspect_image
from authorsite.images.metadata import strip_metadata
from authorsite.images.picture import Picture, PictureSource, make_srcset_sources, make_stripped_variant, plan_variants
from authorsite.images.social_cards import SocialCard, render_card
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

SECRET = b"51.5074N"


def exif_with(orientation=6):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def image_file(kind, size=(40, 20), orientation=1, mode="RGB"):
    """Return an image file with secrets in its metadata."""
    image = Image.new(mode, size, "#336699" if mode != "P" else 3)
    exif = exif_with(orientation)
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
        options |= {"xmp": SECRET + b"."}  # an odd number of bytes is padded
    if kind == "gif":
        options = {"comment": SECRET}
    out = BytesIO()
    image.save(out, kind.upper(), **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "gif"])
def test_metadata_is_stripped_and_pixels_stay(tmp_path, kind):
    data = image_file(kind)
    path = tmp_path / f"a.{kind}"
    path.write_bytes(data)
    file = inspect_image(path)
    stripped = encode_stripped(file)
    assert file.has_metadata
    assert SECRET in data
    assert SECRET not in stripped
    with Image.open(BytesIO(data)) as before, Image.open(BytesIO(stripped)) as after:
        assert not dict(after.getexif())
        assert before.convert("RGB").tobytes() == after.convert("RGB").tobytes()
    path.write_bytes(stripped)
    assert not inspect_image(path).has_metadata


def test_data_after_the_end_of_a_jpeg_is_stripped():
    stripped = strip_metadata(image_file("jpeg") + b"second picture " + SECRET, "jpeg")
    assert stripped.endswith(b"\xff\xd9")
    assert SECRET not in stripped


def test_color_profiles_stay():
    out = BytesIO()
    Image.new("RGB", (4, 4)).save(out, "JPEG", icc_profile=b"profile", exif=b"Exif\0\0" + SECRET)
    with Image.open(BytesIO(strip_metadata(out.getvalue(), "jpeg"))) as image:
        assert image.info["icc_profile"] == b"profile"


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "gif"])
def test_stripping_a_truncated_file_raises_only_value_error(kind):
    data = image_file(kind)
    for end in range(20, len(data), 7):
        try:
            strip_metadata(data[:end], kind)
        except ValueError:
            continue


@pytest.mark.parametrize(
    ("orientation", "size"), [(1, (40, 20)), (3, (40, 20)), (5, (20, 40)), (6, (20, 40)), (8, (20, 40)), (9, (40, 20))]
)
def test_exif_orientation_is_applied(tmp_path, orientation, size):
    path = tmp_path / "a.jpg"
    path.write_bytes(image_file("jpeg", orientation=orientation))
    file = inspect_image(path)
    assert (file.width, file.height) == size
    assert load_oriented(file).size == size
    with Image.open(BytesIO(encode_stripped(file))) as image:
        assert image.size == size
        assert not dict(image.getexif())


def tiny_png_claiming(width, height):
    """Return a PNG file of a hundred bytes whose header gives the size."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"0")) + chunk(b"IEND", b"")


UNUSABLE = {
    "text.png": (b"not an image", "cannot be read as an image"),
    "empty.jpg": (b"", "cannot be read as an image"),
    "wrong.png": (image_file("jpeg"), "wrong.png is a JPEG image"),
    "camera.heic": (b"\0", "not in a web image format"),
    "bomb.png": (tiny_png_claiming(30000, 30000), "too many pixels"),
    "large.png": (tiny_png_claiming(9000, 8000), "9000 × 8000 pixels"),
    "cut.jpg": (image_file("jpeg", (400, 300))[:-40], "cut.jpg is damaged"),
    "cut.png": (image_file("png")[:-40], "cut.png is damaged"),
    "page.svg": (b"<html>", "is not an SVG image"),
    "sizeless.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "has no size"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_unusable_image_raises_image_error_with_hint(tmp_path, name):
    data, message = UNUSABLE[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ImageError, match=message) as error:
        inspect_image(tmp_path / name)
    assert error.value.hint


@pytest.mark.parametrize(
    "head",
    [
        '<svg width="30" height="20"/>',
        '<svg viewBox="0 0 30 20"/>',
        "<!-- of ours --><svg width='30px' height='20px' id='a'><!-- and --><a href='https://example.org'/></svg>",
        '<svg width="100%" height="2em" viewBox="0,0 30,20"/>',
        '<svg width="7.9375mm" height=".5291667CM" viewBox="0 0 9 9"/>',
        '<svg width="22.5pt" height="15pt"/>',
        '<svg width="3.125e-1in" height="1.25pc"/>',
        '<svg width="100%" height="2em" viewBox="0,0 30,20" xmlns="http://www.w3.org/2000/svg"/>',
        '<svg width="30" height="20" fill="url(#a)"><use href="#b"/><image href="data:image/png;base64,AA"/></svg>',
    ],
)
def test_svg_size(tmp_path, head):
    (tmp_path / "a.svg").write_text(head)
    file = inspect_image(tmp_path / "a.svg")
    assert (file.width, file.height) == (30, 20)


SVG = '<svg width="9" height="9" xmlns:x="http://www.w3.org/1999/xlink">{}</svg>'


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        ("<script>alert(1)</script>", "contains a script"),
        ('<s:script xmlns:s="http://www.w3.org/2000/svg"/>', "contains a script"),
        ('<g ONLOAD="alert(1)"/>', "contains a script"),
        ('<a x:href="java&#10;script:alert(1)"/>', "contains a script"),
        ('<set attributeName="href" to="javascript:alert(1)"/>', "animates href"),
        ('<image x:href="https://elsewhere.example/a.png"/>', "loads https://elsewhere.example/a.png"),
        ('<image href="//elsewhere.example/a.png"/>', "loads //elsewhere.example/a.png"),
        ("<style>@import 'https://elsewhere.example/a.css';</style>", "has @import in its CSS"),
        ('<g style="fill: url( https://elsewhere.example/#a)"/>', "loads https://elsewhere.example/#a"),
        ("<g><!-- -->\n<iframe/></g>", "has an <iframe>"),
        ('<g srcdoc="x"/>', "has the attribute srcdoc in <g>"),
        ("<g>", "is not an SVG image"),
    ],
)
def test_svg_with_script_or_external_url_is_rejected(tmp_path, inside, message):
    (tmp_path / "a.svg").write_text(SVG.format(inside))
    with pytest.raises(ImageError, match=re.escape(message)):
        inspect_image(tmp_path / "a.svg")


def test_svg_entity_bomb_is_rejected(tmp_path):
    names = "abcdefghijk"
    entities = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in itertools.pairwise(names))
    (tmp_path / "a.svg").write_text(f'<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">{entities}]>' + SVG.format("&k;"))
    with pytest.raises(ImageError, match="declares the entity b"):
        inspect_image(tmp_path / "a.svg")


def test_mpo_file_counts_as_its_first_jpeg(tmp_path):
    first, second = (Image.effect_noise(size, 50).convert("RGB") for size in ((400, 300), (90, 60)))
    first.save(tmp_path / "phone.jpg", "MPO", save_all=True, append_images=[second])
    file = inspect_image(tmp_path / "phone.jpg")
    assert (file.format, file.width, file.is_animated, file.has_metadata) == ("jpeg", 400, False, True)
    with Image.open(BytesIO(encode_stripped(file))) as image:
        assert image.format == "JPEG"


def test_16_bit_gray_is_scaled_to_8_bits(tmp_path):
    image = Image.new("I;16", (256, 1))
    for x in range(256):
        image.putpixel((x, 0), x * 257)
    image.save(tmp_path / "a.png")
    shades = [load_oriented(inspect_image(tmp_path / "a.png")).getpixel((x, 0))[0] for x in range(256)]
    assert max(abs(shade - x) for x, shade in enumerate(shades)) <= 1


@pytest.mark.parametrize(
    "profile", [None, b"damaged", ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()]
)
@pytest.mark.parametrize("mode", ["RGB", "CMYK", "L"])
def test_color_modes_and_profiles_are_converted_to_srgb(tmp_path, mode, profile):
    Image.new("RGB", (20, 20), "#808080").convert(mode).save(tmp_path / "a.jpg", icc_profile=profile)
    image = load_oriented(inspect_image(tmp_path / "a.jpg"))
    assert image.mode == "RGB"
    assert all(abs(shade - 128) < 6 for shade in image.getpixel((5, 5)))


@pytest.mark.parametrize("kind", ["gif", "webp", "png"])
def test_animated_image_is_published_unscaled_and_ignores_exif_orientation(tmp_path, kind):
    frames = [Image.effect_noise((30, 20), 50).convert("RGB") for _ in range(3)]
    exif = {} if kind == "gif" else {"exif": exif_with()}
    frames[0].save(tmp_path / f"a.{kind}", save_all=True, append_images=frames[1:], **exif)
    file = inspect_image(tmp_path / f"a.{kind}")
    assert (file.is_animated, file.width, plan_variants(file, avif=True)) == (True, 30, None)
    with Image.open(
        BytesIO(encode_stripped(file) if file.has_metadata else (tmp_path / f"a.{kind}").read_bytes())
    ) as image:
        assert image.n_frames == 3
        assert not dict(image.getexif())


@pytest.mark.parametrize("kind", ["gif", "avif", "webp", "png"])
def test_animated_image_loses_its_metadata_and_no_frame(tmp_path, kind):
    frames = [Image.new("RGB", (40, 30), color) for color in ("#c00000", "#00c000", "#0000c0")]
    metadata = {"comment": SECRET} if kind == "gif" else {"exif": b"Exif\0\0" + SECRET}
    if kind == "avif":
        metadata = {"exif": exif_with(1), "xmp": SECRET}
    frames[0].save(
        tmp_path / f"a.{kind}", save_all=True, append_images=frames[1:], duration=[200, 300, 400], **metadata
    )
    assert SECRET in (tmp_path / f"a.{kind}").read_bytes()
    file = inspect_image(tmp_path / f"a.{kind}")
    assert (file.has_metadata, file.is_animated) == (True, True)
    data = encode_stripped(file)
    assert SECRET not in data
    with Image.open(BytesIO(data)) as image:
        assert image.n_frames == 3
        for number, color in enumerate([(192, 0, 0), (0, 192, 0), (0, 0, 192)]):
            image.seek(number)
            image.load()
            pixel = image.convert("RGB").getpixel((5, 5))
            assert all(abs(one - other) < 12 for one, other in zip(pixel, color, strict=True))
            assert image.info["duration"] == [200, 300, 400][number]


def test_gif_keeps_repetition_and_loses_comments_xmp_and_what_follows_its_end():
    frames = [Image.new("P", (4, 4), n) for n in range(2)]
    frames[0].save(out := BytesIO(), "GIF", save_all=True, append_images=frames[1:], loop=3)
    data = out.getvalue()
    assert strip_metadata(data, "gif") == data
    comment = b"\x21\xfe\x03abc\x08" + SECRET + b"\0"
    xmp = b"\x21\xff\x0bXMP DataXMP\x08" + SECRET + b"\0"
    at = data.index(b"\x21\xff\x0bNETSCAPE2.0")
    assert strip_metadata(data[:at] + comment + xmp + data[at:-1] + comment + b";" + SECRET, "gif") == data
    assert strip_metadata(data[:-1], "gif") == data, "browsers show it without the last byte, too"


def save_photo(path, size):
    Image.effect_noise(size, 60).convert("RGB").save(path, quality=90)
    return inspect_image(path)


def test_variants_are_never_larger_than_the_image(tmp_path):
    file = save_photo(tmp_path / "Öl & Wasser.jpg", (800, 400))
    fallback, others = plan_variants(file, avif=False)
    assert [(v.width, v.height, v.format) for v in others] == [
        (360, 180, "webp"),
        (720, 360, "webp"),
        (800, 400, "webp"),
    ]
    assert fallback.width == 800
    assert run_job((tmp_path, file, others)) == ""
    for variant in others:
        with Image.open(tmp_path / variant.name) as image:
            assert (image.size, image.format) == ((variant.width, variant.height), "WEBP")
    assert make_srcset_sources(others, "/folder")[0].srcset.startswith("/folder/images/sized/l-wasser-360.")


def test_palette_image_is_lossless_only_where_that_is_smaller(tmp_path):
    pen = ImageDraw.Draw(image := Image.new("RGB", (800, 800), "white"))
    for n in range(0, 1600, 5):
        x, y = 37 * n % 800, 91 * n % 700
        pen.ellipse((x, y, x + 90, y + 130), fill=(n % 256, (3 * n) % 256, 90), outline="black")
    image.quantize(32, dither=Image.Dither.NONE).save(tmp_path / "a.png")
    file = inspect_image(tmp_path / "a.png")
    _, others = plan_variants(file, avif=False)
    run_job((tmp_path, file, others))
    assert file.has_palette
    data = {v.width: (tmp_path / v.name).read_bytes() for v in others}
    assert data[800][12:16] == b"VP8L"
    assert data[360][12:16] == b"VP8 "


def test_very_wide_image_has_a_smaller_fallback(tmp_path):
    fallback, others = plan_variants(save_photo(tmp_path / "a.jpg", (2000, 100)), avif=True)
    assert (fallback.width, fallback.height, fallback.format) == (1600, 80, "jpeg")
    assert {v.format for v in others} == {"avif", "webp"}
    assert max(v.width for v in others) == 1440


def test_transparent_parts_are_white_in_a_jpeg(tmp_path):
    image = Image.effect_noise((1700, 60), 60).convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 850, 60))
    image.save(tmp_path / "a.webp")
    file = inspect_image(tmp_path / "a.webp")
    fallback, _ = plan_variants(file, avif=False)
    assert run_job((tmp_path, file, (fallback,))) == ""
    with Image.open(tmp_path / fallback.name) as image:
        assert image.format == "JPEG"
        assert min(image.getpixel((20, 20))) > 250


@pytest.mark.parametrize("profile", [None, ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()])
def test_variants_have_no_metadata(tmp_path, profile):
    metadata = {"comment": SECRET, "exif": b"Exif\0\0" + SECRET, "xmp": SECRET, "icc_profile": profile}
    Image.effect_noise((1700, 50), 60).convert("RGB").save(tmp_path / "a.jpg", **metadata)
    file = inspect_image(tmp_path / "a.jpg")
    fallback, others = plan_variants(file, avif=True)
    assert run_job((tmp_path, file, (fallback, *others, make_stripped_variant(file)))) == ""
    for variant in (fallback, *others, make_stripped_variant(file)):
        data = (tmp_path / variant.name).read_bytes()
        assert SECRET not in data, variant
        with Image.open(BytesIO(data)) as image:
            assert image.info.get("icc_profile") in ({None, profile} if variant.is_stripped else {None})


def test_variants_are_reproducible(tmp_path):
    file = save_photo(tmp_path / "a.jpg", (500, 200))
    _, others = plan_variants(file, avif=True)
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        run_job((tmp_path / folder, file, others))
    assert len(others) == 4
    for variant in others:
        assert (tmp_path / "one" / variant.name).read_bytes() == (tmp_path / "two" / variant.name).read_bytes()


def test_changed_image_gets_new_variant_names(tmp_path):
    one, other = ({v.name for v in plan_variants(save_photo(tmp_path / "a.png", (90, 60)), avif=True)[1]} for _ in "ab")
    assert not one & other


def test_tiny_image_has_no_variants_and_height_is_at_least_one_pixel(tmp_path):
    Image.new("RGB", (1, 1)).save(tmp_path / "a.png")
    assert plan_variants(inspect_image(tmp_path / "a.png"), avif=True) is None
    ribbon = save_photo(tmp_path / "b.jpg", (12_000, 40))
    fallback, others = plan_variants(ribbon, avif=False)
    assert (fallback.width, {v.height for v in others}) == (1600, {1, 2, 4, 5})
    assert run_job((tmp_path, ribbon, others)) == ""


RESOLVER = ImageResolver("posts", "https://example.org/folder", "/folder")


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
def test_image_url_resolves_to_path_below_content(src, path):
    assert RESOLVER.resolve(src) == path


PICTURE = Picture(
    "/i.jpg", "https://example.org/i.jpg", 40, 20, "x", (PictureSource("image/webp", "/i.webp 40w"),), "100vw"
)


def find_picture(src, alt):  # noqa: ARG001 - the signature of FindPicture
    return None if src == "unknown" else PICTURE


def process(html, report=None, **options):
    return make_responsive(html, find_picture, report or pytest.fail, "https://example.org", **options)


PICTURE_HTML = (
    '<picture><source type="image/webp" srcset="/i.webp 40w" sizes="100vw">'
    '<img src="/i.jpg" alt="a &quot;b&quot;" width="40" height="20"{}></picture>'
)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>no picture</p>", "<p>no picture</p>"),
        ('<p><img src="a" alt="a &quot;b&quot;"></p>', f"<p>{PICTURE_HTML.format('')}</p>"),
        (
            '<p><img src="a" alt="a &quot;b&quot;" title="c &amp; d"></p>',
            f"<figure>{PICTURE_HTML.format('')}<figcaption>c &amp; d</figcaption></figure>",
        ),
        (
            '<p>x <img src="a" alt="a &quot;b&quot;" title="t"></p>',
            "<p>x " + PICTURE_HTML.format("").replace(" width", ' title="t" width') + "</p>",
        ),
        (
            '<img src="unknown" alt=""><img src="a" alt="a &quot;b&quot;">',
            '<img src="unknown" alt="">' + PICTURE_HTML.format(' loading="lazy"'),
        ),
        ('<picture><img src="a" alt=""></picture>', '<picture><img src="a" alt=""></picture>'),
    ],
)
def test_images_become_responsive_with_captions(html, expected):
    assert process(html) == expected


def test_first_image_is_lazy_without_eager_first():
    assert 'loading="lazy"' in process('<img src="a" alt="">', eager_first=False)


@pytest.mark.parametrize(
    ("before", "is_lazy"),
    [
        ("<p>" + "word " * 200 + "</p>", False),
        ("<p>" + "word " * 400 + "</p>", True),
        ("<p>Short.</p>" * 10, False),
        ("<p>Short.</p>" * 40, True),
        ("<ul>" + "<li>x</li>" * 40 + "</ul>", True),
        ("<pre>" + "x\n" * 1000 + "</pre>", True),
        (" " * 4000 + "<div>" * 40, False),
    ],
)
def test_first_image_is_lazy_below_the_first_screen(before, is_lazy):
    assert ('loading="lazy"' in process(f'{before}<p><img src="a" alt=""></p>')) == is_lazy


@pytest.mark.parametrize(
    ("html", "messages"),
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
def test_external_resources_are_reported(html, messages):
    reports = []
    process(html, report=lambda *args: reports.append(args))
    assert [message[: len(start)] for (_, message, _), start in zip(reports, messages, strict=True)] == messages
    assert all(snippet and hint for snippet, _, hint in reports)


CARD = SocialCard("a-post", "Ladders & what they lead to", "Notes", "Ann Author", "#ffffff", "#000000", "#cc0000")


def render_pixels(card, image=None):
    with Image.open(BytesIO(render_card(card, image))) as rendered:
        return rendered.convert("RGB")


def test_card_has_open_graph_size_and_is_reproducible():
    data = render_card(CARD)
    for cached in (
        social_cards._render_background,
        social_cards._make_palette,
        card_text.prepare_text,
        card_text.load_font,
        card_text._has_glyph,
    ):
        cached.cache_clear()
    assert data == render_card(CARD)
    assert len(data) < 12_000
    image = render_pixels(CARD)
    assert image.size == (1200, 630)
    assert {(255, 255, 255), (0, 0, 0), (204, 0, 0)} <= {color for _, color in image.getcolors()}


@pytest.mark.parametrize("title", ["x" * 400, "word " * 300, "漢字", "é" * 9, "", "\u0301", "👍🏽", "<b>&amp;</b>"])
def test_any_title_can_be_rendered(title):
    assert render_pixels(SocialCard("s", title, title, title, "#ffffff", "#000000", "#cc0000")).size == (1200, 630)


@pytest.mark.parametrize(
    ("title", "drawable", "face"),
    [
        ("Łódź – “cafe\u0301”", "Łódź – “café”", SERIF),
        ("Привет, ἀρχή", "Привет, ἀρχή", SERIF),
        ("Những bậc thang", "Những bậc thang", SERIF),
        ("x\u0302", "x\u0302", SERIF),
        ("Hello 👍🏽 world ☕️", "Hello world", SERIF),
        ("שָׁלוֹם־עולם", "שלום־עולם", SANS),
        ("سُلَّم 👍🏽", "ﺳﻠﻢ", SANS),
        ("لا (A)", "ﻻ (A)", SANS),
        ("کتاب\u200cها", "ﮐﺘﺎبﻫﺎ", SANS),
        ("Ladder 漢字", "", SANS),
        ("👍🏽", "", SANS),
    ],
)
def test_what_can_be_drawn_of_a_title(title, drawable, face):
    """Emoji and marks that the font lacks are dropped, Arabic letters joined; one unknown letter, and nothing is."""
    text = prepare_text(title)
    assert unicodedata.normalize("NFKC", text.text) == unicodedata.normalize("NFKC", drawable)
    assert text.face == face
    if title.startswith("سُ"):
        assert text.text == drawable, "initial, medial and final form"


@pytest.mark.parametrize(
    ("title", "letter"), [("Ladder 漢字", "漢"), ("سلالم 👍🏽", ""), ("Łódź", ""), ("ሰላም", "ሰ"), ("👍🏽", "")]
)
def test_first_letter_that_no_font_has(title, letter):
    assert card_text.find_unknown_letter(title) == letter


@pytest.mark.parametrize(
    ("line", "drawn"),
    [
        ("Ladders (2)", "Ladders (2)"),
        ("אבג", "גבא"),
        ("אבג (דה) 12?", "?12 (הד) גבא"),
        ("אבג (abc) 12", "12 (abc) גבא"),
        ("a «אב» c", "a «בא» c"),
        ("א [ב (ג)] :)", "(: [(ג) ב] א"),
        ("a) א", "a) א"),
    ],
)
def test_order_in_which_a_line_is_drawn(line, drawn):
    assert order_line(line, right_to_left=prepare_text(line).right_to_left) == drawn


def find_ink(image, box):
    """Return the first and the last column with dark pixels in this part of a card."""
    left, _, right, _ = image.crop(box).convert("L").point(lambda value: 255 * (value < 100)).getbbox()
    return left + box[0], right + box[0]


@pytest.mark.parametrize("title", ["السلالم", "סולמות"])
def test_card_of_a_title_from_right_to_left_begins_at_the_right(title, tmp_path):
    text_area = (0, 20, 1200, 480)
    image = render_pixels(replace(CARD, title=title))
    left, right = find_ink(image, text_area)
    assert left > 600
    assert 1200 - 72 - 8 <= right <= 1200 - 72 + 4
    assert find_ink(image, (0, 510, 1200, 630))[1] > 1100, "the site's name"
    path = tmp_path / "a.png"
    path.write_bytes(image_file("png", size=(300, 600)))
    card = replace(CARD, title=title, image=inspect_image(path))
    beside = render_pixels(card, Image.new("RGB", (300, 600), "#ff00ff"))
    assert beside.getpixel((100, 300))[1] < 60, "the picture is at the left"


def test_lines_from_right_to_left_are_broken_in_the_order_of_reading():
    text, font = prepare_text("אחת שתיים שלוש"), load_font(84, SANS)
    lines = wrap(text.text, font, round(font.getlength("אחת שתיים")) + 1, 9)
    assert [order_line(line, right_to_left=True) for line in lines] == ["אחת שתיים"[::-1], "שלוש"[::-1]]


def test_accents_change_the_pixels():
    pixels = {
        title: render_pixels(replace(CARD, title=title)).tobytes() for title in ("e", "é", "i", "ï", "a", "å", "ä")
    }
    assert len(set(pixels.values())) == len(pixels)


def test_site_name_replaces_a_title_in_another_script():
    assert render_pixels(replace(CARD, title="漢字")) == render_pixels(replace(CARD, title="Ann Author", site_name=""))


@pytest.mark.parametrize("field", ["title", "kicker", "site_name", "background", "foreground", "accent"])
def test_card_with_other_content_has_another_name(field):
    assert replace(CARD, **{field: "#123456"}).file_name != CARD.file_name


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_card_image_is_uncropped_and_oriented(tmp_path, mode):
    path = tmp_path / "a.jpg"
    path.write_bytes(image_file("jpeg", size=(900, 600), orientation=6))
    card = replace(CARD, image=inspect_image(path))
    assert card.file_name.endswith(".jpg")
    assert card.file_name != replace(CARD, image=replace(card.image, digest="other")).file_name
    image = render_pixels(card, load_oriented(card.image).convert(mode))
    blue = [
        xy
        for xy in ((x, y) for x in range(700, 1200, 4) for y in range(20, 630, 4))
        if image.getpixel(xy)[2] > 120 and image.getpixel(xy)[0] < 80
    ]
    width, height = (max(axis) - min(axis) for axis in zip(*blue, strict=True))
    assert abs(width / height - 600 / 900) < 0.05


def test_default_icons_have_round_corners_except_where_the_system_rounds_them():
    files = dict(zip(Icons("#17655f").output_paths, render_icons(Icons("#17655f"), None), strict=True))
    formats, corners = {}, {}
    for name in files.keys() - {"icon.svg"}:
        with Image.open(BytesIO(files[name])) as image:
            formats[name], corners[name] = image.format, image.convert("RGBA").getpixel((0, 0))[3]
    sizes = ("icon-192.png", "icon-512.png")
    assert formats == {"favicon.ico": "ICO", "apple-touch-icon.png": "PNG", **dict.fromkeys(sizes, "PNG")}
    assert corners == {"favicon.ico": 0, "apple-touch-icon.png": 255, **dict.fromkeys(sizes, 0)}


def test_another_logo_or_color_makes_other_icons(tmp_path):
    (tmp_path / "a.png").write_bytes(image_file("png"))
    logo = inspect_image(tmp_path / "a.png")
    icons = (Icons("#17655f"), Icons("#17655e"), Icons("#17655f", logo), Icons("#17655f", replace(logo, digest="b")))
    assert len({each.output_paths["icon.svg"] for each in icons}) == len(icons)

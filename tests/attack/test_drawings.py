"""Hostile drawings are refused, and honest ones published; a browser shows those without requests (issue 16, 9)."""

import base64
import re

import pytest
from authorsite.images.inspection import ImageError, inspect_image
from authorsite.seo.headers import DRAWING_POLICY
from conftest import post

SVG = "http://www.w3.org/2000/svg"
XHTML = "http://www.w3.org/1999/xhtml"
HEAD = f'<svg xmlns="{SVG}" xmlns:x="http://www.w3.org/1999/xlink" xmlns:h="{XHTML}" width="9" height="9">'
FAR = "https://far.example"
PIXEL = "data:image/png;base64,iVBORw0KGgo="
PAGE = "data:text/html;base64," + base64.b64encode(b"<script>alert(1)</script>").decode()
NESTED = "data:image/svg+xml;base64," + base64.b64encode(f'<svg xmlns="{SVG}" onload="alert(1)"/>'.encode()).decode()

INSIDE = {
    "script": "<script>alert(1)</script>",
    "script with a prefix": f'<s:script xmlns:s="{SVG}">alert(1)</s:script>',
    "script of HTML": "<h:script>alert(1)</h:script>",
    "script that loads": f'<script href="{FAR}/a.js"/>',
    "script of data": f'<script x:href="{PAGE}"/>',
    "script without a namespace": '<script xmlns="">alert(1)</script>',
    "event handler": '<g onload="alert(1)"/>',
    "event handler in capitals": '<g ONLOAD="alert(1)"/>',
    "event handler of an animation": '<animate onbegin="alert(1)" attributeName="x" dur="1s"/>',
    "event handler of HTML": '<foreignObject><h:div onclick="alert(1)">x</h:div></foreignObject>',
    "handler of XML events": '<handler xmlns:ev="http://www.w3.org/2001/xml-events" ev:event="load">alert(1)</handler>',
    "listener": '<g xmlns:ev="http://www.w3.org/2001/xml-events" ev:event="load" ev:handler="#a"/>',
    "iframe": f'<foreignObject><h:iframe src="{FAR}/"/></foreignObject>',
    "iframe with srcdoc": '<foreignObject><h:iframe srcdoc="&lt;script&gt;alert(1)&lt;/script&gt;"/></foreignObject>',
    "iframe of data": f'<foreignObject><h:iframe src="{PAGE}"/></foreignObject>',
    "iframe outside of a foreignObject": f'<h:iframe src="{PAGE}"/>',
    "iframe that counts as SVG": f'<foreignObject><iframe src="{PAGE}"/></foreignObject>',
    "object": f'<foreignObject><h:object data="{PAGE}"/></foreignObject>',
    "embed": f'<foreignObject><h:embed src="{FAR}/a.swf"/></foreignObject>',
    "form": f'<foreignObject><h:form action="{FAR}/"><h:input name="password"/></h:form></foreignObject>',
    "meta refresh": f'<foreignObject><h:meta http-equiv="refresh" content="0;url={FAR}/"/></foreignObject>',
    "link to a stylesheet": f'<h:link rel="stylesheet" href="{FAR}/a.css"/>',
    "base": f'<h:base href="{FAR}/"/>',
    "image of HTML": f'<foreignObject><h:img src="{FAR}/a.png"/></foreignObject>',
    "video": f'<foreignObject><h:video poster="{FAR}/a.png"/></foreignObject>',
    "link of HTML": '<foreignObject><h:a href="javascript:alert(1)">x</h:a></foreignObject>',
    "style of HTML": f"<h:style>@import '{FAR}/a.css';</h:style>",
    "MathML": '<m:math xmlns:m="http://www.w3.org/1998/Math/MathML" href="javascript:alert(1)"/>',
    "XUL": '<b:bindings xmlns:b="http://www.mozilla.org/xbl"/>',
    "XSLT": '<t:stylesheet xmlns:t="http://www.w3.org/1999/XSL/Transform"/>',
    "XInclude": '<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>',
    "javascript link": '<a href="javascript:alert(1)"><text>x</text></a>',
    "javascript link with a line break": '<a x:href="java&#10;script:alert(1)"/>',
    "javascript link with a control character": '<a href="&#9;javascript:alert(1)"/>',
    "javascript link in capitals": '<a href="JaVaScRiPt:alert(1)"/>',
    "vbscript link": '<a href="vbscript:x"/>',
    "link to data": f'<a href="{PAGE}"/>',
    "link to a file": '<a href="file:///etc/passwd"/>',
    "link without scheme": '<a href="//far.example/"/>',
    "link with backslashes": r'<a href="\\far.example/"/>',
    "link with a slash and a backslash": r'<a href="/\far.example/"/>',
    "link with a scheme and no slashes": '<a href="https:far.example"/>',
    "animated link": '<a href="#a"><animate attributeName="href" values="javascript:alert(1)"/></a>',
    "animated link of XLink": '<a><set attributeName="x:href" to="javascript:alert(1)"/></a>',
    "animated handler": '<set attributeName="onload" to="alert(1)"/>',
    "image on another host": f'<image x:href="{FAR}/a.png"/>',
    "image without scheme": '<image href="//far.example/a.png"/>',
    "image with spaces before": f'<image href="  {FAR}/a.png"/>',
    "image of a page": f'<image href="{PAGE}"/>',
    "image that is a drawing": f'<image href="{NESTED}"/>',
    "image beside it": '<image href="other.png"/>',
    "image over ftp": '<image href="ftp://far.example/a.png"/>',
    "use of another file": '<use href="other.svg#a"/>',
    "use of data": f'<use href="{NESTED}#a"/>',
    "use of another host": f'<use x:href="{FAR}/a.svg#a"/>',
    "filter image": f'<filter><feImage href="{FAR}/a.png"/></filter>',
    "gradient of another host": f'<linearGradient x:href="{FAR}/a.svg#a"/>',
    "text path of another host": f'<textPath href="{FAR}/a.svg#a"/>',
    "cursor": f'<cursor x:href="{FAR}/a.cur"/>',
    "base of XML": f'<g xml:base="{FAR}/"><use href="#a"/></g>',
    "fill": f'<g fill="url({FAR}/a.svg#b)"/>',
    "fill with a space": f'<g fill="url( {FAR}/a.svg#b )"/>',
    "fill in capitals": f'<g fill="URL({FAR}/a.svg#b)"/>',
    "fill of a file beside it": '<g fill="url(other.svg#b)"/>',
    "mask": f"<g mask=\"url('{FAR}/a.svg#b')\"/>",
    "animated fill": f'<animate attributeName="fill" to="url({FAR}/a.svg#b)"/>',
    "style attribute": f'<g style="filter:url({FAR}/a.svg#b)"/>',
    "style with escapes": f'<g style="fill:\\75 rl({FAR}/a.svg#b)"/>',
    "style with an escaped bracket": f'<g style="fill:u\\72l({FAR}/a)"/>',
    "style with an escaped image set": f"<g style=\"background:ima\\67 e-set('{FAR}/a' 1x)\"/>",
    "style with an escape at the end": f"<g style=\"background:image-se\\74('{FAR}/a' 1x)\"/>",
    "style with a comment in the URL": '<g style="fill:url(/**/#a)"/>',
    "style that is not closed": '<g style="fill:url(//far.example/a"/>',
    "style with an image set": f"<g style=\"background:image-set('{FAR}/a.png' 1x)\"/>",
    "style with a vendor's image set": f"<g style=\"background:-webkit-image-set('{FAR}/a.png' 1x)\"/>",
    "style with an expression": '<g style="width:expression(alert(1))"/>',
    "style with a source": f"<g style=\"background:src('{FAR}/a')\"/>",
    "import": f"<style>@import '{FAR}/a.css';</style>",
    "import with escapes": f"<style>@\\69mport '{FAR}/a.css';</style>",
    "import in capitals": f"<style>@IMPORT '{FAR}/a.css';</style>",
    "import in CDATA": f"<style><![CDATA[@import '{FAR}/a.css';]]></style>",
    "import split by elements": f"<style>@im<g/>port '{FAR}/a.css';</style>",
    "font": f"<style>@font-face {{font-family: a; src: url({FAR}/a.woff)}}</style>",
    "font of the same host": "<style>@font-face {font-family: a; src: url(/a.woff)}</style>",
    "style with a page": f"<style>g {{background: url({PAGE})}}</style>",
    "stylesheet inside": '<?xml-stylesheet href="https://far.example/a.css"?>',
}
"""What a drawing must not contain, between its tags."""

DOCUMENTS = {
    "stylesheet": f'<?xml-stylesheet href="{FAR}/a.css"?>{HEAD}</svg>',
    "transformation": f'<?xml-stylesheet type="text/xsl" href="#a"?>{HEAD}</svg>',
    "handler of the drawing": f'<svg xmlns="{SVG}" width="9" height="9" onload="alert(1)"/>',
    "attribute of the DTD": f'<!DOCTYPE svg [<!ATTLIST svg onload CDATA "alert(1)">]>{HEAD}</svg>',
    "attribute after an external entity": '<!DOCTYPE svg [<!ENTITY % p SYSTEM "p"> %p; <!ATTLIST svg onload CDATA '
    f'"alert(1)">]>{HEAD}</svg>',
    "external entity": f'<!DOCTYPE svg [<!ENTITY e SYSTEM "file:///etc/passwd">]>{HEAD}<text>&e;</text></svg>',
    "entity with an element": f'<!DOCTYPE svg [<!ENTITY e "<script>alert(1)</script>">]>{HEAD}&e;</svg>',
    "entity in a URL": f'<!DOCTYPE svg [<!ENTITY e "javascript:alert(1)">]>{HEAD}<a href="&e;"/></svg>',
    "entity of entities": f'<!DOCTYPE svg [<!ENTITY a "aaa"><!ENTITY b "&a;&a;">]>{HEAD}<text>&b;</text></svg>',
    "UTF-16": f'<?xml version="1.0" encoding="utf-16"?>{HEAD}<script>alert(1)</script></svg>'.encode("utf-16"),
    "stylesheet in UTF-16": f'<?xml-stylesheet href="{FAR}/a.css"?>{HEAD}</svg>'.encode("utf-16"),
    "UTF-7": f'<?xml version="1.0" encoding="utf-7"?>{HEAD}</svg>',
    "HTML": "<html><script>alert(1)</script></html>",
    "XHTML": f'<html xmlns="{XHTML}" width="9" height="9"><script>alert(1)</script></html>',
    "another root": f'<g xmlns="{SVG}" width="9" height="9"/>',
    "text after its end": f"{HEAD}</svg><script>alert(1)</script>",
    "element that is not closed": f"{HEAD}<g></svg>",
}
HOSTILE = {name: f"{HEAD}{inside}</svg>" for name, inside in INSIDE.items()} | DOCUMENTS

INKSCAPE = f"""<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!-- Created with Inkscape (http://www.inkscape.org/) -->
<svg width="210mm" height="297mm" viewBox="0 0 210 297" version="1.1" id="svg5" xml:space="preserve"
  inkscape:version="1.2.2 (b0a8486541, 2022-12-01)" sodipodi:docname="a drawing.svg"
  xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" xmlns:xlink="http://www.w3.org/1999/xlink"
  xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" xmlns="{SVG}" xmlns:svg="{SVG}"
  xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:cc="http://creativecommons.org/ns#"
  xmlns:dc="http://purl.org/dc/elements/1.1/">
 <sodipodi:namedview id="namedview7" pagecolor="#ffffff" inkscape:zoom="0.7" showgrid="false">
  <inkscape:grid type="xygrid" id="grid1"/></sodipodi:namedview>
 <metadata><rdf:RDF><cc:Work rdf:about=""><dc:format>image/svg+xml</dc:format>
  <dc:type rdf:resource="http://purl.org/dc/dcmitype/StillImage"/></cc:Work></rdf:RDF></metadata>
 <defs id="defs2"><linearGradient id="a"><stop style="stop-color:#1a1a1a;stop-opacity:1" offset="0"/></linearGradient>
  <linearGradient inkscape:collect="always" xlink:href="#a" id="b" gradientUnits="userSpaceOnUse"
   gradientTransform="matrix(1,0,0,1.2,-3,4)"/>
  <inkscape:path-effect effect="spiro" id="p" is_visible="true" lpeversion="1"/>
  <marker style="overflow:visible" id="Arrow1" refX="0" orient="auto" inkscape:stockid="Arrow1" markerWidth="5"/>
  <filter style="color-interpolation-filters:sRGB" id="f"><feGaussianBlur stdDeviation="1.2" id="g1"/>
   <feColorMatrix values="1 0 0 0 0" result="r"/><feComposite in="SourceGraphic" in2="r" operator="in"/></filter></defs>
 <g inkscape:label="Layer 1" inkscape:groupmode="layer" id="layer1" transform="translate(3,-2) rotate(4)">
  <path style="fill:url(#b);stroke:#000;stroke-width:0.26px;-inkscape-stroke:none;filter:url(#f)"
   d="M 1,2 C 3,4 5,6 7,8 z" id="path1" sodipodi:nodetypes="ccc" inkscape:original-d="M 1,2 7,8"/>
  <text xml:space="preserve" style="font-family:'DejaVu Sans';-inkscape-font-specification:'DejaVu Sans, Bold'"
   x="3" y="4"><tspan sodipodi:role="line" x="3" y="4">Ladders</tspan></text>
  <flowRoot><flowRegion><rect width="3" height="4" x="1" y="2"/></flowRegion><flowPara>Old text</flowPara></flowRoot>
  <image width="3" height="4" preserveAspectRatio="none" xlink:href="{PIXEL}" x="1" y="2" style="image-rendering:auto"/>
 </g></svg>"""
ILLUSTRATOR = f"""<?xml version="1.0" encoding="utf-8"?>
<!-- Generator: Adobe Illustrator 24.0.1, SVG Export Plug-In . SVG Version: 6.00 Build 0)  -->
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [
 <!ENTITY ns_ai "http://ns.adobe.com/AdobeIllustrator/10.0/"> <!ENTITY ns_svg "{SVG}">
 <!ENTITY ns_xlink "http://www.w3.org/1999/xlink"> <!ENTITY ns_graphs "http://ns.adobe.com/Graphs/1.0/">]>
<svg version="1.1" id="Layer_1" xmlns:x="&ns_ai;" xmlns:i="&ns_ai;" xmlns:graph="&ns_graphs;" xmlns="&ns_svg;"
 xmlns:xlink="&ns_xlink;" x="0px" y="0px" width="30px" height="20px" viewBox="0 0 30 20" i:viewOrigin="0 20"
 style="enable-background:new 0 0 30 20;" xml:space="preserve" enable-background="new 0 0 30 20">
<style type="text/css"> .st0{{fill:#FFFFFF;clip-path:url(#SVGID_2_);}} .st1{{font-family:'MyriadPro-Regular';}}
 @media (prefers-color-scheme: dark) {{ .st0:not(.x) {{ fill: rgba(255, 255, 255, .8) }} }}</style>
<?xpacket begin='x' id='W5M0MpCehiHzreSzNTczkc9d'?><metadata><sfw xmlns="http://ns.adobe.com/SaveForWeb/1.0/"><slices/>
 <sliceSourceBounds height="20" width="30" x="0" y="0" bottomLeftOrigin="true"/></sfw></metadata><?xpacket end='w'?>
<switch><foreignObject requiredExtensions="&ns_ai;" x="0" y="0" width="1" height="1">
 <i:pgfRef xlink:href="#adobe_illustrator_pgf"/></foreignObject>
<g i:extraneous="self"><clipPath id="SVGID_2_"><use xlink:href="#SVGID_1_" overflow="visible"/></clipPath>
 <rect id="SVGID_1_" class="st0" width="30" height="20" i:knockout="Off"/>
 <polygon points="1,2 3,4 5,6"/><text transform="matrix(1 0 0 1 3 4)" class="st1 st2">1988</text></g></switch></svg>"""
FIGMA = f"""<svg width="30" height="20" viewBox="0 0 30 20" fill="none" xmlns="{SVG}"
 xmlns:xlink="http://www.w3.org/1999/xlink">
<foreignObject x="-4" y="-4" width="38" height="28"><div xmlns="{XHTML}"
 style="backdrop-filter:blur(2px);clip-path:url(#bgblur_0_1_2_clip_path);height:100%;width:100%"></div></foreignObject>
<g clip-path="url(#clip0)" filter="url(#f0_d)" data-figma-bg-blur-radius="4">
<rect width="30" height="20" rx="4" fill="url(#pattern0)"/>
<mask id="mask0" mask-type="alpha" maskUnits="userSpaceOnUse" style="mask-type:alpha"><path fill-rule="evenodd"
 clip-rule="evenodd" d="M0 0h30v20H0z" fill="#D9D9D9" stroke-linecap="round" vector-effect="non-scaling-stroke"/></mask>
<g style="mix-blend-mode:multiply"/></g><defs>
<pattern id="pattern0" patternContentUnits="objectBoundingBox" width="1" height="1">
<use xlink:href="#image0" transform="scale(0.01)"/></pattern>
<image id="image0" width="9" height="9" xlink:href="{PIXEL}"/>
<filter id="f0_d" color-interpolation-filters="sRGB"><feFlood flood-opacity="0" result="BackgroundImageFix"/>
<feOffset dy="4"/><feBlend mode="normal" in="SourceGraphic" in2="shape"/></filter>
<radialGradient id="p" cx="0" cy="0" r="1" gradientTransform="translate(3 4) rotate(90) scale(5)">
<stop stop-color="white"/></radialGradient></defs></svg>"""
MATPLOTLIB = f"""<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="460.8pt" height="345.6pt" viewBox="0 0 460.8 345.6" xmlns="{SVG}"
 version="1.1"><metadata><rdf:RDF xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:cc="http://creativecommons.org/ns#"
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><cc:Work><dc:date>2024-01-02T03:04:05</dc:date><dc:creator>
 <cc:Agent><dc:title>Matplotlib v3.8.2, https://matplotlib.org/</dc:title></cc:Agent></dc:creator></cc:Work></rdf:RDF></metadata>
<defs><style type="text/css">*{{stroke-linejoin: round; stroke-linecap: butt}}</style></defs>
<g id="figure_1"><path id="m1" d="M 0 0 L 0 3.5" style="stroke: #000000; stroke-width: 0.8"/>
<use xlink:href="#m1" x="57.6" y="307.584" style="stroke: #000000"/>
<g transform="translate(52.8 322.2) scale(0.1 -0.1)">
<use xlink:href="#DejaVuSans-30" transform="translate(63.6 0)"/></g></g></svg>"""
OTHERS = f"""<svg xmlns="{SVG}" xmlns:sketch="http://www.bohemiancoding.com/sketch/ns" viewBox="0 0 30 20" class="icon"
 role="img" aria-labelledby="t" focusable="false" p-id="2345" t="1600000000000"
 content="&lt;mxfile&gt;url(x)&lt;/mxfile&gt;">
<title id="t">A chart, f(x) = url(x)</title><desc>Shown at https://example.org/</desc><style>
 @font-face {{ font-family: "Virgil"; src: url("data:font/woff2;base64,d09GMgABAAAAAA==") format("woff2"); }}
 @keyframes spin {{ to {{ transform: rotate(1turn) translateX(calc(3px + 1%)); }} }} :root {{ --c: hsl(3 4% 5%); }}
 #a > path:nth-child(2) {{ fill: var(--c, red); animation: spin 1s cubic-bezier(.1, .2, .3, 1) infinite }}
 .q::before {{ content: "\\201C" }} </style>
<g sketch:type="MSLayerGroup" id="a" data-note="url(x)" aria-label="g(x)">
<a href="https://example.org/a_(b)?c=d&amp;e#f"
 target="_blank"><text x="3">A link<tspan dy="2">more</tspan></text></a>
<a href="/blog/"/><a href="../x.html"/><a href="#a"/>
<a href="mailto:ann@example.org"/><circle cx="3" cy="4" r="5"><animate attributeName="r" values="1;5;1" dur="2s"
 begin="0s" repeatCount="indefinite"/><animateTransform attributeName="transform"
 type="rotate" from="0" to="360" dur="3s"/>
<animateMotion dur="1s"><mpath href="#m"/></animateMotion><set attributeName="fill" to="red" begin="1s"/></circle>
<foreignObject width="9" height="9" pointer-events="none">
<div xmlns="{XHTML}" style="display: flex; color: rgb(0, 0, 0)">
<span class="nodeLabel"><p>A label<br/><b>bold</b></p></span></div></foreignObject></g></svg>"""
HONEST = {
    "Inkscape": (INKSCAPE, 794, 1123),
    "Illustrator": (ILLUSTRATOR, 30, 20),
    "Figma": (FIGMA, 30, 20),
    "matplotlib": (MATPLOTLIB, 614, 461),
    "Sketch, Excalidraw, Mermaid and others": (OTHERS, 30, 20),
    "UTF-16": (f'<?xml version="1.0" encoding="UTF-16"?>{HEAD}<text>é</text></svg>'.encode("utf-16"), 9, 9),
    "Latin-1": (f'<?xml version="1.0" encoding="ISO-8859-1"?>{HEAD}<text>é</text></svg>'.encode("latin-1"), 9, 9),
}


def save(path, text):
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_drawing_is_refused(tmp_path, name):
    with pytest.raises(ImageError) as error:
        inspect_image(save(tmp_path / "a.svg", HOSTILE[name]))
    assert error.value.hint


@pytest.mark.parametrize("name", HONEST)
def test_honest_drawing_is_published(tmp_path, name):
    text, width, height = HONEST[name]
    file = inspect_image(save(tmp_path / "a.svg", text))
    assert (file.width, file.height) == (width, height)


def test_large_embedded_picture_is_checked_in_a_moment(tmp_path):
    data = "A" * 8_000_000
    inside = f'<image href="{PIXEL}{data}"/><style>a {{b: url({PIXEL}{data})}}</style><path d="{data}"/>'
    assert inspect_image(save(tmp_path / "a.svg", f"{HEAD}{inside}</svg>")).width == 9


def test_every_drawing_below_content_is_checked_and_the_problem_names_its_line(make_site):
    files = {
        "content/posts/a.md": post(),
        "content/images/unused.svg": f"{HEAD}\n<g>\n{INSIDE['iframe']}</g></svg>",
        "content/files/DOWNLOAD.SVG": f"{HEAD}{INSIDE['import']}</svg>",
        "content/images/packed.svgz": b"\x1f\x8b",
    }
    result = make_site(files, STATIC_PATHS=["images", "files"]).build()
    report = "\n".join(map(str, result.problems))
    assert "content/images/unused.svg:3: unused.svg has an <iframe> - " in report, report
    assert "content/files/DOWNLOAD.SVG:1: DOWNLOAD.SVG has @import" in report, report
    assert "packed.svgz is not in a web image format" in report, report
    assert result.failed


def test_headers_put_drawings_into_a_sandbox(golden):
    blocks = golden.output("_headers").split("\n\n")
    for pattern in ("/images/*", "/icon.svg"):
        assert f"{pattern}\n  Content-Security-Policy: {DRAWING_POLICY}" in blocks
    assert DRAWING_POLICY == "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@pytest.mark.parametrize(
    ("policy", "names"),
    [
        ("", [*HONEST]),
        (DRAWING_POLICY, [*HONEST, *[*HOSTILE][::9]]),
        pytest.param(DRAWING_POLICY, [*HOSTILE], marks=pytest.mark.nightly),
    ],
)
def test_browser_opens_drawings_without_scripts_and_requests(browser, policy, names):
    """Honest drawings with and without the policy; hostile ones, as if they had been published, with it."""
    page, bad = browser.new_page(), []
    texts = HOSTILE | {name: text for name, (text, _, _) in HONEST.items()}

    def serve(route):
        number = re.search(r"/images/(\d+)\.svg$", route.request.url)
        if number:
            headers = {"Content-Type": "image/svg+xml", **({"Content-Security-Policy": policy} if policy else {})}
            route.fulfill(body=texts[names[int(number[1])]], headers=headers)
        else:
            bad.append((page.url, route.request.url))
            route.abort()

    page.route(re.compile(""), serve)
    page.on("dialog", lambda dialog: (bad.append((page.url, dialog.message)), dialog.dismiss()))
    for number in range(len(names)):
        page.goto(f"https://site.example/images/{number}.svg")
        page.evaluate("1")
    page.close()
    assert not [(url, what) for url, what in bad if not what.endswith("favicon.ico")]

"""Drawings (SVG files): their size, and the check that they have only what is known to be harmless.

A drawing that is opened by its URL is a page of the site: it may run scripts, load files and lead readers elsewhere. So
elements, attributes, URLs and CSS are those of the lists below; everything else is refused.
"""

import re
from collections.abc import Mapping
from xml.parsers import expat

SVG = "http://www.w3.org/2000/svg"
_XHTML = "http://www.w3.org/1999/xhtml"
_XLINK = "http://www.w3.org/1999/xlink"
_XML = "http://www.w3.org/XML/1998/namespace"
_NO_NAMESPACE = ""

_EDITORS = tuple(
    """http://www.inkscape.org/ http://sodipodi.sourceforge.net/ http://www.openswatchbook.org/ http://ns.adobe.com/
    http://www.figma.com/ http://www.bohemiancoding.com/ http://www.serif.com/ http://boxy-svg.com https://boxy-svg.com
    http://krita.org/ http://vectornator.io http://svgjs. https://svgjs. http://www.corel.com/ http://www.gimp.org/
    http://schemas.microsoft.com/visio/ http://xml.openoffice.org/ http://sozi.baierouge.fr http://purl.org/
    http://creativecommons.org/ http://web.resource.org/cc/ http://iptc.org/ http://www.w3.org/1999/02/22-rdf-syntax-ns#
    http://www.w3.org/2000/01/rdf-schema#""".split()
)
"""What the namespaces of editors and of metadata begin with: browsers ignore their elements and attributes."""

_ELEMENTS = {
    SVG: frozenset(
        """svg g defs symbol use switch title desc metadata style view a image foreignObject path rect circle ellipse
        line polyline polygon text tspan textPath tref altGlyph marker pattern clipPath mask linearGradient
        radialGradient stop mesh meshgradient meshrow meshpatch hatch hatchpath solidcolor solidColor filter
        feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting
        feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur
        feImage feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile
        feTurbulence animate animateColor animateMotion animateTransform set mpath font font-face
        font-face-src font-face-name missing-glyph glyph hkern vkern flowRoot flowRegion flowPara flowSpan
        flowDiv""".split()
    ),
    _XHTML: frozenset("div span p br b i em strong sub sup".split()),
}
"""The elements by namespace. Those of HTML are labels in a foreignObject: Mermaid, draw.io and Figma write them."""

_ATTRIBUTES = frozenset(
    """accumulate additive align alphabetic amplitude ascent attributeName attributeType azimuth baseFrequency
    baseProfile bbox begin bias by calcMode class clip clipPathUnits clip-path color content
    contentScriptType contentStyleType cursor cx cy d decelerate descent diffuseConstant direction display
    divisor download dur dx dy edgeMode elevation end exponent externalResourcesRequired fill filter
    filterRes filterUnits focusable font format from fr fx fy g1 g2 glyphRef gradientTransform gradientUnits
    hanging height host hreflang id ideographic in in2 intercept isolation k k1 k2 k3 k4 kernelMatrix
    kernelUnitLength kerning keyPoints keySplines keyTimes lang lengthAdjust limitingConeAngle markerHeight
    markerUnits markerWidth marker mask maskContentUnits maskUnits mathematical max media method min mode
    name numOctaves offset opacity operator order orient orientation origin overflow panose pathLength path
    patternContentUnits patternTransform patternUnits points pointsAtX pointsAtY pointsAtZ preserveAlpha
    preserveAspectRatio primitiveUnits r radius refX refY rel rendering repeatCount repeatDur
    requiredExtensions requiredFeatures requiredFonts requiredFormats restart result role rotate rx ry scale
    seed shape side slope spacing specularConstant specularExponent spreadMethod startOffset stdDeviation
    stemh stemv stitchTiles stroke style surfaceScale systemLanguage t tabindex tableValues target targetX
    targetY textLength title to transform type u1 u2 unicode values version viewBox viewTarget visibility
    width widths x x1 x2 xChannelSelector xml:space y y1 y2 yChannelSelector z zoomAndPan""".split()
)
"""The attributes without a namespace; those with a hyphen, such as stroke-width and data-x, are fine as well."""

_XLINK_ATTRIBUTES = frozenset("href type role arcrole title show actuate".split())
_XML_ATTRIBUTES = frozenset("space lang id".split())
_PLAIN_TEXT = ("aria-", "data-")
_TEXT_ATTRIBUTES = frozenset("id class content title name d points p-id".split())
"""Attributes whose values are text or numbers: what looks like CSS in them is none."""

_BASE64 = r"base64,[A-Za-z0-9+/=\s]*+"
_DATA_IMAGE = rf"data:image/(?:png|jpe?g|gif|webp|avif);{_BASE64}"
_DATA_FONT = (
    rf"data:(?:font/[\w-]+|application/(?:x-)?font-[\w-]+|application/octet-stream);(?:charset=utf-8;)?{_BASE64}"
)
_FRAGMENT = r"#[^\s\"'()\\<>]*"
_IMAGE_URL = re.compile(rf"\s*(?:{_DATA_IMAGE}|{_FRAGMENT})", re.IGNORECASE)
_ELEMENT_URL = re.compile(rf"\s*{_FRAGMENT}\s*")
_LINK_URL = re.compile(r"(?:https?://|mailto:)[^\s\\<>\"]+|#[^\s\\]*|(?!//)[^\s\\:]*", re.IGNORECASE)
"""What a reader may follow: a web or mail address, or a path on the site."""

_SCRIPT_URL = re.compile(r"[\0-\x20]*(?:java|vb)\s*script\s*:", re.IGNORECASE)
_CSS_URL = re.compile(rf"""url\(\s*(["']?)(?:{_DATA_IMAGE}|{_DATA_FONT}|{_FRAGMENT})\1\s*\)""", re.IGNORECASE)
_CSS_FUNCTION = re.compile(r"(?<![-\w])[-\w]++\(")
_CSS_FUNCTIONS = frozenset(
    f"{name}("
    for name in """rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix light-dark var calc min max clamp env attr
    matrix matrix3d translate translateX translateY translate3d rotate rotateX rotateY rotateZ rotate3d scale
    scaleX scaleY scale3d skew skewX skewY perspective path polygon circle ellipse inset rect cubic-bezier
    steps linear blur brightness contrast drop-shadow grayscale hue-rotate invert opacity saturate sepia
    linear-gradient radial-gradient conic-gradient format local not is where has nth-child nth-last-child
    nth-of-type nth-last-of-type first-child lang icc-color counter counters""".lower().split()
)
_CSS_AT_RULE = re.compile(r"@[-\w]*")
_CSS_AT_RULES = frozenset(
    "@font-face @media @supports @keyframes @-webkit-keyframes @charset @layer @container".split()
)

_ENCODINGS = frozenset("utf-8 utf8 utf-16 us-ascii ascii iso-8859-1 windows-1252".split())
_INSTRUCTIONS = ("xpacket", "adobe", "Adobe")
_UNITS = {"": 1.0, "px": 1.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "q": 96 / 101.6, "pt": 96 / 72, "pc": 16.0}
"""CSS pixels in a unit of length (CSS Values and Units 3, section 6.2)."""

_LENGTH = re.compile(r"\s*\+?((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(px|in|cm|mm|q|pt|pc|)\s*", re.IGNORECASE)
_PLAIN_HINT = "save it as a plain SVG, without scripts, HTML and links to files"
_EMBED_HINT = "embed it as a PNG or JPEG: a drawing loads no other files"


class DrawingError(ValueError):
    """A drawing that is not published: what is wrong, what to do, and the line."""

    def __init__(self, what: str, hint: str, line: int) -> None:
        super().__init__(what)
        self.hint, self.line = hint, line


def read_drawing_size(data: bytes) -> tuple[int, int]:
    """Return width and height of an SVG file in CSS pixels; raises DrawingError if it has anything not in the lists."""
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        if isinstance(error, DrawingError):
            raise
        raise reader.error("is not an SVG image", "save the image again, or remove it") from error
    size = _get_size(reader.root)
    if size is None:
        raise DrawingError("has no size", 'add viewBox="0 0 width height" to its <svg> tag', 1)
    return size


def _get_size(root: Mapping[str, str]) -> tuple[int, int] | None:
    sides = [_LENGTH.fullmatch(root.get(side, "")) for side in ("width", "height")]
    view_box = root.get("viewBox", "").replace(",", " ").split()[2:]
    try:
        known = [float(side[1]) * _UNITS[side[2].lower()] for side in sides if side]
        width, height = known if all(sides) else map(float, view_box)
        return (max(1, round(width)), max(1, round(height))) if width > 0 and height > 0 else None
    except (ValueError, OverflowError):
        return None


class _Reader:
    """Reads a drawing with expat, which loads no external entities; raises DrawingError from its handlers."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.XmlDeclHandler = self._check_encoding
        self.parser.EntityDeclHandler = self._check_entity
        self.parser.AttlistDeclHandler = self._refuse_declaration
        self.parser.ElementDeclHandler = self._refuse_declaration
        self.parser.NotationDeclHandler = self._refuse_declaration
        self.parser.ProcessingInstructionHandler = self._check_instruction
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._add_text
        self.root: dict[str, str] = {}
        self._open: list[str] = []
        self._style: list[str] = []

    def error(self, what: str, hint: str = _PLAIN_HINT) -> DrawingError:
        """Return an error at the parser's position."""
        return DrawingError(what, hint, self.parser.CurrentLineNumber)

    def _check_encoding(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in _ENCODINGS:
            raise self.error(f"is encoded as {encoding}", "save it in UTF-8")

    def _check_entity(self, name: str, is_parameter: bool, value: str | None, *_external: str | None) -> None:
        # Illustrator names its namespaces so. Browsers and expat read anything else differently.
        if is_parameter or value is None or "<" in value or "&" in value:
            raise self.error(f"declares the entity {name}")

    def _refuse_declaration(self, name: str, *_: object) -> None:
        raise self.error(f"declares {name} in its DOCTYPE")

    def _check_instruction(self, target: str, _data: str) -> None:
        if not target.startswith(_INSTRUCTIONS):
            raise self.error(f"has <?{target}?>")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, _, name = tag.rpartition("}")
        if not self._open:
            if name != "svg" or namespace not in {SVG, _NO_NAMESPACE}:
                raise self.error("is not an SVG image", "save the image again, or remove it")
            self.root = attributes
        self._open.append(tag)
        if name.lower() == "script":
            raise self.error("contains a script")
        is_editors = namespace.startswith(_EDITORS)
        if not is_editors and name not in _ELEMENTS.get(namespace or SVG, ()):
            raise self.error(f"has an <{name}>" if name[0] in "aeiou" else f"has a <{name}>")
        for key, value in attributes.items():
            self._check_attribute(name, key, value, is_editors=is_editors)

    def _end(self, tag: str) -> None:
        self._open.pop()
        if tag.rpartition("}")[2] == "style":
            self._check_css("".join(self._style), is_sheet=True)
            self._style = []

    def _add_text(self, text: str) -> None:
        if any(tag.rpartition("}")[2] == "style" for tag in self._open):
            self._style.append(text)

    def _check_attribute(self, tag: str, key: str, value: str, *, is_editors: bool) -> None:
        namespace, _, name = key.rpartition("}")
        if namespace.startswith(_EDITORS):
            return
        if name.lower().startswith("on") or _SCRIPT_URL.match(value):
            raise self.error("contains a script")
        is_known = {
            _NO_NAMESPACE: name in _ATTRIBUTES or "-" in name or name == "href" or is_editors,
            _XLINK: name in _XLINK_ATTRIBUTES,
            _XML: name in _XML_ATTRIBUTES,
        }
        if not is_known.get(namespace):
            raise self.error(f"has the attribute {name} in <{tag}>")
        if name == "href":
            self._check_url(tag, value)
        elif name == "attributeName" and value not in _ATTRIBUTES - {"style", "class", "id"} and "-" not in value:
            raise self.error(f"animates {value}")
        elif name not in _TEXT_ATTRIBUTES and not name.startswith(_PLAIN_TEXT):
            self._check_css(value)

    def _check_url(self, tag: str, url: str) -> None:
        if tag == "a":
            if not _LINK_URL.fullmatch(url):
                raise self.error(f"links to {url[:80]}", "link to an address that begins with https://")
        elif not (_IMAGE_URL if tag in {"image", "feImage"} else _ELEMENT_URL).fullmatch(url):
            raise self.error(f"loads {url.strip()[:80]}", _EMBED_HINT)

    def _check_css(self, text: str, *, is_sheet: bool = False) -> None:
        # An escape in the name of a function or rule makes it none of the lists, too.
        rest = _CSS_URL.sub(" 0 ", text)
        for match in _CSS_FUNCTION.finditer(rest):
            if match[0].lower() == "url(":
                url = re.split("[\\s\"')]", rest[match.end() :].lstrip("\"' "), maxsplit=1)[0]
                raise self.error(f"loads {url[:80]}", _EMBED_HINT)
            if match[0].lower() not in _CSS_FUNCTIONS:
                raise self.error(f"has {match[0]}…) in its CSS")
        for match in _CSS_AT_RULE.finditer(rest) if is_sheet else ():
            if match[0].lower() not in _CSS_AT_RULES:
                raise self.error(f"has {match[0]} in its CSS")

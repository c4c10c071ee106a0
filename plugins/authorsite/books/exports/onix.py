"""A book for the trade: ONIX 3.1, one product for each edition."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from ...markup import plain
from ..model import Edition
from ..views import BookView, EditionView

NAMESPACE = "http://ns.editeur.org/onix/3.1/reference"

Node = tuple[str, "str | list[Node]"]
"""An element: its name, and its text or what it holds."""

_FORM = {"paperback": "BC", "hardcover": "BB", "ebook": "ED", "audiobook": "AJ"}
_ROLE = {
    "author": "A01", "illustrator": "A12", "photographer": "A13", "foreword": "A23", "editor": "B01",
    "translator": "B06", "narrator": "E07",
}  # fmt: skip
_LANGUAGE = {
    "en": "eng", "de": "ger", "fr": "fre", "es": "spa", "it": "ita", "nl": "dut", "pt": "por", "pl": "pol",
    "sv": "swe", "da": "dan", "nb": "nob", "fi": "fin", "cs": "cze", "ja": "jpn", "zh": "chi", "ru": "rus",
}  # fmt: skip
_STATUS = {"announced": "02", "preorder": "02", "available": "04", "out of print": "07"}
_AVAILABILITY = {"announced": "10", "preorder": "10", "available": "20", "out of print": "40"}
_TO_BE_ANNOUNCED, _ASK = "02", "04"
_BEFORE_TAX = {"USD", "CAD"}
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who gives the facts: the site's author, address and mail address."""

    name: str
    url: str
    mail: str = ""


def onix(book: BookView, sender: Sender, told_on: date) -> str:
    """Return an ONIX message about all editions of a book; `told_on` is when it was sent: since when it says this."""
    mail: list[Node] = [("EmailAddress", sender.mail)] if sender.mail else []
    header: Node = ("Header", [("Sender", [("SenderName", sender.name), *mail]), ("SentDateTime", f"{told_on:%Y%m%d}")])
    products = [_product(book, edition, sender) for edition in book.editions]
    root = ET.Element("ONIXMessage", {"release": "3.1", "xmlns": NAMESPACE})
    for node in [header, *products]:
        _add(root, node)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _add(parent: ET.Element, node: Node) -> None:
    name, value = node
    element = ET.SubElement(parent, name)
    if isinstance(value, str):
        element.text = _NOT_XML.sub("", value)
    else:
        for child in value:
            _add(element, child)


def _product(book: BookView, edition: EditionView, sender: Sender) -> Node:
    record = edition.record
    reference = f"{urlsplit(sender.url).netloc}.{book.slug}.{edition.key}"
    number: list[Node] = (
        [("ProductIDType", "15"), ("IDValue", record.isbn)]
        if record.isbn
        else [("ProductIDType", "01"), ("IDTypeName", "Sender's own"), ("IDValue", reference)]
    )
    early = record.availability in {"announced", "preorder"}
    return (
        "Product",
        [
            ("RecordReference", reference),
            ("NotificationType", "02" if early else "03"),
            ("ProductIdentifier", number),
            ("DescriptiveDetail", list(_descriptive(book, record))),
            ("CollateralDetail", list(_collateral(book))),
            ("PublishingDetail", list(_publishing(edition, sender))),
            ("ProductSupply", [("SupplyDetail", list(_supply(edition, sender)))]),
        ],
    )


def _descriptive(book: BookView, record: Edition) -> Iterator[Node]:
    yield "ProductComposition", "00"
    yield "ProductForm", _FORM[record.format]
    if record.trim:
        for kind, size in (("01", record.trim.height), ("02", record.trim.width)):
            yield "Measure", [("MeasureType", kind), ("Measurement", str(size)), ("MeasureUnitCode", record.trim.unit)]
    series = book.record.series
    if series:
        part: list[Node] = [("PartNumber", str(series.number))] if series.number is not None else []
        element: Node = ("TitleElement", [("TitleElementLevel", "02"), *part, ("TitleText", series.name)])
        yield "Collection", [("CollectionType", "10"), ("TitleDetail", [("TitleType", "01"), element])]
    else:
        yield "NoCollection", ""
    subtitle: list[Node] = [("Subtitle", book.subtitle)] if book.subtitle else []
    title: list[Node] = [("TitleElementLevel", "01"), ("TitleText", book.title), *subtitle]
    yield "TitleDetail", [("TitleType", "01"), ("TitleElement", title)]
    for place, person in enumerate(book.record.contributors, 1):
        role = _ROLE.get(person.role.lower(), "Z99")
        yield "Contributor", [("SequenceNumber", str(place)), ("ContributorRole", role), ("PersonName", person.name)]
    language = _LANGUAGE.get(book.record.language.split("-")[0].lower())
    if language:
        yield "Language", [("LanguageRole", "01"), ("LanguageCode", language)]
    if record.pages:
        yield "Extent", [("ExtentType", "00"), ("ExtentValue", str(record.pages)), ("ExtentUnit", "03")]
    if record.minutes:
        yield "Extent", [("ExtentType", "09"), ("ExtentValue", str(record.minutes)), ("ExtentUnit", "05")]
    if book.record.subjects:
        words = "; ".join(book.record.subjects)
        yield "Subject", [("SubjectSchemeIdentifier", "20"), ("SubjectHeadingText", words)]


def _collateral(book: BookView) -> Iterator[Node]:
    text = book.record.description or book.hook or plain(book.html) or book.title
    yield "TextContent", [("TextType", "03"), ("ContentAudience", "00"), ("Text", text)]
    for said in book.record.endorsements:
        yield (
            "TextContent",
            [("TextType", "06"), ("ContentAudience", "00"), ("Text", said.quote), ("TextAuthor", said.by)],
        )
    if book.cover:
        version: Node = (
            "ResourceVersion",
            [("ResourceForm", "02"), ("ResourceLink", book.cover.url)],
        )
        yield (
            "SupportingResource",
            [("ResourceContentType", "01"), ("ContentAudience", "00"), ("ResourceMode", "03"), version],
        )


def _publishing(edition: EditionView, sender: Sender) -> Iterator[Node]:
    if edition.record.imprint:
        yield "Imprint", [("ImprintName", edition.record.imprint)]
    yield "Publisher", [("PublishingRole", "01"), ("PublisherName", edition.record.imprint or sender.name)]
    yield "PublishingStatus", _STATUS[edition.record.availability]
    if edition.published:
        day = f"{edition.published:%Y%m%d}"
        yield "PublishingDate", [("PublishingDateRole", "01"), ("Date", day)]


def _supply(edition: EditionView, sender: Sender) -> Iterator[Node]:
    record = edition.record
    yield "Supplier", [("SupplierRole", "01"), ("SupplierName", record.imprint or sender.name)]
    yield "ProductAvailability", _AVAILABILITY[record.availability]
    if not edition.prices:
        yield (
            "UnpricedItemType",
            _ASK if record.availability in {"available", "out of print"} else _TO_BE_ANNOUNCED,
        )
    for currency, amount in edition.prices:
        kind = "01" if currency in _BEFORE_TAX else "02"
        yield "Price", [("PriceType", kind), ("PriceAmount", amount), ("CurrencyCode", currency)]

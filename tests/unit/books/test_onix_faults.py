"""The faults in ONIX that the book trade complains of, each with its source, and a record that would lead to it.

A record either gives ONIX without the fault, or is refused or warned of.
"""

import functools
import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import onixcheck
import pytest
from authorsite.books.model import Book
from authorsite.books.presenter import BookPresenter
from authorsite.books.record_checks import check_trade_faults, check_unique_isbns
from authorsite.filters import make_filters
from authorsite.page_language import PageLanguage
from authorsite.problems import ProblemLog
from authorsite.reading.person_names import parse_name
from authorsite.reading.sources import read_source
from authorsite.settings import SiteSettings
from authorsite.templating import TEMPLATES
from conftest import ROOT
from jinja2 import Environment, FileSystemLoader
from lxml import etree

SENDERS = (
    'EDItEUR, application note "Twelve ONIX problems" (2020), as listed by BookNet Canada, "Twenty-four ONIX issues '
    'data providers & data recipients need to know" (booknetcanada.ca/blog/2022/2/18/), problem {}'
)
LIST = "EDItEUR, ONIX for Books code lists, issue 75, list {} (ns.editeur.org/onix/en/{})"
THEMA = "EDItEUR, Thema subject categories 1.4, note on {} (ns.editeur.org/thema/en/{})"
BIC = "BIC, Statement on best practice for title and subtitle metadata fields (2018)"
BISG = "BISG, Effective use of the subtitle field (bisg.org/support-for-effective-use-of-the-title-and-subtitle-fields)"
BOOKNET = "BookNet Canada, Supporting unique multiples in ONIX 3.0 (booknetcanada.ca/blog/2022/5/24/)"
BOWKER = "Bowker, Metadata best practices by data field (slideshare.net/discoverbowker/metadata-best-practices), {}"
KOBO = "Rakuten Kobo, Metadata style guide (github.com/kobolabs/metadata-style-guide), {}"
GOOGLE = "Google, ONIX 3.0 & 3.1 for Google Play Books (support.google.com/books/partner/answer/6374180), {}"
CB = "CB and Bureau ISBN, Overzicht foutmeldingen uit verwerking aangeleverde ONIX berichten (wiki.isbn.nl), {}"

SITE, TODAY = SiteSettings(url="https://example.org"), date(2020, 2, 3)
NAMESPACE = {"o": "http://ns.editeur.org/onix/3.1/reference"}
ISBN = "isbn: 978-1-234-56101-7"
PAPER = "editions: [{format: paperback}]"
OUT = "published: 2019-03-01"

# A record, what the XPath finds in its ONIX ("o:" omitted), and the fault: its source.
GOOD = {
    "a title with its subtitle": (
        SENDERS.format(12), f"subtitle: And more\n{PAPER}",
        {"TitleText": ["A book"], "Subtitle": ["And more"]},
    ),
    "a title with its series": (
        BIC, f"series: {{name: Rungs, number: 2}}\n{PAPER}",
        {"DescriptiveDetail/TitleDetail//TitleText": ["A book"], "Collection//TitleText": ["Rungs"]},
    ),
    "markup and entities": (
        SENDERS.format(8), f'description: "Zoë & <b>Co</b> &eacute; ]]>"\n{PAPER}',
        {"Text[not(*)]": ["Zoë & <b>Co</b> &eacute; ]]>"]},
    ),
    "paragraphs run together": (
        LIST.format(34, 34), f'description: "One.\\n\\nTwo."\n{PAPER}',
        {"Text[@textformat='05']/p": ["One.", "Two."]},
    ),
    "a title in the place of a description": (
        SENDERS.format(12), PAPER,
        {"CollateralDetail": [], "Text": []},
    ),
    "a hook in the place of a description": (
        LIST.format(153, 153), f"hook: Up!\ndescription: Long.\n{PAPER}",
        {"TextContent[TextType='03']/Text": ["Long."], "TextContent[TextType='10']/Text": ["Up!"]},
    ),
    "an endorsement called a review": (
        LIST.format(153, 153),
        f"endorsements: [{{quote: Blurb., by: Gus}}, {{quote: Review., by: It, date: 2019-01-02}}]\n{PAPER}",
        {"TextContent[TextType='09']/Text": ["Blurb."], "TextContent[TextType='06']/Text": ["Review."]},
    ),
    "an ISBN with hyphens": (
        KOBO.format("ISBN, common errors"), f"editions: [{{format: paperback, {ISBN}}}]",
        {"ProductIdentifier[ProductIDType='15']/IDValue": ["9781234561017"]},
    ),
    "an ISBN without its GTIN": (
        KOBO.format("ISBN, notes"), "editions: [{format: hardcover, isbn: 9781234561024}]",
        {"ProductIdentifier[ProductIDType='03']/IDValue": ["9781234561024"]},
    ),
    "an ISBN of ten digits": (
        LIST.format(5, 5), "editions: [{format: paperback, isbn: 0-306-40615-2}]",
        {"ProductIDType": ["03", "15"], "IDValue": ["9780306406157"] * 2},
    ),
    "an identifier of no known scheme": (
        LIST.format(5, 5), "editions: [{format: paperback}]",
        {"ProductIDType": ["01"], "IDTypeName": ["Record of example.org"]},
    ),
    "a name in the wrong order": (
        KOBO.format("Contributor, common errors"),
        f"contributors: [{{name: Vera van Dyke Jr.}}, {{name: Mao Zedong, family: Mao}}]\n{PAPER}",
        {
            "PersonName": ["Vera van Dyke Jr.", "Mao Zedong"], "KeyNames": ["Dyke", "Mao"], "PrefixToKey": ["van"],
            "NamesBeforeKey": ["Vera", "Zedong"], "SuffixToKey": ["Jr."],
        },
    ),
    "contributors without an order": (
        GOOGLE.format("Contributor"),
        f"contributors: [{{name: A B}}, {{name: C D, role: narrator}}, {{name: E F, role: editor}}]\n{PAPER}",
        {"SequenceNumber": ["1", "2"], "ContributorRole": ["A01", "B01"]},
    ),
    "a language as a word, or with two letters": (
        KOBO.format("Language, common errors"), f"language: de-AT\n{PAPER}",
        {"LanguageCode": ["ger"]},
    ),
    "a qualifier as the main subject": (
        THEMA.format("place qualifiers", 1), f"subjects: [{{thema: 1DDU}}, {{thema: WQH}}]\n{PAPER}",
        {"Subject[MainSubject]/SubjectCode": ["WQH"], "Subject[SubjectSchemeIdentifier='94']/SubjectCode": ["1DDU"]},
    ),
    "several main subjects of one scheme": (
        BOWKER.format("Subject codes"), f"subjects: [{{bisac: HIS015000}}, {{bisac: BUS070060}}]\n{PAPER}",
        {"Subject[MainSubject]/SubjectCode": ["HIS015000"]},
    ),
    "a keyword for each subject": (
        LIST.format(27, 27), f"subjects: [Salt, Ice, Salt]\n{PAPER}",
        {"Subject[SubjectSchemeIdentifier='20']/SubjectHeadingText": ["Salt; Ice"]},
    ),
    "the same code twice": (
        BOOKNET, f"subjects: [{{thema: WQH}}, {{thema: WQH}}]\n{PAPER}",
        {"SubjectCode": ["WQH"]},
    ),
    "an e-book without its file type": (
        GOOGLE.format("ProductFormDetail"),
        f"editions: [{', '.join(f'{{format: ebook, file_type: {kind}}}' for kind in ('epub', 'pdf', 'kindle'))}]",
        {"ProductForm": ["ED"] * 3, "ProductFormDetail": ["E101", "E107", "E116"]},
    ),
    "an e-book with pages of its own": (
        LIST.format(23, 23), "editions: [{format: ebook, pages: 90}]",
        {"ExtentType": ["10"]},
    ),
    "an e-book with the pages of the printed book": (
        LIST.format(23, 23), "editions: [{format: ebook, pages: 90}, {format: paperback, pages: 90}]",
        {"ExtentType": ["08", "00"]},
    ),
    "a price with a sign, or without decimals": (
        KOBO.format("Price, common errors"), "editions: [{format: paperback, price: {USD: 1299.9}}]",
        {"PriceAmount": ["1299.90"], "CurrencyCode": ["USD"], "PriceType": ["01"]},
    ),
    "yen with decimals": (
        KOBO.format("Price, notes"), "editions: [{format: paperback, price: {JPY: 2000}}]",
        {"PriceAmount": ["2000"]},
    ),
    "a price without tax where it has tax": (
        LIST.format(58, 58), "editions: [{format: paperback, price: {EUR: 9, GBP: 8}}]",
        {"PriceType": ["02", "02"]},
    ),
    "neither a price nor a reason": (
        LIST.format(57, 57), PAPER,
        {"Price": [], "UnpricedItemType": ["04"]},
    ),
    "available before it is published": (
        LIST.format(64, 64), f"published: 2031-05-01\nupdated: 2020-01-01\n{PAPER}",
        {"NotificationType": ["02"], "PublishingStatus": ["02"], "ProductAvailability": ["10"]},
    ),
    "forthcoming without the expected date": (
        LIST.format(65, 65),
        "published: 2031-05-01\nupdated: 2020-01-01\neditions: [{format: paperback, availability: preorder}]",
        {"PublishingDate/Date": ["20310501"], "SupplyDate[SupplyDateRole='08']/Date": ["20310501"]},
    ),
    "forthcoming, but nobody knows when": (
        LIST.format(64, 64), "updated: 2020-01-01\neditions: [{format: paperback, availability: announced}]",
        {"PublishingStatus": [], "PublishingDate": [], "ProductAvailability": ["10"], "SupplyDate": []},
    ),
    "no publication date": (
        GOOGLE.format("PublishingDate"), PAPER,
        {"PublishingDate[PublishingDateRole='01']/Date": ["20190301"]},
    ),
    "no date of the file": (
        GOOGLE.format("SentDateTime"), f"{OUT}\nupdated: 2019-06-01\n{PAPER}",
        {"Header/SentDateTime": ["20190601"]},
    ),
}  # fmt: skip

# A record that is refused or warned of, and the message.
BAD = {
    "`N/A` rather than nothing": (SENDERS.format(10), "subtitle: N/A", "`subtitle` is `N/A` - remove it"),
    "an imprint that is unknown": (
        SENDERS.format(10), "editions: [{format: paperback, imprint: TBD}]", "`imprint` is `TBD` - remove it",
    ),
    "characters that XML does not allow": (SENDERS.format(11), 'hook: "a\\u0002b"', "control character U+0002"),
    "the series in the title": (
        BISG, "subtitle: A novel (Rungs, Book 2)\nseries: {name: Rungs, number: 2}", "has the series in it",
    ),
    "the subtitle in the title": (KOBO.format("Title, best practice"), "subtitle: book", "the title has the subtitle"),
    "an ISBN too short": (KOBO.format("ISBN, common errors"), "editions: [{format: ebook, isbn: 9781780000}]", "ISBN"),
    "an ISBN with a wrong digit": (
        GOOGLE.format("IDValue"), "editions: [{format: ebook, isbn: 9781234561018}]", "wrong check digit",
    ),
    "one ISBN for two formats": (
        GOOGLE.format("ProductIDType"),
        f"editions: [{{format: paperback, {ISBN}}}, {{format: ebook, {ISBN}}}]", "duplicate ISBN",
    ),
    "a price with its sign": (
        KOBO.format("Price, common errors"),
        "editions: [{format: ebook, price: {USD: $3.99}}]", "`$3.99` is not a price",
    ),
    "a price with a comma": (
        KOBO.format("Price, common errors"), 'editions: [{format: ebook, price: {USD: "1,299.99"}}]', "is not a price",
    ),
    "a currency in lower case": (
        KOBO.format("Price, common errors"), "editions: [{format: ebook, price: {cad: 3}}]", "`cad` is not a currency",
    ),
    "a qualifier without a subject": (
        THEMA.format("place qualifiers", 1), "subjects: [{thema: 1DDU}]", "1DDU of Thema only qualifies a subject",
    ),
    "the whole section of qualifiers": (
        THEMA.format("place qualifiers", 1), "subjects: [{thema: 1}]", "`1` is not a code of THEMA",
    ),
    "a heading of BISAC rather than its code": (
        GOOGLE.format("SubjectCode"), "subjects: [{bisac: HISTORY}]", "`HISTORY` is not a code of BISAC",
    ),
    "no subject as a subject": (BOWKER.format("Subject codes"), "subjects: [{bisac: NON000000}]", "has no subject"),
    "several keywords in one": (LIST.format(27, 27), 'subjects: ["Salt; Ice"]', "is more than one keyword"),
    "a code that is not in the list": (
        CB.format("ONIX code is niet toegestaan"), "editions: [{format: scroll}]", "scroll",
    ),
}  # fmt: skip


def read_record(folder, lines):
    """Return the problems of a record with `lines`, and the record; it is out unless they have a date of their own."""
    path, log = folder / "book.md", ProblemLog(folder)
    path.write_text(f"---\ntitle: A book\n{'' if 'updated:' in lines else OUT}\n{lines}\n---\n", "utf-8")
    source = read_source(path, Book, log, ZoneInfo("UTC"))
    if source:
        check_trade_faults(source, log)
        check_unique_isbns([source], log)
    return [*map(str, log)], source and source.record


@functools.cache
def get_template():
    environment = Environment(loader=FileSystemLoader(TEMPLATES), trim_blocks=True, lstrip_blocks=True, autoescape=True)
    environment.filters |= make_filters(SITE, PageLanguage(SITE))
    return environment.get_template("onix.xml")


def render_onix(record, slug="a-book"):
    """Return the ONIX of a record as the site of SITE writes it."""
    editions = BookPresenter(SITE, TODAY, {}, {}).present_editions(record, slug)
    book = SimpleNamespace(
        record=record,
        slug=slug,
        editions=editions,
        tagline=record.hook or record.description,
        cover=None,
        last_updated=record.get_last_updated(TODAY),
    )
    variables = {"author": "Ann Author", "host": "example.org", "today": TODAY, "parse_name": parse_name}
    return get_template().render(book=book, site=SITE, **variables).lstrip()


def find_texts(root, path):
    """Return the texts of the elements at `path`, an XPath without prefixes, anywhere in an ONIX message."""
    path = re.sub(r"(?<![\w@'.])([A-Za-z]\w*)(?![\w'(])", r"o:\1", path)
    return ["".join(element.itertext()) for element in root.xpath(f"//{path}", namespaces=NAMESPACE)]


@pytest.mark.parametrize("name", GOOD)
def test_records_that_could_lead_to_a_fault_give_onix_without_it(tmp_path, name):
    _, lines, expected = GOOD[name]
    problems, record = read_record(tmp_path, lines)
    assert problems == []
    text = render_onix(record)
    root = etree.fromstring(text.encode())
    assert {path: find_texts(root, path) for path in expected} == expected
    assert "CDATA" not in text, SENDERS.format(9)
    empty = [element.tag for element in root.iter() if not (element.text or len(element))]
    assert {etree.QName(tag).localname for tag in empty} <= {"MainSubject", "NoCollection"}


def test_the_onix_of_all_these_records_is_valid(tmp_path):
    records = [read_record(tmp_path, row[1])[1] for row in GOOD.values()]
    first, *others = [etree.fromstring(render_onix(record, f"book-{n}").encode()) for n, record in enumerate(records)]
    first.extend(product for root in others for product in root.iterfind("o:Product", NAMESPACE))
    file = tmp_path / "onix.xml"
    file.write_bytes(etree.tostring(first))
    assert [m.message for schema in ("xsd", "rng") for m in onixcheck.validate(str(file), schemas=(schema,))] == []


@pytest.mark.parametrize("name", BAD)
def test_records_with_a_fault_are_reported(tmp_path, name):
    _, lines, message = BAD[name]
    (problem,), _ = read_record(tmp_path, lines)
    assert message in problem
    assert re.match(r"book\.md:[1-9]", problem)


def test_records_without_a_fault_are_not_reported():
    for path in sorted((ROOT / "tests/sites").glob("*/content/books/*.md")):
        if "invalid" not in path.parts:
            log = ProblemLog()
            check_trade_faults(read_source(path, Book, log, ZoneInfo("UTC")), log)
            assert [*log] == []


@functools.cache
def read_code_lists():
    """Return the code list of each element, and the notes on each code of a list, as onixcheck has them."""
    folder = Path(onixcheck.__file__).parent / "schema/xsd3.1"
    elements = (folder / "ONIX_BookProduct_3.1_reference.xsd").read_text("utf-8")
    elements = re.findall(r'<xs:element name="(\w+)">(.*?)\n\t</xs:element>', elements, re.DOTALL)
    lists = (folder / "ONIX_BookProduct_CodeLists.xsd").read_text("utf-8")
    lists = re.findall(r'<xs:simpleType name="(List\d+)">(.*?)</xs:simpleType>', lists, re.DOTALL)
    notes = {name: dict(re.findall(r'value="(\w+)">(.*?)</xs:enum', text, re.DOTALL)) for name, text in lists}
    used = {name: re.search(r'base="(List\d+)"', text) for name, text in elements}
    return {name: notes[match[1]] for name, match in used.items() if match}


def test_no_code_is_deprecated(tmp_path):
    """Recipients refuse codes that the lists no longer have, or mean something else by them."""
    lists, used = read_code_lists(), set()
    for _, lines, _ in GOOD.values():
        for element in etree.fromstring(render_onix(read_record(tmp_path, lines)[1]).encode()).iter("{*}*"):
            name = etree.QName(element).localname
            if name in lists:
                used.add((name, element.text))
    assert len(used) > 40
    assert [code for code in sorted(used) if "deprecated" in lists[code[0]][code[1]].lower()] == []

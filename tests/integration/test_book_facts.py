"""One record, many readers: title, ISBN, price, currency and date read back out of every output that states them."""

import json
import re
from datetime import date
from decimal import Decimal

import feedparser
import onixcheck
import pytest
import yaml
from authorsite.books.exports.barcodes import ean13
from authorsite.markup import plain
from conftest import ROOT
from lxml import etree, html
from scanner import Unreadable, read_ean13, read_qr
from serving import serving

BOOKS = ["made-up-guide", "made-up-atlas", "made-up-stairs"]
SIGNS = {"$": "USD", "€": "EUR", "£": "GBP"}
ONIX = {"o": "http://ns.editeur.org/onix/3.1/reference"}
SUBTITLE = ": A book for tests"
CARD = "//li[.//a[@href='/books/{slug}/']]"
ROW = "//section[h2/@id='{slug}']"
CITATION_DATE = "citation_publication_date"


# What readers make of a file: a set of values for each fact, prices together with their currency.


def facts(titles=(), isbns=(), prices=(), dates=()):
    return {"title": set(titles), "isbn": set(isbns), "price": set(prices), "date": set(dates)}


def money(text):
    return {(SIGNS[sign], Decimal(n)) for sign, n in re.findall(r"([$€£])(\d+\.\d\d)", text)}


def days(text):
    months = "January February March April May June July August September October November December".split()
    found = re.findall(rf"({'|'.join(months)}) (\d{{1,2}}), (\d{{4}})", text)
    return {date(int(year), months.index(month) + 1, int(day)) for month, day, year in found}


def isbns(text):
    return {number.replace("-", "") for number in re.findall(r"ISBN (97[89][-\d]{10,14})", text)}


def work(title):
    # Two of the styles write titles with capitals.
    return re.sub(f"{SUBTITLE}$", "", title, flags=re.IGNORECASE)


def said_in(part, title="//h1"):
    """Return a reader of what a page says to people: its facts below the path `part`, its title at `title`."""

    def read(text, slug):
        page = html.fromstring(text)
        said = " ".join(" ".join(found.itertext()) for found in page.xpath(part.format(slug=slug)))
        titles = [work(found.text_content().removeprefix("Buy ")) for found in page.xpath(title.format(slug=slug))]
        return facts(titles, isbns(said), money(said), days(said))

    return read


def read_jsonld(text, _):
    found = re.search(r'<script type="application/ld\+json">(\{\s*"@context".*?"Book".*?)</script>', text, re.DOTALL)
    thing = json.loads(found[1])
    editions = thing["workExample"]
    lists = [o for e in editions for o in e.get("offers", ()) if o["url"].startswith("https://example.org/books/")]
    return facts(
        [thing["name"], *(e["name"] for e in editions)],
        [e["isbn"] for e in editions],
        [(o["priceCurrency"], Decimal(o["price"])) for o in lists],
        [date.fromisoformat(e["datePublished"]) for e in editions],
    )


def read_meta(title, isbn="", day="", price=""):
    def read(text, _):
        page = html.fromstring(text)

        def content(name):
            return page.xpath(f"//meta[@property='{name}' or @name='{name}']/@content")

        prices = zip(content(f"{price}:currency"), map(Decimal, content(f"{price}:amount")), strict=True)
        dates = [date.fromisoformat(d.replace("/", "-")) for d in content(day)]
        return facts([t.removeprefix("Buy ") for t in content(title)], content(isbn), prices, dates)

    return read


def read_onix(text, _):
    root = etree.fromstring(text.encode())

    def every(path, node=root):
        return node.xpath(path, namespaces=ONIX)

    return facts(
        every("//o:TitleDetail[o:TitleType='01']/o:TitleElement[o:TitleElementLevel='01']/o:TitleText/text()"),
        every("//o:ProductIdentifier[o:ProductIDType='15']/o:IDValue/text()"),
        [(every("string(o:CurrencyCode)", p), Decimal(every("string(o:PriceAmount)", p))) for p in every("//o:Price")],
        [date.fromisoformat(d) for d in every("//o:PublishingDate[o:PublishingDateRole='01']/o:Date/text()")],
    )


def read_csl(text, _):
    items = json.loads(text)
    days = [date(*item["issued"]["date-parts"][0]) for item in items]
    return facts([work(item["title"]) for item in items], [i["ISBN"].replace("-", "") for i in items], (), days)


def read_bibtex(text, _):
    every = [dict(re.findall(r"^  (\w+) = \{(.*)\},$", entry, re.MULTILINE)) for entry in text.split("\n}\n")[:-1]]
    days = [date.fromisoformat(entry["date"]) for entry in every]
    assert [entry["year"] for entry in every] == [str(day.year) for day in days]
    titles = [work(entry["title"].strip("{}")) for entry in every]
    return facts(titles, [entry["isbn"].replace("-", "") for entry in every], (), days)


def read_ris(text, _):
    every = [dict(line.split("  - ", 1) for line in entry.split("\r\n")) for entry in text.split("\r\nER  - \r\n")[:-1]]
    days = [date(*map(int, entry["DA"].split("/"))) for entry in every]
    return facts([work(entry["TI"]) for entry in every], [e["SN"].replace("-", "") for e in every], (), days)


def read_feed(text, slug):
    entry = next(e for e in feedparser.parse(text).entries if e.link.split("/")[-2] == slug)
    said = plain(entry.content[0].value)
    return facts([html.fromstring(entry.title).text_content()], isbns(said), money(said), days(said))


def read_barcode(text, _):
    return facts((), [read_ean13(text)])


# Of what an output states a fact; where it states none, the reason stands instead.
EVERY, FIRST, WORK = "every edition", "the first edition", "the work"
SHEET = "stands on the sheet below"
LIST = "a list leads to the book's page for it"
ONE = "the citation is of the first edition, and no style names its ISBN"
YEAR = "a style names the year alone; the file for reference managers has the day"
NO_PRICE = "has no field for a price"
BARS = "a barcode is a number"

PAGE, BUY = "books/{slug}/index.html", "books/{slug}/buy/index.html"
OUTPUTS = {
    # output: file, reader, then title, ISBN, price with currency, date
    "book page": (PAGE, said_in("//section[@class='details']"), WORK, EVERY, EVERY, EVERY),
    "purchase page": (BUY, said_in("//h2/span[@class='price']"), WORK, SHEET, EVERY, SHEET),
    "printed sheet": (BUY, said_in("//section[@class='local']", "//dt[.='Title']/../dd"), WORK, EVERY, EVERY, EVERY),
    "books": ("books/index.html", said_in(CARD, f"{CARD}//h2"), WORK, LIST, FIRST, LIST),
    "where to buy": ("buy/index.html", said_in(f"{ROW}//h3", f"{ROW}/h2"), WORK, LIST, EVERY, LIST),
    "citations": (PAGE, said_in("//section[@class='cite']", "//section[@class='cite']//i"), WORK, ONE, NO_PRICE, YEAR),
    "JSON-LD": (PAGE, read_jsonld, WORK, EVERY, EVERY, EVERY),
    "JSON-LD of the purchase page": (BUY, read_jsonld, WORK, EVERY, EVERY, EVERY),
    "Open Graph": (PAGE, read_meta("og:title", "book:isbn", "book:release_date"), WORK, EVERY, NO_PRICE, WORK),
    "Open Graph of the purchase page": (
        BUY, read_meta("og:title", price="product:price"), WORK, "has no field for it", EVERY, "has no field for it",
    ),
    "citation_*": (PAGE, read_meta("citation_title", "citation_isbn", CITATION_DATE), WORK, EVERY, NO_PRICE, WORK),
    "ONIX": ("books/{slug}/onix.xml", read_onix, WORK, EVERY, EVERY, EVERY),
    "CSL-JSON": ("books/{slug}/cite.json", read_csl, WORK, EVERY, NO_PRICE, EVERY),
    "BibTeX": ("books/{slug}/cite.bib", read_bibtex, WORK, EVERY, NO_PRICE, EVERY),
    "RIS": ("books/{slug}/cite.ris", read_ris, WORK, EVERY, NO_PRICE, EVERY),
    "feed": ("books/feed.xml", read_feed, WORK, EVERY, EVERY, EVERY),
    "barcode": ("books/{slug}/{format}-ean.svg", read_barcode, BARS, FIRST, BARS, BARS),
}  # fmt: skip
NOT_OUT = {("feed", "made-up-stairs")}
"""The feed announces books that have come out."""


def stated(output):
    """Return of what an output states each fact, by the fact."""
    return {f: of for f, of in zip(facts(), OUTPUTS[output][2:], strict=True) if of in (EVERY, FIRST, WORK)}


def record_of(golden, slug):
    """Return the record as its author wrote it, past the package's own reader."""
    return yaml.safe_load((golden.root / "content" / "books" / f"{slug}.md").read_text("utf-8").split("---\n")[1])


def expected(record, fact, of):
    editions = record["editions"] if of == EVERY else record["editions"][:1]
    if fact == "title":
        return {record["title"]}
    if fact == "isbn":
        return {e["isbn"].replace("-", "") for e in editions}
    if fact == "price":
        return {(c, Decimal(str(p)).quantize(Decimal("0.01"))) for e in editions for c, p in e.get("price", {}).items()}
    return {record["published"]} if of == WORK else {e["published"] for e in editions}


def differences(golden, slug, output, text):
    """Return what `text`, the file of an output, says otherwise than the record."""
    found, record = OUTPUTS[output][1](text, slug), record_of(golden, slug)
    wanted = {fact: expected(record, fact, of) for fact, of in stated(output).items()}
    return {fact: (found[fact], values) for fact, values in wanted.items() if found[fact] != values}


def text_of(golden, slug, output):
    path = OUTPUTS[output][0].format(slug=slug, format=record_of(golden, slug)["editions"][0]["format"])
    return (golden.root / "output" / path).read_bytes().decode()


@pytest.mark.parametrize("slug", BOOKS)
@pytest.mark.parametrize("output", OUTPUTS)
def test_every_output_states_the_records_facts(golden, slug, output):
    if (output, slug) not in NOT_OUT:
        assert differences(golden, slug, output, text_of(golden, slug, output)) == {}


# Each fact of the guide as some output may write it, and another value in the same form.
ALTERED = {
    "title": [("The Made-up Guide", "The Made-up Guise")],
    "isbn": [("978-1-234-56001-0", "978-1-234-56008-9"), ("9781234560010", "9781234560089"), ("M15 ", "M14 ")],
    "price": [("$19.95", "$19.96"), ('"19.95"', '"19.96"'), (">19.95<", ">19.96<")],
    "currency": [("€17.50", "£17.50"), ('"EUR"', '"GBP"'), (">EUR<", ">GBP<")],
    "date": [
        ("June 1, 2018", "June 2, 2018"), ("2018-06-01", "2018-06-02"), ("2018/06/01", "2018/06/02"),
        (">20180601<", ">20180602<"), ("     1\n", "     2\n"),
    ],
}  # fmt: skip
MUTATIONS = [
    pytest.param(output, fact, id=f"{output}: {fact}")
    for output in OUTPUTS
    for fact in ALTERED
    if (fact if fact != "currency" else "price") in stated(output)
]


@pytest.mark.parametrize(("output", "fact"), MUTATIONS)
def test_an_output_that_states_another_fact_is_found_out(golden, output, fact):
    text = text_of(golden, "made-up-guide", output)
    altered = text
    for was, becomes in ALTERED[fact]:
        altered = altered.replace(was, becomes)
    assert altered != text, "nothing was altered: this case proves nothing"
    try:
        found = differences(golden, "made-up-guide", output, altered)
    except Unreadable:
        return
    assert list(found) == ["price" if fact == "currency" else fact]


def test_every_fact_of_every_output_is_either_stated_or_has_its_reason():
    assert len(MUTATIONS) == sum(len(stated(output)) + ("price" in stated(output)) for output in OUTPUTS)
    assert all(len(row) == 6 and all(row) for row in OUTPUTS.values())


def test_the_qr_code_of_each_permanent_link_leads_there(golden):
    output = golden.root / "output"
    codes = sorted(output.glob("go/**/qr.svg"))
    assert len(codes) > len(BOOKS)
    for code in codes:
        assert read_qr(code.read_text()) == f"https://example.org/{code.parent.relative_to(output)}/"


def test_a_qr_code_with_another_module_is_found_out(golden):
    text = golden.output("go/made-up-guide/qr.svg")
    with pytest.raises(Unreadable):
        read_qr(text.replace('m1 0h1"', '"'))


@pytest.mark.parametrize(
    "number", ["9781234560010", "9798123450017", "9780306406157", "4006381333931", "0012345678905"]
)
def test_a_barcode_is_read_back_whatever_its_digits(number):
    assert read_ean13(ean13(number, "")) == number


def faults(path):
    """Return what the trade's two schemas find wrong in an ONIX file."""
    return [m.message for schema in ("xsd", "rng") for m in onixcheck.validate(path, schemas=(schema,))]


@pytest.mark.parametrize("slug", BOOKS)
def test_onix_is_valid(golden, slug):
    assert faults(str(golden.root / "output" / "books" / slug / "onix.xml")) == []


PAPER = "{format: paperback}"
ISBN = "{format: paperback, isbn: %s, price: {USD: 19.95, JPY: 2000}, trim: 152x229mm}"
FIRST_ISBN, SECOND_ISBN = ISBN % "978-1-234-56001-0", ISBN % "978-1-234-56002-7"
AUDIO = "{format: audiobook, duration: 7h35m, availability: announced}"
REAL = (ROOT / "content/books/what-is-coworking.md").read_text("utf-8")
POOR = {
    "real": re.sub("cover:.*\n|sample:.*\n", "", REAL),
    "bare": f"---\ntitle: Bare\npublished: 2018-06-01\neditions: [{PAPER}]\n---\n",
    "record-dated": f"---\ntitle: Bare\nupdated: 2018-06-01\neditions: [{PAPER}, {FIRST_ISBN}]\n---\n",
    "no-language-code": f"---\ntitle: Bare\nlanguage: tlh\npublished: 2018-06-01\neditions: [{SECOND_ISBN}]\n---\n",
    "two-of-a-format": f"---\ntitle: Bare\npublished: 2018-06-01\neditions: [{PAPER}, {PAPER}]\n---\n",
    "praised-before-it-is-out": '---\ntitle: Bare & "Late"\npublished: 2030-01-01\n'
    f"endorsements: [{{quote: Soon., by: Gus, date: 2018-06-01}}]\neditions: [{AUDIO}]\n---\n",
}
UNTOLD = {
    "no-edition": "---\ntitle: Bare\npublished: 2018-06-01\n---\n",
    "no-day": f"---\ntitle: Bare\neditions: [{PAPER}]\n---\n",
    "neither": "---\ntitle: Bare\n---\n",
    "not-out": f"---\ntitle: Bare\npublished: 2030-01-01\neditions: [{PAPER}]\n---\n",
}


def test_onix_of_records_that_know_little_is_valid(make_site):
    site = make_site({f"content/books/{name}.md": text for name, text in (POOR | UNTOLD).items()})
    assert not site.build(strict=True, AUTHORSITE={"search": False, "social_cards": False}).failed
    texts = {name: site.output(f"books/{name}/onix.xml") for name in POOR}
    for name, text in texts.items():
        assert faults(str(site.root / f"output/books/{name}/onix.xml")) == [], name
        assert "<SentDateTime>20180601<" in text, name
    assert "<ExtentValue>455<" in texts["praised-before-it-is-out"]
    for name in UNTOLD:
        assert not (site.root / f"output/books/{name}/onix.xml").exists(), name
        assert "onix" not in site.output(f"books/{name}/index.html"), name


def test_the_validator_of_onix_would_say_so(golden, tmp_path):
    bad = tmp_path / "bad.xml"
    bad.write_text(golden.output("books/made-up-guide/onix.xml").replace("<CurrencyCode>USD", "<CurrencyCode>DOL"))
    assert faults(str(bad)) != []


@pytest.mark.browser
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_purchase_page_is_one_printed_sheet(golden, browser, paper):
    with serving(golden.root / "output") as address:
        page = browser.new_page()
        page.goto(f"{address}/books/made-up-guide/buy/")
        sheet = page.pdf(format=paper, prefer_css_page_size=False)
        page.close()
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1

"""One record, many readers: title, ISBN, price, currency and date read back out of every output that states them."""

import json
import re
import subprocess
from datetime import date
from decimal import Decimal
from html import unescape

import feedparser
import onixcheck
import pytest
import yaml
from authorsite.books.exports.codes import ean13_modules
from authorsite.markup import plain
from lxml import etree, html

BOOKS = ["made-up-guide", "made-up-atlas", "made-up-stairs"]
SIGNS = {"$": "USD", "€": "EUR", "£": "GBP"}
ONIX = {"o": "http://ns.editeur.org/onix/3.1/reference"}


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


def read_record(text):
    """Read the facts as the author wrote them, past the package's own reader."""
    data = yaml.safe_load(text.split("---\n")[1])
    editions = data["editions"]
    return facts(
        [data["title"]],
        [str(e["isbn"]).replace("-", "") for e in editions],
        [(c, Decimal(str(p)).quantize(Decimal("0.01"))) for e in editions for c, p in e.get("price", {}).items()],
        [e.get("published", data["published"]) for e in editions],
    )


def read_details(text):
    page = html.fromstring(text)
    details = page.xpath("//section[@class='details']")[0].text_content()
    return facts([page.xpath("//h1")[0].text_content()], isbns(details), money(details), days(details))


def read_sheet(text):
    sheet = html.fromstring(text).xpath("//section[@class='local']")[0]
    said = sheet.text_content()
    title = sheet.xpath(".//dt[.='Title']/following-sibling::dd")[0].text_content().split(": A book for tests")[0]
    return facts([title], isbns(said), money(said), days(said))


def read_jsonld(text):
    work = json.loads(
        re.search(r'<script type="application/ld\+json">(\{\s*"@context".*?"Book".*?)</script>', text, re.DOTALL)[1]
    )
    editions = work["workExample"]
    lists = [o for e in editions for o in e.get("offers", ()) if o["url"].startswith("https://example.org/books/")]
    return facts(
        [work["name"], *(e["name"] for e in editions)],
        [e["isbn"] for e in editions],
        [(o["priceCurrency"], Decimal(o["price"])) for o in lists],
        [date.fromisoformat(e["datePublished"]) for e in editions],
    )


def read_meta(prefix, title, isbn, day):
    def read(text):
        page = html.fromstring(text)

        def content(name):
            return page.xpath(f"//meta[@property='{prefix}{name}' or @name='{prefix}{name}']/@content")

        titles = content(title) or page.xpath(f"//meta[@property='{title}']/@content")
        return facts(titles, content(isbn), (), [date.fromisoformat(d.replace("/", "-")) for d in content(day)])

    return read


def read_onix(text):
    root = etree.fromstring(text.encode())

    def every(path, node=root):
        return node.xpath(path, namespaces=ONIX)

    return facts(
        every("//o:TitleDetail[o:TitleType='01']/o:TitleElement[o:TitleElementLevel='01']/o:TitleText/text()"),
        every("//o:ProductIdentifier[o:ProductIDType='15']/o:IDValue/text()"),
        [(every("string(o:CurrencyCode)", p), Decimal(every("string(o:PriceAmount)", p))) for p in every("//o:Price")],
        [date.fromisoformat(d) for d in every("//o:PublishingDate[o:PublishingDateRole='01']/o:Date/text()")],
    )


def without_subtitle(title):
    return title.removesuffix(": A book for tests")


def read_csl(text):
    item = json.loads(text)[0]
    return facts(
        [without_subtitle(item["title"])], [item["ISBN"].replace("-", "")], (), [date(*item["issued"]["date-parts"][0])]
    )


def read_bibtex(text):
    field = dict(re.findall(r"^  (\w+) = \{(.*)\},$", text, re.MULTILINE))
    return facts(
        [without_subtitle(field["title"].strip("{}"))],
        [field["isbn"].replace("-", "")],
        (),
        [date.fromisoformat(field["date"])],
    )


def read_ris(text):
    field = dict(line.split("  - ", 1) for line in text.split("\r\n") if line)
    return facts(
        [without_subtitle(field["TI"])], [field["SN"].replace("-", "")], (), [date(*map(int, field["DA"].split("/")))]
    )


def read_barcode(text):
    """Read the bars as a scanner does: where there is a bar, and nothing of the digits in words."""
    modules = ["0"] * 95
    for place in re.findall(r"M(\d+) 12h1v", text):
        modules[int(place) - 11] = "1"
    bars = "".join(modules)
    found = [n for n in GOLDEN_ISBNS if ean13_modules(n) == bars]
    return facts((), found or ["unreadable"])


GOLDEN_ISBNS = ["9781234560010", "9798123450017", "9781234560027", "9781234560034"]

# name, file, reader, which facts it states, and whether of all editions or the first only
OUTPUTS = [
    ("book page", "books/{}/index.html", read_details, "title isbn price date", True),
    ("printed sheet", "books/{}/buy/index.html", read_sheet, "title isbn price date", True),
    ("JSON-LD", "books/{}/index.html", read_jsonld, "title isbn price date", True),
    ("Open Graph", "books/{}/index.html", read_meta("book:", "og:title", "isbn", "release_date"), "title isbn", True),
    (
        "citation_*",
        "books/{}/index.html",
        read_meta("citation_", "title", "isbn", "publication_date"),
        "title isbn",
        True,
    ),
    ("ONIX", "books/{}/onix.xml", read_onix, "title isbn price date", True),
    ("CSL-JSON", "books/{}/cite.json", read_csl, "title isbn date", False),
    ("BibTeX", "books/{}/cite.bib", read_bibtex, "title isbn date", False),
    ("RIS", "books/{}/cite.ris", read_ris, "title isbn date", False),
    ("barcode", "books/{}/{format}-ean.svg", read_barcode, "isbn", False),
]
OF_THE_WORK = {"Open Graph", "citation_*"}


def record_of(golden, slug):
    text = (golden.root / "content" / "books" / f"{slug}.md").read_text("utf-8")
    data = yaml.safe_load(text.split("---\n")[1])
    return text, data


def expected(golden, slug, stated, whole):
    text, data = record_of(golden, slug)
    every = read_record(text)
    if not whole:
        first = data["editions"][0]
        every["isbn"], every["date"] = {first["isbn"].replace("-", "")}, {first["published"]}
    return {name: values for name, values in every.items() if name in stated.split()}


def differences(golden, slug, output, text):
    """Return what `text`, the file of an output, says otherwise than the record."""
    name, _, read, stated, whole = output
    found = read(text)
    wanted = expected(golden, slug, stated, whole)
    if name in OF_THE_WORK:
        wanted["date"] = {record_of(golden, slug)[1]["published"]}
    return {fact: (found[fact], values) for fact, values in wanted.items() if found[fact] != values}


def text_of(golden, slug, output):
    first = record_of(golden, slug)[1]["editions"][0]["format"]
    path = output[1].format(slug, format=first)
    return (golden.root / "output" / path).read_bytes().decode()


@pytest.mark.parametrize("slug", BOOKS)
@pytest.mark.parametrize("output", OUTPUTS, ids=lambda o: o[0])
def test_every_output_states_the_records_facts(golden, slug, output):
    assert differences(golden, slug, output, text_of(golden, slug, output)) == {}


# Each fact of the guide as some output may write it, and another value in the same form.
ALTERED = {
    "title": [("The Made-up Guide", "The Made-up Guise")],
    "isbn": [("978-1-234-56001-0", "978-1-234-56008-9"), ("9781234560010", "9781234560089")],
    "price": [("$19.95", "$19.96"), ('"19.95"', '"19.96"'), (">19.95<", ">19.96<")],
    "currency": [("€17.50", "£17.50"), ('"EUR"', '"GBP"'), (">EUR<", ">GBP<")],
    "date": [
        ("June 1, 2018", "June 2, 2018"),
        ("2018-06-01", "2018-06-02"),
        ("2018/06/01", "2018/06/02"),
        (">20180601<", ">20180602<"),
        ("     1\n", "     2\n"),
    ],
}


def mutations():
    for output in OUTPUTS[:-1]:
        stated = [*output[3].split(), *(["currency"] if "price" in output[3] else [])]
        stated += ["date"] if output[0] in OF_THE_WORK else []
        for fact in stated:
            yield pytest.param(output, fact, id=f"{output[0]}: {fact}")


@pytest.mark.parametrize(("output", "fact"), list(mutations()))
def test_an_output_that_states_another_fact_is_found_out(golden, output, fact):
    text = text_of(golden, "made-up-guide", output)
    altered = text
    for was, becomes in ALTERED[fact]:
        altered = altered.replace(was, becomes)
    assert altered != text, "nothing was altered: this case proves nothing"
    assert differences(golden, "made-up-guide", output, altered)


def test_a_barcode_with_another_bar_is_found_out(golden):
    output = OUTPUTS[-1]
    text = text_of(golden, "made-up-guide", output)
    assert differences(golden, "made-up-guide", output, text.replace("M15 12h1v", "M14 12h1v", 1))


def feed_facts(text):
    found = {}
    for entry in feedparser.parse(text).entries:
        said = plain(entry.content[0].value)
        found[entry.link.split("/")[-2]] = facts([unescape(entry.title)], isbns(said), money(said), days(said))
    return found


@pytest.mark.parametrize("slug", BOOKS[:2])
def test_the_feed_of_books_states_the_records_facts(golden, slug):
    text = golden.output("books/feed.xml")
    wanted = expected(golden, slug, "title isbn price date", whole=True)
    assert feed_facts(text)[slug] == wanted
    for fact in ("title", "isbn", "price", "currency", "date"):
        altered = text
        for was, becomes in [*ALTERED[fact], ("Atlas", "Atlases"), ("56002-7", "56009-6"), ("£28", "£29")]:
            altered = altered.replace(was, becomes)
        assert feed_facts(altered)[slug] != wanted


@pytest.mark.parametrize("slug", BOOKS)
@pytest.mark.parametrize("schema", ["xsd", "rng"])
def test_onix_is_valid(golden, slug, schema):
    path = golden.root / "output" / "books" / slug / "onix.xml"
    with path.open("rb") as file:
        found = onixcheck.validate(file, schemas=(schema,))
    assert [m.message for m in found] == []


def test_the_validator_of_onix_would_say_so(golden, tmp_path):
    bad = tmp_path / "bad.xml"
    bad.write_text(golden.output("books/made-up-guide/onix.xml").replace("<CurrencyCode>USD", "<CurrencyCode>DOL"))
    with bad.open("rb") as file:
        assert onixcheck.validate(file, schemas=("xsd",))


def test_the_purchase_page_is_one_printed_sheet(golden, chromium, tmp_path):
    from browser import FLAGS

    pdf = tmp_path / "sheet.pdf"
    page = golden.root / "output" / "books" / "made-up-guide" / "buy" / "index.html"
    # The stylesheet's address begins at the site's root: beside a file it is given a path.
    text = re.sub(r'(href|src)="/(theme|books|go|images)/', rf'\1="file://{golden.root}/output/\2/', page.read_text())
    sheet = tmp_path / "sheet.html"
    sheet.write_text(text)
    flags = [*FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--no-pdf-header-footer", f"--print-to-pdf={pdf}"]
    subprocess.run([chromium, *flags, f"file://{sheet}"], check=True, capture_output=True, timeout=60)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes())) == 1

"""Title, ISBN, price, currency and date: read back from every output and compared with the record."""

import json
import re
import zipfile
from datetime import date
from decimal import Decimal

import feedparser
import onixcheck
import pytest
import yaml
from authorsite.books.exports.barcodes import render_ean13
from authorsite.markup import text_content
from conftest import ROOT
from lxml import etree, html
from scanner import UnreadableCode, read_ean13, read_qr
from serving import serve_folder

BOOKS = ["made-up-guide", "made-up-atlas", "made-up-stairs"]
CURRENCY_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP"}
ONIX = {"o": "http://ns.editeur.org/onix/3.1/reference"}
SUBTITLE = ": A book for tests"
CARD = "//li[.//a[@href='/books/{slug}/']]"
ROW = "//section[h2/@id='{slug}']"
CITE = "//section[@class='cite']"
CITATION_DATE = "citation_publication_date"


# Readers return the facts in a file: a set of values for each fact; prices are (currency, amount).


def facts(titles=(), isbns=(), prices=(), dates=()):
    return {"title": set(titles), "isbn": set(isbns), "price": set(prices), "date": set(dates)}


def find_prices(text):
    return {(CURRENCY_SIGNS[sign], Decimal(n)) for sign, n in re.findall(r"([$€£])(\d+\.\d\d)", text)}


def find_dates(text):
    months = "January February March April May June July August September October November December".split()
    matches = re.findall(rf"({'|'.join(months)}) (\d{{1,2}}), (\d{{4}})", text)
    return {date(int(year), months.index(month) + 1, int(day)) for month, day, year in matches}


def find_isbns(text):
    return {number.replace("-", "") for number in re.findall(r"ISBN (97[89][-\d]{10,14})", text)}


def strip_subtitle(title):
    # Two of the citation styles capitalize titles.
    return re.sub(f"{SUBTITLE}$", "", title, flags=re.IGNORECASE)


def read_text(part, title="//h1"):
    """Return a reader of a page's text: facts inside the XPath `part`, titles at the XPath `title`."""

    def read(source, slug):
        page = html.fromstring(source)
        text = " ".join(" ".join(found.itertext()) for found in page.xpath(part.format(slug=slug)))
        titles = [re.sub("^Buy |^Press kit: ", "", f.text_content()) for f in page.xpath(title.format(slug=slug))]
        return facts(map(strip_subtitle, titles), find_isbns(text), find_prices(text), find_dates(text))

    return read


def read_jsonld(text, _):
    found = re.search(r'<script type="application/ld\+json">(\{\s*"@context".*?"Book".*?)</script>', text, re.DOTALL)
    data = json.loads(found[1])
    editions = data["workExample"]
    offers = [o for e in editions for o in e.get("offers", ()) if o["url"].startswith("https://example.org/books/")]
    return facts(
        [data["name"], *(e["name"] for e in editions)],
        [e["isbn"] for e in editions],
        [(o["priceCurrency"], Decimal(o["price"])) for o in offers],
        [date.fromisoformat(e["datePublished"]) for e in editions],
    )


def read_press_text(text, _):
    title, _, details = text.partition("\n")
    details = details.partition("\n\nIN A")[0]
    return facts([strip_subtitle(title)], find_isbns(details), find_prices(details), find_dates(details))


def read_package(text, _):
    return facts([etree.fromstring(text.encode()).findtext(".//{*}title").removeprefix("A sample of ")])


def read_series_jsonld(text, slug):
    [data] = map(json.loads, html.fromstring(text).xpath("//script[@type='application/ld+json']/text()"))
    return facts([book["name"] for book in data["hasPart"] if f"/{slug}/" in book["url"]])


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
    dates = [date(*item["issued"]["date-parts"][0]) for item in items]
    titles = [strip_subtitle(item["title"]) for item in items]
    return facts(titles, [item["ISBN"].replace("-", "") for item in items], (), dates)


def read_bibtex(text, _):
    every = [dict(re.findall(r"^  (\w+) = \{(.*)\},$", entry, re.MULTILINE)) for entry in text.split("\n}\n")[:-1]]
    dates = [date.fromisoformat(entry["date"]) for entry in every]
    assert [entry["year"] for entry in every] == [str(day.year) for day in dates]
    titles = [strip_subtitle(entry["title"].strip("{}")) for entry in every]
    return facts(titles, [entry["isbn"].replace("-", "") for entry in every], (), dates)


def read_ris(text, _):
    every = [dict(line.split("  - ", 1) for line in entry.split("\r\n")) for entry in text.split("\r\nER  - \r\n")[:-1]]
    dates = [date(*map(int, entry["DA"].split("/"))) for entry in every]
    return facts([strip_subtitle(entry["TI"]) for entry in every], [e["SN"].replace("-", "") for e in every], (), dates)


def read_feed(text, slug):
    entry = next(e for e in feedparser.parse(text).entries if e.link.split("/")[-2] == slug)
    text = text_content(entry.content[0].value)
    return facts([html.fromstring(entry.title).text_content()], find_isbns(text), find_prices(text), find_dates(text))


def read_barcode(text, _):
    return facts((), [read_ean13(text)])


# For which editions an output states a fact, or the reason why it does not.
EVERY, FIRST, WORK = "every edition", "the first edition", "the work"
SHEET = "is on the sheet below"
LIST = "a list links to the book's page instead"
ONE = "the citation is of the first edition, and no style names its ISBN"
YEAR = "a style names only the year; the file for reference managers has the date"
NO_PRICE = "has no field for a price"
BARS = "a barcode has only the ISBN"

SAMPLE = "a sample has none of the book's facts but the title"
SERIES = "the series links to the book's page instead"
KIT = "books/{slug}/press/{slug}-press-kit.zip!{slug}-press-kit/about-the-book.txt"

PAGE, BUY = "books/{slug}/index.html", "books/{slug}/buy/index.html"
OUTPUTS = {
    # output: file, reader, then title, ISBN, price with currency, date
    "book page": (PAGE, read_text("//section[@class='details']"), WORK, EVERY, EVERY, EVERY),
    "purchase page": (BUY, read_text("//h2/span[@class='price']"), WORK, SHEET, EVERY, SHEET),
    "printed sheet": (BUY, read_text("//section[@class='local']", "//dt[.='Title']/../dd"), WORK, EVERY, EVERY, EVERY),
    "books": ("books/index.html", read_text(CARD, f"{CARD}//h2"), WORK, LIST, EVERY, LIST),
    "where to buy": ("buy/index.html", read_text(f"{ROW}//h3", f"{ROW}/h2"), WORK, LIST, EVERY, LIST),
    "citations": (PAGE, read_text(CITE, f"{CITE}//i"), WORK, ONE, NO_PRICE, YEAR),
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
    "press kit": ("books/{slug}/press/index.html", read_text("//section[@class='details']"), WORK, EVERY, EVERY, EVERY),
    "archive of the press kit": (KIT, read_press_text, WORK, EVERY, EVERY, EVERY),
    "sample for e-readers": ("books/{slug}/sample.epub!book/package.opf", read_package, WORK, SAMPLE, SAMPLE, SAMPLE),
    "series": ("series/guides/index.html", read_text(CARD, f"{CARD}//h2"), WORK, SERIES, EVERY, WORK),
    "JSON-LD of the series": ("series/guides/index.html", read_series_jsonld, WORK, SERIES, SERIES, SERIES),
    "barcode": ("books/{slug}/{format}-ean.svg", read_barcode, BARS, FIRST, BARS, BARS),
}  # fmt: skip
NOT_OUT = {
    ("feed", "made-up-stairs"),  # has only published books
    ("sample for e-readers", "made-up-atlas"),
    ("sample for e-readers", "made-up-stairs"),
    ("series", "made-up-stairs"),
    ("JSON-LD of the series", "made-up-stairs"),
}
"""Outputs that a book does not have."""


def get_stated_facts(output):
    """Return the facts that an output states, each with the editions it states it for."""
    return {f: of for f, of in zip(facts(), OUTPUTS[output][2:], strict=True) if of in (EVERY, FIRST, WORK)}


def load_record(golden, slug):
    """Parse the record from its file, without the package's own reader."""
    return yaml.safe_load((golden.root / "content" / "books" / f"{slug}.md").read_text("utf-8").split("---\n")[1])


def expected_values(record, fact, of):
    editions = record["editions"] if of == EVERY else record["editions"][:1]
    if fact == "title":
        return {record["title"]}
    if fact == "isbn":
        return {e["isbn"].replace("-", "") for e in editions}
    if fact == "price":
        return {(c, Decimal(str(p)).quantize(Decimal("0.01"))) for e in editions for c, p in e.get("price", {}).items()}
    return {record["published"]} if of == WORK else {e["published"] for e in editions}


def find_differences(golden, slug, output, text):
    """Return the facts in `text`, the file of an output, that differ from the record, as {fact: (actual, expected)}."""
    actual, record = OUTPUTS[output][1](text, slug), load_record(golden, slug)
    expected = {fact: expected_values(record, fact, of) for fact, of in get_stated_facts(output).items()}
    return {fact: (actual[fact], values) for fact, values in expected.items() if actual[fact] != values}


def read_output(golden, slug, output):
    path = OUTPUTS[output][0].format(slug=slug, format=load_record(golden, slug)["editions"][0]["format"])
    path, _, member = path.partition("!")
    if not member:
        return (golden.root / "output" / path).read_bytes().decode()
    with zipfile.ZipFile(golden.root / "output" / path) as archive:
        return archive.read(member).decode()


@pytest.mark.parametrize("slug", BOOKS)
@pytest.mark.parametrize("output", OUTPUTS)
def test_every_output_states_the_records_facts(golden, slug, output):
    if (output, slug) not in NOT_OUT:
        assert find_differences(golden, slug, output, read_output(golden, slug, output)) == {}


# Each fact of made-up-guide as outputs write it, and a wrong value in the same form.
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
    if (fact if fact != "currency" else "price") in get_stated_facts(output)
]


@pytest.mark.parametrize(("output", "fact"), MUTATIONS)
def test_wrong_fact_in_an_output_is_detected(golden, output, fact):
    text = read_output(golden, "made-up-guide", output)
    altered = text
    for old, new in ALTERED[fact]:
        altered = altered.replace(old, new)
    assert altered != text, "nothing was altered, so this case tests nothing"
    try:
        differences = find_differences(golden, "made-up-guide", output, altered)
    except UnreadableCode:
        return
    assert list(differences) == ["price" if fact == "currency" else fact]


def test_every_output_has_an_entry_or_a_reason_for_every_fact():
    stated = [get_stated_facts(output) for output in OUTPUTS]
    assert len(MUTATIONS) == sum(len(fs) + ("price" in fs) for fs in stated)
    assert all(len(row) == 6 and all(row) for row in OUTPUTS.values())


def iter_texts(site):
    """Yield the name and text of every file of a built site, and of those in its archives."""
    for name, data in site.tree().items():
        if name.endswith((".zip", ".epub")):
            with zipfile.ZipFile(site.root / "output" / name) as archive:
                yield from ((f"{name}!{m}", archive.read(m).decode("utf-8", "ignore")) for m in archive.namelist())
        elif name.endswith((".html", ".xml", ".json", ".txt", ".ics", ".bib", ".ris")):
            yield name, data.decode()


@pytest.mark.parametrize("name", ["golden", "rich", "bare"])
def test_no_output_has_an_isbn_or_a_price_that_no_record_has(name, request):
    site = request.getfixturevalue(name)
    records = [load_record(site, path.stem) for path in (site.root / "content/books").glob("*.md")]
    editions = [edition for record in records for edition in record.get("editions", ())]
    offers = [offer for record in records for offer in record.get("offers", ())]
    sources = " ".join(
        path.read_text("utf-8") for path in (site.root / "content").rglob("*.md")
    )  # reviews have one, too
    isbns = {number.replace("-", "") for number in re.findall(r"97[89][-\d]{10,14}", sources)}
    prices = {
        (currency, Decimal(str(amount)).quantize(Decimal("0.01")))
        for each in (*editions, *offers)
        for currency, amount in each.get("price", {}).items()
    }
    found = {
        file: (find_isbns(text) | {*re.findall(r"\b97[89]\d{10}\b", text)}) - isbns | find_prices(text) - prices
        for file, text in iter_texts(site)
    }
    assert {file: values for file, values in found.items() if values} == {}
    ratings = [file for file, text in iter_texts(site) if "ratingValue" in text or "reviewRating" in text]
    assert ratings == []


def test_an_offer_has_the_shops_own_price_and_the_list_price_is_named_once(rich):
    slug = "the-salt-ledger"
    page = rich.output(f"books/{slug}/index.html")
    data = json.loads(html.fromstring(page).xpath("string(//script[@type='application/ld+json'])"))
    record = load_record(rich, slug)
    assert len(data["workExample"]) == len(record["editions"])
    for edition, example in zip(record["editions"], data["workExample"], strict=True):
        own = [(o["price"], o["priceCurrency"]) for o in example["offers"] if o["url"].endswith(f"/books/{slug}/buy/")]
        shops = [(o["price"], o["priceCurrency"]) for o in example["offers"] if "seller" in o]
        assert sorted(own) == sorted((f"{amount:.2f}", currency) for currency, amount in edition["price"].items())
        offers = [o for o in record["offers"] if o["edition"] == edition["format"] and "price" in o]
        assert shops == [(f"{amount:.2f}", currency) for o in offers for currency, amount in o["price"].items()]
        assert len(own) + len(shops) == len(example["offers"])


def test_qr_codes_encode_their_go_links(golden):
    output = golden.root / "output"
    codes = sorted(output.glob("go/**/qr.svg"))
    assert len(codes) > len(BOOKS)
    for code in codes:
        assert read_qr(code.read_text()) == f"https://example.org/{code.parent.relative_to(output)}/"


def test_damaged_qr_code_is_detected(golden):
    text = golden.output("go/made-up-guide/qr.svg")
    with pytest.raises(UnreadableCode):
        read_qr(text.replace('m1 0h1"', '"'))


@pytest.mark.parametrize(
    "number", ["9781234560010", "9798123450017", "9780306406157", "4006381333931", "0012345678905"]
)
def test_barcode_can_be_read_back(number):
    assert read_ean13(render_ean13(number, "")) == number


def find_onix_errors(path):
    """Validate an ONIX file against EDItEUR's XSD and RNG schemas."""
    return [m.message for schema in ("xsd", "rng") for m in onixcheck.validate(path, schemas=(schema,))]


@pytest.mark.parametrize("slug", BOOKS)
def test_onix_is_valid(golden, slug):
    assert find_onix_errors(str(golden.root / "output" / "books" / slug / "onix.xml")) == []


PAPER = "{format: paperback}"
ISBN = "{format: paperback, isbn: %s, price: {USD: 19.95, JPY: 2000}, trim: 152x229mm}"
FIRST_ISBN, SECOND_ISBN = ISBN % "978-1-234-56001-0", ISBN % "978-1-234-56002-7"
AUDIO = "{format: audiobook, duration: 7h35m, availability: announced}"
REAL = (ROOT / "content/books/what-is-coworking.md").read_text("utf-8")
SPARSE = {
    "real": re.sub("cover:.*\n|sample:.*\n", "", REAL),
    "bare": f"---\ntitle: Bare\npublished: 2018-06-01\neditions: [{PAPER}]\n---\n",
    "updated": f"---\ntitle: Bare\nupdated: 2018-06-01\neditions: [{PAPER}, {FIRST_ISBN}]\n---\n",
    "no-language-code": f"---\ntitle: Bare\nlanguage: tlh\npublished: 2018-06-01\neditions: [{SECOND_ISBN}]\n---\n",
    "two-of-a-format": f"---\ntitle: Bare\npublished: 2018-06-01\neditions: [{PAPER}, {PAPER}]\n---\n",
    "codes": "---\ntitle: Bare\npublished: 2018-06-01\n"
    "subjects: [Ladders, {thema: KNTP}, {thema: JB}, {thema: 1KBB}, {bisac: BUS070060}, Rungs]\n"
    "links: {goodreads: 'https://goodreads.example/1', openlibrary: 'https://library.example/2'}\n"
    "editions: [{format: ebook, file_type: epub}]\n---\n",
    "endorsed-before-publication": '---\ntitle: Bare & "Late"\npublished: 2030-01-01\n'
    f"endorsements: [{{quote: Soon., by: Gus, date: 2018-06-01}}]\neditions: [{AUDIO}]\n---\n",
}
WITHOUT_ONIX = {
    "no-edition": "---\ntitle: Bare\npublished: 2018-06-01\n---\n",
    "no-date": f"---\ntitle: Bare\neditions: [{PAPER}]\n---\n",
    "neither": "---\ntitle: Bare\n---\n",
    "forthcoming": f"---\ntitle: Bare\npublished: 2030-01-01\neditions: [{PAPER}]\n---\n",
}


def test_onix_of_sparse_records_is_valid(make_site):
    site = make_site({f"content/books/{name}.md": text for name, text in (SPARSE | WITHOUT_ONIX).items()})
    assert not site.build(strict=True, AUTHORSITE={"search": False, "social_cards": False}).failed
    texts = {name: site.output(f"books/{name}/onix.xml") for name in SPARSE}
    for name, text in texts.items():
        assert find_onix_errors(str(site.root / f"output/books/{name}/onix.xml")) == [], name
        assert "<SentDateTime>20180601<" in text, name
    assert "<ExtentValue>455<" in texts["endorsed-before-publication"]
    codes = etree.fromstring(texts["codes"].encode())
    subjects = ["".join(s.itertext()).split() for s in codes.iterfind(".//o:Subject", ONIX)]
    assert subjects == [["93", "KNTP"], ["93", "JB"], ["94", "1KBB"], ["10", "BUS070060"], ["20", "Ladders;", "Rungs"]]
    main = [s.getparent().findtext("o:SubjectCode", "", ONIX) for s in codes.iterfind(".//o:MainSubject", ONIX)]
    assert main == ["KNTP", "BUS070060"]
    assert codes.findtext(".//o:ProductFormDetail", "", ONIX) == "E101"
    page = site.output("books/codes/index.html")
    assert '"sameAs":["https://goodreads.example/1","https://library.example/2"]' in page
    assert '<a href="https://goodreads.example/1" rel="noopener">Goodreads</a>' in page
    assert "KNTP" not in page
    for name in WITHOUT_ONIX:
        assert not (site.root / f"output/books/{name}/onix.xml").exists(), name
        assert "onix" not in site.output(f"books/{name}/index.html"), name


@pytest.mark.parametrize(("price", "amount"), [("KWD: 5.125", "5.125"), ("JPY: 2000", "2000"), ("USD: 20", "20.00")])
def test_amounts_have_the_decimals_of_their_currency(make_site, price, amount):
    record = f"---\ntitle: Bare\npublished: 2018-06-01\neditions: [{{format: paperback, price: {{{price}}}}}]\n---\n"
    site = make_site({"content/books/bare.md": record})
    assert not site.build(strict=True).failed
    assert f"<PriceAmount>{amount}<" in site.output("books/bare/onix.xml")
    assert f'"price":"{amount}"' in site.output("books/bare/index.html")
    assert f'content="{amount}"' in site.output("books/bare/buy/index.html")


def test_narrator_is_named_for_the_audiobook_alone(make_site):
    people = "[{name: Ann Author}, {name: Nat Reader, role: narrator}]"
    record = f"---\ntitle: Bare\npublished: 2018-06-01\ncontributors: {people}\neditions: [{PAPER}, {AUDIO}]\n---\n"
    site = make_site({"content/books/bare.md": record})
    assert not site.build(strict=True).failed
    products = etree.fromstring(site.output("books/bare/onix.xml").encode()).findall("o:Product", ONIX)
    names = [[name.text for name in product.iterfind(".//o:PersonName", ONIX)] for product in products]
    assert names == [["Ann Author"], ["Ann Author", "Nat Reader"]]


def test_number_zero_in_a_series_is_shown(make_site):
    record = f"---\ntitle: Bare\npublished: 2018-06-01\nseries: {{name: Rungs, number: 0}}\neditions: [{PAPER}]\n---\n"
    site = make_site({"content/books/bare.md": record})
    assert not site.build(strict=True).failed
    assert "Rungs (0)" in site.output("books/bare/index.html")
    assert '"position":0' in site.output("books/bare/index.html")
    assert "<PartNumber>0<" in site.output("books/bare/onix.xml")
    assert "number = {0}" in site.output("books/bare/cite.bib")


def test_onix_validation_detects_errors(golden, tmp_path):
    bad = tmp_path / "bad.xml"
    bad.write_text(golden.output("books/made-up-guide/onix.xml").replace("<CurrencyCode>USD", "<CurrencyCode>DOL"))
    assert find_onix_errors(str(bad)) != []


@pytest.mark.browser
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_purchase_page_prints_on_one_sheet(golden, browser, paper):
    with serve_folder(golden.root / "output") as address:
        page = browser.new_page()
        page.goto(f"{address}/books/made-up-guide/buy/")
        sheet = page.pdf(format=paper, prefer_css_page_size=False)
        page.close()
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1

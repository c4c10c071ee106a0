"""The script of pages with prices and shops: buy.js, with the countries of the currencies that the books use."""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from .prices import list_currency_countries
from .views import BookView

_SCRIPT = Path(__file__).with_name("buy.js")


def build_script(books: Iterable[BookView], today: date) -> str:
    """Return buy.js without comments and indentation, for the prices of `books`."""
    lines = map(str.strip, _SCRIPT.read_text("utf-8").splitlines())
    code = "\n".join(line for line in lines if not line.startswith("//"))
    currencies = {currency for book in books for currency in book.currencies}
    table = list_currency_countries(currencies, today)
    return code.replace('"CURRENCIES"', json.dumps(table, separators=(",", ":")))

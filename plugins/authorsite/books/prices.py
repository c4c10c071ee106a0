"""Prices: which ones an offer shows, how they are formatted, and in which countries they are paid."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal

from babel import Locale
from babel.numbers import format_currency, get_currency_precision, get_currency_symbol, get_territory_currencies

from .model import Offer

_LEFT_TO_RIGHT_MARK = "\u200e"

PriceTexts = tuple[tuple[str, str], ...]
"""Prices for people, in the order of the record, as (currency, "$19.95")."""


def format_prices(prices: Mapping[str, Decimal], locale: str) -> PriceTexts:
    """Format prices as `locale` (a Babel locale: en_US) writes them."""
    return tuple((currency, _format_price(amount, currency, locale)) for currency, amount in prices.items())


def _format_price(amount: Decimal, currency: str, locale: str) -> str:
    text, symbol = format_currency(amount, currency, locale=locale), get_currency_symbol(currency, locale)
    if Locale.parse(locale).text_direction == "rtl" and symbol[:1].isascii() and symbol[:1].isalpha():
        # Without the mark, the $ of "US$" goes to the other side of its letters (Unicode UAX #9, rule N1).
        return text.replace(symbol, f"{symbol}{_LEFT_TO_RIGHT_MARK}")
    return text


def join_prices(prices: PriceTexts) -> str:
    """Return prices in a line: "$19.95 / €17.50"; "" for none."""
    return " / ".join(text for _, text in prices)


def format_amount(amount: Decimal, currency: str) -> str:
    """Format an amount for programs (JSON-LD, Open Graph, ONIX): "19.95" in every language, "5.125" for dinars."""
    return f"{amount:.{get_currency_precision(currency)}f}"


def select_offer_prices(offer: Offer, countries: Sequence[str], today: date) -> Mapping[str, Decimal]:
    """Return the shop's own prices in the currencies of `countries`, or else all of them; none if they have expired.

    An edition's list price is no shop's price. `countries` are ISO 3166 codes; none means worldwide.
    """
    if offer.valid_until is not None and offer.valid_until < today:
        return {}
    local = {currency for country in countries for currency in get_territory_currencies(country, today)}
    return {currency: amount for currency, amount in offer.price.items() if currency in local} or offer.price


def list_currency_countries(currencies: Collection[str], today: date) -> Mapping[str, str]:
    """Return the countries (ISO 3166) where people pay in each of `currencies`, sorted: {"CAD": "CA", …}."""
    if not currencies:  # Babel takes 15 ms to read its list of territories
        return {}
    paid: dict[str, list[str]] = {currency: [] for currency in sorted(currencies)}
    # Codes of three digits are regions of the world.
    for country in sorted(code for code in map(str, Locale("en").territories) if code.isalpha()):
        for currency in get_territory_currencies(country, today)[:1]:
            if currency in paid:
                paid[currency].append(country)
    return {currency: " ".join(countries) for currency, countries in paid.items()}

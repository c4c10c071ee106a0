"""Prices: which one an offer shows, and how it is formatted in the site's language."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision, get_territory_currencies

from .model import Offer


def format_prices(prices: Mapping[str, Decimal], locale: str) -> str:
    """Format prices in a line as `locale` (a Babel locale: en_US) writes them: "$19.95 / €17.50"; "" for none."""
    return " / ".join(format_currency(amount, currency, locale=locale) for currency, amount in prices.items())


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

"""Prices: which one an offer shows, and how it is formatted in the site's language."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from babel.numbers import format_currency, get_territory_currencies

from .model import Edition, Offer


def format_prices(prices: Mapping[str, Decimal], locale: str) -> str:
    """Format prices in a line as `locale` (a Babel locale: en_US) writes them: "$19.95 / €17.50"; "" for none."""
    return " / ".join(format_currency(amount, currency, locale=locale) for currency, amount in prices.items())


def format_amount(amount: Decimal) -> str:
    """Format an amount for programs (JSON-LD, Open Graph, ONIX): "19.95" in every language."""
    return f"{amount:.2f}"


def find_offer_price(
    edition: Edition, offer: Offer, countries: Sequence[str], today: date
) -> tuple[Decimal | None, str]:
    """Return the price of `offer` in the currency of its countries, and that currency; (None, "") if unknown.

    The edition's list price is used where the offer names none. `countries` are ISO 3166 codes; none means worldwide.
    """
    is_expired = offer.valid_until is not None and offer.valid_until < today
    # A shop that sells worldwide need not charge the list price.
    prices = {} if is_expired or not (offer.price or countries) else offer.price or edition.price
    local = (c for country in countries for c in get_territory_currencies(country, today) if c in prices)
    only = next(iter(prices), "") if len(prices) == 1 and not countries else ""
    currency = next(local, only)
    return prices.get(currency), currency

"""Tests of prices: how they are written in each language."""

from decimal import Decimal

import pytest
from authorsite.books.prices import format_prices


@pytest.mark.parametrize(
    ("currency", "locale", "expected"),
    [
        ("USD", "en_US", "$19.95"),
        ("USD", "de_DE", "19,95\u00a0$"),
        ("USD", "ar", "\u200f19.95\u00a0US$\u200e"),
        ("GBP", "ar", "\u200f19.95\u00a0UK£\u200e"),
        ("EUR", "ar", "\u200f19.95\u00a0€"),
        ("EGP", "ar", "\u200f19.95\u00a0ج.م.\u200f"),
    ],
)
def test_format_prices_keeps_the_signs_of_a_currency_together(currency: str, locale: str, expected: str) -> None:
    assert format_prices({currency: Decimal("19.95")}, locale) == ((currency, expected),)

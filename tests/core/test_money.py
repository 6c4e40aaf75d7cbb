from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.money import (
    CURRENCIES,
    MAXIMUM_AMOUNT,
    format_amount_input,
    format_money,
    parse_amount,
    percent_off,
)


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "text"),
    [
        (1999, "EUR", "en", "€19.99"),
        (1999, "EUR", "de", "19,99\xa0€"),
        (1999, "JPY", "en", "¥1,999"),
        (5, "USD", "en", "$0.05"),
    ],
)
def test_money_is_formatted_for_its_currency_and_language(
    amount: int, currency: str, locale: str, text: str
) -> None:
    assert format_money(amount, currency, locale) == text


@given(st.integers(0, MAXIMUM_AMOUNT), st.sampled_from(CURRENCIES))
def test_what_is_shown_in_a_field_is_read_back(amount: int, currency: str) -> None:
    assert parse_amount(format_amount_input(amount, currency), currency) == amount


@pytest.mark.parametrize(
    "text", ["", "-1", "nan", "1e999", "1.999", "abc", "1000000000", "--", "0.001", "\x00"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_amount(text, "EUR")


def test_yen_has_no_decimals() -> None:
    assert parse_amount("1500", "JPY") == 1500
    with pytest.raises(ValueError):
        parse_amount("1.5", "JPY")


@given(st.integers(0, MAXIMUM_AMOUNT), st.integers(0, 100))
def test_a_discount_is_off_by_less_than_one_unit_and_never_raises_a_price(
    amount: int, percent: int
) -> None:
    reduced = percent_off(amount, percent)
    assert 0 <= reduced <= amount
    assert abs(Decimal(reduced) - Decimal(amount) * (100 - percent) / 100) <= Decimal("0.5")

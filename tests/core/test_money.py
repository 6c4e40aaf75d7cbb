from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.currencies import (
    CURRENCIES,
    MAXIMUM_AMOUNT,
    amount_step,
    chargeable,
    minimum_charge,
)
from app.core.money import (
    AmountRefused,
    example_amount,
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
    amount -= amount % amount_step(currency)
    assert parse_amount(format_amount_input(amount, currency), currency) == amount


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("12,50", "EUR", 1250),
        ("12.50", "EUR", 1250),
        ("12,5", "EUR", 1250),
        (" 12 ", "EUR", 1200),
        (",50", "EUR", 50),
        ("0.500", "EUR", 50),
        ("1.234,50", "EUR", 123450),
        ("1,234.50", "EUR", 123450),
        ("1'234.50", "CHF", 123450),
        ("1\u2019234.50", "CHF", 123450),
        ("1 234,50", "EUR", 123450),
        ("1\u202f234,50", "EUR", 123450),
        ("1.234.567", "KRW", 1234567),
        ("123.456,70", "EUR", 12345670),
        ("1,234", "JPY", 1234),
        ("1.234", "JPY", 1234),
        ("1500.00", "JPY", 1500),
        ("1.230", "KWD", 1230),
        ("0,230", "KWD", 230),
        ("1,230.500", "KWD", 1230500),
    ],
)
def test_points_and_commas_are_read_as_people_type_them(
    text: str, currency: str, amount: int
) -> None:
    assert parse_amount(text, currency) == amount


@pytest.mark.parametrize(
    ("text", "currency", "words"),
    [
        ("1.234", "EUR", "two ways"),
        ("1,234", "USD", "two ways"),
        ("1,230", "KWD", "two ways"),
        ("1.234", "KWD", "must be 0"),
        ("5.005", "TND", "must be 0"),
        ("1.5", "JPY", "no decimal places"),
        ("0.500", "JPY", "no decimal places"),
        ("1234,567", "EUR", "2 decimal places"),
        ("1.234.56", "EUR", "such as 9.90"),
        ("1,234.567,8", "EUR", "such as 9.90"),
        ("12,34,567", "EUR", "such as 9.90"),
        ("1E999999", "EUR", "such as 9.90"),
        ("1e3", "EUR", "such as 9.90"),
        ("9" * 5000, "EUR", "such as 9.90"),
        ("x", "JPY", "such as 990."),
        ("x", "KWD", "such as 9.900"),
        ("1000000", "EUR", "At most €999,999.99"),
        ("+5", "EUR", "such as 9.90"),
        ("\u0661", "EUR", "such as 9.90"),
    ],
)
def test_what_can_be_read_in_two_ways_or_not_charged_is_refused_in_words(
    text: str, currency: str, words: str
) -> None:
    with pytest.raises(AmountRefused) as refused:
        parse_amount(text, currency)
    assert words in refused.value.message


@given(st.text(max_size=60), st.sampled_from(CURRENCIES))
def test_no_text_breaks_the_reading(text: str, currency: str) -> None:
    try:
        amount = parse_amount(text, currency)
    except AmountRefused:
        return
    assert 0 <= amount <= MAXIMUM_AMOUNT and amount % amount_step(currency) == 0


@pytest.mark.parametrize("currency", CURRENCIES)
def test_every_currency_has_a_smallest_charge_that_can_be_charged(currency: str) -> None:
    smallest = minimum_charge(currency)
    assert smallest > 1 and smallest % amount_step(currency) == 0
    assert chargeable(0, currency) and chargeable(smallest, currency)
    assert not chargeable(smallest - amount_step(currency), currency)
    assert parse_amount(example_amount(currency), currency)


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
    tens = percent_off(amount * 10, percent, 10)
    assert tens == reduced * 10

"""Money is a whole number of minor units and an ISO 4217 code. Precision and form come from CLDR."""

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from babel.numbers import NumberFormatError, format_currency, get_currency_precision, parse_decimal

# What Mayfly offers for sale prices: Stripe's presentment currencies that need no special rounding.
CURRENCIES = (
    "EUR",
    "USD",
    "GBP",
    "CHF",
    "SEK",
    "NOK",
    "DKK",
    "PLN",
    "CZK",
    "CAD",
    "AUD",
    "NZD",
    "JPY",
    "KRW",
)
# Stripe's upper bound: eight digits in the minor unit.
MAXIMUM_AMOUNT = 99_999_999


def to_decimal(amount: int, currency: str) -> Decimal:
    """Return `amount` minor units as a decimal of major units: 1999 EUR is 19.99, 1999 JPY is 1999."""
    return Decimal(amount).scaleb(-get_currency_precision(currency))


def format_money(amount: int, currency: str, locale: str = "en") -> str:
    """Format `amount` minor units for people who read `locale`."""
    return format_currency(to_decimal(amount, currency), currency, locale=locale)


def format_amount_input(amount: int, currency: str) -> str:
    """Format `amount` for an input field: plain digits and a point."""
    return f"{to_decimal(amount, currency):f}"


def parse_amount(text: str, currency: str, locale: str = "en") -> int:
    """Return the minor units that `text` (major units, as typed) means.

    Raises ValueError when it is no number, has more digits than the currency, is negative, or is over the maximum.
    """
    try:
        value = parse_decimal(text.strip(), locale=locale, strict=True)
        minor = value.scaleb(get_currency_precision(currency))
        if not minor.is_finite() or minor != minor.to_integral_value():
            raise ValueError(text)
    except (NumberFormatError, InvalidOperation) as error:
        raise ValueError(text) from error
    if not 0 <= minor <= MAXIMUM_AMOUNT:
        raise ValueError(text)
    return int(minor)


def percent_off(amount: int, percent: int) -> int:
    """Return `amount` reduced by `percent` (0 to 100), rounded half to even to a whole minor unit."""
    reduced = Decimal(amount) * (100 - percent) / 100
    return int(reduced.to_integral_value(ROUND_HALF_EVEN))

"""The currencies that Mayfly sells in, and Stripe's rules for an amount in each. Amounts are minor units.

Source: Stripe's documentation, "Supported currencies": minimum charge amounts, zero-decimal and three-decimal currencies.
"""

from babel.numbers import get_currency_precision

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
    "KWD",
    "BHD",
    "OMR",
    "JOD",
    "TND",
)
# Stripe's upper bound: eight digits in the minor unit.
MAXIMUM_AMOUNT = 99_999_999

_DOCUMENTED_MINIMUMS = {
    "USD": 50,
    "AED": 200,
    "AUD": 50,
    "BGN": 100,
    "BRL": 50,
    "CAD": 50,
    "CHF": 50,
    "CZK": 1500,
    "DKK": 250,
    "EUR": 50,
    "GBP": 30,
    "HKD": 400,
    "HUF": 17500,
    "INR": 50,
    "JPY": 50,
    "MXN": 1000,
    "MYR": 200,
    "NOK": 300,
    "NZD": 50,
    "PLN": 200,
    "RON": 200,
    "SEK": 300,
    "SGD": 50,
    "THB": 1000,
}
# Stripe documents no minimum for these: the charge must be worth the settlement currency's minimum after conversion. The
# amounts are about 0.75 US dollars, so that they still hold when rates move.
_CONVERTED_MINIMUMS = {
    "KRW": 1000,
    "KWD": 250,
    "BHD": 300,
    "OMR": 300,
    "JOD": 550,
    "TND": 2500,
}
MINIMUM_CHARGES = _DOCUMENTED_MINIMUMS | _CONVERTED_MINIMUMS


def minimum_charge(currency: str) -> int:
    """Return the smallest amount that Stripe charges in `currency`; one major unit where no minimum is known."""
    return MINIMUM_CHARGES.get(currency) or int(10 ** get_currency_precision(currency))


def chargeable(amount: int, currency: str) -> bool:
    """Whether an order of `amount` can be sold: it is free, or at least Stripe's minimum."""
    return amount == 0 or amount >= minimum_charge(currency)


def amount_step(currency: str) -> int:
    """Return what every amount must be a multiple of: Stripe wants the last digit of three decimals to be 0."""
    return 10 if get_currency_precision(currency) == 3 else 1

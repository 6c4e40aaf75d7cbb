"""Money is a whole number of minor units and an ISO 4217 code. Precision and form come from CLDR."""

import re
from decimal import ROUND_HALF_EVEN, Decimal

from babel.numbers import UnknownCurrencyError, format_currency, get_currency_precision

from app.core.currencies import MAXIMUM_AMOUNT, amount_step, chargeable, minimum_charge
from app.core.i18n import current_language
from app.core.i18n import gettext as _

LONGEST_INPUT = 40
# Digits, with groups of three set apart by one and the same sign, and a decimal part after a point or a comma.
_TYPED = re.compile(
    r"(?P<whole>[1-9][0-9]{0,2}(?:(?P<group>[.,'\u2019 \u00a0\u202f])[0-9]{3})(?:(?P=group)[0-9]{3})*|[0-9]*)"
    r"(?:(?P<sign>[.,])(?P<part>[0-9]+))?"
)
# One point or comma before exactly three digits: thousands to some readers, decimals to others.
_AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")


class AmountRefused(ValueError):
    """A typed amount that means no price; `message` says why, in the reader's language."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def to_decimal(amount: int, currency: str) -> Decimal:
    """Return `amount` minor units as a decimal of major units: 1999 EUR is 19.99, 1999 JPY is 1999."""
    return Decimal(amount).scaleb(-get_currency_precision(currency))


def format_money(amount: int, currency: str, locale: str = "en") -> str:
    """Format `amount` minor units for people who read `locale`."""
    return format_currency(to_decimal(amount, currency), currency, locale=locale)


def format_amount_input(amount: int, currency: str) -> str:
    """Format `amount` for an input field: plain digits and a point."""
    return f"{to_decimal(amount, currency):f}"


def example_amount(currency: str) -> str:
    """Return an amount as it may be typed: 9.90 EUR, 990 JPY, 9.900 KWD."""
    return format_amount_input(9900 if get_currency_precision(currency) == 3 else 990, currency)


def parse_amount(text: str, currency: str) -> int:
    """Return the minor units that `text` (major units, as typed) means.

    The decimal sign is a point or a comma; the other one, spaces or apostrophes may group thousands. A single point or
    comma before exactly three digits ("1.234") is refused as ambiguous, except where the currency leaves one meaning: no
    decimals (JPY: thousands), or three decimals and a point (KWD: the form that fields show).

    Raises AmountRefused when it is no number, has more digits than the currency, or is over the maximum.
    """
    typed = text.strip()
    found = _TYPED.fullmatch(typed) if len(typed) <= LONGEST_INPUT else None
    if found is None or not (found["whole"] or found["part"]):
        raise AmountRefused(
            _("Please enter an amount, such as %(example)s.", example=example_amount(currency))
        )
    whole, part = _read(found, typed, currency)
    return _in_minor_units(whole, part, currency)


def _read(found: re.Match[str], typed: str, currency: str) -> tuple[str, str]:
    """Return the digits before and after the decimal sign."""
    places = get_currency_precision(currency)
    if _AMBIGUOUS.fullmatch(typed) and places:
        if places < 3 or "," in typed:
            raise AmountRefused(
                _("This can be read in two ways. Please type it without thousands separators.")
            )
        whole, _point, part = typed.partition(".")
        return whole, part
    if found["group"] and found["group"] == found["sign"]:
        raise AmountRefused(
            _("Please enter an amount, such as %(example)s.", example=example_amount(currency))
        )
    return re.sub("[^0-9]", "", found["whole"]), found["part"] or ""


def _in_minor_units(whole: str, part: str, currency: str) -> int:
    places = get_currency_precision(currency)
    if part[places:].strip("0"):
        raise AmountRefused(
            _("%(currency)s has %(n)s decimal places.", currency=currency, n=places)
            if places
            else _("%(currency)s has no decimal places.", currency=currency)
        )
    minor = int((whole or "0") + part[:places].ljust(places, "0"))
    if minor > MAXIMUM_AMOUNT:
        most = format_money(MAXIMUM_AMOUNT, currency, current_language.get())
        raise AmountRefused(_("At most %(most)s, please.", most=most))
    if minor % amount_step(currency):
        raise AmountRefused(
            _("In %(currency)s the last of three decimals must be 0.", currency=currency)
        )
    return minor


def minimum_words(currency: str) -> str:
    """Return the smallest charge in `currency`, formatted for the reader."""
    return format_money(minimum_charge(currency), currency, current_language.get())


def below_minimum(text: str, currency: str) -> str:
    """Warn of a typed price that can't be charged alone; "" when it can be, is free, or is no price at all."""
    try:
        amount = parse_amount(text, currency)
    except (AmountRefused, UnknownCurrencyError):
        return ""
    return small_price_words(amount, currency)


def small_price_words(amount: int, currency: str) -> str:
    """Say that `amount` can't be charged alone; "" when it can be, or is free."""
    if chargeable(amount, currency):
        return ""
    price = format_money(amount, currency, current_language.get())
    return _(
        "%(price)s can't be paid alone: the smallest charge in %(currency)s is %(least)s. It can only be bought together with more, or be free.",
        price=price,
        currency=currency,
        least=minimum_words(currency),
    )


def percent_off(amount: int, percent: int, step: int = 1) -> int:
    """Return `amount` reduced by `percent` (0 to 100), rounded half to even to a multiple of `step` minor units."""
    reduced = Decimal(amount) * (100 - percent) / 100 / step
    return int(reduced.to_integral_value(ROUND_HALF_EVEN)) * step

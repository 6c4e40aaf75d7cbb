"""What a buyer typed on the hosted page: kept, judged, and turned into a payment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from gettext import gettext as _

from app.sandbox.stripe.paying import METHODS, Payment

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
EXPIRY = re.compile(r"\s*(\d{1,2})\s*/?\s*(?:20)?(\d{2})\s*")
FIELDS = ("email", "method", "card", "expiry", "cvc", "name")


@dataclass
class CardForm:
    """Values and errors by field name; `general` is about no field."""

    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def empty(cls, email: str) -> "CardForm":
        return cls(dict.fromkeys(FIELDS, "") | {"email": email, "method": "card"})

    @classmethod
    def read(cls, form: Mapping[str, object], email: str) -> "CardForm":
        """`email` is the one that the seller gave, which the buyer can't change."""
        values = {name: str(form.get(name, "")).strip()[:200] for name in FIELDS}
        return cls(values | ({"email": email} if email else {}))

    def payment(self, now: datetime) -> Payment | None:
        """The payment, or None with `errors` filled."""
        values = self.values
        if not EMAIL.fullmatch(values["email"]):
            self.errors["email"] = _("Enter an e-mail address, like ada@example.com.")
        if values["method"] not in METHODS:
            self.errors["method"] = _("Choose how to pay.")
        if values["method"] != "card":
            payment = Payment(values["email"], values["name"], method=values["method"])
            return None if self.errors else payment
        month, year = self._expiry(now)
        self._check_card()
        if self.errors:
            return None
        return Payment(values["email"], values["name"], values["card"], month, year)

    def _check_card(self) -> None:
        digits = re.sub(r"[\s-]", "", self.values["card"])
        if not re.fullmatch(r"\d{13,19}", digits) or not luhn(digits):
            self.errors["card"] = _("This is not a card number. Use 4242 4242 4242 4242.")
        if not re.fullmatch(r"\d{3,4}", self.values["cvc"]):
            self.errors["cvc"] = _("Enter the three digits on the back.")
        if not self.values["name"]:
            self.errors["name"] = _("Enter the name on the card.")

    def _expiry(self, now: datetime) -> tuple[int, int]:
        found = EXPIRY.fullmatch(self.values["expiry"])
        month, year = (int(found[1]), 2000 + int(found[2])) if found else (0, 0)
        if not 1 <= month <= 12:
            self.errors["expiry"] = _("Enter month and year, like 12/34.")
        elif (year, month) < (now.year, now.month):
            self.errors["expiry"] = _("This card has expired.")
        return month, year


def luhn(digits: str) -> bool:
    """Whether a card number's check digit fits."""
    doubled = [int(digit) * (2 if index % 2 else 1) for index, digit in enumerate(digits[::-1])]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0

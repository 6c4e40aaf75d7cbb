"""A code as the rest of the program reads it, and whether it is good at a moment: pure."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.core.money import percent_off
from app.stock.levels import Level

# What people type: capitals and small letters mean the same.
ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")
LONGEST = 40
LONGEST_TYPED = 200
# Signs that look like a hyphen and are no dash to Unicode.
MINUS_SIGNS = frozenset("\u2212\u2796\u02d7\u00af\u30fc\uff70")


class Standing(StrEnum):
    """Whether a code is good. HELD: its last uses lie in open baskets. GONE: all were taken. OFF: switched off."""

    GOOD = "good"
    SOON = "soon"
    HELD = "held"
    GONE = "gone"
    OVER = "over"
    OFF = "off"


@dataclass(frozen=True)
class Code:
    """A stored code; the columns of `discount_code`. Exactly one of `percent` and `amount` is given."""

    id: UUID
    group_id: UUID
    code: str
    percent: int | None
    amount: int | None
    currency: str
    valid_from: datetime | None
    valid_until: datetime | None
    zone: str
    stock_id: UUID
    per_buyer_limit: int | None
    everywhere: bool
    active: bool

    def standing(self, level: Level | None, now: datetime) -> Standing:
        """Return how it stands at `now`. Without a `level` nothing is said of its uses: taking one will tell.

        `codes.queries.STANDING` says the same in SQL, and a test holds the two together.
        """
        if not self.active:
            return Standing.OFF
        if self.valid_until is not None and now >= self.valid_until:
            return Standing.OVER
        if self.valid_from is not None and now < self.valid_from:
            return Standing.SOON
        if level is None or level.available is None or level.available > 0:
            return Standing.GOOD
        return Standing.HELD if level.held else Standing.GONE

    def changes_at(self, now: datetime) -> list[datetime]:
        """Return the moments after `now` at which time alone changes how it stands."""
        if not self.active:
            return []
        return [at for at in (self.valid_from, self.valid_until) if at is not None and at > now]

    def price(self, amount: int) -> int:
        """Return what one piece of `amount` minor units costs with it; an amount off the whole order changes no piece."""
        return percent_off(amount, self.percent) if self.percent is not None else amount


def normalized(text: str) -> str:
    """Return a code as it is stored; "" for what can be none.

    Phones and word processors put other dashes, full-width letters and invisible marks in place of what was meant.
    """
    plain = unicodedata.normalize("NFKC", text[:LONGEST_TYPED])
    code = "".join(_meant(letter) for letter in plain).upper()
    return code if len(code) <= LONGEST and ALPHABET.issuperset(code) else ""


def _meant(letter: str) -> str:
    """Return the hyphen for every kind of dash and minus, and nothing for spaces and invisible marks."""
    category = unicodedata.category(letter)
    if category == "Pd" or letter in MINUS_SIGNS:
        return "-"
    return (
        "" if category.startswith("Z") or category in ("Cf", "Mn") or letter.isspace() else letter
    )

"""Discount codes at a checkout: the one that was typed, whether this buyer may use it here and now, and why not in words.

Everything but how many uses are left is decided here. That is decided by taking one, in the statement that takes the
pieces: a use is stock, so a checkout that fails gives it back.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.core import db
from app.core.dates import format_datetime
from app.core.forms import FieldError
from app.core.i18n import current_language
from app.core.i18n import gettext as _
from app.core.money import format_money, minimum_words
from app.core.zones import zone_name
from app.orders.buyers import customer_id
from app.orders.pricing import Discount
from app.pages.selling import Offer
from app.stock.codes.finding import find
from app.stock.codes.standing import Code, Standing
from app.stock.levels import Level, levels

KIND = "code"
FIELD = "code"


class Reason(StrEnum):
    """Why a code takes nothing off."""

    UNKNOWN = "unknown"
    ELSEWHERE = "elsewhere"
    CURRENCY = "currency"
    BUYER = "buyer"
    OFF = "off"
    SOON = "soon"
    OVER = "over"
    HELD = "held"
    GONE = "gone"
    WAIT = "wait"
    MINIMUM = "minimum"


# What somebody hears who tries words until one is a code.
GUESSES = frozenset({Reason.UNKNOWN, Reason.ELSEWHERE})
_STANDINGS = {
    Standing.OFF: Reason.OFF,
    Standing.SOON: Reason.SOON,
    Standing.OVER: Reason.OVER,
    Standing.HELD: Reason.HELD,
    Standing.GONE: Reason.GONE,
}


class CodeRefused(FieldError):
    """A code that takes nothing off: `reason` says why, `message` in words."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(FIELD, message)
        self.reason = reason
        self.status = 429 if reason is Reason.WAIT else 422


@dataclass(frozen=True)
class Buyer:
    """Who asks: an address, which may not be typed yet, and a browser, which may have no key yet."""

    email: str
    key: str


async def redeem(
    text: str, offer: Offer, now: datetime, *, count_uses: bool = False
) -> Code | None:
    """Return the code that `text` means for this offer; None for no text. Raises CodeRefused.

    With `count_uses` one without uses left is refused too, for who only looks; who buys is told by the taking.
    """
    if not text.strip():
        return None
    found = await find(offer.group_id, text, offer.page_id)
    if found is None:
        raise _refused(Reason.UNKNOWN, _("We don't know this code."))
    code = found.code
    level = (await levels([code.stock_id])).get(code.stock_id) if count_uses else None
    if not found.fits_page:
        raise _refused(Reason.ELSEWHERE, _("This code is not for this page."))
    if (standing := code.standing(level, now)) is not Standing.GOOD:
        raise _not_good(code, standing, level, offer.zone, now)
    if code.amount is not None and code.currency != offer.currency:
        words = _("This code is worth %(code)s, and here you pay in %(page)s.", code=code.currency, page=offer.currency)  # fmt: skip
        raise _refused(Reason.CURRENCY, words)
    return code


def discount_of(code: Code) -> Discount:
    """Return what a code takes off."""
    return Discount(KIND, code.code, code.percent or 0, code.stock_id, code.amount or 0)


def used_up(level: Level) -> CodeRefused:
    """Return the refusal of a code of which no use was left to take, and how its uses stood then."""
    standing = Standing.HELD if level.held else Standing.GONE
    return _refused(_STANDINGS[standing], _words_of_uses(level, None))


def below_minimum(amount: int, currency: str) -> CodeRefused:
    """Return the refusal of a code that takes a basket to `amount`, less than can be charged."""
    price = format_money(amount, currency, current_language.get())
    words = _(
        "With this code your order would cost %(price)s, and less than %(least)s can't be charged. Take more pieces, or leave the code out.",
        price=price,
        least=minimum_words(currency),
    )
    return _refused(Reason.MINIMUM, words)


async def ensure_within_limit(code: Code, buyer: Buyer, now: datetime) -> None:
    """Raise CodeRefused when the buyer has used a code as often as each may. A checkout calls it with the buyer's locks
    on the code, so that two tabs can't both have the last use."""
    limit = code.per_buyer_limit
    if limit is None:
        return
    used: int = await db.fetch_value(
        """SELECT count(*) FROM "order" WHERE discount_stock_id = $1 AND (customer_id = $2 OR buyer_key = $3)
           AND NOT discount_returned AND (state IN ('completed', 'partially_refunded', 'disputed', 'submitted')
             OR (state = 'processing' AND held_until > $4))""",
        *(code.stock_id, customer_id(buyer.email), buyer.key, now),
    )
    if used >= limit:
        words = _("You have used this code already.")
        if limit > 1:
            words = _("You have used this code %(n)s times already: that is as often as each buyer may.", n=limit)  # fmt: skip
        raise _refused(Reason.BUYER, words)


def _refused(reason: Reason, words: str) -> CodeRefused:
    return CodeRefused(reason, words)


def _not_good(
    code: Code, standing: Standing, level: Level | None, zone: str, now: datetime
) -> CodeRefused:
    words = _("This code is no longer valid.")
    if standing is Standing.SOON and code.valid_from:
        words = _("This code is valid from %(time)s.", time=_moment(code.valid_from, zone))
    elif standing is Standing.OVER and code.valid_until:
        words = _("This code was valid until %(time)s.", time=_moment(code.valid_until, zone))
    elif level is not None and standing in (Standing.HELD, Standing.GONE):
        words = _words_of_uses(level, now)
    return _refused(_STANDINGS[standing], words)


def _words_of_uses(level: Level, now: datetime | None) -> str:
    if not level.held:
        return _("This code is used up: all of its uses are taken.")
    if now is None or level.next_release_at is None or level.next_release_at <= now:
        return _("The last uses of this code are in other baskets. One may be released soon.")
    seconds = int((level.next_release_at - now).total_seconds())
    left = f"{seconds // 60:02d}:{seconds % 60:02d}"
    return _("The last uses of this code are in other baskets. The next may be released in %(left)s.", left=left)  # fmt: skip


def _moment(moment: datetime, zone: str) -> str:
    language = current_language.get()
    told = format_datetime(moment, "medium", tzinfo=ZoneInfo(zone), locale=language)
    return f"{told} ({zone_name(zone)})"

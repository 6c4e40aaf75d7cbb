"""From the button to the payment page: the basket is held and the order written in one transaction, then Stripe is asked.

Two locks make the per-buyer limit exact: all checkouts of one customer, and all of one browser, on one page wait for
each other; with a discount code, those with this code on any page too. They end with the transaction, before Stripe is
asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from app.core import db, jobs
from app.core.errors import Conflict
from app.core.forms import FORM_LEVEL, FieldError
from app.core.i18n import current_language
from app.core.i18n import gettext as _
from app.core.ids import new_id
from app.orders import entering, placing, redeeming
from app.orders.buyers import attempt_key, customer_id, lock_keys
from app.orders.charging import ensure_chargeable
from app.orders.paying import open_session
from app.orders.pricing import Priced, Wanted, price_lines
from app.orders.redeeming import Buyer
from app.orders.reserving import reserve
from app.orders.telling import tell_of_use
from app.pages.entering import ensure_as_shown
from app.pages.selling import Offer, ensure_running, load_offer, retire_if_sold_out
from app.stock.codes.standing import normalized

# Sending one form again within this time shows what it bought instead of buying again.
REPEATED_WITHIN = timedelta(minutes=10)
# A browser that is known by its cookie may send a form without an id of its own; only a quick second press is then known to
# be one.
UNNAMED_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True)
class Basket:
    """What a visitor asks for: quantities by content, and who asks; with the discount code as it was typed.

    `source` is what a signed link says that they come from, `terms` whether they were shown the "link"'s or the "page"'s.
    """

    short_id: str
    quantities: Mapping[UUID, int]
    email: str
    buyer: str
    attempt: str
    code: str = ""
    source: str = ""
    terms: str = "page"


@dataclass(frozen=True)
class Placed:
    """An order that stands: completed, or to be paid at `payment_url`; `elsewhere` is one that another form of this
    browser holds, to be shown rather than paid without asking."""

    order_id: UUID
    completed: bool = False
    elsewhere: bool = False
    payment_url: str | None = None


async def start_checkout(basket: Basket, now: datetime) -> Placed:
    """Hold the basket, write the order and return where to pay it; a free one is completed at once.

    Raises FieldError (unknown item, over the limit; CodeRefused), OutOfStock, Conflict (not running), NotFound (no such
    page), and PaymentUnavailable or PaymentRejected after freeing the hold.
    """
    async with db.transaction():
        await db.execute(
            "SELECT pg_advisory_xact_lock(k) FROM unnest($1::bigint[]) AS k",
            lock_keys(basket.short_id, basket.email, basket.buyer, normalized(basket.code)),
        )
        offer = await load_offer(basket.short_id, now, count_stock=False, source=basket.source)
        # From here on words are in the page's language: refusals, and the mails that follow.
        current_language.set(offer.language)
        placed = await _place(basket, offer, now)
    if placed.completed or placed.elsewhere:
        return placed
    return replace(placed, payment_url=await open_session(placed.order_id, now))


async def _place(basket: Basket, offer: Offer, now: datetime) -> Placed:
    key = attempt_key(basket.attempt, basket.buyer)
    known = await _known(basket, offer, key, now)
    if known["done_id"] is not None:
        return Placed(known["done_id"], completed=True)
    if known["open_id"] is not None:
        return Placed(known["open_id"], elsewhere=known["open_attempt"] != key)
    ensure_as_shown(offer, basket.terms)
    ensure_running(offer)
    wanted = _wanted(basket.quantities, offer)
    _ensure_within_limit(offer, known["bought"], sum(quantity for _item, quantity in wanted))
    priced = await _priced(basket, offer, wanted, now)
    ensure_chargeable(priced, offer.currency)
    order_id, hold_id = new_id(), new_id()
    until = now + timedelta(minutes=offer.hold_minutes) if priced.amount else None
    entry = entering.entry_of(offer, priced)
    gone = await reserve(priced, hold_id, offer, basket.buyer, now, until, entry)
    await tell_of_use(priced.discount.stock_id if priced.discount else None, offer.page_id)
    order = placing.NewOrder(order_id, hold_id, key, basket.email, basket.buyer, entry)
    await placing.insert_order(order, offer, priced, now, until)
    if until is None:
        await jobs.enqueue("orders.completed", {"order_id": str(order_id)})
        if gone:
            await retire_if_sold_out(offer.page_id, now)
    return Placed(order_id, completed=until is None)


async def _priced(basket: Basket, offer: Offer, wanted: Sequence[Wanted], now: datetime) -> Priced:
    """Return what is wanted with its prices. Raises CodeRefused."""
    code = await redeeming.redeem(basket.code, offer, now)
    discounts = entering.discounts_of(offer)
    priced = price_lines(wanted, [*discounts, redeeming.discount_of(code)] if code else discounts)
    if code and priced.discount and priced.discount.stock_id == code.stock_id:
        await redeeming.ensure_within_limit(code, Buyer(basket.email, basket.buyer), now)
    return priced


async def _known(basket: Basket, offer: Offer, key: UUID, now: datetime) -> db.Record:
    """Return what this buyer has on the page: pieces bought or held, an open order, and one this form just made. An order
    whose payment is under way is no open one: the buyer may buy again meanwhile."""
    row = await db.fetch_one(
        """WITH mine AS (
             SELECT o.id, o.state, o.buyer_key, o.attempt_key, o.created_at, o.held_until > $5 AS holding FROM "order" o
             WHERE o.page_id = $1 AND (o.customer_id = $2 OR o.buyer_key = $3))
           SELECT
             (SELECT coalesce(sum(l.quantity - l.restocked), 0) FROM mine JOIN order_line l ON l.order_id = mine.id
              WHERE mine.state IN ('completed', 'partially_refunded', 'disputed', 'submitted')
              OR (mine.state = 'processing' AND mine.holding)) AS bought,
             opened.id AS open_id, opened.attempt_key AS open_attempt,
             (SELECT id FROM mine WHERE attempt_key = $4 AND state IN ('completed', 'submitted') AND created_at > $6 LIMIT 1) AS done_id
           FROM (SELECT 1) one LEFT JOIN LATERAL (
             SELECT id, attempt_key FROM mine WHERE buyer_key = $3 AND state = 'processing' AND holding
             ORDER BY created_at DESC LIMIT 1) opened ON true""",
        offer.page_id,
        customer_id(basket.email),
        basket.buyer,
        key,
        now,
        now - (REPEATED_WITHIN if basket.attempt else UNNAMED_WITHIN),
    )
    assert row is not None  # a SELECT without FROM rows of its own always has one
    return row


def _wanted(quantities: Mapping[UUID, int], offer: Offer) -> list[Wanted]:
    wanted: list[Wanted] = []
    for content_id, quantity in quantities.items():
        line = offer.line(content_id)
        if line is None:
            raise FieldError(FORM_LEVEL, _("One of these is no longer on this page."))
        wanted.append((line, quantity))
    return wanted


def _ensure_within_limit(offer: Offer, bought: int, wanted: int) -> None:
    limit = offer.per_buyer_limit
    if limit is None or bought + wanted <= limit:
        return
    if bought == 0:
        raise FieldError(FORM_LEVEL, _("At most %(limit)s for each buyer.", limit=limit))
    if bought < limit:
        raise FieldError(
            FORM_LEVEL,
            _(
                "At most %(limit)s for each buyer: you can take %(n)s more.",
                limit=limit,
                n=limit - bought,
            ),
        )
    raise Conflict(_("At most %(limit)s for each buyer, and you have them already.", limit=limit))

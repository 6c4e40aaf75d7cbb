"""Paid sessions complete their orders once: live, late, repeated, too late, and never for the wrong amount."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.core import db
from app.orders import paying
from app.orders.fulfilling import LONGEST_CONFIRMATION, Outcome, complete
from app.payments.gateway import CheckoutSession, get_gateway
from app.stock import holding
from tests.factories.orders import Sale, buy, events_of, make_sale, order_row
from tests.factories.stock import broken_invariants, figures

HOLD = timedelta(minutes=15)


async def session_of(order_id: UUID) -> CheckoutSession:
    return await get_gateway().get_checkout((await order_row(order_id))["stripe_session_id"])


async def paid(account: Any, order_id: UUID, **how: Any) -> CheckoutSession:
    """Pay an order's session and return it as Stripe then sees it."""
    await account.pay((await order_row(order_id))["stripe_session_id"], **how)
    return await session_of(order_id)


async def jobs_named(name: str) -> int:
    return await db.fetch_value("SELECT count(*) FROM pgqueuer WHERE entrypoint = $1", name)


async def test_a_paid_session_completes_its_order_once(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now)
    placed = await buy(sale, now, 2)
    assert await complete(await session_of(placed.order_id), now) == Outcome.WAITING
    session = await paid(stripe_account, placed.order_id)
    assert await complete(session, now) == Outcome.COMPLETED
    assert await complete(session, now) == Outcome.ALREADY
    order = await order_row(placed.order_id)
    assert (order["state"], order["completed_at"]) == ("completed", now)
    assert order["payment_intent"] == session.payment_intent
    assert await figures(sale.stock_id) == (0, 2)
    assert await jobs_named("orders.completed") == 1
    assert await events_of(placed.order_id) == ["completed", "created"]


async def test_the_last_paid_unit_retires_the_page(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now, quantity=1)
    placed = await buy(sale, now)
    await complete(await paid(stripe_account, placed.order_id), now)
    assert await db.fetch_value("SELECT ended_cause FROM page") == "limit"


async def lapse(sale: Sale, order_id: UUID, now: datetime) -> None:
    """Let an order's hold end as its job would, without closing its session."""
    hold_id = (await order_row(order_id))["hold_id"]
    assert await holding.lapse(hold_id, now)
    await paying.lapsed(hold_id, now)


async def test_paid_late_with_stock_left_is_sold(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now)
    placed = await buy(sale, now)
    session = await paid(stripe_account, placed.order_id)
    await lapse(sale, placed.order_id, now + HOLD)
    assert (await order_row(placed.order_id))["state"] == "expired"
    assert await complete(session, now + HOLD) == Outcome.COMPLETED
    assert (await order_row(placed.order_id))["state"] == "completed"
    assert await figures(sale.stock_id) == (0, 1)


async def test_paid_too_late_is_refunded_once(
    owner: Any, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    sale = await make_sale(owner.viewer, clock.now(), quantity=1)
    placed = await buy(sale, clock.now())
    session = await paid(stripe_account, placed.order_id)
    clock.advance(HOLD)
    await lapse(sale, placed.order_id, clock.now())
    other = await buy(sale, clock.now(), email="bob@example.com")
    for _ in range(3):
        assert await complete(session, clock.now()) == Outcome.REFUNDING
    # Even if a unit came free now, the money is already on its way back.
    assert await paying.release(other.order_id, clock.now())
    assert await complete(session, clock.now()) == Outcome.REFUNDING
    assert await jobs_named("orders.unavailable") == 1
    await run_jobs()
    order = await order_row(placed.order_id)
    assert (order["state"], order["refunded_amount"]) == ("refunded", 1000)
    refunds = await get_gateway().refunds_of(order["payment_intent"])
    assert [(refund.amount, refund.status) for refund in refunds] == [(1000, "succeeded")]
    assert await complete(session, clock.now()) == Outcome.ALREADY
    assert await broken_invariants() == []


async def test_an_expired_session_expires_its_order(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now)
    placed = await buy(sale, now)
    session = await get_gateway().expire_checkout((await session_of(placed.order_id)).id)
    assert await complete(session, now) == Outcome.EXPIRED
    assert await complete(session, now) == Outcome.EXPIRED
    assert (await order_row(placed.order_id))["state"] == "expired"
    assert await figures(sale.stock_id) == (0, 0)
    assert await events_of(placed.order_id) == ["created", "expired"]


async def test_a_wrong_amount_or_currency_completes_nothing(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now)
    placed = await buy(sale, now)
    session = await paid(stripe_account, placed.order_id)
    for wrong in (replace(session, amount_total=1), replace(session, currency="JPY")):
        assert await complete(wrong, now) == Outcome.MISMATCH
    assert (await order_row(placed.order_id))["state"] == "processing"
    assert await events_of(placed.order_id) == ["created", "payment_mismatch"]


async def test_foreign_sessions_complete_nothing(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now)
    placed = await buy(sale, now)
    session = await paid(stripe_account, placed.order_id)
    for foreign in (
        replace(session, metadata={}),
        replace(session, metadata={"order_id": "nonsense"}),
        replace(session, id="cs_test_another"),
        replace(session, mode="subscription"),
    ):
        assert await complete(foreign, now) == Outcome.UNKNOWN
    assert (await order_row(placed.order_id))["state"] == "processing"


async def test_a_payment_that_confirms_later_keeps_its_hold(
    owner: Any, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    sale = await make_sale(owner.viewer, clock.now())
    placed = await buy(sale, clock.now())
    session = await session_of(placed.order_id)
    submitted = replace(session, status="complete", payment_status="unpaid")
    for _ in range(2):
        assert await complete(submitted, clock.now()) == Outcome.SUBMITTED
    clock.advance(timedelta(days=3))
    await run_jobs()
    assert (await order_row(placed.order_id))["state"] == "submitted"
    assert await figures(sale.stock_id) == (1, 0)
    assert await events_of(placed.order_id) == ["created", "payment_pending"]
    confirmed = replace(submitted, payment_status="paid", payment_intent="pi_later")
    assert await complete(confirmed, clock.now()) == Outcome.COMPLETED


async def test_a_confirmation_that_never_comes_lapses(
    owner: Any, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    sale = await make_sale(owner.viewer, clock.now())
    placed = await buy(sale, clock.now())
    session = await session_of(placed.order_id)
    await complete(replace(session, status="complete", payment_status="unpaid"), clock.now())
    clock.advance(LONGEST_CONFIRMATION)
    await run_jobs()
    assert (await order_row(placed.order_id))["state"] == "failed"
    assert await figures(sale.stock_id) == (0, 0)


async def test_held_prices_are_paid_after_the_sale_ended(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now)
    placed = await buy(sale, now)
    await db.execute("UPDATE page SET ended_at = $1, ended_cause = 'hand'", now)
    await db.execute("UPDATE page_content SET amount = 77000")
    session = await paid(stripe_account, placed.order_id)
    assert await complete(session, now) == Outcome.COMPLETED
    assert (await order_row(placed.order_id))["amount"] == 1000

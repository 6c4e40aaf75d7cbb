"""Stripe's news, in any order, repeated, lost: the order ends where the money is."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from app.core import db
from app.orders import reconciling
from app.payments.gateway import get_gateway
from tests.factories.orders import buy, deliver, events_of, make_sale, order_row
from tests.factories.stock import broken_invariants, figures


async def subject(order_id: UUID) -> dict[str, Any]:
    order = await order_row(order_id)
    return {"id": order["stripe_session_id"], "object": "checkout.session"}


async def test_completed_repeated_and_after_expired(
    owner: Any, client: httpx.AsyncClient, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    sale = await make_sale(owner.viewer, clock.now())
    placed = await buy(sale, clock.now())
    session = await subject(placed.order_id)
    await stripe_account.pay(session["id"])
    # An "expired" that overtook, or is simply untrue: what Stripe says now counts.
    assert (await deliver(client, "checkout.session.expired", session)).status_code == 200
    await run_jobs()
    assert (await order_row(placed.order_id))["state"] == "completed"
    for event_id in ("evt_same", "evt_same", "evt_other"):
        await deliver(client, "checkout.session.completed", session, event_id)
        await run_jobs()
    assert await figures(sale.stock_id) == (0, 1)
    assert await events_of(placed.order_id) == ["completed", "created"]
    messages = await db.fetch_value(
        "SELECT count(*) FROM message WHERE key LIKE 'order-completed%'"
    )
    assert messages == 1


async def test_a_lost_webhook_is_found_by_asking(
    owner: Any, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    sale = await make_sale(owner.viewer, clock.now())
    placed = await buy(sale, clock.now())
    await stripe_account.pay((await subject(placed.order_id))["id"])
    assert await reconciling.reconcile(clock.now()) == 0
    clock.advance(reconciling.FIRST_ASKED_AFTER)
    assert await reconciling.reconcile(clock.now()) == 1
    assert (await order_row(placed.order_id))["state"] == "completed"
    assert await reconciling.reconcile(clock.now() + timedelta(hours=1)) == 0


async def test_paid_just_before_the_lapse_with_its_webhook_lost(
    owner: Any, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    """The lapse closes the session at Stripe, learns that it was paid, and sells what is left."""
    sale = await make_sale(owner.viewer, clock.now())
    placed = await buy(sale, clock.now())
    await stripe_account.pay((await subject(placed.order_id))["id"])
    clock.advance(timedelta(minutes=15))
    await run_jobs()
    assert (await order_row(placed.order_id))["state"] == "completed"
    assert await figures(sale.stock_id) == (0, 1)
    assert await broken_invariants() == []


async def test_an_order_whose_jobs_were_lost_expires_by_reconciliation(
    owner: Any, clock: Any, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, clock.now())
    placed = await buy(sale, clock.now())
    await db.execute("DELETE FROM pgqueuer")
    clock.advance(timedelta(minutes=20))
    assert await reconciling.reconcile(clock.now()) == 1
    order = await order_row(placed.order_id)
    assert order["state"] == "expired"
    assert (await get_gateway().get_checkout(order["stripe_session_id"])).status == "expired"
    assert await figures(sale.stock_id) == (0, 0)


async def test_an_order_without_a_session_expires(
    owner: Any, clock: Any, stripe_account: Any
) -> None:
    """As after a crash between the hold and Stripe's answer."""
    sale = await make_sale(owner.viewer, clock.now())
    placed = await buy(sale, clock.now())
    await db.execute('UPDATE "order" SET stripe_session_id = NULL, checkout_url = NULL')
    await db.execute("DELETE FROM pgqueuer")
    clock.advance(timedelta(minutes=16))
    assert await reconciling.reconcile(clock.now()) == 1
    assert (await order_row(placed.order_id))["state"] == "expired"


async def test_stripe_down_leaves_everything_for_later(
    owner: Any, clock: Any, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, clock.now())
    placed = await buy(sale, clock.now())
    await stripe_account.switches(api="down")
    clock.advance(timedelta(minutes=3))
    assert await reconciling.reconcile(clock.now()) == 0
    assert (await order_row(placed.order_id))["state"] == "processing"


async def test_a_failed_confirmation_frees_the_stock(
    owner: Any, client: httpx.AsyncClient, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    sale = await make_sale(owner.viewer, clock.now())
    placed = await buy(sale, clock.now())
    session = await subject(placed.order_id)
    await deliver(client, "checkout.session.async_payment_failed", session)
    await run_jobs()
    assert (await order_row(placed.order_id))["state"] == "failed"
    assert await figures(sale.stock_id) == (0, 0)


async def test_disputes_in_any_order(
    owner: Any, client: httpx.AsyncClient, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    sale = await make_sale(owner.viewer, clock.now())
    placed = await buy(sale, clock.now())
    session = await subject(placed.order_id)
    await stripe_account.pay(session["id"])
    await deliver(client, "checkout.session.completed", session)
    await run_jobs()
    intent = (await order_row(placed.order_id))["payment_intent"]

    async def send(event_type: str, dispute: str, status: str) -> str:
        fields = {"id": dispute, "object": "dispute", "payment_intent": intent, "status": status}
        await deliver(client, event_type, fields)
        await run_jobs()
        return (await order_row(placed.order_id))["state"]

    assert await send("charge.dispute.created", "dp_1", "needs_response") == "disputed"
    assert await send("charge.dispute.closed", "dp_1", "won") == "completed"
    assert await send("charge.dispute.created", "dp_1", "needs_response") == "completed"
    assert await send("charge.dispute.closed", "dp_2", "won") == "completed"
    assert await send("charge.dispute.created", "dp_2", "needs_response") == "completed"
    assert await send("charge.dispute.created", "dp_3", "needs_response") == "disputed"
    assert await send("charge.dispute.closed", "dp_3", "lost") == "disputed"


async def test_events_of_others_are_kept_and_left_alone(
    client: httpx.AsyncClient, stripe_account: Any, run_jobs: Any
) -> None:
    await deliver(client, "checkout.session.completed", {"id": "cs_test_of_somebody_else"})
    await deliver(client, "charge.refunded", {"id": "ch_1", "payment_intent": "pi_unknown"})
    await deliver(client, "customer.created", {"id": "cus_1"})
    await run_jobs()
    assert await db.fetch_value("SELECT count(*) FROM stripe_event WHERE processed_at IS NULL") == 0

"""A payment under way: a bank debit was submitted and confirms days later. A state of its own, kept, told, never in the way."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.core import db
from app.orders import emails, paying, reconciling
from app.orders.checkout import start_checkout
from app.orders.fulfilling import LONGEST_CONFIRMATION, Outcome, complete
from app.orders.links import order_path
from app.orders.queries import order_of
from app.payments.gateway import get_gateway
from app.stock import holding
from app.stock.levels import levels
from tests.factories.codes import make_code
from tests.factories.orders import (
    Sale,
    basket,
    buy,
    deliver,
    events_of,
    form,
    make_sale,
    only_order,
    order_row,
)
from tests.factories.stock import broken_invariants, figures

HOLD = timedelta(minutes=15)
COMPLETED, SUCCEEDED, FAILED = (
    f"checkout.session.{kind}"
    for kind in ("completed", "async_payment_succeeded", "async_payment_failed")
)


async def state_of(order_id: UUID) -> str:
    return (await order_row(order_id))["state"]


async def debit(account: Any, order_id: UUID) -> dict[str, Any]:
    """Submit a bank debit on the payment page; return the event's subject."""
    session_id = (await order_row(order_id))["stripe_session_id"]
    await account.pay(session_id, method="debit_succeeds")
    return {"id": session_id, "object": "checkout.session"}


async def settle(account: Any, session_id: str, outcome: str) -> None:
    """Let the bank decide."""
    await account.settle(session_id, outcome)


async def messages() -> list[str]:
    rows = await db.fetch("SELECT name FROM message WHERE name LIKE 'order-%' ORDER BY name")
    return [row["name"] for row in rows]


async def submitted(
    owner: Any, client: Any, clock: Any, account: Any, run_jobs: Any, **terms: Any
) -> tuple[Sale, UUID, dict[str, Any]]:
    """Buy one and submit a debit, as Stripe tells of it."""
    sale = await make_sale(owner.viewer, clock.now(), **terms)
    await client.post(f"/p/{sale.short_id}/checkout", data=form(sale))
    order_id = (await only_order())["id"]
    session = await debit(account, order_id)
    await deliver(client, COMPLETED, session)
    await run_jobs()
    assert await state_of(order_id) == "submitted"
    return sale, order_id, session


async def test_it_is_kept_for_days_and_then_sold(
    owner: Any, client: Any, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    sale, order_id, session = await submitted(owner, client, clock, stripe_account, run_jobs)
    assert await messages() == ["order-submitted"]
    clock.advance(timedelta(days=13))
    await run_jobs()
    await reconciling.reconcile(clock.now())
    assert await state_of(order_id) == "submitted" and await figures(sale.stock_id) == (1, 0)
    await settle(stripe_account, session["id"], "succeed")
    for event_id in ("evt_one", "evt_one", "evt_two"):
        await deliver(client, SUCCEEDED, session, event_id)
        await run_jobs()
    await deliver(client, COMPLETED, session)
    await run_jobs()
    assert await state_of(order_id) == "completed" and await figures(sale.stock_id) == (0, 1)
    assert await events_of(order_id) == ["created", "payment_pending", "completed"]
    assert await messages() == ["order-completed", "order-submitted"]
    assert await broken_invariants() == []


async def test_refused_by_the_bank_its_unit_and_code_are_free_again(
    owner: Any, client: Any, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    sale = await make_sale(owner.viewer, clock.now())
    code = await make_code(owner.viewer, clock.now(), maximum_uses=1)
    placed = await buy(sale, clock.now(), code="SPRING10")
    session = await debit(stripe_account, placed.order_id)
    await deliver(client, COMPLETED, session)
    await run_jobs()
    assert await figures(sale.stock_id) == await figures(code.stock_id) == (1, 0)
    await settle(stripe_account, session["id"], "fail")
    for _ in range(2):
        await deliver(client, FAILED, session)
        await run_jobs()
    # News that comes late changes nothing.
    await deliver(client, COMPLETED, session)
    await run_jobs()
    assert await state_of(placed.order_id) == "failed"
    assert await figures(sale.stock_id) == await figures(code.stock_id) == (0, 0)
    assert await messages() == ["order-payment-failed", "order-submitted"]
    assert await broken_invariants() == []


@pytest.mark.parametrize(("outcome", "state"), [("succeed", "completed"), ("fail", "failed")])
async def test_lost_news_is_found_by_asking(
    owner: Any, client: Any, clock: Any, stripe_account: Any, run_jobs: Any, outcome: str, state: str
) -> None:  # fmt: skip
    _sale, order_id, session = await submitted(owner, client, clock, stripe_account, run_jobs)
    await settle(stripe_account, session["id"], outcome)
    clock.advance(timedelta(days=2))
    assert await reconciling.reconcile(clock.now()) == 1
    assert await state_of(order_id) == state


async def test_failed_before_its_submission_was_heard_of(
    owner: Any, client: Any, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    sale = await make_sale(owner.viewer, clock.now())
    placed = await buy(sale, clock.now())
    session = await debit(stripe_account, placed.order_id)
    await settle(stripe_account, session["id"], "fail")
    for event in (FAILED, COMPLETED):
        await deliver(client, event, session)
        await run_jobs()
    assert await state_of(placed.order_id) == "failed"
    assert await messages() == ["order-payment-failed"]


async def test_it_can_be_neither_released_nor_continued_nor_expired(
    owner: Any, client: Any, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    sale, order_id, _session = await submitted(owner, client, clock, stripe_account, run_jobs)
    for path in ("hold", ""):
        shown = (await client.get(f"/p/{sale.short_id}/{path}".rstrip("/"))).text
        assert "payment is under way" in shown
        assert "Release" not in shown and "Continue to payment" not in shown
        assert "Nothing has been paid" not in shown and "yours for another" not in shown
    answer = await client.post(f"/p/{sale.short_id}/hold/release")
    assert answer.status_code == 303 and await state_of(order_id) == "submitted"
    answer = await client.post(f"/p/{sale.short_id}/hold")
    assert answer.headers["location"] == f"/p/{sale.short_id}/hold"
    assert not await paying.release(order_id, clock.now())
    assert not await paying.expire(order_id, clock.now())
    assert await figures(sale.stock_id) == (1, 0)


async def test_the_buyer_may_buy_again_within_the_limit(
    owner: Any, client: Any, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    sale, _id, _session = await submitted(
        owner, client, clock, stripe_account, run_jobs, per_buyer=2
    )
    again = await client.post(f"/p/{sale.short_id}/checkout", data=form(sale))
    assert again.status_code == 303 and "/c/pay/" in again.headers["location"]
    # The open checkout is what the page shows now, and the one under way counts for the limit.
    assert "Release" in (await client.get(f"/p/{sale.short_id}/hold")).text
    other = await client.post(
        f"/p/{sale.short_id}/checkout", data=form(sale, email="ANN@example.com")
    )
    assert other.headers["location"] == f"/p/{sale.short_id}/hold"


async def test_the_same_form_again_shows_the_order_under_way(
    owner: Any, clock: Any, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, clock.now())
    asked = basket(sale, attempt="one")
    placed = await start_checkout(asked, clock.now())
    await debit(stripe_account, placed.order_id)
    session_id = (await order_row(placed.order_id))["stripe_session_id"]
    await complete(await get_gateway().get_checkout(session_id), clock.now())
    repeated = await start_checkout(asked, clock.now())
    assert (repeated.order_id, repeated.completed) == (placed.order_id, True)


async def test_the_buyers_pages_and_the_json_say_so(
    owner: Any, client: httpx.AsyncClient, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    _sale, order_id, session = await submitted(owner, client, clock, stripe_account, run_jobs)
    shown = (await client.get(order_path(order_id, clock.now()))).text
    assert "Payment under way" in shown and "bank takes a few days" in shown
    for attempt in (0, 1):
        back = await client.get(f"/download?session_id={session['id']}&attempt={attempt}")
        assert back.status_code == 200 and "Your payment is under way" in back.text
        assert "Confirming" not in back.text
    answer = await client.get(f"/api/download-link?session_id={session['id']}")
    assert answer.status_code == 403 and "bank takes a few days" in answer.text


async def test_the_console_lists_filters_and_shows_it(
    owner: Any, client: Any, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    _sale, order_id, _session = await submitted(owner, client, clock, stripe_account, run_jobs)
    number = (await order_row(order_id))["number"]
    listed = (await owner.get("/console/orders?state=submitted")).text
    assert number in listed and "Payment under way" in listed
    assert number not in (await owner.get("/console/orders?state=processing")).text
    detail = (await owner.get(f"/console/orders/{order_id}")).text
    assert "Payment under way" in detail and "waiting for the bank" in detail
    exported = (await owner.get("/console/orders/export.csv")).text
    assert "submitted" in exported


async def test_no_visitor_is_told_to_wait_for_weeks(
    owner: Any, client: Any, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    sale, _id, _session = await submitted(
        owner, client, clock, stripe_account, run_jobs, quantity=1
    )
    level = (await levels([sale.stock_id]))[sale.stock_id]
    assert (level.held, level.available, level.next_release_at) == (1, 0, None)
    client.cookies.clear()
    assert (await client.get(f"/p/{sale.short_id}")).status_code == 200


async def lapse(order_id: UUID, clock: Any) -> UUID:
    """End the hold as its job does, and leave the job that would expire the order for later."""
    clock.advance(HOLD)
    hold_id = (await order_row(order_id))["hold_id"]
    assert await holding.lapse(hold_id, clock.now())
    return hold_id


async def test_submitted_in_the_last_second_it_is_held_again(
    owner: Any, client: Any, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    """The hold lapses, the news comes, and only then the job that expires what lapsed."""
    sale = await make_sale(owner.viewer, clock.now())
    placed = await buy(sale, clock.now())
    session = await debit(stripe_account, placed.order_id)
    hold_id = await lapse(placed.order_id, clock)
    assert await figures(sale.stock_id) == (0, 0)
    await deliver(client, COMPLETED, session)
    await run_jobs()
    await paying.lapsed(hold_id, clock.now())
    assert await state_of(placed.order_id) == "submitted"
    assert await figures(sale.stock_id) == (1, 0)
    assert await broken_invariants() == []
    # It ends like any other, when no news comes at all.
    clock.advance(LONGEST_CONFIRMATION)
    await run_jobs()
    assert await state_of(placed.order_id) == "failed"
    assert await figures(sale.stock_id) == (0, 0)


async def test_expired_before_the_news_it_is_taken_up_again(
    owner: Any, client: Any, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    sale = await make_sale(owner.viewer, clock.now())
    placed = await buy(sale, clock.now())
    session = await debit(stripe_account, placed.order_id)
    # The jobs close the session at Stripe, learn that it was submitted, and keep the order.
    clock.advance(HOLD)
    await run_jobs()
    assert await state_of(placed.order_id) == "submitted"
    assert await figures(sale.stock_id) == (1, 0)
    await settle(stripe_account, session["id"], "succeed")
    await deliver(client, SUCCEEDED, session)
    await run_jobs()
    assert await state_of(placed.order_id) == "completed"
    assert await broken_invariants() == []


async def test_where_nothing_is_left_to_hold_the_money_goes_back(
    owner: Any, client: Any, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    sale = await make_sale(owner.viewer, clock.now(), quantity=1)
    placed = await buy(sale, clock.now())
    session = await debit(stripe_account, placed.order_id)
    hold_id = await lapse(placed.order_id, clock)
    await buy(sale, clock.now(), email="bob@example.com")
    await deliver(client, COMPLETED, session)
    await run_jobs()
    await paying.lapsed(hold_id, clock.now())
    assert await state_of(placed.order_id) == "submitted"
    assert await figures(sale.stock_id) == (1, 0)
    await settle(stripe_account, session["id"], "succeed")
    await deliver(client, SUCCEEDED, session)
    await run_jobs()
    order = await order_row(placed.order_id)
    assert (order["state"], order["refunded_amount"]) == ("refunded", 1000)
    assert await broken_invariants() == []


async def test_paid_after_it_was_given_up(
    owner: Any, client: Any, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    sale, order_id, session = await submitted(owner, client, clock, stripe_account, run_jobs)
    clock.advance(LONGEST_CONFIRMATION)
    await run_jobs()
    assert await state_of(order_id) == "failed"
    unpaid = await get_gateway().get_checkout(session["id"])
    assert await complete(unpaid, clock.now()) == Outcome.WAITING
    await settle(stripe_account, session["id"], "succeed")
    await deliver(client, SUCCEEDED, session)
    await run_jobs()
    assert await state_of(order_id) == "completed" and await figures(sale.stock_id) == (0, 1)


async def test_mails_say_what_is_true_when_they_are_made(
    owner: Any, client: Any, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    _sale, order_id, _session = await submitted(owner, client, clock, stripe_account, run_jobs)
    order = await order_of(order_id)
    assert order is not None
    await db.execute("DELETE FROM message")
    await emails.send_payment_failed(order, clock.now())
    await emails.send_submitted(order, clock.now())
    assert await messages() == ["order-submitted"]
    text = await db.fetch_value("SELECT text FROM message WHERE name = 'order-submitted'")
    assert "€10.00" in text and order.number in text and "few days" in text

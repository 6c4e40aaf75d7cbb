"""Refunds: written before Stripe is asked, asked for under one key, counted once, and taken over from Stripe's side."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.core import db
from app.core.errors import Conflict, NotFound
from app.core.ids import new_id
from app.orders import reconciling
from app.orders.fulfilling import complete
from app.orders.refunding import refund
from app.payments.gateway import get_gateway
from tests.factories.orders import Sale, buy, deliver, events_of, make_sale, order_row
from tests.factories.stock import figures


async def bought(
    owner: Any, account: Any, now: datetime, *quantities: int, **terms: Any
) -> tuple[Sale, UUID]:
    sale = await make_sale(owner.viewer, now, **terms)
    placed = await buy(sale, now, *quantities)
    session_id = (await order_row(placed.order_id))["stripe_session_id"]
    await account.pay(session_id)
    await complete(await get_gateway().get_checkout(session_id), now)
    return sale, placed.order_id


async def give(
    order_id: UUID, amount: int, now: datetime, restock: bool = False, refund_id: UUID | None = None
) -> str:
    return await refund(
        order_id, amount, refund_id=refund_id or new_id(), actor_id=None, restock=restock, now=now
    )


async def standing(order_id: UUID) -> tuple[str, int]:
    order = await order_row(order_id)
    return order["state"], order["refunded_amount"]


async def test_in_parts_until_nothing_is_left(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale, order_id = await bought(owner, stripe_account, now, 3)
    assert await give(order_id, 1000, now, restock=True) == "succeeded"
    assert await standing(order_id) == ("partially_refunded", 1000)
    assert await figures(sale.stock_id) == (0, 2)
    with pytest.raises(Conflict, match="more than what is left"):
        await give(order_id, 2001, now)
    assert await give(order_id, 2000, now, restock=True) == "succeeded"
    assert await standing(order_id) == ("refunded", 3000)
    assert await figures(sale.stock_id) == (0, 0)
    with pytest.raises(Conflict):
        await give(order_id, 1, now)
    queued = await db.fetch_value(
        "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'orders.refunded'"
    )
    assert queued == 2


async def test_without_restocking_the_stock_stays_sold(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale, order_id = await bought(owner, stripe_account, now, 2)
    await give(order_id, 2000, now)
    assert await figures(sale.stock_id) == (0, 2)


async def test_a_part_puts_back_the_whole_pieces_it_pays_for(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale, order_id = await bought(owner, stripe_account, now, 2, 1, prices=(1000, 300))
    await give(order_id, 1400, now, restock=True)
    assert await figures(sale.stock_id) == (0, 1)


async def test_the_same_request_twice_is_one_refund(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    _sale, order_id = await bought(owner, stripe_account, now, 2)
    request = new_id()
    for _ in range(2):
        assert await give(order_id, 500, now, refund_id=request) == "succeeded"
    assert await standing(order_id) == ("partially_refunded", 500)
    with pytest.raises(NotFound):
        _other, other_id = await bought(owner, stripe_account, now)
        await give(other_id, 500, now, refund_id=request)


async def test_nothing_unpaid_is_refunded(owner: Any, now: datetime, stripe_account: Any) -> None:
    sale = await make_sale(owner.viewer, now)
    placed = await buy(sale, now)
    with pytest.raises(Conflict, match="no payment"):
        await give(placed.order_id, 100, now)
    with pytest.raises(NotFound):
        await give(new_id(), 100, now)


async def test_stripe_down_is_repaired_later(
    owner: Any, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    _sale, order_id = await bought(owner, stripe_account, clock.now())
    await stripe_account.switches(api="down")
    assert await give(order_id, 1000, clock.now()) == "requested"
    assert await standing(order_id) == ("completed", 0)
    with pytest.raises(Conflict):
        await give(order_id, 1000, clock.now())
    await stripe_account.switches(api="up")
    clock.advance(timedelta(minutes=1))
    await run_jobs()
    assert await standing(order_id) == ("refunded", 1000)


async def test_an_answer_that_was_lost_is_not_refunded_twice(
    owner: Any, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    """Stripe did it, the connection broke, the process died before its own job: reconciliation finds it."""
    _sale, order_id = await bought(owner, stripe_account, clock.now(), 2)
    await stripe_account.switches(api="close")
    assert await give(order_id, 1000, clock.now()) == "requested"
    await stripe_account.switches(api="up")
    await db.execute("DELETE FROM pgqueuer")
    clock.advance(timedelta(minutes=5))
    assert await reconciling.repair_refunds(clock.now()) == 1
    await run_jobs()
    assert await standing(order_id) == ("partially_refunded", 1000)
    intent = (await order_row(order_id))["payment_intent"]
    assert [one.amount for one in await get_gateway().refunds_of(intent)] == [1000]


async def test_refunds_made_at_stripe_are_taken_over_once(
    owner: Any, client: httpx.AsyncClient, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    _sale, order_id = await bought(owner, stripe_account, clock.now(), 2)
    intent = (await order_row(order_id))["payment_intent"]
    await get_gateway().refund(intent, 700, key="made-by-hand", metadata={})
    await give(order_id, 300, clock.now())
    for event_type in ("refund.updated", "charge.refunded", "refund.created", "charge.refunded"):
        await deliver(client, event_type, {"id": "any", "payment_intent": intent})
        await run_jobs()
    assert await standing(order_id) == ("partially_refunded", 1000)
    kinds = await events_of(order_id)
    assert kinds.count("refunded") == 2


async def test_a_refund_that_takes_its_time_is_asked_about(
    owner: Any, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    """As with payments whose refunds are pending for days, and whose webhook was lost."""
    _sale, order_id = await bought(owner, stripe_account, clock.now())
    await give(order_id, 400, clock.now())
    await db.execute("UPDATE refund SET state = 'pending'")
    await db.execute("UPDATE \"order\" SET state = 'completed', refunded_amount = 0")
    assert await reconciling.repair_refunds(clock.now()) == 0
    clock.advance(reconciling.PENDING_ASKED_AFTER)
    assert await reconciling.repair_refunds(clock.now()) == 1
    assert await reconciling.repair_refunds(clock.now()) == 0
    await run_jobs()
    assert await standing(order_id) == ("partially_refunded", 400)

"""Refunds that fail after they had succeeded: amounts and state become true again, once, and the seller is told."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from app.core import db
from app.core.ids import new_id
from app.operations.invariants import inspect
from app.orders import settling
from app.orders.fulfilling import complete
from app.orders.refunding import refund
from app.payments.gateway import GatewayRefund, get_gateway
from tests.factories.codes import make_code
from tests.factories.orders import Sale, buy, deliver, events_of, make_sale, order_row
from tests.factories.stock import figures


async def bought(
    owner: Any, account: Any, now: datetime, *quantities: int, code: str = "", **terms: Any
) -> tuple[Sale, UUID]:
    sale = await make_sale(owner.viewer, now, **terms)
    placed = await buy(sale, now, *quantities, code=code)
    session_id = (await order_row(placed.order_id))["stripe_session_id"]
    await account.pay(session_id)
    await complete(await get_gateway().get_checkout(session_id), now)
    return sale, placed.order_id


async def give(order_id: UUID, amount: int, now: datetime, restock: bool = False) -> GatewayRefund:
    """Refund, and return the refund as Stripe has it."""
    refund_id = new_id()
    assert (
        await refund(order_id, amount, refund_id=refund_id, actor_id=None, restock=restock, now=now)
        == "succeeded"
    )
    intent = (await order_row(order_id))["payment_intent"]
    known = {each.metadata["refund_id"]: each for each in await get_gateway().refunds_of(intent)}
    return known[str(refund_id)]


async def standing(order_id: UUID) -> tuple[str, int]:
    order = await order_row(order_id)
    return order["state"], order["refunded_amount"]


async def tell(client: Any, order_id: UUID, event: str, status: str, event_id: str = "") -> None:
    intent = (await order_row(order_id))["payment_intent"]
    fields = {"id": "re_any", "object": "refund", "payment_intent": intent, "status": status}
    await deliver(client, event, fields, event_id)


async def mails() -> list[str]:
    rows = await db.fetch("SELECT recipient FROM message WHERE name = 'refund-failed'")
    return [row["recipient"] for row in rows]


async def test_a_whole_refund_comes_back(
    owner: Any, client: Any, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    sale, order_id = await bought(owner, stripe_account, clock.now(), 2)
    made = await give(order_id, 2000, clock.now())
    assert await standing(order_id) == ("refunded", 2000)
    await stripe_account.fail_refund(made.id)
    # Repeated, in the wrong order, and with an old event after the news.
    for event, status, event_id in (
        ("refund.failed", "failed", "evt_f"),
        ("refund.updated", "failed", "evt_u"),
        ("refund.failed", "failed", "evt_f"),
        ("refund.updated", "succeeded", "evt_old"),
        ("charge.refunded", "succeeded", "evt_charge"),
    ):
        await tell(client, order_id, event, status, event_id)
        await run_jobs()
    assert await standing(order_id) == ("completed", 0)
    assert await figures(sale.stock_id) == (0, 2)
    kinds = await events_of(order_id)
    assert kinds.count("refund_returned") == kinds.count("refunded") == 1
    assert await mails() == ["olivia@example.com"]
    shown = (await owner.get(f"/console/orders/{order_id}")).text
    assert "did not reach the buyer" in shown and "expired_or_canceled_card" in shown
    assert "sent a refund back: €20.00" in shown
    assert await inspect(clock.now()) == []


async def test_one_of_two_parts_comes_back_and_can_be_given_again(
    owner: Any, client: Any, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    _sale, order_id = await bought(owner, stripe_account, clock.now(), 3)
    await give(order_id, 500, clock.now())
    second = await give(order_id, 2500, clock.now())
    assert await standing(order_id) == ("refunded", 3000)
    await stripe_account.fail_refund(second.id)
    await tell(client, order_id, "refund.failed", "failed")
    await run_jobs()
    assert await standing(order_id) == ("partially_refunded", 500)
    assert await inspect(clock.now()) == []
    await give(order_id, 2500, clock.now())
    assert await standing(order_id) == ("refunded", 3000)
    assert "did not reach" not in (await owner.get(f"/console/orders/{order_id}")).text
    assert await inspect(clock.now()) == []


async def test_what_went_back_on_sale_and_the_codes_use_stay(
    owner: Any, client: Any, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    """The piece may be sold to somebody else by then: nothing is taken from them."""
    code = await make_code(owner.viewer, clock.now(), maximum_uses=1)
    sale, order_id = await bought(owner, stripe_account, clock.now(), code="SPRING10", quantity=1)
    made = await give(order_id, 900, clock.now(), restock=True)
    assert await figures(sale.stock_id) == await figures(code.stock_id) == (0, 0)
    await db.execute("UPDATE page SET ended_at = NULL, ended_cause = ''")
    await buy(sale, clock.now(), email="bob@example.com", code="SPRING10")
    await stripe_account.fail_refund(made.id)
    await tell(client, order_id, "refund.updated", "failed")
    await run_jobs()
    assert await standing(order_id) == ("completed", 0)
    assert await figures(sale.stock_id) == await figures(code.stock_id) == (1, 0)
    assert await inspect(clock.now()) == []


async def test_a_disputed_order_stays_disputed(owner: Any, clock: Any, stripe_account: Any) -> None:
    _sale, order_id = await bought(owner, stripe_account, clock.now(), 2)
    made = await give(order_id, 500, clock.now())
    await db.execute("UPDATE \"order\" SET state = 'disputed'")
    await stripe_account.fail_refund(made.id)
    intent = (await order_row(order_id))["payment_intent"]
    await settling.synchronize(intent, clock.now())
    assert await standing(order_id) == ("disputed", 0)


async def test_an_older_answer_of_stripe_changes_nothing(
    owner: Any, clock: Any, stripe_account: Any
) -> None:
    """Two jobs asked at different moments, and the one that asked first writes last."""
    _sale, order_id = await bought(owner, stripe_account, clock.now())
    made = await give(order_id, 1000, clock.now())
    await stripe_account.fail_refund(made.id)
    refund_id = UUID(made.metadata["refund_id"])
    intent = (await order_row(order_id))["payment_intent"]
    await settling.synchronize(intent, clock.now())
    await settling.settle(refund_id, made, clock.now())
    assert await standing(order_id) == ("completed", 0)


async def test_money_that_was_paid_too_late_and_comes_back_is_owed(
    owner: Any, client: Any, clock: Any, stripe_account: Any, run_jobs: Any
) -> None:
    """Nothing was delivered for it: the order is not sold, and the operator's checks name it."""
    _sale, order_id = await bought(owner, stripe_account, clock.now())
    made = await give(order_id, 1000, clock.now())
    await db.execute('UPDATE "order" SET completed_at = NULL')
    await stripe_account.fail_refund(made.id)
    await tell(client, order_id, "refund.failed", "failed")
    await run_jobs()
    assert await standing(order_id) == ("expired", 0)


@pytest.mark.parametrize("status", ["failed", "canceled"])
async def test_one_that_fails_while_pending_is_told_too(
    owner: Any, clock: Any, stripe_account: Any, run_jobs: Any, status: str
) -> None:
    _sale, order_id = await bought(owner, stripe_account, clock.now())
    made = await give(order_id, 1000, clock.now())
    await db.execute("UPDATE refund SET state = 'pending'")
    await db.execute("UPDATE \"order\" SET state = 'completed', refunded_amount = 0")
    failed = GatewayRefund(made.id, status, 1000, "EUR", made.payment_intent, made.metadata, "")
    for _ in range(2):
        await settling.settle(UUID(made.metadata["refund_id"]), failed, clock.now())
    await run_jobs()
    assert (await standing(order_id), await mails()) == (("completed", 0), ["olivia@example.com"])
    assert "refund_failed" in await events_of(order_id)

"""Payments against everything that can happen to an order meanwhile, in a whole house: nothing paid is lost, none twice."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.core import db, jobs
from app.core.ids import new_id
from app.orders.refunding import refund
from app.payments.gateway import get_gateway
from tests.concurrency.house import (
    STANDS,
    Buyer,
    House,
    delivered_once,
    end_now,
    idle,
    sessions,
    states,
    until,
)
from tests.factories.orders import Sale, make_sale
from tests.factories.stock import figures

# Its servers are started once.
pytestmark = pytest.mark.xdist_group("raced")

BUYERS = 16


async def baskets(house: House, sale: Sale, count: int = BUYERS) -> list[Buyer]:
    """Let `count` buyers take one each; all of them get it."""
    buyers = [house.buyer(n) for n in range(count)]
    assert set(await asyncio.gather(*[buyer.take(sale) for buyer in buyers])) == {STANDS}
    return buyers


async def pay(stripe_account: Any, session_id: str) -> bool:
    """Pay on the hosted page. False when it was closed already."""
    try:
        await stripe_account.pay(session_id)
    except httpx.HTTPStatusError as error:
        assert error.response.status_code < 500, error.response.text
        return False
    return True


async def settled() -> bool:
    """Whether no order is open, no refund under way and no job due."""
    under_way = await db.fetch_value(
        "SELECT count(*) FROM refund WHERE state IN ('requested', 'pending')"
    )
    return "processing" not in await states() and not under_way and await idle()


async def money_is_right(paid: dict[str, bool]) -> dict[str, int]:
    """Hold every payment to an order that was delivered, or to a refund of all of it; return the orders' states."""
    for session_id, was_paid in paid.items():
        order = await db.fetch_one(
            'SELECT state, amount, payment_intent FROM "order" WHERE stripe_session_id = $1',
            session_id,
        )
        assert order is not None
        if not was_paid:
            assert order["state"] == "expired"
            continue
        given_back = sum(
            one.amount for one in await get_gateway().refunds_of(order["payment_intent"])
        )
        assert (order["state"], given_back) in (("completed", 0), ("refunded", order["amount"]))
    return await states()


async def test_a_payment_against_the_lapse_of_its_hold(
    house: House, owner: Any, now: datetime, stripe_account: Any
) -> None:
    """All stock is held; holds end while their payments come in, and others wait for what becomes free."""
    sale = await make_sale(owner.viewer, now, quantity=BUYERS)
    buyers = await baskets(house, sale)
    pages = await sessions()
    orders = [row["id"] for row in await db.fetch('SELECT id FROM "order" ORDER BY created_at, id')]

    async def lapse(order_id: UUID) -> None:
        await end_now([order_id])
        hold_id = await db.fetch_value('SELECT hold_id FROM "order" WHERE id = $1', order_id)
        await jobs.enqueue("stock.lapse", {"hold_id": str(hold_id), "then": "orders.hold_lapsed"})

    async def buyer_pays(number: int) -> bool:
        await asyncio.sleep(0.2 * (number % 12))
        done = await pay(stripe_account, pages[number])
        if done and number % 2:
            await buyers[number].come_back(pages[number])
        return done

    rivals = [house.buyer(100 + n) for n in range(BUYERS)]
    outcome = await asyncio.gather(
        *[buyer_pays(n) for n in range(BUYERS)],
        *[lapse(order_id) for order_id in orders],
        *[rival.take(sale) for rival in rivals],
    )
    paid = dict(zip(pages, [bool(one) for one in outcome[:BUYERS]], strict=True))
    await end_now([row["id"] for row in await db.fetch('SELECT id FROM "order"')])
    await db.execute("UPDATE pgqueuer SET execute_after = now() WHERE entrypoint = 'stock.lapse'")
    await until("all is settled", settled)
    await money_is_right(paid)
    _held, sold = await figures(sale.stock_id)
    assert sold == (await states()).get("completed", 0) <= BUYERS
    await delivered_once()


async def test_paid_when_the_last_unit_has_gone_to_another(
    house: House, owner: Any, now: datetime, stripe_account: Any
) -> None:
    """The certain case of the above: whoever pays late for what is sold gets the money back, and a word."""
    sale = await make_sale(owner.viewer, now, quantity=4)
    await baskets(house, sale, 4)
    late = await sessions()
    await stripe_account.switches(lose=-1)
    assert all(await asyncio.gather(*[pay(stripe_account, page) for page in late]))
    await db.execute("UPDATE hold SET state = 'lapsed', ended_at = now()")
    await db.execute("UPDATE stock SET held = 0")
    await stripe_account.switches(lose=0)
    others = [house.buyer(50 + n) for n in range(4)]
    assert set(await asyncio.gather(*[buyer.take(sale) for buyer in others])) == {STANDS}
    quick = [page for page in await sessions() if page not in late]
    assert all(await asyncio.gather(*[pay(stripe_account, page) for page in quick]))
    for order in await db.fetch("SELECT id FROM \"order\" WHERE state = 'processing'"):
        await jobs.enqueue("orders.close_session", {"order_id": str(order["id"])})
    await until("all is settled", settled)
    assert await money_is_right(dict.fromkeys([*late, *quick], True)) == {
        "completed": 4,
        "refunded": 4,
    }
    assert await figures(sale.stock_id) == (0, 4)
    told = await db.fetch_value("SELECT count(*) FROM message WHERE name = 'order-unavailable'")
    assert told == 4


async def test_news_that_is_repeated_reordered_and_late(
    house: House, owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now, quantity=BUYERS)
    buyers = await baskets(house, sale)
    pages = await sessions()
    await stripe_account.switches(repeat=3, reorder=100, delay=1)
    assert all(await asyncio.gather(*[pay(stripe_account, page) for page in pages]))
    # Some come back before the news does, on another process than the one it goes to.
    back = [buyers[n].come_back(pages[n]) for n in range(0, BUYERS, 3)]
    assert set(await asyncio.gather(*back)) == {200}
    flushed, *again = await asyncio.gather(
        stripe_account.flush(), *[buyers[n].come_back(pages[n]) for n in range(0, BUYERS, 3)]
    )
    assert flushed["failed"] == 0 and flushed["delivered"] >= 3 * (BUYERS // 3)
    assert set(again) == {200}
    await until("all is settled", settled)
    assert await states() == {"completed": BUYERS}
    assert await figures(sale.stock_id) == (0, BUYERS)
    await delivered_once()
    seen = await db.fetch_one(
        "SELECT count(*) AS all, count(processed_at) AS done FROM stripe_event"
    )
    assert seen is not None and seen["all"] == seen["done"] > BUYERS


async def test_news_that_never_comes(
    house: House, owner: Any, now: datetime, stripe_account: Any
) -> None:
    """Half of the payments are never told of, and their buyers don't come back: they are asked about."""
    sale = await make_sale(owner.viewer, now, quantity=BUYERS)
    await baskets(house, sale)
    pages = await sessions()
    await stripe_account.switches(lose=-1)
    assert all(await asyncio.gather(*[pay(stripe_account, page) for page in pages[::2]]))
    await stripe_account.switches(lose=0)
    assert all(await asyncio.gather(*[pay(stripe_account, page) for page in pages[1::2]]))

    async def told() -> bool:
        return (await states()).get("completed") == BUYERS // 2

    await until("those that were told of are completed", told)
    await until("nothing is due", idle)
    assert await states() == {"completed": BUYERS // 2, "processing": BUYERS // 2}
    await db.execute(
        'UPDATE "order" SET created_at = created_at - $1::interval', timedelta(minutes=5)
    )
    # The worker's own clockwork may ask at the same time.
    await asyncio.gather(*[jobs.enqueue("orders.reconcile", {}) for _ in range(3)])
    await until("all is settled", settled)
    assert await states() == {"completed": BUYERS}
    await delivered_once()


async def test_a_refund_against_late_news(
    house: House, owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now, quantity=BUYERS)
    buyers = await baskets(house, sale)
    pages = await sessions()
    await stripe_account.switches(repeat=2, reorder=100)
    assert all(await asyncio.gather(*[pay(stripe_account, page) for page in pages]))
    back = [buyer.come_back(page) for buyer, page in zip(buyers, pages, strict=True)]
    assert set(await asyncio.gather(*back)) == {200}
    orders = [row["id"] for row in await db.fetch('SELECT id FROM "order"')]

    async def give_back(order_id: UUID) -> str:
        return await refund(
            order_id, 1000, refund_id=new_id(), actor_id=owner.viewer.user_id, restock=True, now=now
        )

    flushed, *results = await asyncio.gather(
        stripe_account.flush(), *[give_back(order_id) for order_id in orders]
    )
    assert flushed["failed"] == 0
    assert set(results) == {"succeeded"}
    await stripe_account.flush()  # the news of the refunds themselves
    await stripe_account.switches(reorder=0)
    await until("all is settled", settled)
    assert await money_is_right(dict.fromkeys(pages, True)) == {"refunded": BUYERS}
    assert await figures(sale.stock_id) == (0, 0)
    assert await db.fetch_value("SELECT count(*) FROM refund") == BUYERS


async def test_a_cancel_against_the_payment(
    house: House, owner: Any, now: datetime, stripe_account: Any
) -> None:
    """One tab releases while the other pays: what was paid is delivered (there is enough), the rest is free."""
    sale = await make_sale(owner.viewer, now, quantity=BUYERS)
    buyers = await baskets(house, sale)
    rows = await db.fetch('SELECT email, stripe_session_id AS page FROM "order"')
    page_of = {row["email"]: row["page"] for row in rows}

    async def pays(number: int) -> bool:
        await asyncio.sleep(0.025 * (number % 12))
        return await pay(stripe_account, page_of[buyers[number].email])

    outcome = await asyncio.gather(
        *[pays(n) for n in range(BUYERS)], *[buyer.release(sale) for buyer in buyers]
    )
    paid = {page_of[buyers[n].email]: bool(outcome[n]) for n in range(BUYERS)}
    await until("all is settled", settled)
    found = await money_is_right(paid)
    assert found.get("completed", 0) == sum(paid.values())
    assert await figures(sale.stock_id) == (0, sum(paid.values()))
    await delivered_once()

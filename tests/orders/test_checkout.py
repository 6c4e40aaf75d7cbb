"""Checkout: what a buyer is promised is held and pinned, or refused with words; nothing is ever half made."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.core import db
from app.core.errors import Conflict, NotFound
from app.core.forms import FieldError
from app.core.ids import new_id
from app.orders.checkout import start_checkout
from app.payments.gateway import PaymentUnavailable, get_gateway
from app.stock.holding import OutOfStock
from tests.factories.orders import basket, buy, events_of, make_sale, only_order, order_row
from tests.factories.stock import broken_invariants, figures


async def test_a_paid_checkout_holds_and_pins(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now, prices=(1000, 250), discount=20)
    placed = await buy(sale, now, 2, 1)
    order = await order_row(placed.order_id)
    assert placed.payment_url
    assert (order["state"], order["amount"], order["currency"]) == ("processing", 1800, "EUR")
    assert order["held_until"] == now + timedelta(minutes=15)
    terms = json.loads(order["terms"])
    assert (terms["discount_percent"], terms["short_id"]) == (20, sale.short_id)
    assert await figures(sale.stock_id) == (3, 0)
    lines = await db.fetch(
        "SELECT quantity, original_amount, amount FROM order_line ORDER BY amount DESC"
    )
    assert [tuple(line) for line in lines] == [(2, 1000, 800), (1, 250, 200)]
    session = await get_gateway().get_checkout(order["stripe_session_id"])
    assert (session.amount_total, session.currency, session.mode) == (1800, "EUR", "payment")
    assert session.metadata["order_id"] == str(placed.order_id)
    assert await events_of(placed.order_id) == ["created"]


async def test_the_hold_keeps_its_price(owner: Any, now: datetime, stripe_account: Any) -> None:
    sale = await make_sale(owner.viewer, now)
    placed = await buy(sale, now)
    await db.execute("UPDATE page_content SET amount = 99000")
    await db.execute("UPDATE page SET paused_at = $1", now)
    order = await order_row(placed.order_id)
    session = await get_gateway().get_checkout(order["stripe_session_id"])
    assert session.amount_total == order["amount"] == 1000


async def test_a_free_order_completes_at_once(owner: Any, now: datetime) -> None:
    sale = await make_sale(owner.viewer, now, discount=100)
    placed = await buy(sale, now)
    order = await order_row(placed.order_id)
    assert placed.completed
    assert (order["state"], order["amount"], order["stripe_session_id"]) == ("completed", 0, None)
    assert await figures(sale.stock_id) == (0, 1)
    assert await events_of(placed.order_id) == ["completed", "created"]
    queued = await db.fetch("SELECT entrypoint FROM pgqueuer WHERE entrypoint LIKE 'orders.%'")
    assert [row["entrypoint"] for row in queued] == ["orders.completed"]


async def test_the_last_free_unit_retires_the_page(owner: Any, now: datetime) -> None:
    sale = await make_sale(owner.viewer, now, discount=100, quantity=1)
    await buy(sale, now)
    page = await db.fetch_one("SELECT ended_at, ended_cause FROM page")
    assert page and tuple(page) == (now, "limit")
    with pytest.raises(Conflict):
        await buy(sale, now, email="bob@example.com")


async def test_the_last_unit_goes_to_one(owner: Any, now: datetime, stripe_account: Any) -> None:
    sale = await make_sale(owner.viewer, now, quantity=1)
    await buy(sale, now)
    with pytest.raises(OutOfStock, match="in other baskets"):
        await buy(sale, now, email="bob@example.com")
    assert await db.fetch_value('SELECT count(*) FROM "order"') == 1


async def test_refuses_what_is_not_for_sale(owner: Any, now: datetime) -> None:
    sale = await make_sale(owner.viewer, now)
    stranger = basket(sale)
    with pytest.raises(FieldError, match="no longer on this page"):
        await start_checkout(replace(stranger, quantities={new_id(): 1}), now)
    with pytest.raises(NotFound):
        await start_checkout(replace(stranger, short_id="unknown"), now)
    assert await db.fetch_value('SELECT count(*) FROM "order"') == 0


@pytest.mark.parametrize(
    ("column", "words"), [("paused_at", "paused"), ("ended_at", ""), ("expires_at", "")]
)
async def test_refuses_when_not_running(owner: Any, now: datetime, column: str, words: str) -> None:
    sale = await make_sale(owner.viewer, now)
    cause = ", ended_cause = 'hand'" if column == "ended_at" else ""
    await db.execute(f"UPDATE page SET {column} = $1{cause}", now)
    with pytest.raises(Conflict, match=words):
        await buy(sale, now)


async def test_per_buyer_limit_by_address_and_by_browser(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now, quantity=10, per_buyer=2)
    with pytest.raises(FieldError, match=r"At most 2 for each buyer\.$"):
        await buy(sale, now, 3)
    await buy(sale, now, 2, email="Ann@Example.com", buyer="b" * 32)
    with pytest.raises(Conflict, match="have them already"):
        await buy(sale, now, 1, email="ann@example.com")
    # The same browser under another address finds its own hold instead of a second one.
    placed = await buy(sale, now, 1, email="other@example.com", buyer="b" * 32)
    assert placed.payment_url is None
    assert await figures(sale.stock_id) == (2, 0)


async def test_a_lapsed_hold_no_longer_counts(
    owner: Any, clock: Any, run_jobs: Any, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, clock.now(), quantity=1, per_buyer=1)
    placed = await buy(sale, clock.now())
    clock.advance(timedelta(minutes=15))
    await run_jobs()
    assert (await order_row(placed.order_id))["state"] == "expired"
    assert await figures(sale.stock_id) == (0, 0)
    session_id = (await order_row(placed.order_id))["stripe_session_id"]
    assert (await get_gateway().get_checkout(session_id)).status == "expired"
    assert (await buy(sale, clock.now())).payment_url


async def test_the_same_form_twice_is_one_order(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now)
    who = {"buyer": "c" * 32, "attempt": "one"}
    first, second = await buy(sale, now, **who), await buy(sale, now, **who)
    assert first == second
    assert await figures(sale.stock_id) == (1, 0)


async def test_the_same_free_form_twice_is_one_order(owner: Any, now: datetime) -> None:
    sale = await make_sale(owner.viewer, now, discount=100)
    who = {"buyer": "c" * 32, "attempt": "one"}
    first, second = await buy(sale, now, **who), await buy(sale, now, **who)
    assert first.order_id == second.order_id
    assert await figures(sale.stock_id) == (0, 1)


async def test_stripe_down_frees_the_hold(owner: Any, now: datetime, stripe_account: Any) -> None:
    sale = await make_sale(owner.viewer, now, quantity=1)
    await stripe_account.switches(api="down")
    with pytest.raises(PaymentUnavailable):
        await buy(sale, now)
    order = await only_order()
    assert order["state"] == "failed"
    assert await events_of(order["id"]) == ["checkout_failed", "created"]
    assert await figures(sale.stock_id) == (0, 0)
    await stripe_account.switches(api="up")
    assert (await buy(sale, now)).payment_url
    assert await broken_invariants() == []


async def test_a_free_order_takes_few_statements(
    owner: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the page (2 when cold) and the confirmation (3), the whole must stay within 12."""
    import asyncpg

    sale = await make_sale(owner.viewer, now, discount=100)
    seen: list[str] = []
    original = asyncpg.Connection._execute  # pyright: ignore[reportPrivateUsage]

    async def counting(self: Any, query: str, *args: Any, **options: Any) -> Any:
        seen.append(query)
        return await original(self, query, *args, **options)

    monkeypatch.setattr(asyncpg.Connection, "_execute", counting)
    await buy(sale, now)
    assert len(seen) <= 7, seen

"""Whole checkouts raced over real connections: the last units, the per-buyer limit, and news that comes all at once."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from app.core import db
from app.core.errors import Conflict
from app.core.forms import FieldError
from app.core.ids import new_id
from app.orders import paying, settling
from app.orders.fulfilling import Outcome, complete
from app.orders.refunding import refund
from app.payments.gateway import get_gateway
from app.stock import holding
from tests.factories.orders import buy, make_sale, order_row
from tests.factories.stock import broken_invariants, figures

BUYERS = 50
UNITS = 5


async def outcomes(attempts: list[Any]) -> list[Any]:
    """Run all at once; return what the winners got. Only refusals may be raised."""
    results = await asyncio.gather(*attempts, return_exceptions=True)
    errors = [one for one in results if isinstance(one, BaseException)]
    assert [one for one in errors if not isinstance(one, Conflict | FieldError)] == []
    return [one for one in results if not isinstance(one, BaseException)]


async def test_fifty_buyers_and_five_free_units(owner: Any, now: datetime) -> None:
    sale = await make_sale(owner.viewer, now, discount=100, quantity=UNITS)
    won = await outcomes([buy(sale, now, email=f"b{n}@example.com") for n in range(BUYERS)])
    assert len(won) == UNITS
    assert await figures(sale.stock_id) == (0, UNITS)
    assert await db.fetch_value('SELECT count(*) FROM "order"') == UNITS
    assert await db.fetch_value("SELECT ended_cause FROM page") == "limit"
    assert await broken_invariants() == []


async def test_fifty_buyers_and_five_paid_units(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now, quantity=UNITS)
    won = await outcomes([buy(sale, now, email=f"b{n}@example.com") for n in range(BUYERS)])
    assert len(won) == UNITS
    assert len({placed.payment_url for placed in won}) == UNITS
    assert await figures(sale.stock_id) == (UNITS, 0)


async def test_many_tabs_of_one_customer_keep_the_limit(owner: Any, now: datetime) -> None:
    sale = await make_sale(owner.viewer, now, discount=100, quantity=50, per_buyer=2)
    won = await outcomes([buy(sale, now, email="ann@example.com") for _ in range(20)])
    assert len(won) == 2
    assert await figures(sale.stock_id) == (0, 2)


async def test_many_addresses_of_one_browser_keep_the_limit(owner: Any, now: datetime) -> None:
    sale = await make_sale(owner.viewer, now, discount=100, quantity=50, per_buyer=2)
    won = await outcomes(
        [buy(sale, now, email=f"b{n}@example.com", buyer="b" * 32) for n in range(20)]
    )
    assert len(won) == 2


async def test_two_tabs_of_one_browser_make_one_hold(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now)
    placed = await outcomes([buy(sale, now, buyer="b" * 32) for _ in range(8)])
    assert len({one.order_id for one in placed}) == 1
    assert await figures(sale.stock_id) == (1, 0)


async def test_one_form_sent_many_times_is_one_payment(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now)
    placed = await outcomes([buy(sale, now, buyer="b" * 32, attempt="one") for _ in range(8)])
    assert len({(one.order_id, one.payment_url) for one in placed}) == 1


async def test_news_of_one_payment_all_at_once(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now)
    placed = await buy(sale, now)
    session_id = (await order_row(placed.order_id))["stripe_session_id"]
    await stripe_account.pay(session_id)
    session = await get_gateway().get_checkout(session_id)
    results = await asyncio.gather(*[complete(session, now) for _ in range(20)])
    assert results.count(Outcome.COMPLETED) == 1
    assert results.count(Outcome.ALREADY) == 19
    assert await figures(sale.stock_id) == (0, 1)
    mails = "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'orders.completed'"
    assert await db.fetch_value(mails) == 1


async def test_payment_against_lapse_and_release(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    later = now + timedelta(minutes=15)
    for _ in range(8):
        sale = await make_sale(owner.viewer, now, quantity=1)
        placed = await buy(sale, now, email=f"{new_id().hex}@example.com")
        order = await order_row(placed.order_id)
        await stripe_account.pay(order["stripe_session_id"])
        session = await get_gateway().get_checkout(order["stripe_session_id"])
        rival = buy(sale, now, email="rival@example.com")
        result, *_others = await asyncio.gather(
            complete(session, later),
            holding.lapse(order["hold_id"], later),
            paying.lapsed(order["hold_id"], later),
            paying.release(placed.order_id, later),
            rival,
            return_exceptions=True,
        )
        state = (await order_row(placed.order_id))["state"]
        assert (result, state) in (
            (Outcome.COMPLETED, "completed"),
            (Outcome.REFUNDING, "expired"),
        )
        held, sold = await figures(sale.stock_id)
        assert held + sold <= 1
        assert sold == (1 if state == "completed" else 0)
    assert await broken_invariants() == []


async def test_two_refunds_of_everything_at_once(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now)
    placed = await buy(sale, now, 2)
    session_id = (await order_row(placed.order_id))["stripe_session_id"]
    await stripe_account.pay(session_id)
    await complete(await get_gateway().get_checkout(session_id), now)
    refunds = [
        refund(placed.order_id, 2000, refund_id=new_id(), actor_id=None, restock=True, now=now)
        for _ in range(5)
    ]
    assert await outcomes(refunds) == ["succeeded"]
    assert (await order_row(placed.order_id))["refunded_amount"] == 2000
    assert await figures(sale.stock_id) == (0, 0)


async def test_a_price_change_among_checkouts(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    """Each buyer pays what one consistent look at the page said, and Stripe asks for exactly that."""
    sale = await make_sale(owner.viewer, now, quantity=50)

    async def change_price() -> None:
        await asyncio.sleep(0)
        await db.execute("UPDATE page_content SET amount = 1500")

    buyers = [buy(sale, now, 2, email=f"b{n}@example.com") for n in range(20)]
    await outcomes([*buyers[:10], change_price(), *buyers[10:]])
    orders = await db.fetch('SELECT amount, stripe_session_id FROM "order"')
    assert len(orders) == 20
    for order in orders:
        assert order["amount"] in (2000, 3000)
        session = await get_gateway().get_checkout(order["stripe_session_id"])
        assert session.amount_total == order["amount"]


async def test_a_pause_among_checkouts(owner: Any, now: datetime) -> None:
    """Whoever is through keeps what is held; whoever comes after is refused; nothing is in between."""
    sale = await make_sale(owner.viewer, now, discount=100, quantity=50)

    async def pause() -> None:
        await db.execute("UPDATE page SET paused_at = $1", now)

    buyers = [buy(sale, now, email=f"b{n}@example.com") for n in range(30)]
    won = [one for one in await outcomes([*buyers[:15], pause(), *buyers[15:]]) if one]
    assert await figures(sale.stock_id) == (0, len(won))
    assert await db.fetch_value('SELECT count(*) FROM "order"') == len(won)
    assert await outcomes([buy(sale, now, email="late@example.com")]) == []


async def test_a_refund_against_its_own_webhooks(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now)
    placed = await buy(sale, now, 2)
    session_id = (await order_row(placed.order_id))["stripe_session_id"]
    await stripe_account.pay(session_id)
    session = await get_gateway().get_checkout(session_id)
    await complete(session, now)
    intent = session.payment_intent or ""
    giving = refund(placed.order_id, 1000, refund_id=new_id(), actor_id=None, restock=True, now=now)
    news = [settling.synchronize(intent, now) for _ in range(5)]
    await outcomes([giving, *news, *[complete(session, now) for _ in range(5)]])
    await settling.synchronize(intent, now)
    order = await order_row(placed.order_id)
    assert (order["state"], order["refunded_amount"]) == ("partially_refunded", 1000)
    assert await figures(sale.stock_id) == (0, 1)
    assert await db.fetch_value("SELECT count(*) FROM refund") == 1

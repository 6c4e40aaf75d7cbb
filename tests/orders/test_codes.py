"""Discount codes at the checkout: what they take off is pinned with the order, and a use of one goes where the basket goes."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import db
from app.core.ids import new_id
from app.operations import invariants
from app.orders import paying
from app.orders.fulfilling import complete
from app.orders.pricing import Discount, price_lines
from app.orders.redeeming import CodeRefused, Reason
from app.orders.refunding import refund
from app.pages.selling import OfferLine
from app.payments.gateway import PaymentUnavailable, get_gateway
from app.stock.codes import writing
from tests.factories.codes import make_code
from tests.factories.orders import buy, make_sale, order_row
from tests.factories.stock import figures

HOUR = timedelta(hours=1)


async def lines_of(order_id: Any) -> list[tuple[int, int, int]]:
    rows = await db.fetch(
        "SELECT quantity, amount, reduction FROM order_line WHERE order_id = $1 ORDER BY amount DESC",
        order_id,
    )
    return [tuple(row) for row in rows]


async def test_it_lowers_the_price_that_is_held_pinned_and_paid(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now, prices=(1000, 250), discount=20)
    code = await make_code(owner.viewer, now, maximum_uses=3)
    placed = await buy(sale, now, 2, 1, code="spring10")
    order = await order_row(placed.order_id)
    assert (order["amount"], order["discount_stock_id"]) == (1620, code.stock_id)
    assert await lines_of(placed.order_id) == [(2, 720, 80), (1, 180, 20)]
    pinned = {"kind": "code", "name": "SPRING10", "percent": 10, "amount": 0}
    assert json.loads(order["terms"])["discount"] == pinned
    session = await get_gateway().get_checkout(order["stripe_session_id"])
    assert session.amount_total == 1620
    assert (await figures(code.stock_id), await figures(sale.stock_id)) == ((1, 0), (3, 0))
    # What becomes of the code changes nothing any more.
    await writing.switch(code.id, False, owner.viewer.user_id, now)
    await stripe_account.pay(order["stripe_session_id"])
    await complete(await get_gateway().get_checkout(order["stripe_session_id"]), now)
    assert (await order_row(placed.order_id))["state"] == "completed"
    assert await figures(code.stock_id) == (0, 1)


async def test_an_amount_comes_off_the_whole_basket_to_the_last_cent(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now, prices=(1000, 250))
    await make_code(owner.viewer, now, "FIVER", amount=500, currency="EUR")
    placed = await buy(sale, now, 3, 1, code="FIVER")
    order = await order_row(placed.order_id)
    assert order["amount"] == 3250 - 500
    found = await lines_of(placed.order_id)
    assert sum(quantity * reduction for quantity, _amount, reduction in found) == 500
    session = await get_gateway().get_checkout(order["stripe_session_id"])
    assert session.amount_total == 2750


wanted = st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 7)), min_size=1, max_size=5)


@given(wanted, st.integers(1, 20_000))
def test_any_amount_is_spread_exactly_and_never_below_zero(
    items: list[tuple[int, int]], amount: int
) -> None:
    offered = [
        (OfferLine(new_id(), new_id(), "Print", price, price, new_id(), None), quantity)
        for price, quantity in items
    ]
    total = sum(price * quantity for price, quantity in items)
    priced = price_lines(offered, [Discount("code", "X", 0, new_id(), amount)])
    assert priced.amount == max(0, total - amount)
    for item, quantity in offered:
        lines = [line for line in priced.lines if line.item == item]
        assert sum(line.quantity for line in lines) == quantity
        assert all(0 <= line.amount <= item.amount for line in lines)
        assert max(line.amount for line in lines) - min(line.amount for line in lines) <= 1


async def test_one_that_makes_it_free_needs_no_payment(owner: Any, now: datetime) -> None:
    sale = await make_sale(owner.viewer, now, quantity=1)
    code = await make_code(owner.viewer, now, "WHOLE", amount=9999, currency="EUR", maximum_uses=1)
    placed = await buy(sale, now, code="whole")
    order = await order_row(placed.order_id)
    assert placed.completed and (order["amount"], order["stripe_session_id"]) == (0, None)
    assert (await figures(code.stock_id), await figures(sale.stock_id)) == ((0, 1), (0, 1))
    assert await db.fetch_value("SELECT ended_cause FROM page") == "limit"
    assert (await invariants.look(now + HOUR)).broken == ()


async def test_where_nothing_comes_off_no_use_is_taken(owner: Any, now: datetime) -> None:
    sale = await make_sale(owner.viewer, now, discount=100)
    code = await make_code(owner.viewer, now, maximum_uses=1, per_buyer_limit=1)
    for email in ("a@example.com", "a@example.com"):
        placed = await buy(sale, now, email=email, code="SPRING10")
        assert (await order_row(placed.order_id))["discount_stock_id"] is None
    assert await figures(code.stock_id) == (0, 0)


async def refused(sale: Any, now: datetime, code: str = "SPRING10", **who: Any) -> CodeRefused:
    """Buy with a code that is refused: nothing may be left of it."""
    before = await db.fetch_value('SELECT count(*) FROM "order"')
    held = await figures(sale.stock_id)
    with pytest.raises(CodeRefused) as error:
        await buy(sale, now, code=code, **who)
    assert await db.fetch_value('SELECT count(*) FROM "order"') == before
    assert await figures(sale.stock_id) == held
    assert error.value.field == "code"
    return error.value


@pytest.mark.parametrize(
    ("terms", "reason", "words"),
    [
        ({"valid_from": HOUR}, Reason.SOON, "valid from"),
        ({"valid_until": -HOUR}, Reason.OVER, "was valid until"),
        ({"maximum_uses": 0}, Reason.GONE, "used up"),
        ({"amount": 500, "currency": "USD"}, Reason.CURRENCY, "worth USD"),
    ],
)
async def test_why_it_takes_nothing_off_is_said(
    owner: Any, now: datetime, terms: dict[str, Any], reason: Reason, words: str
) -> None:
    sale = await make_sale(owner.viewer, now)
    for name, value in terms.items():
        terms = {**terms, name: now + value if isinstance(value, timedelta) else value}
    await make_code(owner.viewer, now, **terms)
    error = await refused(sale, now)
    assert error.reason is reason and words in error.message


async def test_one_of_others_or_for_other_pages_or_switched_off_is_none_here(
    owner: Any, outsider: Any, now: datetime
) -> None:
    sale, other = await make_sale(owner.viewer, now), await make_sale(owner.viewer, now)
    await make_code(outsider.viewer, now, "THEIRS")
    assert (await refused(sale, now, "THEIRS")).reason is Reason.UNKNOWN
    assert (await refused(sale, now, "\ud800")).reason is Reason.UNKNOWN
    await make_code(owner.viewer, now, "THERE", pages=[other.page_id])
    assert (await refused(sale, now, "THERE")).reason is Reason.ELSEWHERE
    code = await make_code(owner.viewer, now, "OFF")
    await writing.switch(code.id, False, owner.viewer.user_id, now)
    assert (await refused(sale, now, "OFF")).reason is Reason.OFF


async def test_whether_the_last_use_is_taken_or_only_held_is_told_apart(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now)
    await make_code(owner.viewer, now, maximum_uses=1)
    placed = await buy(sale, now, code="SPRING10")
    error = await refused(sale, now, email="bob@example.com")
    assert error.reason is Reason.HELD and "in other baskets" in error.message
    await paying.release(placed.order_id, now)
    placed = await buy(sale, now, code="SPRING10", email="bob@example.com")
    session_id = (await order_row(placed.order_id))["stripe_session_id"]
    await stripe_account.pay(session_id)
    await complete(await get_gateway().get_checkout(session_id), now)
    assert (await refused(sale, now, email="cleo@example.com")).reason is Reason.GONE


async def test_a_use_that_was_not_paid_for_is_free_again(
    owner: Any, clock: Any, run_jobs: Any, stripe_account: Any
) -> None:
    now = clock.now()
    sale = await make_sale(owner.viewer, now)
    code = await make_code(owner.viewer, now, maximum_uses=1, per_buyer_limit=1)
    await stripe_account.switches(api="down")
    with pytest.raises(PaymentUnavailable):
        await buy(sale, now, code="SPRING10")
    await stripe_account.switches(api="up")
    assert await figures(code.stock_id) == (0, 0)
    await buy(sale, now, code="SPRING10")
    assert await figures(code.stock_id) == (1, 0)
    clock.advance(timedelta(minutes=15))
    await run_jobs()
    assert await figures(code.stock_id) == (0, 0)
    assert (await buy(sale, clock.now(), code="SPRING10")).payment_url


async def test_each_buyer_may_so_often_on_all_pages_together(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    first, second = await make_sale(owner.viewer, now), await make_sale(owner.viewer, now)
    await make_code(owner.viewer, now, per_buyer_limit=1)
    await buy(first, now, code="SPRING10", email="Ann@Example.com", buyer="b" * 32)
    error = await refused(second, now, email="ann@example.com")
    assert error.reason is Reason.BUYER and "already" in error.message
    error = await refused(second, now, email="other@example.com", buyer="b" * 32)
    assert error.reason is Reason.BUYER
    assert (await buy(second, now, email="ann@example.com")).payment_url
    assert (await buy(second, now, code="SPRING10", email="bob@example.com")).payment_url


@pytest.mark.parametrize("restock", [True, False])
async def test_a_whole_refund_gives_the_use_back_and_a_part_does_not(
    owner: Any, now: datetime, stripe_account: Any, restock: bool
) -> None:
    sale = await make_sale(owner.viewer, now)
    code = await make_code(owner.viewer, now, maximum_uses=1, per_buyer_limit=1)
    placed = await buy(sale, now, 2, code="SPRING10")
    session_id = (await order_row(placed.order_id))["stripe_session_id"]
    await stripe_account.pay(session_id)
    await complete(await get_gateway().get_checkout(session_id), now)
    for expected in (1, 0):
        await refund(
            placed.order_id, 900, refund_id=new_id(), actor_id=None, restock=restock, now=now
        )
        assert await figures(code.stock_id) == (0, expected)
        assert (await invariants.look(now)).broken == ()
    assert await figures(sale.stock_id) == (0, 0 if restock else 2)
    assert (await buy(sale, now, code="SPRING10")).payment_url

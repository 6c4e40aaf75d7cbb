"""Any sequence of purchases, payments, lapses, releases, refunds and late news leaves money and stock in agreement."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core import db, jobs
from app.core.errors import Conflict, UpstreamFailed
from app.core.ids import new_id
from app.orders import paying, reconciling
from app.orders.fulfilling import complete
from app.orders.refunding import refund
from app.payments.gateway import get_gateway
from tests.factories.orders import Sale, buy, make_sale, order_row
from tests.factories.stock import figures

VERBS = ("pay", "tell", "release", "lapse", "refund", "restock", "reconcile")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("buy"), st.integers(1, 2)),
        st.tuples(st.sampled_from(VERBS), st.integers(0, 4)),
    ),
    min_size=3,
    max_size=14,
)


class World:
    """A sale of three pieces, its orders, and a clock of its own."""

    def __init__(self, sale: Sale, now: datetime, account: Any) -> None:
        self.sale = sale
        self.now = now
        self.account = account
        self.orders: list[UUID] = []
        self.paid: set[UUID] = set()

    async def buy(self, quantity: int) -> None:
        try:
            placed = await buy(self.sale, self.now, quantity, email=f"{new_id().hex}@example.com")
        except Conflict:
            return
        self.orders.append(placed.order_id)

    async def pay(self, order_id: UUID) -> None:
        order = await order_row(order_id)
        session = await get_gateway().get_checkout(order["stripe_session_id"])
        if session.status == "open":
            await self.account.pay(session.id)
            self.paid.add(order_id)

    async def tell(self, order_id: UUID) -> None:
        session_id = (await order_row(order_id))["stripe_session_id"]
        await complete(await get_gateway().get_checkout(session_id), self.now)

    async def release(self, order_id: UUID) -> None:
        await paying.release(order_id, self.now)

    async def lapse(self, _order_id: UUID) -> None:
        self.now += timedelta(minutes=15)
        await jobs.drain(self.now)

    async def refund(self, order_id: UUID, *, restock: bool = False) -> None:
        try:
            await refund(
                order_id, 600, refund_id=new_id(), actor_id=None, restock=restock, now=self.now
            )
        except (Conflict, UpstreamFailed):
            return

    async def restock(self, order_id: UUID) -> None:
        order = await order_row(order_id)
        left = order["amount"] - order["refunded_amount"]
        if order["state"] in ("completed", "partially_refunded"):
            await refund(
                order_id, left, refund_id=new_id(), actor_id=None, restock=True, now=self.now
            )

    async def reconcile(self, _order_id: UUID) -> None:
        self.now += timedelta(minutes=3)
        await reconciling.reconcile(self.now)

    async def check(self) -> None:
        held, sold = await figures(self.sale.stock_id)
        live = await db.fetch_value(
            "SELECT coalesce(sum(l.quantity), 0) FROM hold h JOIN hold_line l ON l.hold_id = h.id "
            "WHERE h.state = 'live' AND l.stock_id = $1",
            self.sale.stock_id,
        )
        delivered = await db.fetch_value(
            'SELECT coalesce(sum(l.quantity - l.restocked), 0) FROM "order" o '
            "JOIN order_line l ON l.order_id = o.id WHERE o.completed_at IS NOT NULL AND o.page_id = $1",
            self.sale.page_id,
        )
        assert (held, sold) == (live, delivered)
        assert held + sold <= 3

    async def settle(self) -> None:
        """Let everything that waits run its course."""
        for _ in range(3):
            self.now += timedelta(hours=1)
            await jobs.drain(self.now)
            await reconciling.reconcile(self.now)
        for order_id in self.orders:
            order = await order_row(order_id)
            ended = order["state"] in ("completed", "refunded", "partially_refunded")
            assert ended == (order_id in self.paid), dict(order)
            given = [
                one.amount
                for one in (
                    await get_gateway().refunds_of(order["payment_intent"])
                    if order["payment_intent"]
                    else []
                )
            ]
            assert sum(given) == order["refunded_amount"] <= order["amount"]
            if order["completed_at"] is None and order_id in self.paid:
                assert order["refunded_amount"] == order["amount"]
        assert (await figures(self.sale.stock_id))[0] == 0


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
async def test_money_and_stock_agree(
    owner: Any, now: datetime, stripe_account: Any, steps: list[tuple[str, int]]
) -> None:
    sale = await make_sale(owner.viewer, now, quantity=3, lasts=timedelta(days=30))
    world = World(sale, now, stripe_account)
    for verb, number in steps:
        if verb == "buy":
            await world.buy(number)
        elif world.orders:
            await getattr(world, verb)(world.orders[number % len(world.orders)])
        await world.check()
    await world.settle()
    await world.check()

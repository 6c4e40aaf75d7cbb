"""The sale: buyers come one after the other on many small sales, and the seller gives some of the money back."""

import asyncio
import random
import time
from collections.abc import Sequence
from uuid import UUID

import httpx

from app.auth.cookies import set_session_cookies_on
from app.auth.sessions import start_session
from app.auth.viewer import Viewer
from app.core import db, jobs
from app.core.clock import utc_now
from app.core.ids import new_id
from app.core.outages import is_outage
from app.pages.loading import PageRecord
from bench.chaos.buyer import Buyer, Diary, OutOfPatience
from bench.chaos.stripe_account import StripeAccount
from tests.factories.products import FILES

BETWEEN_SECONDS = (0.1, 0.8)
BETWEEN_REFUNDS_SECONDS = 2.0
DATA = FILES[0][1]
# What buyers do once something is held for them, and how often.
PAYS, PAYS_LATE, RELEASES, LEAVES = 78, 10, 8, 4


class Crowd:
    """`buyers` browsers at a time, on the sales whose turn it is; ends after `seconds`, or when told to."""

    def __init__(
        self, base: str, stripe: StripeAccount, sales: Sequence[PageRecord], seconds: float
    ) -> None:
        self.base, self.stripe, self.sales, self.seconds = base, stripe, sales, seconds
        self.diary = Diary()
        self.refunds_asked = 0
        self.done = asyncio.Event()
        self._began = 0.0
        self._closing = False

    def close(self) -> None:
        """Let nobody else in."""
        self._closing = True

    async def log_in(self, seller: Viewer) -> None:
        """Give the seller's browser a session."""
        self.tokens = await start_session(seller.user_id, utc_now(), ip="127.0.0.1", user_agent="")

    async def run(self, buyers: int) -> None:
        self._began = time.monotonic()
        lines = (self._line() for _ in range(buyers))
        ends = await asyncio.gather(self._sell(), *lines, return_exceptions=True)
        self.diary.stuck += [f"the rehearsal itself: {end!r}" for end in ends if end is not None]
        self.done.set()

    def _page(self) -> PageRecord:
        """The sale of the moment, or a neighbour of it: several run at once, and each ends sold out."""
        share = (time.monotonic() - self._began) / self.seconds
        place = int(share * len(self.sales)) + random.randint(-1, 1)
        return self.sales[max(0, min(place, len(self.sales) - 1))]

    async def _line(self) -> None:
        while not self._closing:
            buyer = Buyer(self.base, self.diary, self.stripe)
            try:
                await self._purchase(buyer, self._page())
            except OutOfPatience as error:
                self.diary.stuck.append(str(error))
            finally:
                await buyer.close()
            await asyncio.sleep(random.uniform(*BETWEEN_SECONDS))

    async def _purchase(self, buyer: Buyer, page: PageRecord) -> None:
        session_id = await buyer.reserve(page)
        if session_id is None:
            self.diary.refused += 1
            return
        does = random.choices(
            ("pays", "late", "releases", "leaves"), (PAYS, PAYS_LATE, RELEASES, LEAVES)
        )[0]
        if does == "leaves":
            self.diary.left += 1
        elif does == "releases":
            await buyer.give_up(page)
            self.diary.left += 1
        else:
            overdue = asyncio.create_task(end_hold(session_id)) if does == "late" else None
            paid = await buyer.pay(session_id)
            if overdue is not None:
                await overdue
            if not paid:
                self.diary.left += 1
            elif random.random() < 0.5:  # the others trust the mail
                await buyer.fetch(session_id, DATA)

    async def _sell(self) -> None:
        async with httpx.AsyncClient(
            base_url=self.base, headers={"Origin": self.base}, timeout=20, trust_env=False
        ) as client:
            set_session_cookies_on(client.cookies, self.tokens)
            while not self._closing:
                await asyncio.sleep(BETWEEN_REFUNDS_SECONDS)
                order_id = await _some_completed_order()
                if order_id is not None:
                    await self._refund(client, order_id)

    async def _refund(self, client: httpx.AsyncClient, order_id: UUID) -> None:
        """Give an order's money back by the console's form; the same form again after an error."""
        form = {"id": str(new_id()), "amount": "14.25"}
        form |= {"restock": "true"} if random.random() < 0.5 else {}
        self.refunds_asked += 1
        for _ in range(20):
            try:
                answer = await client.post(f"/console/orders/{order_id}/refunds", data=form)
            except httpx.HTTPError:
                answer = None
            if answer is not None and answer.status_code < 500:
                return
            self.diary.retries += 1
            await asyncio.sleep(0.5)


async def _some_completed_order() -> UUID | None:
    """Return one, unless the database is down just now."""
    try:
        return await db.fetch_value(
            "SELECT id FROM \"order\" WHERE state = 'completed' AND NOT EXISTS "
            '(SELECT 1 FROM refund WHERE order_id = "order".id) ORDER BY random() LIMIT 1'
        )
    except Exception as error:
        if not is_outage(error):
            raise
        return None


async def end_hold(session_id: str) -> None:
    """Let the hold of a session be over now, while its buyer pays."""
    for _ in range(200):
        try:
            async with db.transaction():
                hold_id = await db.fetch_value(
                    """WITH past AS (UPDATE "order" SET held_until = now() WHERE stripe_session_id = $1 RETURNING hold_id)
                       UPDATE hold SET expires_at = now() FROM past WHERE id = past.hold_id RETURNING id""",
                    session_id,
                )
                if hold_id is not None:
                    payload = {"hold_id": str(hold_id), "then": "orders.hold_lapsed"}
                    await jobs.enqueue("stock.lapse", payload)
        except Exception as error:
            if not is_outage(error):
                raise
            await asyncio.sleep(0.3)
        else:
            return

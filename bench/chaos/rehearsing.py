"""The course of a rehearsal: open the sales, let the crowd in, break one thing after the other, wait for quiet, judge."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx

from app.auth.viewer import Viewer
from app.core.outages import is_outage
from app.pages.loading import PageRecord
from bench.chaos import books, judging
from bench.chaos.books import Books
from bench.chaos.buyer import Buyer, Diary
from bench.chaos.crowd import Crowd
from bench.chaos.faults import Fault
from bench.chaos.house import House
from bench.chaos.stripe_account import StripeAccount

ARRIVES_SECONDS = 60.0
LOOK_SECONDS = 0.1
HURRY_AFTER_SECONDS = 1.5


@dataclass(frozen=True)
class Plan:
    """How big: `seconds` is how long the crowd comes at least; `quiet_seconds` how long the rest may take. With `hurry`,
    what a dead worker held is not waited for by the clock."""

    buyers: int
    seconds: float
    quiet_seconds: float
    hurry: bool = False


@dataclass
class Outcome:
    """What happened. `recoveries` are seconds from a fault until a purchase from end to end had worked, by fault."""

    recoveries: dict[str, float] = field(default_factory=dict[str, float])
    quiet_after: float = 0.0
    breaches: list[str] = field(default_factory=list[str])
    books: Books | None = None
    diary: Diary = field(default_factory=Diary)


class Rehearsal:
    """One sale in a house that breaks."""

    def __init__(
        self, house: House, stripe: StripeAccount, inbox_url: str, say: Callable[[str], None]
    ) -> None:
        self.house, self.stripe, self.inbox_url, self.say = house, stripe, inbox_url, say
        self.outcome = Outcome()

    def run(
        self, plan: Plan, seller: Viewer, sales: Sequence[PageRecord], faults: Sequence[Fault]
    ) -> Outcome:
        """Let every fault happen in turn while `sales` run; the last sale is bought from to see that all works again."""
        *public, own = sales
        crowd = self.house.loop.run(self._crowd(plan, public))
        self.outcome.diary = crowd.diary
        self.house.loop.run(crowd.log_in(seller))
        self.house.loop.begin(crowd.run(plan.buyers))
        began = time.monotonic()
        for fault in faults:
            self._suffer(fault, own, crowd)
        time.sleep(max(0.0, began + plan.seconds - time.monotonic()))
        crowd.close()
        self.house.loop.run(self._settle(crowd, plan))
        self.outcome.breaches += [f"{what} by itself" for what in self.house.ended_by_themselves()]
        return self.outcome

    async def _crowd(self, plan: Plan, sales: Sequence[PageRecord]) -> Crowd:
        await self.stripe.switch(
            webhook_url=f"{self.house.base_url}/webhooks/stripe", repeat=2, api="up"
        )
        return Crowd(self.house.base_url, self.stripe, sales, plan.seconds)

    def _suffer(self, fault: Fault, own: PageRecord, crowd: Crowd) -> None:
        started = time.monotonic()
        fault.happen()
        mended = time.monotonic() - started
        try:
            self.house.loop.run(self._purchase(own, crowd))
        except Exception as error:
            self.outcome.breaches.append(f"no purchase works after {fault.name}: {error!r}")
        took = time.monotonic() - started
        self.outcome.recoveries[fault.name] = max(took, self.outcome.recoveries.get(fault.name, 0))
        self.say(f"  {fault.name:<34}{took:5.1f} s, of which broken {mended:.1f} s")

    async def _purchase(self, page: PageRecord, crowd: Crowd) -> None:
        """Buy from end to end: page, checkout, payment, webhook, worker, and the mail in the inbox."""
        buyer = Buyer(self.house.base_url, crowd.diary, self.stripe)
        try:
            session_id = await buyer.reserve(page)
            assert session_id is not None and await buyer.pay(session_id)
            await asyncio.wait_for(self._arrival(buyer.email), ARRIVES_SECONDS)
        finally:
            await buyer.close()

    async def _arrival(self, address: str) -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
            while True:
                answer = await client.get(f"{self.inbox_url}/messages.json", params={"to": address})
                if answer.is_success and answer.json():
                    return
                await asyncio.sleep(LOOK_SECONDS)

    async def _settle(self, crowd: Crowd, plan: Plan) -> None:
        await crowd.done.wait()
        started = time.monotonic()
        while waiting := await self._under_way():
            if time.monotonic() > started + plan.quiet_seconds:
                self.outcome.breaches.append(f"still not quiet at the end: {waiting}")
                break
            if plan.hurry and time.monotonic() > started + HURRY_AFTER_SECONDS:
                await books.hurry()
            await asyncio.sleep(0.5)
        self.outcome.quiet_after = time.monotonic() - started
        found = await books.read(self.stripe, self.inbox_url)
        self.outcome.books = found
        self.outcome.breaches += judging.breaches(found, crowd.diary)

    async def _under_way(self) -> str:
        try:
            return await books.under_way(self.stripe)
        except Exception as error:
            if not is_outage(error):
                raise
            return f"the database: {error!r}"

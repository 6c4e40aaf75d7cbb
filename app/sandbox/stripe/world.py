"""The sandbox as a whole: store, accounts, deliveries, and what happens by itself as time passes."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from litestar import Litestar

from app.sandbox.stripe import checkouts, paying
from app.sandbox.stripe.accounts import Account, Accounts
from app.sandbox.stripe.billing import passing
from app.sandbox.stripe.context import Context
from app.sandbox.stripe.delivering import Deliverer
from app.sandbox.stripe.errors import ApiError, missing
from app.sandbox.stripe.store import Store

TICK_SECONDS = 0.25


class World:
    """One running sandbox."""

    def __init__(self, folder: Path, base_url: str, account: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.store = Store(folder / "sandbox.sqlite3")
        self.accounts = Accounts(self.store)
        self.deliverer = Deliverer(self.store, self.accounts)
        self.base_url = base_url
        self.default_account = account

    def context(
        self, account: Account, request_id: str | None = None, key: str | None = None
    ) -> Context:
        """The reading of the clock for one operation."""
        now = int(time.time() + account.ahead)
        return Context(
            self.store, account, now, self.base_url, self.deliverer.schedule, request_id, key
        )

    def context_of(self, id: str) -> Context:
        """For the account that owns an object; raises ApiError (404)."""
        name = self.store.account_of(id)
        if name is None:
            raise missing("object", id)
        return self.context(self.accounts.get(name))

    @asynccontextmanager
    async def running(self, _app: Litestar) -> AsyncGenerator[None, None]:
        """The background: deliveries, expiring sessions, settling payments, renewing subscriptions."""
        tasks = [asyncio.create_task(self.deliverer.run()), asyncio.create_task(self._pass_time())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.deliverer.close()

    async def _pass_time(self) -> None:
        while True:
            for session, action in self.store.due_timers(time.time()):
                # Dropped first: a subscription that renews sets its next one.
                self.store.drop_timer(session)
                # What no longer applies, because it was paid or settled by hand, is left alone.
                with contextlib.suppress(ApiError):
                    self._act(session, action)
            await asyncio.sleep(TICK_SECONDS)

    def _act(self, session: str, action: str) -> None:
        context = self.context_of(session)
        if action == "expire":
            checkouts.expire(context, session)
        elif action == "renew":
            with self.store.whole():
                passing.end_period(context, session)
        else:
            paying.settle(context, session, succeeds=action == "succeed")

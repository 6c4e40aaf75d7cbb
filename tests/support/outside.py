"""What stands beside the application, as tests use it: the payment sandbox and the mail inbox."""

import os
from dataclasses import dataclass
from typing import Any

import httpx
import stripe

from tests.support.wire import wire

# The sandbox as a test finds it: answers, and sends nothing until a test gives it an address.
_CALM: dict[str, Any] = {
    "webhook_url": "",
    "delay": 0,
    "lose": 0,
    "repeat": 1,
    "reorder": 0,
    "api": "up",
    "slow": 0,
}


@dataclass
class Inbox:
    """Reads what the SMTP sink received from this process since `since`, an id: they begin with the millisecond."""

    url: str
    sender: str
    since: str

    async def __call__(self, address: str) -> list[dict[str, Any]]:
        async with wire() as client:
            response = await client.get(
                f"{self.url}/messages.json", params={"to": address, "limit": 500}
            )
            response.raise_for_status()
            own = (self.sender, "@inbox.localhost")  # text messages have no sender of ours
            return [
                found
                for found in response.json()
                if found["id"] >= self.since and any(part in found["from"] for part in own)
            ]


@dataclass
class StripeAccount:
    """This process's account in the payment sandbox."""

    base: str
    key: str
    calm: bool = False

    async def switches(self, **values: Any) -> None:
        """Set switches (webhook_url, delay, lose, repeat, reorder, down…)."""
        self.calm = False
        if "api" in values:
            _wait_before_another_try(values["api"] == "up")
        await self._post("/sandbox/switches", values)

    async def calm_down(self) -> None:
        """Set every switch as a test finds it, if any was touched."""
        if not self.calm:
            await self.switches(**_CALM, webhook_secret=os.environ["MAYFLY_STRIPE_WEBHOOK_SECRET"])
            self.calm = True

    async def pay(self, session_id: str, **values: Any) -> dict[str, Any]:
        """Pay a session as the hosted page would; `card`, `email` and `name` can be given."""
        return await self._post(f"/sandbox/sessions/{session_id}/pay", values)

    async def settle(self, session_id: str, outcome: str) -> dict[str, Any]:
        """Let the bank decide about a debit under way: "succeed" or "fail"."""
        return await self._post(f"/sandbox/sessions/{session_id}/settle", {"outcome": outcome})

    async def fail_refund(self, refund_id: str) -> dict[str, Any]:
        """Let the buyer's bank send a refund back that had succeeded."""
        return await self._post(f"/sandbox/refunds/{refund_id}/fail", {})

    async def subscription(self, id: str, control: str, **values: Any) -> dict[str, Any]:
        """Let something happen to a subscription: end-period, announce, retry, give-up, card (outcome good or bad)."""
        return await self._post(f"/sandbox/subscriptions/{id}/{control}", values)

    async def flush(self) -> dict[str, Any]:
        """Deliver every pending webhook now."""
        return await self._post("/sandbox/flush", {})

    def client(self) -> httpx.AsyncClient:
        """A client of the sandbox with this account's key; close it when done."""
        return wire(base_url=self.base, headers={"Authorization": f"Bearer {self.key}"})

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        async with self.client() as client:
            response = await client.post(path, json=body)
            response.raise_for_status()
            return response.json()


def _wait_before_another_try(as_always: bool) -> None:
    """Who asks the sandbox while it is down, and again, need not wait half a second and more each time."""
    stripe.HTTPClient.INITIAL_DELAY = 0.5 if as_always else 0.01

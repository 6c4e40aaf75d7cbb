"""The payment sandbox as the buyers' bank, the network and the auditor see it: past every relay."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx

AT_ONCE = 100
AGAIN_SECONDS = 0.3


class StripeAccount:
    """One account of the sandbox. A sandbox that is down is asked again until it answers."""

    def __init__(self, base: str, key: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=base, headers={"Authorization": f"Bearer {key}"}, trust_env=False, timeout=20
        )

    async def switch(self, **switches: Any) -> None:
        await self._ask("POST", "/sandbox/switches", json=switches)

    async def pay(self, session_id: str) -> bool:
        """Pay as the hosted page does. False when the session can't be paid any more."""
        answer = await self._ask("POST", f"/sandbox/sessions/{session_id}/pay", json={})
        if answer.is_success:
            return True
        # Refused: it is over, or our first try was carried out before its answer was lost.
        session = (await self._ask("GET", f"/v1/checkout/sessions/{session_id}")).json()
        return session["payment_status"] == "paid"

    async def all(self, kind: str) -> list[Mapping[str, Any]]:
        """Return everything the account has of a kind, as listed at `/v1/<kind>`."""
        found: list[Mapping[str, Any]] = []
        while True:
            after = {"starting_after": found[-1]["id"]} if found else {}
            answer = await self._ask("GET", f"/v1/{kind}", params={"limit": AT_ONCE, **after})
            page = answer.raise_for_status().json()
            found += page["data"]
            if not page["has_more"]:
                return found

    async def waiting(self) -> int:
        """Return how many webhooks are still to be delivered."""
        deliveries = (await self._ask("GET", "/sandbox/deliveries")).json()
        return sum(one["state"] in ("pending", "sending", "held") for one in deliveries)

    async def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        while True:
            try:
                answer = await self._client.request(method, path, **options)
            except httpx.HTTPError:
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            if answer.status_code < 500:
                return answer
            await asyncio.sleep(AGAIN_SECONDS)

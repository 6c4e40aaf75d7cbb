"""From paid to the link: the buyer's own return, and the webhook alone for those who never return."""

import asyncio
import os
import re
import time
from urllib.parse import urlencode

import httpx
import uvloop

from app.core import db
from app.core.ids import new_short_id
from app.pages.loading import PageRecord
from bench.figures import inform, percentile, report
from bench.processes import Server, web, worker
from bench.sale import creator, database, sale
from bench.wire import Wire

BUYERS, AT_ONCE = 60, 4
LONGEST_SECONDS = 10
P95_MS = 1000
LOOK_SECONDS = 0.02
SESSION = re.compile(r"cs_[A-Za-z0-9_]+")


class Stripe(httpx.AsyncClient):
    """The payment sandbox, as the buyer's bank and the network see it."""

    def __init__(self) -> None:
        key = os.environ["MAYFLY_STRIPE_API_KEY"]
        super().__init__(
            base_url=os.environ["MAYFLY_STRIPE_API_BASE"],
            headers={"Authorization": f"Bearer {key}"},
            trust_env=False,
        )

    async def send_webhooks_to(self, url: str) -> None:
        body = {"webhook_url": f"{url}/webhooks/stripe"}
        (await self.post("/sandbox/switches", json=body)).raise_for_status()

    async def pay(self, session_id: str) -> None:
        answer = await self.post(f"/sandbox/sessions/{session_id}/pay", json={})
        answer.raise_for_status()


async def checkout(wire: Wire, page: PageRecord) -> str:
    """Order one piece and return the id of its payment session."""
    form = {
        "email": f"{new_short_id()}@example.com",
        "attempt": new_short_id(),
        f"item[{page.contents[0].id}]": "1",
    }
    answer = await wire.post(f"/p/{page.short_id}/checkout", urlencode(form).encode())
    assert answer.status == 303, answer.text()[:400]
    found = SESSION.search(answer.headers["location"])
    assert found is not None, answer.headers["location"]
    return found.group(0)


async def until_ready(wire: Wire, path: str, ready: str) -> float:
    """Look until the answer is 200 and holds `ready`; return the milliseconds it took."""
    started = time.monotonic()
    while time.monotonic() < started + LONGEST_SECONDS:
        answer = await wire.get(path)
        if answer.status == 200 and ready in answer.text():
            return (time.monotonic() - started) * 1000
        await asyncio.sleep(LOOK_SECONDS)
    raise TimeoutError(f"{path} was never ready")


async def buyers(
    server: Server, page: PageRecord, stripe: Stripe, path: str, ready: str
) -> list[float]:
    async def some(count: int) -> list[float]:
        waits: list[float] = []
        async with Wire(server.url) as wire:
            for _ in range(count):
                session_id = await checkout(wire, page)
                await stripe.pay(session_id)
                waits.append(await until_ready(wire, f"{path}?session_id={session_id}", ready))
        return waits

    found = await asyncio.gather(*(some(BUYERS // AT_ONCE) for _ in range(AT_ONCE)))
    return [wait for waits in found for wait in waits]


async def queue_is_done() -> None:
    """Wait until the worker has done what the buyers before have left it."""
    waiting = "SELECT count(*) FROM pgqueuer WHERE status = 'picked' OR (status = 'queued' AND execute_after <= now())"
    until = time.monotonic() + LONGEST_SECONDS
    while await db.fetch_value(waiting) and time.monotonic() < until:  # noqa: ASYNC110 (another process works)
        await asyncio.sleep(LOOK_SECONDS)


async def main() -> None:
    async with database(), Stripe() as stripe:
        page = await sale(await creator(), quantity=1000)
        with web() as server, worker(server.url):
            await stripe.send_webhooks_to(server.url)
            returned = await buyers(server, page, stripe, "/api/download-link", '"url"')
            await queue_is_done()
            # The first look at this page asks nobody: it is ready once the webhook's job has run.
            alone = await buyers(server, page, stripe, "/download", "/files/")
    report("paid until the link is ready: p95", percentile(returned, 0.95), "<", P95_MS, "ms")
    report("the same by webhook and worker alone: p95", percentile(alone, 0.95), "<", P95_MS, "ms")
    inform("paid until the link is ready: half", percentile(returned, 0.5), "ms")
    inform("the same by webhook and worker alone: half", percentile(alone, 0.5), "ms")


if __name__ == "__main__":
    uvloop.run(main())

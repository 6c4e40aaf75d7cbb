"""One purchase over real parts: the web server, Stripe's sandbox sending webhooks, the worker, the mail inbox."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import asyncpg
import httpx
import pytest

from app.core.clock import use_clock, utc_now
from app.core.ids import new_short_id
from tests.factories.orders import form, make_sale, only_order
from tests.factories.stock import figures
from tests.support.moments import running_clock
from tests.support.patience import PATIENCE_SECONDS


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something another process brings about."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await condition():
            await asyncio.sleep(0.05)


async def completed() -> bool:
    return (await only_order())["state"] == "completed"


@pytest.mark.parametrize("trouble", [{}, {"repeat": 3}, {"delay": 0.3}])
async def test_paid_in_the_browser_completed_by_webhook(
    owner: Any,
    client: httpx.AsyncClient,
    web_server: str,
    worker: None,
    stripe_account: Any,
    inbox: Any,
    trouble: dict[str, Any],
) -> None:
    use_clock(running_clock())
    email = f"{new_short_id()}@example.com"
    await stripe_account.switches(webhook_url=f"{web_server}/webhooks/stripe", **trouble)
    sale = await make_sale(owner.viewer, utc_now())
    await client.post(f"/p/{sale.short_id}/checkout", data=form(sale, 2, email=email))
    order = await only_order()
    await stripe_account.pay(order["stripe_session_id"])
    await until(completed)

    async def mailed() -> bool:
        return bool(await inbox(email))

    await until(mailed)
    assert await figures(sale.stock_id) == (0, 2)
    messages = await inbox(email)
    assert len(messages) == 1


async def test_a_free_order_end_to_end_takes_at_most_twelve_statements(
    owner: Any, client: httpx.AsyncClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page, checkout, confirmation, message queued; BEGIN and COMMIT not counted."""
    sale = await make_sale(owner.viewer, now, discount=100)
    seen: list[str] = []
    original = asyncpg.Connection._execute  # pyright: ignore[reportPrivateUsage]

    async def counting(self: Any, query: str, *args: Any, **options: Any) -> Any:
        if query != "SELECT 1":
            seen.append(query)
        return await original(self, query, *args, **options)

    monkeypatch.setattr(asyncpg.Connection, "_execute", counting)
    await client.get(f"/p/{sale.short_id}")
    answer = await client.post(f"/p/{sale.short_id}/checkout", data=form(sale))
    assert (await client.get(answer.headers["location"])).status_code == 200
    assert len(seen) <= 12, "\n".join(" ".join(query.split())[:100] for query in seen)

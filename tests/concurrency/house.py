"""A whole house for one module of tests: two web processes and a worker, and crowds that reach them over real connections."""

import asyncio
import os
import ssl
import sys
import time
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from app.core import db
from app.orders.buyers import COOKIE
from app.sandbox.process import HOST, Child, free_port, wait_for_port
from tests.factories.orders import Sale, form

ROOT = Path(__file__).parent.parent.parent
PATIENCE_SECONDS = 60.0
# Making one takes longer than a request.
_TLS = ssl.create_default_context()
# What may come of a checkout: it stands; it is no longer possible; more than this buyer may have.
STANDS, GONE, TOO_MANY = 303, 409, 422


@dataclass
class House:
    """`webs` are the addresses of the web processes, the first being the public one."""

    webs: list[str]
    log: Path
    children: list[Child] = field(default_factory=list[Child])

    @property
    def webhook_url(self) -> str:
        # Not the process that most tests ask first: news and requests meet in the database alone.
        return f"{self.webs[-1]}/webhooks/stripe"

    def buyer(self, number: int, email: str = "") -> "Buyer":
        return Buyer(self, self.webs[number % len(self.webs)], email or f"b{number}@example.com")

    def check_alive(self) -> None:
        ended = [child.exit_code() for child in self.children if child.exit_code() is not None]
        assert ended == [], self.last_words()

    def last_words(self) -> str:
        return self.log.read_text()[-4000:]


@dataclass
class Buyer:
    """One browser with connections and a cookie of its own."""

    house: House
    web: str
    email: str
    cookie: str = ""

    async def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Origin": self.house.webs[0]}
        cookies = {COOKIE: self.cookie} if self.cookie else {}
        async with httpx.AsyncClient(
            base_url=self.web, headers=headers, cookies=cookies, verify=_TLS, timeout=60,
            trust_env=False,
        ) as client:  # fmt: skip
            answer = await client.request(method, path, **options)
        self.cookie = answer.cookies.get(COOKIE) or self.cookie
        return answer

    async def take(self, sale: Sale, *quantities: int) -> int:
        """Press the button; return the answer's status, which is one of those that are allowed."""
        answer = await self.send(
            "POST", f"/p/{sale.short_id}/checkout", data=form(sale, *quantities, email=self.email)
        )
        assert answer.status_code in (STANDS, GONE, TOO_MANY), self.house.last_words()
        return answer.status_code

    async def release(self, sale: Sale) -> None:
        answer = await self.send("POST", f"/p/{sale.short_id}/hold/release")
        assert answer.status_code == 303, answer.text

    async def come_back(self, session_id: str) -> int:
        """Come back from the payment page and ask for the files."""
        answer = await self.send("GET", "/api/download-link", params={"session_id": session_id})
        assert answer.status_code in (200, 403), answer.text
        return answer.status_code


@contextmanager
def open_house(folder: Path, factory: str = "app.main:create_app") -> Generator[House]:
    """Start the processes on this test process's database; `factory` makes the web application."""
    ports = [free_port(), free_port()]
    house = House([f"http://{HOST}:{port}" for port in ports], folder / "house.log")
    env = {
        **os.environ,
        "MAYFLY_BASE_URL": house.webs[0],
        "MAYFLY_RATE_LIMITS": "false",
        "MAYFLY_POOL_MAX": "15",
    }
    server = [sys.executable, "-m", "uvicorn", factory, "--factory", "--no-access-log"]
    commands = [[*server, "--port", str(port)] for port in ports]
    commands.append([sys.executable, "-m", "app.worker"])
    try:
        for command in commands:
            house.children.append(
                Child(command, env=env | {"PYTHONPATH": str(ROOT)}, output=house.log)
            )
        for child, port in zip(house.children, ports, strict=False):
            wait_for_port(child, port, "web")
        yield house
        house.check_alive()
    finally:
        for child in house.children:
            child.ask_to_stop()
        for child in house.children:
            child.stop()


async def until(what: str, holds: Callable[[], Awaitable[object]]) -> None:
    """Wait until `holds` does; fails with `what` when it takes too long."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not await holds():
        assert time.monotonic() < deadline, f"still not: {what}"
        await asyncio.sleep(0.05)


async def idle() -> bool:
    """Whether every due job is done."""
    return not await db.fetch_value(
        "SELECT count(*) FROM pgqueuer WHERE status = 'picked' OR (status = 'queued' AND execute_after <= now())"
    )


async def states() -> dict[str, int]:
    """Return how many orders there are in each state."""
    rows = await db.fetch('SELECT state, count(*) AS count FROM "order" GROUP BY state')
    return {row["state"]: row["count"] for row in rows}


async def sessions() -> Sequence[str]:
    """Return the payment pages of all orders, in the order they were placed."""
    rows = await db.fetch(
        'SELECT stripe_session_id FROM "order" WHERE stripe_session_id IS NOT NULL ORDER BY created_at, id'
    )
    return [row["stripe_session_id"] for row in rows]


async def delivered_once() -> None:
    """Hold every paid order to one history and one message, sent."""
    rows = await db.fetch(
        """SELECT o.id, (SELECT count(*) FROM order_event e WHERE e.order_id = o.id AND e.kind = 'completed') AS completed,
             (SELECT count(*) FROM message m WHERE m.subject_of = o.id AND m.name = 'order-completed') AS messages,
             (SELECT count(*) FROM message m WHERE m.subject_of = o.id AND m.state = 'sent'
              AND m.name = 'order-completed' AND m.attempts = 1) AS sent
           FROM "order" o WHERE o.completed_at IS NOT NULL"""
    )
    assert {(row["completed"], row["messages"], row["sent"]) for row in rows} <= {(1, 1, 1)}


async def end_now(hold_of: Sequence[UUID]) -> None:
    """Let the holds of these orders be over at this very moment, and have the worker told so."""
    await db.execute(
        """WITH past AS (UPDATE hold SET expires_at = now() WHERE id IN (
             SELECT hold_id FROM "order" WHERE id = ANY($1)))
           UPDATE "order" SET held_until = now() WHERE id = ANY($1)""",
        list(hold_of),
    )

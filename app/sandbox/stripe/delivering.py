"""Webhooks: signed, sent over HTTP, retried, and kept back, lost or repeated as the switches say."""

import asyncio
import contextlib
import hashlib
import hmac
import json
import sqlite3
import time
from typing import Any

import httpx

from app.sandbox.stripe.accounts import ALL, Account, Accounts
from app.sandbox.stripe.store import Store

# Stripe retries for days; here the whole story takes half a minute.
BACKOFF_SECONDS = (1, 2, 4, 8, 16)
TIMEOUT_SECONDS = 10
LONGEST_SLEEP_SECONDS = 5


def signature(payload: bytes, secret: str, at: int) -> str:
    """The `Stripe-Signature` header for a raw body."""
    digest = hmac.new(secret.encode(), b"%d." % at + payload, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


class Deliverer:
    """Keeps each delivery in the store, so that a restart loses none, and sends those that are due."""

    def __init__(self, store: Store, accounts: Accounts) -> None:
        self.store = store
        self.accounts = accounts
        self._wake = asyncio.Event()
        self._running: dict[int, asyncio.Task[bool]] = {}
        self._client = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False)

    def schedule(self, account: Account, event: str) -> int:
        """Plan an event's deliveries; returns how many will be made."""
        current = self.accounts.get(account.name)
        if not current.webhook_url:
            return 0
        if current.lose == ALL or self.accounts.lost_one(current):
            self._plan(account.name, event, "lost", 0)
            return 0
        state = "held" if current.reorder else "pending"
        for _ in range(current.repeat):
            self._plan(account.name, event, state, time.time() + current.delay)
        held = self._rows("account = ? AND state = 'held'", account.name)
        if current.reorder and len({row["event"] for row in held}) >= current.reorder:
            self._start_in_order(held[::-1], current.delay)
        self._wake.set()
        return current.repeat

    def redeliver(self, account: str, event: str) -> None:
        """Send an event once more, now, whatever the switches say."""
        self._plan(account, event, "pending", time.time())
        self._wake.set()

    def log(self, account: str, event: str = "") -> list[dict[str, Any]]:
        """Deliveries with state, attempts and last answer, oldest first."""
        rows = self._rows("account = ? AND (? = '' OR event = ?)", account, event, event)
        return [dict(row) for row in rows]

    async def flush(self, account: str) -> dict[str, int]:
        """Deliver everything that waits, one after the other, without retries; held ones come reversed."""
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        rows = self._rows("account = ? AND state IN ('pending', 'held')", account)
        if self.accounts.get(account).reorder or any(row["state"] == "held" for row in rows):
            rows.reverse()
        answers = [await self._attempt(row) for row in rows]
        return {"delivered": sum(answers), "failed": len(answers) - sum(answers)}

    async def run(self) -> None:
        """Send what is due, for ever."""
        self.store.db.execute("UPDATE deliveries SET state = 'pending' WHERE state = 'sending'")
        while True:
            self._wake.clear()
            for row in self._rows("state = 'pending' AND due <= ?", time.time()):
                self._start(row)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._pause())

    async def close(self) -> None:
        for task in self._running.values():
            task.cancel()
        await self._client.aclose()

    def _plan(self, account: str, event: str, state: str, due: float) -> None:
        self.store.db.execute(
            "INSERT INTO deliveries (account, event, state, due) VALUES (?, ?, ?, ?)",
            (account, event, state, due),
        )

    def _rows(self, condition: str, *values: object) -> list[sqlite3.Row]:
        query = f"SELECT * FROM deliveries WHERE {condition} ORDER BY id"  # noqa: S608 (conditions of ours)
        return self.store.db.execute(query, values).fetchall()

    def _pause(self) -> float:
        query = "SELECT min(due) AS due FROM deliveries WHERE state = 'pending'"
        due = self.store.db.execute(query).fetchone()["due"]
        return (
            LONGEST_SLEEP_SECONDS if due is None else min(due - time.time(), LONGEST_SLEEP_SECONDS)
        )

    def _start(self, row: sqlite3.Row) -> None:
        self._mark(row, "sending")
        task = self._running[row["id"]] = asyncio.create_task(self._attempt(row))
        task.add_done_callback(lambda _: self._running.pop(row["id"], None))

    def _start_in_order(self, rows: list[sqlite3.Row], delay: float) -> None:
        async def send() -> bool:
            await asyncio.sleep(delay)
            return all([await self._attempt(row) for row in rows])

        for row in rows:
            self._mark(row, "sending")
        task = self._running[-rows[0]["id"]] = asyncio.create_task(send())
        task.add_done_callback(lambda _: self._running.pop(-rows[0]["id"], None))

    def _mark(self, row: sqlite3.Row, state: str, due: float = 0, answer: str = "") -> None:
        added = 0 if state == "sending" else 1
        self.store.db.execute(
            "UPDATE deliveries SET state = ?, due = ?, answer = ?, attempts = attempts + ? WHERE id = ?",
            (state, due, answer, added, row["id"]),
        )

    async def _attempt(self, row: sqlite3.Row) -> bool:
        """Send once; record the answer, and the next attempt's time when it was not good."""
        account = self.accounts.get(row["account"])
        event = self.store.get(account.name, "event", row["event"])
        answer = await self._send(account, json.dumps(event, indent=2).encode())
        if answer.startswith("2"):
            self._mark(row, "delivered", answer=answer)
            return True
        if row["attempts"] < len(BACKOFF_SECONDS):
            due = time.time() + BACKOFF_SECONDS[row["attempts"]]
            self._mark(row, "pending", due, answer)
            self._wake.set()
        else:
            self._mark(row, "failed", answer=answer)
        return False

    async def _send(self, account: Account, payload: bytes) -> str:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(payload, account.webhook_secret, int(time.time())),
            "User-Agent": "Stripe/1.0 (sandbox)",
        }
        try:
            response = await self._client.post(
                account.webhook_url, content=payload, headers=headers
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return f"{type(error).__name__}: {error}"[:200]
        return f"{response.status_code} {response.text[:160]}"

"""The webhook inbox: an event is kept under its id, answered, and processed by a job, so repeats and order don't matter."""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime

from app.core import db, jobs
from app.payments.gateway import Event

EventHandler = Callable[[Event, datetime], Awaitable[None]]

_handlers: dict[str, list[EventHandler]] = {}


def on(event_type: str, handler: EventHandler) -> None:
    """Let `handler` act, among others, on events of a type. It must be idempotent, and tolerate any order."""
    known = _handlers.setdefault(event_type, [])
    if handler not in known:
        known.append(handler)


async def receive(event: Event, now: datetime) -> bool:
    """Keep an event and queue its processing in one transaction. False when it was there already.

    A payment brings several events; one that nobody waits for is just kept, and takes no turn in the queue.
    """
    awaited = event.type in _handlers
    async with db.transaction():
        stored = await db.execute(
            "INSERT INTO stripe_event (id, type, payload, received_at, processed_at) VALUES ($1, $2, $3::jsonb, $4, $5) "
            "ON CONFLICT (id) DO NOTHING",
            event.id,
            event.type,
            json.dumps(event.subject),
            now,
            None if awaited else now,
        )
        if stored and awaited:
            await jobs.enqueue("payments.process", {"event_id": event.id})
    return bool(stored)


async def process(event_id: str, now: datetime) -> None:
    """Hand an event to its handlers once; to all of them again when one fails."""
    row = await db.fetch_one(
        "SELECT type, payload FROM stripe_event WHERE id = $1 AND processed_at IS NULL", event_id
    )
    if row is None:
        return
    for handler in _handlers.get(row["type"], ()):
        await handler(Event(event_id, row["type"], json.loads(row["payload"])), now)
    await db.execute("UPDATE stripe_event SET processed_at = $2 WHERE id = $1", event_id, now)

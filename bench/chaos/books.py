"""Three books of one sale, each read from its own keeper: the database, the payment sandbox, the mail inbox."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from app.core import db
from app.core.clock import utc_now
from app.notifications.composing import message_id
from app.operations.invariants import inspect
from bench.chaos.stripe_account import StripeAccount

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Books:
    """`orders`, `stocks` and `messages` are rows; `sessions` and `refunds` are Stripe's objects; `copies` counts the
    mails of each Message-ID that arrived; `findings` are those of the product's own auditor, with no grace."""

    orders: Sequence[Row]
    stocks: Sequence[Row]
    messages: Sequence[Row]
    sessions: Sequence[Row]
    refunds: Sequence[Row]
    copies: Counter[str]
    dead: int = 0
    findings: list[str] = field(default_factory=list[str])


ORDERS = """
SELECT o.id::text, o.state, o.amount, o.refunded_amount, o.email, o.stripe_session_id, o.payment_intent,
  o.completed_at, h.state AS units,
  (SELECT count(*) FROM order_event e WHERE e.order_id = o.id AND e.kind = 'completed') AS completions,
  (SELECT count(*) FROM order_event e WHERE e.order_id = o.id AND e.kind = 'refunded') AS refunds,
  (SELECT sum(quantity) FROM order_line l WHERE l.order_id = o.id) AS quantity
FROM "order" o LEFT JOIN hold h ON h.id = o.hold_id"""

STOCKS = """
SELECT s.id::text, s.capacity, s.held, s.sold,
  (SELECT coalesce(sum(l.quantity - l.restocked), 0) FROM order_line l JOIN "order" o ON o.id = l.order_id
   WHERE l.stock_id = s.id AND o.completed_at IS NOT NULL) AS delivered
FROM stock s WHERE s.capacity IS NOT NULL"""

MESSAGES = """
SELECT id, key, name, recipient, state, attempts, subject_of::text, extract(epoch FROM sent_at - created_at) AS took
FROM message"""

# What is still under way. A refund's later look at itself and a hold's end are no news.
UNDER_WAY = """
SELECT 'jobs' AS what, count(*) FROM pgqueuer WHERE status = 'picked' OR (status = 'queued' AND coalesce(
  (convert_from(payload, 'UTF8')::jsonb ->> 'run_at')::timestamptz <= now(), true))
UNION ALL SELECT 'messages', count(*) FROM message WHERE state IN ('queued', 'sending')
UNION ALL SELECT 'refunds', count(*) FROM refund WHERE state IN ('requested', 'pending')
UNION ALL SELECT 'webhooks', count(*) FROM stripe_event WHERE processed_at IS NULL"""


# What a dead worker held is waited for by the clock; a small rehearsal lets that time pass at once.
HURRY = (
    "UPDATE pgqueuer SET heartbeat = heartbeat - interval '10 minutes' WHERE status = 'picked'",
    "UPDATE pgqueuer SET execute_after = now() WHERE status = 'queued' AND entrypoint = 'notifications.deliver'",
    "UPDATE message SET claimed_at = claimed_at - interval '10 minutes' WHERE state = 'sending'",
)


async def hurry() -> None:
    """Let leases and heartbeats be over."""
    for statement in HURRY:
        await db.execute(statement)


async def under_way(stripe: StripeAccount) -> str:
    """Say what is still to be done by somebody; "" when it is quiet."""
    rows = await db.fetch(UNDER_WAY)
    waiting = [f"{row['count']} {row['what']}" for row in rows if row["count"]]
    if sending := await stripe.waiting():
        waiting.append(f"{sending} webhooks at Stripe")
    if not waiting:
        paid = [one["id"] for one in await stripe.all("checkout/sessions") if is_paid(one)]
        open_ = await db.fetch_value(
            'SELECT count(*) FROM "order" WHERE stripe_session_id = ANY($1) AND completed_at IS NULL '
            "AND state <> 'refunded'",
            paid,
        )
        waiting = [f"{open_} paid orders"] if open_ else []
    return ", ".join(waiting)


def is_paid(session: Row) -> bool:
    return session["status"] == "complete" and session["payment_status"] == "paid"


async def read(stripe: StripeAccount, inbox_url: str) -> Books:
    """Read all three."""
    sessions, refunds = await asyncio.gather(stripe.all("checkout/sessions"), stripe.all("refunds"))
    messages = [dict(row) for row in await db.fetch(MESSAGES)]
    # No grace: it is quiet, so nothing may be under way. Holds that last are none of it.
    findings = await inspect(utc_now() + timedelta(minutes=2))
    return Books(
        orders=[dict(row) for row in await db.fetch(ORDERS)],
        stocks=[dict(row) for row in await db.fetch(STOCKS)],
        messages=[row | {"message_id": message_id(row["id"])} for row in messages],
        sessions=sessions,
        refunds=refunds,
        copies=await _copies(inbox_url),
        dead=await db.fetch_value("SELECT count(*) FROM pgqueuer WHERE status = 'failed'"),
        findings=[f"{one.check} {one.subject}: {one.detail}" for one in findings],
    )


async def _copies(inbox_url: str) -> Counter[str]:
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        answer = await client.get(f"{inbox_url}/messages.json", params={"limit": 100_000})
    mails = answer.raise_for_status().json()
    return Counter(str(mail["headers"].get("Message-ID", "none")) for mail in mails)

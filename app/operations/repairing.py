"""What is safe to mend by itself: nothing here decides anything, each only does again what should have been done.

A repair is the module's own capability, which finds nothing to do when somebody else was faster.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from app.core import db, jobs
from app.core.errors import NotFound
from app.orders import paying, reconciling
from app.registrations import counting
from app.stock import holding

Repair = Callable[[str, datetime], Awaitable[object]]


async def _lapse(hold_id: str, now: datetime) -> None:
    async with db.transaction():
        if await holding.lapse(UUID(hold_id), now):
            await paying.lapsed(UUID(hold_id), now)


async def _release(hold_id: str, now: datetime) -> None:
    await holding.release(UUID(hold_id), now)


async def _ask_stripe(order_id: str, now: datetime) -> None:
    await reconciling.reconcile_order(UUID(order_id), now)


async def _recount(page_id: str, _now: datetime) -> None:
    await counting.recount(UUID(page_id))


def _queue(name: str, key: str) -> Repair:
    async def queue(subject: str, _now: datetime) -> None:
        await jobs.enqueue(name, {key: subject}, dedupe=f"repair:{name}:{subject}")

    return queue


REPAIRS: dict[str, Repair] = {
    "hold-overdue": _lapse,
    "hold-forgotten": _release,
    "order-overdue": _ask_stripe,
    "payment-unnoticed": _ask_stripe,
    "registrations-miscounted": _recount,
    "order-undelivered": _queue("orders.completed", "order_id"),
    "refund-forgotten": _queue("orders.give_back", "refund_id"),
    "webhook-unprocessed": _queue("payments.process", "event_id"),
    "message-unsent": _queue("notifications.deliver", "message_id"),
}


def repairable(check: str) -> bool:
    return check in REPAIRS


async def repair(check: str, subject: str, now: datetime) -> None:
    """Mend one finding. Raises PaymentUnavailable, NotFound when there is no repair."""
    if check not in REPAIRS:
        raise NotFound
    await REPAIRS[check](subject, now)

"""Delivery: a worker claims the message, hands it over, and records its fate. Failures are tried again for a day."""

from datetime import datetime, timedelta
from uuid import UUID

from app.core.addresses import wire_address
from app.core.db import Record, execute, fetch_one, fetch_value, transaction
from app.core.jobs import enqueue
from app.notifications.composing import compose, sender_address
from app.notifications.sending import DELIVER
from app.notifications.sms import get_sms_transport
from app.notifications.smtp import WHOLE_SECONDS, MailFailed, get_transport
from app.notifications.unsubscribing import is_unsubscribed

# After each failed attempt, how long until the next one; then the message is given up.
DELAYS = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
)
# Longer than any attempt takes: a worker that held a message for this long has died.
LEASE = timedelta(seconds=WHOLE_SECONDS + 15)
LONGEST_REASON = 500
# What a message says once it has left: nothing, and whom it was to only if that may be kept.
_EMPTY = (
    "text = '', html = '', attachments = '[]', recipient = CASE WHEN fleeting THEN '' ELSE recipient END, "
    "subject = CASE WHEN fleeting THEN '' ELSE subject END"
)


async def deliver(message_id: UUID, now: datetime) -> None:
    """Deliver a queued message. Does nothing for one that was sent or given up, however often it is called.

    Only when a worker dies between the server's yes and its record is a message handed over twice; then both carry
    the same Message-ID.
    """
    row = await _claim(message_id, now)
    if row is None:
        await _look_again_later(message_id)
        return
    if row["list_id"] and await is_unsubscribed(row["recipient"], row["list_id"]):
        await _skip(message_id)
        return
    try:
        await _hand_over(row)
    except MailFailed as failure:
        await _record_failure(row, failure, now)
    else:
        await execute(
            f"UPDATE message SET state = 'sent', sent_at = $2, reason = '', {_EMPTY} "  # noqa: S608 - own text
            "WHERE id = $1 AND state = 'sending'",
            message_id, now,
        )  # fmt: skip


async def _hand_over(row: Record) -> None:
    if row["channel"] == "sms":
        await get_sms_transport().send(row["recipient"], row["text"], str(row["id"]))
    else:
        email = compose(row)
        await get_transport().send(email, sender_address(), wire_address(row["recipient"]))


async def _skip(message_id: UUID) -> None:
    """Leave a message unsent that its recipient no longer wants."""
    await execute(
        "UPDATE message SET state = 'skipped', reason = $2, text = '', html = '', attachments = '[]' "
        "WHERE id = $1 AND state = 'sending'",
        *(message_id, "unsubscribed"),
    )


async def _claim(message_id: UUID, now: datetime) -> Record | None:
    return await fetch_one(
        "UPDATE message SET state = 'sending', attempts = attempts + 1, claimed_at = $2 "
        "WHERE id = $1 AND (state = 'queued' OR (state = 'sending' AND claimed_at <= $3)) RETURNING *",
        message_id, now, now - LEASE,
    )  # fmt: skip


async def _look_again_later(message_id: UUID) -> None:
    """A message that another worker holds must not be lost with that worker."""
    claimed_at = await fetch_value(
        "SELECT claimed_at FROM message WHERE id = $1 AND state = 'sending'", message_id
    )
    if claimed_at is not None:
        await enqueue(DELIVER, {"message_id": message_id}, run_at=claimed_at + LEASE)


async def _record_failure(row: Record, failure: MailFailed, now: datetime) -> None:
    again = not failure.permanent and row["attempts"] <= len(DELAYS)
    async with transaction():
        changed = await execute(
            "UPDATE message SET state = $2, reason = $3 WHERE id = $1 AND state = 'sending'",
            row["id"], "queued" if again else "failed", failure.reason[:LONGEST_REASON],
        )  # fmt: skip
        if not again and row["fleeting"]:
            await execute(f"UPDATE message SET {_EMPTY}, reason = '' WHERE id = $1", row["id"])  # noqa: S608 - own text
        if changed and again:
            run_at = now + DELAYS[row["attempts"] - 1]
            await enqueue(DELIVER, {"message_id": row["id"]}, run_at=run_at)


async def retry(message_id: UUID) -> bool:
    """Queue a message that was given up again, with all its attempts. False when it isn't failed, or so
    old that what it said is gone."""
    async with transaction():
        changed = await execute(
            "UPDATE message SET state = 'queued', attempts = 0 WHERE id = $1 AND state = 'failed' AND text <> ''",
            message_id,
        )
        if changed:
            await enqueue(DELIVER, {"message_id": message_id})
    return bool(changed)

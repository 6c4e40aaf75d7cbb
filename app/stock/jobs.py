"""Jobs of stock: holds lapse on time."""

from datetime import datetime, timedelta
from uuid import UUID

from app.core import db, jobs
from app.stock import holding

# A hold whose own job was lost is found this long after its end.
SWEEP_AFTER = timedelta(minutes=1)
SWEEP_BATCH = 500


@jobs.job("stock.lapse")
async def lapse(payload: jobs.Payload, now: datetime) -> None:
    """End a hold whose time is over, and queue the job that its maker asked for."""
    async with db.transaction():
        if await holding.lapse(UUID(payload["hold_id"]), now):
            if payload.get("then"):
                await jobs.enqueue(payload["then"], {"hold_id": payload["hold_id"]})
            return
        # Extended, or this machine's clock runs ahead: come again when it is over.
        until = await holding.live_until(UUID(payload["hold_id"]))
        if until is not None:
            await jobs.enqueue("stock.lapse", payload, run_at=until)


@jobs.periodic("stock.sweep", "* * * * *")
async def sweep(_payload: jobs.Payload, now: datetime) -> None:
    """Find live holds that should have ended. Their makers find them by their own reconciliation."""
    rows = await db.fetch(
        "SELECT id FROM hold WHERE state = 'live' AND expires_at <= $1 ORDER BY expires_at LIMIT $2",
        now - SWEEP_AFTER,
        SWEEP_BATCH,
    )
    for row in rows:
        await holding.lapse(row["id"], now)

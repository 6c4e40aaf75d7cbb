"""Forgetting visits: whom we know again is forgotten after the day, and each visit when its time is over; the sums stay."""

from datetime import datetime, timedelta

from app.core import db
from app.core.partitions import drop_partitions

# A visitor is known again on the same day alone; a day more for clocks and zones.
KNOWN_FOR = timedelta(days=2)


async def forget_seen(now: datetime) -> int:
    """Forget whom we saw before today; return how many."""
    return await db.execute("DELETE FROM visit_seen WHERE seen_at < $1", now - KNOWN_FOR)


async def count_visits_before(before: datetime) -> int:
    """Return how many single visits `forget_visits` would forget."""
    return await db.fetch_value("SELECT count(*) FROM visit WHERE at < $1", before)


async def forget_visits(before: datetime) -> int:
    """Forget the single visits before a moment, whole months at once; return how many they were. What they add up to
    says nothing about anybody, and stays."""
    gone = await count_visits_before(before)
    await drop_partitions("visit", before)
    await db.execute("DELETE FROM visit WHERE at < $1", before)
    return gone

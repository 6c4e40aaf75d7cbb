"""Forgetting visits: whom we know again is forgotten after the day, and each visit when its time is over; the sums stay."""

from datetime import datetime, timedelta

from app.core import db
from app.core.retaining import Months

# A visitor is known again on the same day alone; a day more for clocks and zones.
KNOWN_FOR = timedelta(days=2)

# What visits add up to says nothing about anybody, and stays.
VISITS = (Months("visit", "at"),)


async def forget_seen(now: datetime) -> int:
    """Forget whom we saw before today; return how many."""
    return await db.execute("DELETE FROM visit_seen WHERE seen_at < $1", now - KNOWN_FOR)

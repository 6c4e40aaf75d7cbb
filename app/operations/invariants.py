"""The invariants of a sale, checked while it runs: what is safe is repaired, the rest is reported to people."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from time import perf_counter

import structlog

from app.core import db
from app.core.errors import MayflyError
from app.operations.checks import CHECKS, LONGEST_LIST
from app.operations.repairing import repair, repairable
from app.payments.gateway import PaymentUnavailable, UnknownSession, get_gateway

log = structlog.get_logger()

# What was under way must be done after this time: jobs wait their turn, and so do retries.
GRACE = timedelta(minutes=2)
# So many open orders are asked about at Stripe in one run; each takes a call.
ASKED = 50
# Repairs follow from one another (a settled order queues its mail), but not for ever.
ROUNDS = 3


@dataclass(frozen=True)
class Finding:
    """Something that is not as it must be: which check, the id of what it is about, and figures."""

    check: str
    subject: str
    detail: str


@dataclass(frozen=True)
class Report:
    """One run: `broken` is what was left after repairing, `took` is in milliseconds."""

    at: datetime
    took: int
    repaired: tuple[Finding, ...]
    broken: tuple[Finding, ...]


async def inspect(now: datetime) -> list[Finding]:
    """Return everything that is not as it must be, without changing anything. Stripe is not asked."""
    found: list[Finding] = []
    for check in CHECKS:
        arguments = [now - GRACE] if "$1" in check.sql else []
        rows = await db.fetch(f"{check.sql} LIMIT {LONGEST_LIST}", *arguments)
        found += [Finding(check.name, str(row["subject"]), row["detail"]) for row in rows]
    return found


async def unnoticed_payments(now: datetime) -> list[Finding]:
    """Return the open orders that Stripe says are paid, those asked about longest ago first.

    Stops quietly when Stripe does not answer: the next run asks.
    """
    rows = await db.fetch(
        """SELECT id, number, stripe_session_id FROM "order" WHERE state IN ('processing', 'submitted')
           AND stripe_session_id IS NOT NULL AND created_at <= $1
           ORDER BY coalesce(checked_at, created_at) LIMIT $2""",
        now - GRACE,
        ASKED,
    )
    found: list[Finding] = []
    for row in rows:
        try:
            session = await get_gateway().get_checkout(row["stripe_session_id"])
        except UnknownSession:
            continue
        except PaymentUnavailable:
            log.warning("invariants.stripe_unavailable")
            break
        if session.status == "complete" and session.payment_status == "paid":
            found.append(Finding("payment-unnoticed", str(row["id"]), f"order {row['number']}"))
    return found


async def look(now: datetime) -> Report:
    """Check everything and change nothing."""
    started = perf_counter()
    found = await inspect(now) + await unnoticed_payments(now)
    return Report(now, _since(started), (), tuple(found))


async def keep(now: datetime) -> Report:
    """Check everything, repair what is safe, and return what was and what is left."""
    started = perf_counter()
    found = await inspect(now) + await unnoticed_payments(now)
    tried: dict[Finding, None] = {}
    for _round in range(ROUNDS):
        mendable = [one for one in found if repairable(one.check) and one not in tried]
        if not mendable:
            break
        for finding in mendable:
            await _mend(finding, now)
        tried |= dict.fromkeys(mendable)
        found = await inspect(now)
    left = {(one.check, one.subject) for one in found}
    repaired = tuple(one for one in tried if (one.check, one.subject) not in left)
    for finding in found:
        log.error("invariants.broken", **asdict(finding))
    return Report(now, _since(started), repaired, tuple(found))


def _since(started: float) -> int:
    return round(1000 * (perf_counter() - started))


async def _mend(finding: Finding, now: datetime) -> None:
    log.warning("invariants.repairing", **asdict(finding))
    try:
        await repair(finding.check, finding.subject, now)
    except MayflyError as error:
        # It stays among the findings, and the next run tries again.
        log.warning("invariants.not_repaired", check=finding.check, error=repr(error))

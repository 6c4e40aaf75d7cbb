"""How many registrations stand on a page, counted by whoever changes it, against what the creator's plan allows.

The counter's row is taken before any stock: who registers and who cancels lock in the same order.
"""

from datetime import datetime
from uuid import UUID

from app.billing.limits import Limit, LimitReached
from app.billing.remembering import known_plan
from app.core import db, jobs
from app.core.i18n import gettext as _

FULL_JOB = "registrations.plan_full"


async def ensure_room(organization_id: UUID, standing: int, now: datetime) -> None:
    """Raise LimitReached when `standing`, as this transaction has just counted, is more than the plan allows."""
    plan = await known_plan(organization_id, now)
    allowed = plan.allows(Limit.REGISTRATIONS)
    if allowed is not None and standing > allowed:
        raise LimitReached(Limit.REGISTRATIONS, allowed, standing - 1, plan)


async def one_less(page_id: UUID) -> None:
    """Count, in the current transaction, that a registration of the page no longer stands."""
    await db.execute(
        "UPDATE registration_count SET standing = greatest(standing - 1, 0) WHERE page_id = $1",
        page_id,
    )


async def less(page_id: UUID, number: int) -> None:
    """Count, in the current transaction, that so many registrations of the page no longer stand."""
    await db.execute(
        "UPDATE registration_count SET standing = greatest(standing - $2, 0) WHERE page_id = $1",
        *(page_id, number),
    )


async def most_on_a_page(organization_id: UUID) -> int:
    """Return how many registrations the fullest page of the organization has."""
    return await db.fetch_value(
        "SELECT coalesce(max(standing), 0) FROM registration_count WHERE organization_id = $1",
        organization_id,
    )


async def recount(page_id: UUID) -> None:
    """Count a page's registrations anew. Who registers or cancels meanwhile waits for the counter's row."""
    async with db.transaction():
        await db.execute(
            """INSERT INTO registration_count (page_id, organization_id, standing)
               SELECT page_id, organization_id, 0 FROM registration WHERE page_id = $1 LIMIT 1
               ON CONFLICT DO NOTHING""",
            page_id,
        )
        await db.execute("SELECT 1 FROM registration_count WHERE page_id = $1 FOR UPDATE", page_id)
        await db.execute(
            """UPDATE registration_count SET standing = (
                 SELECT count(*) FROM registration WHERE page_id = $1 AND state <> 'cancelled')
               WHERE page_id = $1""",
            page_id,
        )


async def tell_full(page_id: UUID, error: LimitReached) -> str:
    """Have the creator told that visitors are turned away; return the words for the visitor, who can't change it.

    Called outside of the transaction that was refused.
    """
    await jobs.enqueue(
        FULL_JOB, {"page_id": page_id, "plan": error.plan.key, "allowed": error.allowed}
    )
    return _("This page can't take any more registrations at the moment.")

"""Plans that staff give: by hand, without Stripe, until they are taken back or replaced."""

from datetime import datetime
from uuid import UUID

from app.billing.limits import lock_plan
from app.billing.plans import default_plan, plan_by_key
from app.billing.remembering import plan_changed
from app.billing.tables import ACTIVE, STAFF
from app.core import db, jobs
from app.core.errors import Invalid
from app.core.i18n import gettext as _
from app.core.ids import new_id

WITHDRAW_JOB = "billing.withdraw"


async def assign_plan(organization_id: UUID, plan: str, now: datetime, by: UUID | None) -> None:
    """Put the organization on the plan of the key `plan` at once, in the caller's transaction; `by` is the member of staff.

    What it paid for until now is cancelled at Stripe. The default plan only takes back. Raises Invalid for no plan.
    """
    chosen = await plan_by_key(plan)
    if chosen is None:
        raise Invalid(_("There is no such plan."))
    async with db.transaction():
        await lock_plan(organization_id)
        await _end_present(organization_id, now)
        if chosen.id != (await default_plan()).id:
            await db.execute(
                """INSERT INTO subscription (id, organization_id, plan_id, source, status, currency, assigned_by,
                     created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)""",
                *(new_id(), organization_id, chosen.id, STAFF, ACTIVE, chosen.currency, by, now),
            )
        await plan_changed(organization_id)


async def _end_present(organization_id: UUID, now: datetime) -> None:
    row = await db.fetch_one(
        """UPDATE subscription SET ended_at = $2, ended_cause = 'replaced', updated_at = $2, version = version + 1
           WHERE organization_id = $1 AND ended_at IS NULL RETURNING id, source""",
        *(organization_id, now),
    )
    if row is not None and row["source"] != STAFF:
        await jobs.enqueue(WITHDRAW_JOB, {"subscription_id": row["id"]})

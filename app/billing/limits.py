"""Room under a plan's limit, made sure of in the transaction that takes it.

Organizations are locked one by one: of two who take the last place, one gets it.
"""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from app.billing.plans import Features, Limit, Plan
from app.billing.standing import plan_of
from app.billing.wording import refusal
from app.core import db
from app.core.errors import MayflyError

__all__ = ["Limit", "LimitReached", "ensure_room", "feature", "lock_plan", "plan_of"]

Count = Callable[[], Awaitable[int]]


class LimitReached(MayflyError):
    """The plan allows no more of something (402); answered with the way to a larger plan.

    `used` is how many there are, `allowed` how many there may be.
    """

    status = 402

    def __init__(self, limit: Limit, allowed: int, used: int, plan: Plan) -> None:
        self.limit = limit
        self.allowed = allowed
        self.used = used
        self.plan = plan
        super().__init__(refusal(limit, allowed, plan))


async def lock_plan(organization_id: UUID) -> None:
    """Let this transaction alone take room in the organization, until it ends. Taking the lock again does nothing.

    Before any row of the organization's things is locked: whoever takes room locks in the same order.
    """
    digest = hashlib.blake2b(b"plan/" + organization_id.bytes, digest_size=8).digest()
    await db.execute("SELECT pg_advisory_xact_lock($1)", int.from_bytes(digest, "big", signed=True))


async def ensure_room(
    organization_id: UUID, limit: Limit, *, used: int | Count, adding: int = 1, now: datetime
) -> None:
    """Raise LimitReached unless `adding` more fit, in the caller's transaction, which then adds them.

    `used` counts what the organization has, once the plan is locked and only if there is a limit; a number must have
    been read after `lock_plan`.
    """
    if not db.in_transaction():
        raise RuntimeError("Room is taken in the transaction that adds the thing.")
    await lock_plan(organization_id)
    plan = await plan_of(organization_id, now)
    allowed = plan.allows(limit)
    if allowed is None:
        return
    count = used if isinstance(used, int) else await used()
    if count + adding > allowed:
        raise LimitReached(limit, allowed, count, plan)


async def feature(organization_id: UUID, now: datetime) -> Features:
    """Return what the organization's plan allows at this moment."""
    return (await plan_of(organization_id, now)).features

"""Note what happened for each member who wants to know: called by jobs, once or more for each event."""

from datetime import datetime
from uuid import UUID

from app.auth.people import who_may
from app.auth.permissions import Permission
from app.core import db
from app.core.ids import new_id
from app.notices.preferences import preferences_of

_SEES = {
    "sale": Permission.SEE_ORDERS,
    "refund": Permission.SEE_ORDERS,
    "dispute": Permission.SEE_ORDERS,
    "registration": Permission.SEE_REGISTRATIONS,
}


async def add_notice(
    kind: str,
    key: str,
    group_id: UUID,
    subject_id: UUID,
    title: str,
    now: datetime,
    *,
    amount: int = 0,
    currency: str = "",
) -> int:
    """Note one event for the members of a group who may see it, have a confirmed address and want it; return for how many.

    `key` names the event ("sale:<order>"): noted again, nothing is added.
    """
    people = await who_may(_SEES[kind], group_id)
    wanted = await preferences_of([person.user_id for person in people])
    told = [person.user_id for person in people if kind in wanted[person.user_id].kinds]
    if not told:
        return 0
    return await db.execute(
        """INSERT INTO notice (id, user_id, kind, key, subject_id, title, amount, currency, happened_at)
           SELECT given.id, given.user_id, $3, $4, $5, left($6, 200), $7, $8, $9
           FROM unnest($1::uuid[], $2::uuid[]) AS given (id, user_id) ON CONFLICT (user_id, key) DO NOTHING""",
        *([new_id() for _ in told], told, kind, key, subject_id, title, amount, currency, now),
    )

"""Room in an organization's storage: promised when an upload begins, asked again when it has become a file."""

from datetime import datetime
from uuid import UUID

from app.billing import usage
from app.billing.limits import Limit, ensure_room
from app.core.db import fetch_value


async def make_room(organization_id: UUID, size: int, now: datetime) -> None:
    """Raise LimitReached unless `size` bytes more fit beside what is there and what is on its way."""

    async def promised() -> int:
        there = await usage.used(Limit.STORAGE, organization_id)
        return there + await _on_its_way(organization_id)

    await ensure_room(organization_id, Limit.STORAGE, used=promised, adding=size, now=now)


async def ensure_fits(organization_id: UUID, now: datetime) -> None:
    """Raise LimitReached when what is there, with what this transaction has just added, is more than fits: the plan
    was a larger one when its upload began."""

    async def there() -> int:
        return await usage.used(Limit.STORAGE, organization_id)

    await ensure_room(organization_id, Limit.STORAGE, used=there, adding=0, now=now)


async def _on_its_way(organization_id: UUID) -> int:
    return await fetch_value(
        """SELECT coalesce(sum(size), 0)::bigint FROM upload
           WHERE organization_id = $1 AND state IN ('open', 'checking')""",
        organization_id,
    )

"""The security log: what happened to accounts, for their owners and for those who look into an incident."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.core.db import execute, fetch, fetch_value
from app.core.ids import new_id
from app.core.settings import get_settings

PER_PAGE = 25


@dataclass(frozen=True)
class Entry:
    """A line of somebody's log; `ip` is None for what has none, or had one too long ago."""

    created_at: datetime
    kind: str
    ip: str | None
    details: Mapping[str, str | int]


async def note(
    kind: str,
    now: datetime,
    *,
    user_id: UUID | None = None,
    ip: str | None = None,
    **details: str | int,
) -> None:
    """Record `kind` in the current transaction. `details` hold no secret and no password, not even a wrong one."""
    await execute(
        "INSERT INTO security_log (id, created_at, kind, user_id, ip, details) "
        "VALUES ($1, $2, $3, $4, $5, $6::text::jsonb)",
        new_id(), now, kind, user_id, ip, json.dumps(details),
    )  # fmt: skip


async def count_since(user_id: UUID, kind: str, since: datetime) -> int:
    """Return how often `kind` was noted of this person after `since`."""
    return await fetch_value(
        "SELECT count(*) FROM security_log WHERE user_id = $1 AND created_at > $2 AND kind = $3",
        *(user_id, since, kind),
    )


async def count_entries(user_id: UUID) -> int:
    return await fetch_value("SELECT count(*) FROM security_log WHERE user_id = $1", user_id)


async def entries_of(user_id: UUID, page: int, now: datetime) -> Sequence[Entry]:
    """Return one page of a person's log, the newest first. Old IP addresses are not shown, whenever they are erased."""
    rows = await fetch(
        """SELECT created_at, kind, CASE WHEN created_at > $2 THEN ip END AS ip, details FROM security_log
           WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4""",
        *(
            user_id,
            now - timedelta(days=get_settings().retention_ip_days),
            PER_PAGE,
            (page - 1) * PER_PAGE,
        ),
    )
    return [
        Entry(row["created_at"], row["kind"], row["ip"], json.loads(row["details"])) for row in rows
    ]

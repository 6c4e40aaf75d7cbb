"""Plans for tests."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from app.core import db
from app.core.live import bus


@asynccontextmanager
async def allowing(plan: str = "free", **features: Any) -> AsyncGenerator[None, None]:
    """Let the plan of the key `plan` allow other things than its migration says, for as long as this is open."""
    before = await db.fetch_value("SELECT features FROM plan WHERE key = $1", plan)
    sql = "UPDATE plan SET features = $2::jsonb WHERE key = $1"
    await db.execute(sql, plan, json.dumps({**json.loads(before), **features}))
    bus.everything_changed()
    try:
        yield
    finally:
        await db.execute(sql, plan, before)
        bus.everything_changed()


async def subscription_row(organization_id: UUID) -> dict[str, Any] | None:
    """Return the newest subscription of an organization as it is stored."""
    row = await db.fetch_one(
        "SELECT s.*, p.key AS plan FROM subscription s JOIN plan p ON p.id = s.plan_id "
        "WHERE organization_id = $1 ORDER BY s.created_at DESC, s.id DESC LIMIT 1",
        organization_id,
    )
    return dict(row) if row else None

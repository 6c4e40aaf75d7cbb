"""Changing a plan: what it costs from now on and what it allows. Who subscribed keeps the price, and gets what is allowed."""

import json
from dataclasses import asdict
from uuid import UUID

from app.billing.plans import Features
from app.billing.remembering import plans_changed
from app.core import db
from app.core.errors import NotFound


async def edit_plan(
    plan_id: UUID, name: str, amount: int | None, visible: bool, features: Features
) -> str:
    """Store a plan; `amount` is minor units of its currency, None a price on request. Return its key. Raises NotFound."""
    async with db.transaction():
        key = await db.fetch_value(
            """UPDATE plan SET name = $2, amount = $3, visible = $4, features = $5::text::jsonb
               WHERE id = $1 RETURNING key""",
            *(plan_id, name, amount, visible, json.dumps(asdict(features))),
        )
        if key is None:
            raise NotFound
        await plans_changed()
    return key

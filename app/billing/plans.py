"""What a plan is: a price and what it allows. Plans are rows; a migration brings them, see `migrations/billing/`."""

import json
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.core import db
from app.core.settings import get_settings


class Limit(StrEnum):
    """What a plan counts; each is the name of a field of `Features`."""

    ACTIVE_PAGES = "active_pages"
    PRODUCTS = "products"
    STORAGE = "storage_bytes"
    REGISTRATIONS = "registrations_per_page"
    TEAM_SIZE = "team_size"


@dataclass(frozen=True)
class Features:
    """What a plan allows; None is without limit. `fee_basis_points` are hundredths of a per cent of each sale;
    `own_names` lets the organization and its groups be called what they like."""

    active_pages: int | None
    products: int | None
    storage_bytes: int | None
    registrations_per_page: int | None
    team_size: int | None
    own_branding: bool
    fee_basis_points: int
    own_names: bool = False


@dataclass(frozen=True)
class Plan:
    """A plan. `amount` is minor units for one `interval` ("month" or "year"); None is a price on request."""

    id: UUID
    key: str
    name: str
    position: int
    amount: int | None
    currency: str
    interval: str
    visible: bool
    features: Features

    @property
    def free(self) -> bool:
        return self.amount == 0

    @property
    def for_sale(self) -> bool:
        """Whether a creator can subscribe to it by themselves."""
        return self.visible and bool(self.amount)

    def allows(self, limit: Limit) -> int | None:
        """Return how many of `limit` there may be; None is without limit."""
        return getattr(self.features, limit.value)


COLUMNS = ", ".join(f"p.{field.name} AS plan_{field.name}" for field in fields(Plan))


def read_plan(row: db.Record, prefix: str = "plan_") -> Plan:
    """Read the columns that COLUMNS names, or the same under another prefix."""
    values: dict[str, Any] = {field.name: row[f"{prefix}{field.name}"] for field in fields(Plan)}
    values["features"] = Features(**json.loads(values["features"]))
    return Plan(**values)


async def all_plans() -> list[Plan]:
    """Return every plan, the smallest first."""
    rows = await db.fetch(f"SELECT {COLUMNS} FROM plan p ORDER BY p.position")  # noqa: S608 - names are ours
    return [read_plan(row) for row in rows]


async def public_plans() -> list[Plan]:
    """Return the plans that are shown to everyone, the smallest first."""
    return [plan for plan in await all_plans() if plan.visible]


async def plan_by_key(key: str) -> Plan | None:
    row = await db.fetch_one(f"SELECT {COLUMNS} FROM plan p WHERE p.key = $1", key)  # noqa: S608
    return read_plan(row) if row else None


async def default_plan() -> Plan:
    """Return what an organization without a subscription is on. Raises RuntimeError when the setting names no plan."""
    key = get_settings().default_plan
    plan = await plan_by_key(key)
    if plan is None:
        raise RuntimeError(f"MAYFLY_DEFAULT_PLAN names no plan: {key!r}.")
    return plan

"""Checks, one live subscription an organization, and the four plans."""

import json
from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.db import execute

ID = "billing-2026-11-21T01:00:00:000002"
VERSION = "1.38.0"
DESCRIPTION = "Constraints and the plans"

GIB = 1024**3
STATUSES = (
    "'incomplete', 'active', 'trialing', 'past_due', 'unpaid', 'paused', 'canceled', "
    "'incomplete_expired'"
)
FORWARDS = (
    "ALTER TABLE plan ADD CONSTRAINT plan_amount_check CHECK (amount >= 0)",
    "ALTER TABLE plan ADD CONSTRAINT plan_interval_check CHECK (interval IN ('month', 'year'))",
    "ALTER TABLE subscription ADD CONSTRAINT subscription_source_check "
    "CHECK (source IN ('stripe', 'staff'))",
    f"ALTER TABLE subscription ADD CONSTRAINT subscription_status_check CHECK (status IN ({STATUSES}))",
    "ALTER TABLE subscription ADD CONSTRAINT subscription_ended_check "
    "CHECK ((ended_at IS NULL) = (ended_cause IS NULL))",
    # Whoever pays in two windows pays once.
    "CREATE UNIQUE INDEX subscription_live_key ON subscription (organization_id) WHERE ended_at IS NULL",
    "CREATE INDEX subscription_unsettled ON subscription (checked_at) WHERE ended_at IS NULL",
)
BACKWARDS = (
    "DROP INDEX subscription_unsettled",
    "DROP INDEX subscription_live_key",
    "ALTER TABLE subscription DROP CONSTRAINT subscription_ended_check",
    "ALTER TABLE subscription DROP CONSTRAINT subscription_status_check",
    "ALTER TABLE subscription DROP CONSTRAINT subscription_source_check",
    "ALTER TABLE plan DROP CONSTRAINT plan_interval_check",
    "ALTER TABLE plan DROP CONSTRAINT plan_amount_check",
)
# A plan's id is its own for good: subscriptions point at it.
Seed = tuple[str, str, str, int, int | None, dict[str, Any]]
PLANS: tuple[Seed, ...] = (
    (
        "01935000-0000-7000-8000-000000000001", "free", "Free", 0, 0,
        {"active_pages": 3, "products": 10, "storage_bytes": GIB, "registrations_per_page": 100,
         "team_size": 2, "own_branding": False, "fee_basis_points": 500},
    ),
    (
        "01935000-0000-7000-8000-000000000002", "basic", "Basic", 1, 1200,
        {"active_pages": 15, "products": 100, "storage_bytes": 20 * GIB,
         "registrations_per_page": 1000, "team_size": 5, "own_branding": False,
         "fee_basis_points": 200},
    ),
    (
        "01935000-0000-7000-8000-000000000003", "premium", "Premium", 2, 3900,
        {"active_pages": 100, "products": 1000, "storage_bytes": 200 * GIB,
         "registrations_per_page": 20_000, "team_size": 25, "own_branding": True,
         "fee_basis_points": 50},
    ),
    (
        "01935000-0000-7000-8000-000000000004", "enterprise", "Enterprise", 3, None,
        {"active_pages": None, "products": None, "storage_bytes": None,
         "registrations_per_page": None, "team_size": None, "own_branding": True,
         "fee_basis_points": 0},
    ),
)  # fmt: skip


async def _forwards() -> None:
    for statement in FORWARDS:
        await execute(statement)
    for plan_id, key, name, position, amount, features in PLANS:
        await execute(
            """INSERT INTO plan (id, key, name, position, amount, currency, interval, visible, features)
               VALUES ($1, $2, $3, $4, $5, 'EUR', 'month', true, $6::jsonb) ON CONFLICT DO NOTHING""",
            *(plan_id, key, name, position, amount, json.dumps(features)),
        )


async def _backwards() -> None:
    for statement in BACKWARDS:
        await execute(statement)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="billing", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

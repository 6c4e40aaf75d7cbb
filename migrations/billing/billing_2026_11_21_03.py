"""Organizations that have more than their plan allows, so that the console tells them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.db import execute

ID = "billing-2026-11-21T01:00:00:000003"
VERSION = "1.38.0"
DESCRIPTION = "Organizations over their limits"


async def _forwards() -> None:
    await execute(
        "CREATE TABLE plan_overrun (organization_id UUID PRIMARY KEY REFERENCES organization (id) "
        "ON DELETE CASCADE, noted_at TIMESTAMPTZ NOT NULL)"
    )


async def _backwards() -> None:
    await execute("DROP TABLE plan_overrun")


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="billing", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

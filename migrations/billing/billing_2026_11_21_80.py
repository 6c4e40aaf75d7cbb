"""Enterprise may name its organization and its groups; the others keep the names that were generated."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.db import execute

ID = "billing-2026-11-21T08:00:00:000080"
VERSION = "1.38.0"
DESCRIPTION = "Who may choose names"


async def _forwards() -> None:
    await execute(
        """UPDATE plan SET features = features || jsonb_build_object('own_names', key = 'enterprise')"""
    )


async def _backwards() -> None:
    await execute("UPDATE plan SET features = features - 'own_names'")


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="billing", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

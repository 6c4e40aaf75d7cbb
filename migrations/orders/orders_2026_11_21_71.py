"""Orders that lead back to nobody any more."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.db import execute

ID = "orders_2026_11_21_71"
VERSION = "1.38.0"
DESCRIPTION = "Anonymous orders"

FORWARDS = """
ALTER TABLE "order" ADD COLUMN anonymous boolean NOT NULL DEFAULT false;
"""
BACKWARDS = """
ALTER TABLE "order" DROP COLUMN anonymous;
"""


async def _forwards() -> None:
    await execute(FORWARDS)


async def _backwards() -> None:
    await execute(BACKWARDS)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="orders", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

"""Messages that are forgotten once they have left."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.db import execute

ID = "notifications_2026_11_21_71"
VERSION = "1.38.0"
DESCRIPTION = "Messages that are forgotten once they have left"

FORWARDS = "ALTER TABLE message ADD COLUMN fleeting boolean NOT NULL DEFAULT false;"
BACKWARDS = "ALTER TABLE message DROP COLUMN fleeting;"


async def _forwards() -> None:
    await execute(FORWARDS)


async def _backwards() -> None:
    await execute(BACKWARDS)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="notifications", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

"""What a buyer gets where there is nothing to download."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.db import execute

ID = "pages_2026_12_01_32"
VERSION = "1.38.0"
DESCRIPTION = "Products without a file"

FORWARDS = "ALTER TABLE page_content ADD COLUMN instead text NOT NULL DEFAULT ''"
BACKWARDS = "ALTER TABLE page_content DROP COLUMN instead"


async def _forwards() -> None:
    await execute(FORWARDS)


async def _backwards() -> None:
    await execute(BACKWARDS)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="pages", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

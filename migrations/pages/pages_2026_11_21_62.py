"""Pages that the operator has taken from the public."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.db import execute

ID = "pages_2026_11_21_62"
VERSION = "1.38.0"
DESCRIPTION = "Suspended pages"

FORWARDS = """
ALTER TABLE page ADD COLUMN suspended_at timestamptz, ADD COLUMN suspended_reason varchar(1000) NOT NULL DEFAULT '';
CREATE INDEX page_suspended ON page (suspended_at) WHERE suspended_at IS NOT NULL;
"""
BACKWARDS = "ALTER TABLE page DROP COLUMN suspended_at, DROP COLUMN suspended_reason;"


async def _forwards() -> None:
    await execute(FORWARDS)


async def _backwards() -> None:
    await execute(BACKWARDS)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="pages", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

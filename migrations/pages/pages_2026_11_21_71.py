"""How long a page's registrations are kept after its end."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.db import execute

ID = "pages_2026_11_21_71"
VERSION = "1.38.0"
DESCRIPTION = "Registrations that are erased some days after a page's end"

FORWARDS = """
ALTER TABLE page ADD COLUMN erase_after_days smallint
  CONSTRAINT page_erase_after_days CHECK (erase_after_days BETWEEN 0 AND 3650);
CREATE INDEX page_erased ON page (id) WHERE erase_after_days IS NOT NULL;
"""
BACKWARDS = "ALTER TABLE page DROP COLUMN erase_after_days;"


async def _forwards() -> None:
    await execute(FORWARDS)


async def _backwards() -> None:
    await execute(BACKWARDS)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="pages", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

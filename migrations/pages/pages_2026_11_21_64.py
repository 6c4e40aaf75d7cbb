"""Whether a page leaves out who made it possible, as its organization's plan allows; the jobs of pages keep it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "pages_2026_11_21_64"
VERSION = "1.38.0"
DESCRIPTION = "Pages that carry their own name alone"


class Raw(Table):
    """Any table will do to run plain SQL."""


async def _forwards() -> None:
    await Raw.raw("ALTER TABLE page ADD COLUMN own_branding BOOLEAN NOT NULL DEFAULT false")


async def _backwards() -> None:
    await Raw.raw("ALTER TABLE page DROP COLUMN own_branding")


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="pages", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

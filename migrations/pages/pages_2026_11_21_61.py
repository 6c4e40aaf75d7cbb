"""How large a page's cover is, for a plan counts storage; those from before count nothing."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "pages_2026_11_21_61"
VERSION = "1.38.0"
DESCRIPTION = "The size of covers"

FORWARDS = ("ALTER TABLE page ADD COLUMN cover_size BIGINT NOT NULL DEFAULT 0",)
BACKWARDS = ("ALTER TABLE page DROP COLUMN cover_size",)


class Raw(Table):
    """Any table will do to run plain SQL."""


async def _forwards() -> None:
    for statement in FORWARDS:
        await Raw.raw(statement)


async def _backwards() -> None:
    for statement in BACKWARDS:
        await Raw.raw(statement)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="pages", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

"""An upload knows its organization, whose storage it is about to fill; the previous version leaves that open."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "storage_2026_11_21_61"
VERSION = "1.38.0"
DESCRIPTION = "The organization of an upload"

FORWARDS = (
    "ALTER TABLE upload ADD COLUMN organization_id UUID",
    'UPDATE upload u SET organization_id = g.organization_id FROM "group" g WHERE g.id = u.group_id',
    "CREATE INDEX upload_on_its_way ON upload (organization_id) WHERE state IN ('open', 'checking')",
)
BACKWARDS = ("ALTER TABLE upload DROP COLUMN organization_id",)


class Raw(Table):
    """Any table will do to run plain SQL."""


async def _forwards() -> None:
    for statement in FORWARDS:
        await Raw.raw(statement)


async def _backwards() -> None:
    for statement in BACKWARDS:
        await Raw.raw(statement)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="storage", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

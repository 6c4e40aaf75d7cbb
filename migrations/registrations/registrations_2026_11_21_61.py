"""How many registrations stand on each page, counted by the statements that change it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "registrations_2026_11_21_61"
VERSION = "1.38.0"
DESCRIPTION = "A counter of registrations"

FORWARDS = (
    "CREATE TABLE registration_count (page_id UUID PRIMARY KEY REFERENCES page (id) ON DELETE CASCADE, "
    "organization_id UUID NOT NULL, standing INTEGER NOT NULL CHECK (standing >= 0))",
    "CREATE INDEX registration_count_of ON registration_count (organization_id)",
    # What the previous version still adds is counted by the invariants' repair.
    "INSERT INTO registration_count SELECT page_id, organization_id, count(*) FROM registration "
    "WHERE state <> 'cancelled' GROUP BY page_id, organization_id",
)
BACKWARDS = ("DROP TABLE registration_count",)


class Raw(Table):
    """Any table will do to run plain SQL."""


async def _forwards() -> None:
    for statement in FORWARDS:
        await Raw.raw(statement)


async def _backwards() -> None:
    for statement in BACKWARDS:
        await Raw.raw(statement)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="registrations", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

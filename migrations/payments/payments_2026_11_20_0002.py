"""The one question asked of the inbox beside a look-up by id: what has not been processed?"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "payments_2026_11_20_0002"
VERSION = "1.38.0"
DESCRIPTION = "Index of waiting events"

FORWARDS = (
    "CREATE INDEX stripe_event_waiting ON stripe_event (received_at) WHERE processed_at IS NULL",
)
BACKWARDS = ("DROP INDEX stripe_event_waiting",)


class Raw(Table):
    """Any table will do to run plain SQL."""


async def _forwards() -> None:
    for statement in FORWARDS:
        await Raw.raw(statement)


async def _backwards() -> None:
    for statement in BACKWARDS:
        await Raw.raw(statement)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="payments", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

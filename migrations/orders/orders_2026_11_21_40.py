"""Where a buyer came from, by which share link, and whose use let them in before the launch.

The previous version runs on beside it: its orders came from nowhere.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "orders_2026_11_21_40"
VERSION = "1.38.0"
DESCRIPTION = "Sources of orders"

FORWARDS = (
    """ALTER TABLE "order" ADD COLUMN source VARCHAR(40) NOT NULL DEFAULT '', ADD COLUMN link_id UUID NULL,
         ADD COLUMN entry_stock_id UUID NULL""",
    'CREATE INDEX order_by_link ON "order" (link_id) WHERE link_id IS NOT NULL',
)
BACKWARDS = (
    "DROP INDEX order_by_link",
    'ALTER TABLE "order" DROP COLUMN entry_stock_id, DROP COLUMN link_id, DROP COLUMN source',
)


class Raw(Table):
    """Any table will do to run plain SQL."""


async def _forwards() -> None:
    for statement in FORWARDS:
        await Raw.raw(statement)


async def _backwards() -> None:
    for statement in BACKWARDS:
        await Raw.raw(statement)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="orders", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

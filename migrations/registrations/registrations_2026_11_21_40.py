"""Whose use of a share link let a registrant in before the launch.

The previous version runs on beside it: whoever registers with it comes at the launch or later.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "registrations_2026_11_21_40"
VERSION = "1.38.0"
DESCRIPTION = "Early registrations"

FORWARDS = ("ALTER TABLE registration ADD COLUMN entry_stock_id UUID NULL",)
BACKWARDS = ("ALTER TABLE registration DROP COLUMN entry_stock_id",)


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

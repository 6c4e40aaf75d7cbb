"""The salts that visitors are recognized by for a day.

The previous version runs on beside it and recognizes them by its own means, so those who visit both count twice that day.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "pages_2026_11_21_81"
VERSION = "1.38.0"
DESCRIPTION = "Salts of a day"


class Raw(Table):
    """Any table will do to run plain SQL."""


async def _forwards() -> None:
    await Raw.raw(
        "CREATE TABLE visitor_salt (day DATE PRIMARY KEY, salt BYTEA NOT NULL, created_at TIMESTAMPTZ NOT NULL)"
    )


async def _backwards() -> None:
    await Raw.raw("DROP TABLE visitor_salt")


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="pages", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

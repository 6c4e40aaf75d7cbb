"""One unsaved draft a page and user."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "pages_2026_11_20_0005"
VERSION = "1.38.0"
DESCRIPTION = "One draft a page and user"


class Raw(Table):
    """Any table will do to run plain SQL."""


async def _forwards() -> None:
    await Raw.raw("CREATE UNIQUE INDEX page_draft_once ON page_draft (page_id, user_id)")


async def _backwards() -> None:
    await Raw.raw("DROP INDEX page_draft_once")


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="pages", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

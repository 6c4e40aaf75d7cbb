"""Kinds of change that the new page types tell their visitors of. An older version shows them as pieces, and runs on."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "pages_2026_11_20_0003"
VERSION = "1.38.0"
DESCRIPTION = "Changes of targets, events and codes"

BEFORE = "'deadline', 'stock', 'price', 'discount'"
AFTER = f"{BEFORE}, 'target', 'starts', 'ends', 'closes', 'place', 'code'"


class Raw(Table):
    """Any table will do to run plain SQL."""


async def _allow(kinds: str) -> None:
    await Raw.raw("ALTER TABLE page_change DROP CONSTRAINT page_change_kind")
    await Raw.raw(
        f"ALTER TABLE page_change ADD CONSTRAINT page_change_kind CHECK (kind IN ({kinds}))"
    )


async def _forwards() -> None:
    await _allow(AFTER)


async def _backwards() -> None:
    await Raw.raw(f"DELETE FROM page_change WHERE kind NOT IN ({BEFORE})")
    await _allow(BEFORE)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="pages", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

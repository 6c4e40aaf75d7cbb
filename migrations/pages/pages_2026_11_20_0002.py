"""What the columns alone can't say: checks, and indexes over several columns."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "pages_2026_11_20_0002"
VERSION = "1.38.0"
DESCRIPTION = "Checks and compound indexes"

CHECKS = {
    ("page", "page_ends_after_launch"): (
        "published_at IS NULL OR "
        "(expires_at IS NOT NULL AND launch_at IS NOT NULL AND expires_at > launch_at)"
    ),
    ("page", "page_ended_cause"): (
        "ended_cause IN ('', 'hand', 'limit') AND (ended_at IS NULL) = (ended_cause = '')"
    ),
    ("page", "page_changes_when_published"): (
        "published_at IS NOT NULL OR (paused_at IS NULL AND ended_at IS NULL)"
    ),
    ("page_content", "page_content_amounts"): (
        "amount >= 0 AND (quantity IS NULL OR quantity >= 0)"
    ),
    ("page_change", "page_change_kind"): "kind IN ('deadline', 'stock', 'price', 'discount')",
}

INDEXES = {
    "page_by_group": "INDEX page_by_group ON page (group_id, created_at DESC, id)",
    "page_content_once": "UNIQUE INDEX page_content_once ON page_content (page_id, product_id)",
    "page_transition_once": (
        "UNIQUE INDEX page_transition_once ON page_transition (page_id, to_state, at)"
    ),
    "page_change_by_page": "INDEX page_change_by_page ON page_change (page_id, at DESC)",
    "share_link_once": "UNIQUE INDEX share_link_once ON share_link (page_id, source)",
}


class Raw(Table):
    """Any table will do to run plain SQL."""


async def _forwards() -> None:
    for (table, name), condition in CHECKS.items():
        await Raw.raw(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({condition})")
    for statement in INDEXES.values():
        await Raw.raw(f"CREATE {statement}")


async def _backwards() -> None:
    for name in INDEXES:
        await Raw.raw(f"DROP INDEX {name}")
    for table, name in CHECKS:
        await Raw.raw(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="pages", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

"""What the columns alone can't say: one standing registration an address and page, checks, compound indexes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "registrations_2026_11_20_0002"
VERSION = "1.38.0"
DESCRIPTION = "Checks and compound indexes"

CHECKS = {
    "registration_state": "state IN ('confirmed', 'waiting', 'offered', 'cancelled', 'attended')",
    "registration_quantity": "quantity > 0",
    "registration_reachable": "email <> '' OR phone <> ''",
    "registration_cancelled": "(state = 'cancelled') = (cancelled_at IS NOT NULL)",
    "registration_attended": "(state = 'attended') = (checked_in_at IS NOT NULL)",
}
INDEXES = {
    "registration_email": (
        "UNIQUE INDEX registration_email ON registration (page_id, lower(email)) "
        "WHERE state <> 'cancelled' AND email <> ''"
    ),
    "registration_phone": (
        "UNIQUE INDEX registration_phone ON registration (page_id, phone) "
        "WHERE state <> 'cancelled' AND email = ''"
    ),
    "registration_by_email": "INDEX registration_by_email ON registration (lower(email))",
    "registration_by_group": (
        "INDEX registration_by_group ON registration (group_id, created_at DESC, id DESC)"
    ),
    "registration_by_page": "INDEX registration_by_page ON registration (page_id, id)",
    "registration_event_by_registration": (
        "INDEX registration_event_by_registration "
        "ON registration_event (registration_id, created_at)"
    ),
}


class Raw(Table):
    """Any table will do to run plain SQL."""


async def _forwards() -> None:
    for name, condition in CHECKS.items():
        await Raw.raw(f"ALTER TABLE registration ADD CONSTRAINT {name} CHECK ({condition})")
    for statement in INDEXES.values():
        await Raw.raw(f"CREATE {statement}")


async def _backwards() -> None:
    for name in INDEXES:
        await Raw.raw(f"DROP INDEX {name}")
    for name in CHECKS:
        await Raw.raw(f"ALTER TABLE registration DROP CONSTRAINT {name}")


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="registrations", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

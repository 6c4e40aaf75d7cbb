"""The waitlist in order: one open wait a registration, one place in the line for each, and an offer is a hold."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "registrations_2026_11_20_0012"
VERSION = "1.38.0"
DESCRIPTION = "Checks and indexes of the waitlist and of messages to many"

CHECKS = {
    "waitlist_entry_state": "state IN ('waiting', 'offered', 'claimed', 'lapsed', 'left')",
    "waitlist_entry_quantity": "quantity > 0 AND offered >= 0 AND offered <= quantity",
    "waitlist_entry_offer": (
        "(state = 'waiting' AND offered = 0 AND hold_id IS NULL) OR state IN ('claimed', 'lapsed', 'left') "
        "OR (state = 'offered' AND offered > 0 AND hold_id IS NOT NULL AND offer_expires_at IS NOT NULL)"
    ),
    "waitlist_entry_ended": "(state IN ('waiting', 'offered')) = (ended_at IS NULL)",
}
INDEXES = {
    "waitlist_entry_line": (
        "UNIQUE INDEX waitlist_entry_line ON waitlist_entry (page_id, position) WHERE ended_at IS NULL"
    ),
    "waitlist_entry_open": (
        "UNIQUE INDEX waitlist_entry_open ON waitlist_entry (registration_id) WHERE ended_at IS NULL"
    ),
    "waitlist_entry_by_registration": (
        "INDEX waitlist_entry_by_registration ON waitlist_entry (registration_id)"
    ),
    "waitlist_entry_hold": (
        "UNIQUE INDEX waitlist_entry_hold ON waitlist_entry (hold_id) WHERE hold_id IS NOT NULL"
    ),
    "waitlist_entry_due": (
        "INDEX waitlist_entry_due ON waitlist_entry (offer_expires_at) WHERE state = 'offered'"
    ),
    "mailing_unfinished": (
        "INDEX mailing_unfinished ON mailing (started_at) WHERE finished_at IS NULL"
    ),
    "mailing_pace": "INDEX mailing_pace ON mailing (paced_until)",
}


class Raw(Table):
    """Any table will do to run plain SQL."""


async def _forwards() -> None:
    for name, condition in CHECKS.items():
        await Raw.raw(f"ALTER TABLE waitlist_entry ADD CONSTRAINT {name} CHECK ({condition})")
    for statement in INDEXES.values():
        await Raw.raw(f"CREATE {statement}")


async def _backwards() -> None:
    for name in INDEXES:
        await Raw.raw(f"DROP INDEX {name}")
    for name in CHECKS:
        await Raw.raw(f"ALTER TABLE waitlist_entry DROP CONSTRAINT {name}")


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="registrations", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

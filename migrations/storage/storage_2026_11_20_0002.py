"""What the tables of storage must always hold, and the indexes that its reads use."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "storage_2026_11_20_0002"
VERSION = "1.38.0"
DESCRIPTION = "constraints and indexes"


class Upload(Table, tablename="upload"):
    """A name to run SQL by."""


async def _add_constraints() -> None:
    await Upload.raw(
        """ALTER TABLE upload
             ADD CONSTRAINT upload_state CHECK (state IN ('open', 'checking', 'done', 'failed', 'aborted')),
             ADD CONSTRAINT upload_size CHECK (size > 0 AND part_size > 0),
             ADD CONSTRAINT upload_reason CHECK ((state = 'failed') = (reason IS NOT NULL))"""
    )
    # Resuming looks for an unfinished upload of the same owner; the purge for old ones.
    await Upload.raw("CREATE INDEX upload_subject ON upload (subject_id, state)")
    await Upload.raw("CREATE INDEX upload_stale ON upload (updated_at)")


async def _drop_constraints() -> None:
    await Upload.raw("DROP INDEX upload_subject, upload_stale")
    await Upload.raw(
        "ALTER TABLE upload DROP CONSTRAINT upload_state, DROP CONSTRAINT upload_size, DROP CONSTRAINT upload_reason"
    )


async def forwards() -> MigrationManager:
    # Piccolo runs raw SQL before it makes tables, so constraints have a migration of their own.
    manager = MigrationManager(migration_id=ID, app_name="storage", description=DESCRIPTION)
    manager.add_raw(_add_constraints)
    manager.add_raw_backwards(_drop_constraints)
    return manager

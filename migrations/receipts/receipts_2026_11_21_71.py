"""Receipts of what was erased."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.db import execute

ID = "receipts_2026_11_21_71"
VERSION = "1.38.0"
DESCRIPTION = "Receipts of what was erased"

FORWARDS = """
CREATE TABLE erasure_receipt (
  id uuid PRIMARY KEY,
  number varchar(14) NOT NULL UNIQUE,
  kind varchar(15) NOT NULL CHECK (kind IN ('account', 'registration')),
  digest varchar(64) NOT NULL,
  details jsonb NOT NULL DEFAULT '{}',
  at timestamptz NOT NULL
);
"""
BACKWARDS = "DROP TABLE erasure_receipt;"


async def _forwards() -> None:
    await execute(FORWARDS)


async def _backwards() -> None:
    await execute(BACKWARDS)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="receipts", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

"""Accounts that end."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.db import execute

ID = "privacy_2026_11_21_72"
VERSION = "1.38.0"
DESCRIPTION = "Accounts that end"

FORWARDS = """
CREATE TABLE account_erasure (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
  state varchar(10) NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'closing', 'cancelled', 'erased')),
  reason varchar(20) NOT NULL DEFAULT '',
  language varchar(12) NOT NULL DEFAULT 'en',
  asked_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  ended_at timestamptz,
  CONSTRAINT account_erasure_ended CHECK ((state IN ('cancelled', 'erased')) = (ended_at IS NOT NULL))
);
CREATE INDEX account_erasure_user_id ON account_erasure (user_id);
CREATE UNIQUE INDEX account_erasure_one ON account_erasure (user_id) WHERE state IN ('asked', 'closing');
CREATE INDEX account_erasure_due ON account_erasure (due_at) WHERE state IN ('asked', 'closing');
"""
BACKWARDS = "DROP TABLE account_erasure;"


async def _forwards() -> None:
    await execute(FORWARDS)


async def _backwards() -> None:
    await execute(BACKWARDS)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="privacy", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

"""The log of what staff does."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.db import execute

ID = "staff_2026_11_21_0001"
VERSION = "1.38.0"
DESCRIPTION = "The log of what staff does"

FORWARDS = """
CREATE TABLE staff_action (
  id uuid PRIMARY KEY,
  at timestamptz NOT NULL,
  user_id uuid NOT NULL,
  email varchar(254) NOT NULL,
  kind varchar(40) NOT NULL,
  subject varchar(60) NOT NULL DEFAULT '',
  ip varchar(45),
  details jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX staff_action_at ON staff_action (at DESC, id DESC);
CREATE INDEX staff_action_subject ON staff_action (subject, at DESC) WHERE subject <> '';
"""
BACKWARDS = "DROP TABLE staff_action;"


async def _forwards() -> None:
    await execute(FORWARDS)


async def _backwards() -> None:
    await execute(BACKWARDS)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="staff", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

"""Notices to members, and what each wants to be told."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.db import execute

ID = "notices_2026_12_01_50"
VERSION = "1.38.0"
DESCRIPTION = "Notices to members, and their settings"

FORWARDS = """
CREATE TABLE notice (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
  kind varchar(20) NOT NULL CHECK (kind IN ('sale', 'refund', 'registration', 'dispute')),
  key varchar(120) NOT NULL,
  subject_id uuid NOT NULL,
  title varchar(200) NOT NULL DEFAULT '',
  amount bigint NOT NULL DEFAULT 0,
  currency varchar(3) NOT NULL DEFAULT '',
  happened_at timestamptz NOT NULL,
  told_at timestamptz
);
CREATE UNIQUE INDEX notice_once ON notice (user_id, key);
CREATE INDEX notice_waiting ON notice (user_id, happened_at) WHERE told_at IS NULL;
CREATE INDEX notice_told ON notice (told_at) WHERE told_at IS NOT NULL;
CREATE TABLE notice_settings (
  user_id uuid PRIMARY KEY REFERENCES "user" (id) ON DELETE CASCADE,
  sale boolean NOT NULL DEFAULT true,
  refund boolean NOT NULL DEFAULT true,
  registration boolean NOT NULL DEFAULT true,
  dispute boolean NOT NULL DEFAULT true,
  daily boolean NOT NULL DEFAULT false,
  updated_at timestamptz NOT NULL
);
"""
BACKWARDS = "DROP TABLE notice_settings; DROP TABLE notice;"


async def _forwards() -> None:
    await execute(FORWARDS)


async def _backwards() -> None:
    await execute(BACKWARDS)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="notices", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

"""Reports of what was let go, and exports of somebody's data."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.db import execute

ID = "privacy_2026_11_21_71"
VERSION = "1.38.0"
DESCRIPTION = "Reports of the retention job, exports"

FORWARDS = """
CREATE TABLE retention_report (
  id uuid PRIMARY KEY,
  at timestamptz NOT NULL,
  took integer NOT NULL DEFAULT 0,
  lines jsonb NOT NULL DEFAULT '[]'
);
CREATE INDEX retention_report_at ON retention_report (at DESC, id DESC);
CREATE TABLE data_export (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
  state varchar(10) NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed', 'gone')),
  done smallint NOT NULL DEFAULT 0,
  steps smallint NOT NULL DEFAULT 0,
  attempts smallint NOT NULL DEFAULT 0,
  size bigint NOT NULL DEFAULT 0,
  object_key varchar(200),
  asked_at timestamptz NOT NULL,
  finished_at timestamptz,
  expires_at timestamptz,
  CONSTRAINT data_export_done CHECK ((state = 'done') = (object_key IS NOT NULL))
);
CREATE INDEX data_export_user_id ON data_export (user_id, asked_at DESC);
CREATE UNIQUE INDEX data_export_one ON data_export (user_id) WHERE state IN ('queued', 'running');
"""
BACKWARDS = """
DROP TABLE data_export;
DROP TABLE retention_report;
"""


async def _forwards() -> None:
    await execute(FORWARDS)


async def _backwards() -> None:
    await execute(BACKWARDS)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="privacy", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

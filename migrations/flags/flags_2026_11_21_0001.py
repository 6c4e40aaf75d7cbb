"""Feature flags."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.db import execute

ID = "flags_2026_11_21_0001"
VERSION = "1.38.0"
DESCRIPTION = "Flags, and what single organizations have"

FORWARDS = """
CREATE TABLE flag (
  id uuid PRIMARY KEY,
  name varchar(60) NOT NULL UNIQUE,
  percentage smallint NOT NULL DEFAULT 0 CONSTRAINT flag_percentage CHECK (percentage BETWEEN 0 AND 100),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE TABLE flag_override (
  id uuid PRIMARY KEY,
  flag_id uuid NOT NULL REFERENCES flag (id) ON DELETE CASCADE,
  organization_id uuid NOT NULL,
  enabled boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX flag_override_once ON flag_override (flag_id, organization_id);
"""
BACKWARDS = "DROP TABLE flag_override; DROP TABLE flag;"


async def _forwards() -> None:
    await execute(FORWARDS)


async def _backwards() -> None:
    await execute(BACKWARDS)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="flags", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

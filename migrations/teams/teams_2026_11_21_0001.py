"""Invitations."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.db import execute

ID = "teams_2026_11_21_0001"
VERSION = "1.38.0"
DESCRIPTION = "Invitations into a group"

FORWARDS = """
CREATE TABLE invitation (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  group_id uuid NOT NULL REFERENCES "group" (id) ON DELETE CASCADE,
  invited_by uuid NOT NULL REFERENCES "user" (id) ON DELETE RESTRICT,
  email varchar(254) NOT NULL,
  roles varchar(20)[] NOT NULL,
  language varchar(12) NOT NULL DEFAULT 'en',
  token_hash varchar(64) NOT NULL,
  created_at timestamptz NOT NULL,
  sent_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  accepted_at timestamptz,
  withdrawn_at timestamptz,
  CONSTRAINT invitation_ended_once CHECK (accepted_at IS NULL OR withdrawn_at IS NULL),
  CONSTRAINT invitation_roles CHECK (cardinality(roles) > 0)
);
CREATE INDEX invitation_organization ON invitation (organization_id);
CREATE INDEX invitation_group ON invitation (group_id);
CREATE INDEX invitation_invited_by ON invitation (invited_by);
CREATE UNIQUE INDEX invitation_open ON invitation (organization_id, lower(email))
  WHERE accepted_at IS NULL AND withdrawn_at IS NULL;
"""
BACKWARDS = "DROP TABLE invitation;"


async def _forwards() -> None:
    await execute(FORWARDS)


async def _backwards() -> None:
    await execute(BACKWARDS)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="teams", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

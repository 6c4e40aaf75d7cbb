"""Two-factor, changes of address, the pace of whoever guesses, and the zone that people read times in."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.db import execute

ID = "auth_2026_11_21_11"
VERSION = "1.38.0"
DESCRIPTION = "Two-factor, changes of address, slowed guessing, zones"

FORWARDS = """
ALTER TABLE "user" ADD COLUMN zone varchar(64) NOT NULL DEFAULT '';

CREATE TABLE two_factor (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
  secret text NOT NULL,
  last_step bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  confirmed_at timestamptz
);
CREATE UNIQUE INDEX two_factor_user ON two_factor (user_id);

CREATE TABLE recovery_code (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
  digest varchar(64) NOT NULL,
  created_at timestamptz NOT NULL,
  used_at timestamptz
);
CREATE UNIQUE INDEX recovery_code_once ON recovery_code (user_id, digest);

CREATE TABLE email_change (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
  old_email varchar(254) NOT NULL,
  new_email varchar(254) NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  confirmed_at timestamptz,
  undo_until timestamptz,
  cancelled_at timestamptz,
  undone_at timestamptz,
  CONSTRAINT email_change_kept CHECK ((confirmed_at IS NULL) = (undo_until IS NULL)),
  CONSTRAINT email_change_one_end CHECK (confirmed_at IS NULL OR cancelled_at IS NULL),
  CONSTRAINT email_change_undone CHECK (undone_at IS NULL OR confirmed_at IS NOT NULL)
);
CREATE INDEX email_change_user ON email_change (user_id, created_at DESC);
CREATE UNIQUE INDEX email_change_open ON email_change (user_id)
  WHERE confirmed_at IS NULL AND cancelled_at IS NULL;
CREATE INDEX email_change_old ON email_change (lower(old_email)) WHERE confirmed_at IS NOT NULL;

CREATE TABLE guess (
  key varchar(64) PRIMARY KEY,
  tries integer NOT NULL,
  last_at timestamptz NOT NULL,
  wait_until timestamptz NOT NULL
);
CREATE INDEX guess_last_at ON guess (last_at);
"""
BACKWARDS = """
DROP TABLE guess;
DROP TABLE email_change;
DROP TABLE recovery_code;
DROP TABLE two_factor;
ALTER TABLE "user" DROP COLUMN zone;
"""


async def _forwards() -> None:
    await execute(FORWARDS)


async def _backwards() -> None:
    await execute(BACKWARDS)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="auth", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

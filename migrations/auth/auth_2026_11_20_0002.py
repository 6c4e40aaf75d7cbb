"""What Piccolo can't say: checks, indexes over expressions, and the partitioned security log."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.db import execute
from app.core.partitions import create_partitioned_sql

ID = "auth-2026-11-20T22:30:00:000002"
VERSION = "1.38.0"
DESCRIPTION = "Constraints, indexes and the security log"

FORWARDS = """
CREATE UNIQUE INDEX user_email_key ON "user" (lower(email));

ALTER TABLE role ADD CONSTRAINT role_name_check
  CHECK (name IN ('admin', 'manager', 'editor', 'viewer', 'volunteer'));
CREATE UNIQUE INDEX role_group_name_key ON role (group_id, name);
CREATE UNIQUE INDEX user_role_key ON user_role (user_id, role_id);

ALTER TABLE session ADD CONSTRAINT session_generation_check CHECK (generation > 0);
ALTER TABLE session ADD CONSTRAINT session_ended_check
  CHECK ((ended_at IS NULL) = (ended_cause IS NULL));
"""

SECURITY_LOG = """
  id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  kind varchar(40) NOT NULL,
  user_id uuid,
  ip varchar(45),
  details jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (id, created_at)
"""

LOG_INDEX = "CREATE INDEX security_log_user ON security_log (user_id, created_at DESC)"

BACKWARDS = """
DROP TABLE security_log;
ALTER TABLE session DROP CONSTRAINT session_ended_check;
ALTER TABLE session DROP CONSTRAINT session_generation_check;
DROP INDEX user_role_key;
DROP INDEX role_group_name_key;
ALTER TABLE role DROP CONSTRAINT role_name_check;
DROP INDEX user_email_key;
"""


async def _forwards() -> None:
    await execute(FORWARDS)
    await execute(create_partitioned_sql("security_log", SECURITY_LOG, "created_at"))
    await execute(LOG_INDEX)


async def _backwards() -> None:
    await execute(BACKWARDS)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="auth", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

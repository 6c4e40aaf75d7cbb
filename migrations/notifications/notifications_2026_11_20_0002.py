"""What Piccolo can't say: checks and partial indexes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.db import execute

ID = "notifications-2026-11-20T22:30:00:000002"
VERSION = "1.38.0"
DESCRIPTION = "Constraints and indexes of messages"

FORWARDS = """
ALTER TABLE message ADD CONSTRAINT message_state_check
  CHECK (state IN ('queued', 'sending', 'sent', 'failed'));
ALTER TABLE message ADD CONSTRAINT message_sent_check
  CHECK ((state = 'sent') = (sent_at IS NOT NULL));
CREATE INDEX message_subject_of ON message (subject_of, created_at) WHERE subject_of IS NOT NULL;
CREATE INDEX message_unsent ON message (created_at) WHERE state <> 'sent';
"""

BACKWARDS = """
DROP INDEX message_unsent;
DROP INDEX message_subject_of;
ALTER TABLE message DROP CONSTRAINT message_sent_check;
ALTER TABLE message DROP CONSTRAINT message_state_check;
"""


async def _forwards() -> None:
    await execute(FORWARDS)


async def _backwards() -> None:
    await execute(BACKWARDS)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="notifications", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

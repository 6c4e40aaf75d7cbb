"""States of messages that came back or were not wanted, and the indexes of topics and lists."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.db import execute

ID = "notifications-2026-11-20T23:50:00:000002"
VERSION = "1.38.0"
DESCRIPTION = "States and indexes of topics and lists"

# Named in the previous migrations; a message may have these states, and these only.
STATES = "'queued', 'sending', 'sent', 'failed', 'bounced', 'skipped'"
FORWARDS = f"""
ALTER TABLE message DROP CONSTRAINT message_state_check;
ALTER TABLE message ADD CONSTRAINT message_state_check CHECK (state IN ({STATES}));
ALTER TABLE message DROP CONSTRAINT message_sent_check;
ALTER TABLE message ADD CONSTRAINT message_sent_check
  CHECK ((state IN ('sent', 'bounced')) = (sent_at IS NOT NULL));
CREATE INDEX message_topic ON message (topic_id, created_at DESC, id DESC) WHERE topic_id IS NOT NULL;
CREATE UNIQUE INDEX unsubscription_recipient ON unsubscription (recipient, list_id);
"""
BACKWARDS = """
DROP INDEX unsubscription_recipient;
DROP INDEX message_topic;
UPDATE message SET state = 'failed', sent_at = NULL WHERE state IN ('bounced', 'skipped');
ALTER TABLE message DROP CONSTRAINT message_sent_check;
ALTER TABLE message ADD CONSTRAINT message_sent_check CHECK ((state = 'sent') = (sent_at IS NOT NULL));
ALTER TABLE message DROP CONSTRAINT message_state_check;
ALTER TABLE message ADD CONSTRAINT message_state_check
  CHECK (state IN ('queued', 'sending', 'sent', 'failed'));
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

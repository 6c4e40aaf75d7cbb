"""A message may bring files: a calendar's event, say."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import JSONB

ID = "notifications-2026-11-20T23:30:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "Attachments of messages"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="notifications", description=DESCRIPTION)
    manager.add_column(
        table_class_name="Message",
        tablename="message",
        column_name="attachments",
        column_class_name="JSONB",
        column_class=JSONB,
        params={"null": False, "default": "[]"},
    )
    return manager

"""Messages belong to pages, can be unsubscribed from, and may come back."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID, Timestamptz, Varchar

from app.core.ids import new_id

ID = "notifications-2026-11-20T23:50:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "Topics, lists, unsubscriptions"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="notifications", description=DESCRIPTION)
    for name in ("topic_id", "list_id"):
        manager.add_column(
            table_class_name="Message",
            tablename="message",
            column_name=name,
            column_class_name="UUID",
            column_class=UUID,
            params={"default": None, "null": True},
        )
    manager.add_table("Unsubscription", tablename="unsubscription")
    for name, column, params in (
        ("id", UUID, {"primary_key": True, "default": new_id}),
        ("recipient", Varchar, {"length": 254, "null": False, "default": ""}),
        ("list_id", UUID, {"null": False, "default": new_id}),
        ("created_at", Timestamptz, {"default": None, "null": False}),
    ):
        manager.add_column(
            table_class_name="Unsubscription",
            tablename="unsubscription",
            column_name=name,
            column_class_name=column.__name__,
            column_class=column,
            params=params,
        )
    return manager

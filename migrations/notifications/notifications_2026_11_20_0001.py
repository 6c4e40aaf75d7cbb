"""The table of messages, as Piccolo sees it; constraints and indexes follow in the next migration."""

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID, Column, Integer, Text, Timestamptz, Varchar

from app.core.ids import new_id

ID = "notifications-2026-11-20T22:30:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "Messages and their fate"

COLUMNS: list[tuple[str, type[Column], dict[str, Any]]] = [
    ("id", UUID, {"primary_key": True, "default": new_id}),
    ("key", Varchar, {"length": 200, "unique": True}),
    ("channel", Varchar, {"length": 10, "default": "email"}),
    ("name", Varchar, {"length": 80}),
    ("recipient", Varchar, {"length": 254}),
    ("locale", Varchar, {"length": 20, "default": "en"}),
    ("subject", Varchar, {"length": 400}),
    ("text", Text, {}),
    ("html", Text, {}),
    ("subject_of", UUID, {"default": None, "null": True}),
    ("state", Varchar, {"length": 10, "default": "queued"}),
    ("attempts", Integer, {"default": 0}),
    ("reason", Text, {}),
    ("created_at", Timestamptz, {"default": None, "null": False}),
    ("claimed_at", Timestamptz, {"default": None, "null": True}),
    ("sent_at", Timestamptz, {"default": None, "null": True}),
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="notifications", description=DESCRIPTION)
    manager.add_table("Message", tablename="message")
    for name, column, params in COLUMNS:
        manager.add_column(
            table_class_name="Message",
            tablename="message",
            column_name=name,
            column_class_name=column.__name__,
            column_class=column,
            params=params,
        )
    return manager

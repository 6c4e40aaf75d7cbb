"""The reports of the invariant job."""

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import JSONB, UUID, Column, Integer, Timestamptz

from app.core.ids import new_id

ID = "operations_2026_11_20_0001"
VERSION = "1.38.0"
DESCRIPTION = "Reports of the invariant job"

COLUMNS: list[tuple[str, type[Column], dict[str, Any]]] = [
    ("id", UUID, {"primary_key": True, "default": new_id}),
    ("at", Timestamptz, {"default": None, "null": False, "index": True}),
    ("took", Integer, {"default": 0}),
    ("repaired", JSONB, {"default": "[]"}),
    ("broken", JSONB, {"default": "[]"}),
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="operations", description=DESCRIPTION)
    manager.add_table("InvariantReport", tablename="invariant_report")
    for name, column, params in COLUMNS:
        manager.add_column(
            table_class_name="InvariantReport",
            tablename="invariant_report",
            column_name=name,
            column_class_name=column.__name__,
            column_class=column,
            params=params,
        )
    return manager

"""The discount code that a page hands out. The previous version does not ask for it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID, ForeignKey
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.table import Table

from app.core.ids import new_id

ID = "pages_2026_11_21_30"
VERSION = "1.38.0"
DESCRIPTION = "A page's own discount code"


class DiscountCode(Table, tablename="discount_code", schema=None):
    id = UUID(primary_key=True, default=new_id)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="pages", description=DESCRIPTION)
    manager.add_column(
        table_class_name="Page",
        tablename="page",
        column_name="code_id",
        column_class_name="ForeignKey",
        column_class=ForeignKey,
        params={
            "references": DiscountCode,
            "on_delete": OnDelete.restrict,
            "on_update": OnUpdate.cascade,
            "target_column": None,
            "null": True,
            "default": None,
            "index": False,
        },
    )
    return manager

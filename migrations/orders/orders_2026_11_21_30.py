"""What a code or a link took off an order: whose use it has, and how much less each piece costs.

The previous version runs on beside it: it writes orders without either.
"""

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID, BigInt, Boolean, Column

ID = "orders_2026_11_21_30"
VERSION = "1.38.0"
DESCRIPTION = "Discounts of orders"

Columns = list[tuple[str, str, str, type[Column], dict[str, Any]]]
COLUMNS: Columns = [
    ("Order", "order", "discount_stock_id", UUID, {"null": True, "default": None}),
    ("Order", "order", "discount_returned", Boolean, {"null": False, "default": False}),
    ("OrderLine", "order_line", "reduction", BigInt, {"null": False, "default": 0}),
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="orders", description=DESCRIPTION)
    for table, tablename, name, column, params in COLUMNS:
        manager.add_column(
            table_class_name=table,
            tablename=tablename,
            column_name=name,
            column_class_name=column.__name__,
            column_class=column,
            params=params,
        )
    return manager

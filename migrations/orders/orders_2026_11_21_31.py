"""Who used a discount is asked at each checkout that names one; what comes off is never more than the price."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "orders_2026_11_21_31"
VERSION = "1.38.0"
DESCRIPTION = "Checks and indexes of discounts"

FORWARDS = (
    'CREATE INDEX order_by_discount ON "order" (discount_stock_id, customer_id) WHERE discount_stock_id IS NOT NULL',
    'CREATE INDEX order_by_discount_and_browser ON "order" (discount_stock_id, buyer_key) '
    "WHERE discount_stock_id IS NOT NULL",
    "ALTER TABLE order_line ADD CONSTRAINT order_line_reduction "
    "CHECK (reduction >= 0 AND amount + reduction <= original_amount)",
)
BACKWARDS = (
    "ALTER TABLE order_line DROP CONSTRAINT order_line_reduction",
    "DROP INDEX order_by_discount_and_browser",
    "DROP INDEX order_by_discount",
)


class Raw(Table):
    """Any table will do to run plain SQL."""


async def _forwards() -> None:
    for statement in FORWARDS:
        await Raw.raw(statement)


async def _backwards() -> None:
    for statement in BACKWARDS:
        await Raw.raw(statement)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="orders", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

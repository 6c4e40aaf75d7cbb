"""What a discount code can be, and that one word means one code in a group as long as it is good."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "stock_2026_11_21_31"
VERSION = "1.38.0"
DESCRIPTION = "Checks and indexes of discount codes"

CHECKS = {
    "discount_code_capitals": "code <> '' AND code = upper(code)",
    "discount_code_kind": "(percent IS NULL) <> (amount IS NULL)",
    "discount_code_percent": "percent BETWEEN 0 AND 100",
    "discount_code_amount": "amount IS NULL OR (amount > 0 AND length(currency) = 3)",
    "discount_code_times": "valid_until > valid_from",
    "discount_code_per_buyer": "per_buyer_limit > 0",
}
INDEXES = {
    "discount_code_live": "UNIQUE INDEX discount_code_live ON discount_code (group_id, code) WHERE active",
    "discount_code_by_group": "INDEX discount_code_by_group ON discount_code (group_id, created_at DESC, id)",
    "discount_code_by_stock": "UNIQUE INDEX discount_code_by_stock ON discount_code (stock_id)",
    "discount_code_page_once": "UNIQUE INDEX discount_code_page_once ON discount_code_page (code_id, page_id)",
}


class Raw(Table):
    """Any table will do to run plain SQL."""


async def _forwards() -> None:
    for name, condition in CHECKS.items():
        await Raw.raw(f"ALTER TABLE discount_code ADD CONSTRAINT {name} CHECK ({condition})")
    for statement in INDEXES.values():
        await Raw.raw(f"CREATE {statement}")


async def _backwards() -> None:
    for name in INDEXES:
        await Raw.raw(f"DROP INDEX {name}")
    for name in CHECKS:
        await Raw.raw(f"ALTER TABLE discount_code DROP CONSTRAINT {name}")


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="stock", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

"""What a plan counts of products: the active ones of an organization."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "products_2026_11_21_61"
VERSION = "1.38.0"
DESCRIPTION = "Count an organization's products"

FORWARDS = ("CREATE INDEX product_active ON product (organization_id) WHERE active",)
BACKWARDS = ("DROP INDEX product_active",)


class Raw(Table):
    """Any table will do to run plain SQL."""


async def _forwards() -> None:
    for statement in FORWARDS:
        await Raw.raw(statement)


async def _backwards() -> None:
    for statement in BACKWARDS:
        await Raw.raw(statement)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="products", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

"""What the operator keeps of a sale, by the seller's plan at the moment when it was completed."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "orders_2026_11_21_61"
VERSION = "1.38.0"
DESCRIPTION = "The platform's fee"

FORWARDS = (
    'ALTER TABLE "order" ADD COLUMN fee_basis_points INTEGER NOT NULL DEFAULT 0, '
    "ADD COLUMN fee_amount BIGINT NOT NULL DEFAULT 0",
    'ALTER TABLE "order" ADD CONSTRAINT order_fee CHECK (fee_amount BETWEEN 0 AND amount)',
    'CREATE INDEX order_of_organization ON "order" (organization_id, completed_at) '
    "WHERE completed_at IS NOT NULL",
)
BACKWARDS = (
    "DROP INDEX order_of_organization",
    'ALTER TABLE "order" DROP CONSTRAINT order_fee, DROP COLUMN fee_amount, '
    "DROP COLUMN fee_basis_points",
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

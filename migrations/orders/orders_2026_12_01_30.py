"""A payment that was submitted and confirms later is a state of its own."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.db import execute

ID = "orders_2026_12_01_30"
VERSION = "1.38.0"
DESCRIPTION = "Submitted payments"

_STATES = (
    "'processing', 'completed', 'failed', 'expired', 'refunded', 'partially_refunded', 'disputed'"
)
# What waited for its bank until now is found by its history; its hold was prolonged then.
FORWARDS = (
    'ALTER TABLE "order" DROP CONSTRAINT order_state',
    f"ALTER TABLE \"order\" ADD CONSTRAINT order_state CHECK (state IN ({_STATES}, 'submitted'))",
    "CREATE INDEX order_submitted ON \"order\" (created_at) WHERE state = 'submitted'",
    """UPDATE "order" o SET state = 'submitted' WHERE state = 'processing'
       AND EXISTS (SELECT 1 FROM order_event e WHERE e.order_id = o.id AND e.kind = 'payment_pending')""",
)
BACKWARDS = (
    "UPDATE \"order\" SET state = 'processing' WHERE state = 'submitted'",
    "DROP INDEX order_submitted",
    'ALTER TABLE "order" DROP CONSTRAINT order_state',
    f'ALTER TABLE "order" ADD CONSTRAINT order_state CHECK (state IN ({_STATES}))',
)


async def _forwards() -> None:
    for statement in FORWARDS:
        await execute(statement)


async def _backwards() -> None:
    for statement in BACKWARDS:
        await execute(statement)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="orders", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

"""Checks, indexes for the lists and for what is asked at every checkout, and the tables that only grow."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

from app.core.partitions import create_partitioned_sql

ID = "orders_2026_11_20_0002"
VERSION = "1.38.0"
DESCRIPTION = "Checks, compound indexes, partitioned tables"

STATES = (
    "'processing', 'completed', 'failed', 'expired', 'refunded', 'partially_refunded', 'disputed'"
)

EVENT = (
    "id UUID NOT NULL, created_at TIMESTAMPTZ NOT NULL, order_id UUID NOT NULL, kind VARCHAR(40) NOT NULL, "
    "actor_id UUID NULL, details JSONB NOT NULL DEFAULT jsonb_build_object(), PRIMARY KEY (id, created_at)"
)
ATTEMPT = (
    "id UUID NOT NULL, created_at TIMESTAMPTZ NOT NULL, order_id UUID NOT NULL, file_id UUID NULL, "
    "outcome VARCHAR(30) NOT NULL, ip VARCHAR(45) NULL, user_agent VARCHAR(300) NOT NULL DEFAULT '', "
    "PRIMARY KEY (id, created_at)"
)

FORWARDS = (
    f'ALTER TABLE "order" ADD CONSTRAINT order_state CHECK (state IN ({STATES}))',
    'ALTER TABLE "order" ADD CONSTRAINT order_amounts '
    "CHECK (amount >= 0 AND refunded_amount >= 0 AND refunded_amount <= amount)",
    'CREATE INDEX order_by_group ON "order" (group_id, created_at DESC, id)',
    'CREATE INDEX order_by_page ON "order" (page_id, customer_id)',
    'CREATE INDEX order_by_buyer ON "order" (buyer_key, page_id)',
    "CREATE INDEX order_processing ON \"order\" (created_at) WHERE state = 'processing'",
    # What the reconciliation still asks about after an order ended.
    'CREATE INDEX order_ended ON "order" (created_at) '
    "WHERE state IN ('expired', 'failed') AND stripe_session_id IS NOT NULL",
    "ALTER TABLE order_line ADD CONSTRAINT order_line_amounts "
    "CHECK (quantity > 0 AND amount >= 0 AND original_amount >= amount AND restocked BETWEEN 0 AND quantity)",
    "ALTER TABLE refund ADD CONSTRAINT refund_amount CHECK (amount > 0)",
    "ALTER TABLE refund ADD CONSTRAINT refund_reason "
    "CHECK (reason IN ('requested', 'unavailable', 'external'))",
    "ALTER TABLE refund ADD CONSTRAINT refund_state "
    "CHECK (state IN ('requested', 'pending', 'succeeded', 'failed'))",
    # Money that nobody could deliver for is given back once, whatever repeats.
    "CREATE UNIQUE INDEX refund_unavailable ON refund (order_id) WHERE reason = 'unavailable'",
    "CREATE INDEX refund_open ON refund (updated_at) WHERE state IN ('requested', 'pending')",
    create_partitioned_sql("order_event", EVENT, "created_at"),
    "CREATE INDEX order_event_by_order ON order_event (order_id, created_at)",
    create_partitioned_sql("download_attempt", ATTEMPT, "created_at"),
    "CREATE INDEX download_attempt_by_order ON download_attempt (order_id, created_at)",
)
BACKWARDS = (
    "DROP TABLE download_attempt",
    "DROP TABLE order_event",
    "DROP INDEX refund_open",
    "DROP INDEX refund_unavailable",
    "ALTER TABLE refund DROP CONSTRAINT refund_state",
    "ALTER TABLE refund DROP CONSTRAINT refund_reason",
    "ALTER TABLE refund DROP CONSTRAINT refund_amount",
    "ALTER TABLE order_line DROP CONSTRAINT order_line_amounts",
    "DROP INDEX order_ended",
    "DROP INDEX order_processing",
    "DROP INDEX order_by_buyer",
    "DROP INDEX order_by_page",
    'ALTER TABLE "order" DROP CONSTRAINT order_amounts',
    'ALTER TABLE "order" DROP CONSTRAINT order_state',
    "DROP INDEX order_by_group",
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

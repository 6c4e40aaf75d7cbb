"""What makes overselling impossible, whatever the code above does: checks in the database itself."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "stock_2026_11_20_0002"
VERSION = "1.38.0"
DESCRIPTION = "Checks, compound indexes and room for hot rows"

FORWARDS = (
    "ALTER TABLE stock ADD CONSTRAINT stock_capacity CHECK (capacity >= 0)",
    "ALTER TABLE stock ADD CONSTRAINT stock_held CHECK (held >= 0)",
    "ALTER TABLE stock ADD CONSTRAINT stock_sold CHECK (sold >= 0)",
    "ALTER TABLE stock ADD CONSTRAINT stock_not_oversold CHECK (held + sold <= capacity)",
    # A hot row is rewritten thousands of times: with room on its page, each rewrite stays there and needs no index.
    "ALTER TABLE stock SET (fillfactor = 20)",
    "ALTER TABLE hold ADD CONSTRAINT hold_state "
    "CHECK (state IN ('live', 'sold', 'released', 'lapsed'))",
    "ALTER TABLE hold ADD CONSTRAINT hold_ended CHECK ((state = 'live') = (ended_at IS NULL))",
    "CREATE INDEX hold_live ON hold (expires_at) WHERE state = 'live'",
    "ALTER TABLE hold_line ADD CONSTRAINT hold_line_quantity CHECK (quantity > 0)",
    "CREATE UNIQUE INDEX hold_line_once ON hold_line (hold_id, stock_id)",
)
BACKWARDS = (
    "DROP INDEX hold_line_once",
    "ALTER TABLE hold_line DROP CONSTRAINT hold_line_quantity",
    "DROP INDEX hold_live",
    "ALTER TABLE hold DROP CONSTRAINT hold_ended",
    "ALTER TABLE hold DROP CONSTRAINT hold_state",
    "ALTER TABLE stock RESET (fillfactor)",
    "ALTER TABLE stock DROP CONSTRAINT stock_not_oversold",
    "ALTER TABLE stock DROP CONSTRAINT stock_sold",
    "ALTER TABLE stock DROP CONSTRAINT stock_held",
    "ALTER TABLE stock DROP CONSTRAINT stock_capacity",
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
    manager = MigrationManager(migration_id=ID, app_name="stock", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

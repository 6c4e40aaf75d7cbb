"""What a share link gives, who stopped it, and how often it was visited.

The previous version runs on beside it: the links that it makes give nothing and have no limit.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "pages_2026_11_21_40"
VERSION = "1.38.0"
DESCRIPTION = "Terms and figures of share links"

FORWARDS = (
    """ALTER TABLE share_link
         ADD COLUMN early_minutes INTEGER NULL,
         ADD COLUMN discount_percent SMALLINT NOT NULL DEFAULT 0,
         ADD COLUMN use_before TIMESTAMPTZ NULL,
         ADD COLUMN stock_id UUID NULL REFERENCES stock (id) ON DELETE RESTRICT,
         ADD COLUMN stopped_at TIMESTAMPTZ NULL,
         ADD COLUMN stopped_by UUID NULL REFERENCES "user" (id) ON DELETE SET NULL,
         ADD COLUMN opened_early_at TIMESTAMPTZ NULL,
         ADD COLUMN views BIGINT NOT NULL DEFAULT 0,
         ADD COLUMN visitors BIGINT NOT NULL DEFAULT 0""",
    "ALTER TABLE share_link ADD CONSTRAINT share_link_terms "
    "CHECK (discount_percent BETWEEN 0 AND 100 AND early_minutes > 0)",
    "CREATE INDEX share_link_stock ON share_link (stock_id) WHERE stock_id IS NOT NULL",
    "CREATE INDEX share_link_stopped_by ON share_link (stopped_by) WHERE stopped_by IS NOT NULL",
    """CREATE TABLE share_link_visitor (id UUID PRIMARY KEY,
         link_id UUID NOT NULL REFERENCES share_link (id) ON DELETE CASCADE, seen_at TIMESTAMPTZ NOT NULL)""",
    "CREATE INDEX share_link_visitor_link ON share_link_visitor (link_id)",
    "CREATE INDEX share_link_visitor_seen ON share_link_visitor (seen_at)",
)
BACKWARDS = (
    "DROP TABLE share_link_visitor",
    "ALTER TABLE share_link DROP CONSTRAINT share_link_terms",
    """ALTER TABLE share_link DROP COLUMN visitors, DROP COLUMN views, DROP COLUMN opened_early_at, DROP COLUMN stopped_by,
         DROP COLUMN stopped_at, DROP COLUMN stock_id, DROP COLUMN use_before, DROP COLUMN discount_percent,
         DROP COLUMN early_minutes""",
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
    manager = MigrationManager(migration_id=ID, app_name="pages", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

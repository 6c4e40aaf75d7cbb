"""Offers get the discount codes that they hand out: until now a code was words on a page, worth what the page took off.

A group may have used one word twice: the code is then that of its newest page, running ones first, and the others' are
switched off. An older version shows the new kinds of change as pieces, and runs on.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "pages_2026_11_21_31"
VERSION = "1.38.0"
DESCRIPTION = "Codes of offers, and pages of codes"

BEFORE = "'deadline', 'stock', 'price', 'discount', 'target', 'starts', 'ends', 'closes', 'place', 'code'"
AFTER = f"{BEFORE}, 'uses', 'codefrom', 'codeuntil', 'codeoff'"

CODES = """
WITH offers AS MATERIALIZED (
  SELECT id AS page_id, organization_id, group_id, user_id, zone, upper(settings ->> 'code') AS code,
    coalesce((settings ->> 'discount_percent')::int, 20) AS percent, created_at, updated_at,
    gen_random_uuid() AS code_id, gen_random_uuid() AS stock_id,
    row_number() OVER (PARTITION BY group_id, upper(settings ->> 'code')
      ORDER BY ended_at IS NULL DESC, created_at DESC, id DESC) = 1 AS newest
  FROM page WHERE type = 'limited-offer' AND coalesce(settings ->> 'code', '') <> '' AND code_id IS NULL),
counted AS (
  INSERT INTO stock (id, capacity, held, sold) SELECT stock_id, NULL, 0, 0 FROM offers),
made AS (
  INSERT INTO discount_code (id, organization_id, group_id, created_by, updated_by, code, percent, currency, zone, stock_id,
    everywhere, active, created_at, updated_at)
  SELECT code_id, organization_id, group_id, user_id, user_id, code, percent, '', zone, stock_id, false, newest,
    created_at, updated_at FROM offers),
placed AS (
  INSERT INTO discount_code_page (id, code_id, page_id) SELECT gen_random_uuid(), code_id, page_id FROM offers)
UPDATE page SET code_id = offers.code_id FROM offers WHERE page.id = offers.page_id
"""


class Raw(Table):
    """Any table will do to run plain SQL."""


async def _allow(kinds: str) -> None:
    await Raw.raw("ALTER TABLE page_change DROP CONSTRAINT page_change_kind")
    await Raw.raw(
        f"ALTER TABLE page_change ADD CONSTRAINT page_change_kind CHECK (kind IN ({kinds}))"
    )


async def _forwards() -> None:
    await Raw.raw("CREATE UNIQUE INDEX page_code ON page (code_id) WHERE code_id IS NOT NULL")
    await Raw.raw(
        "ALTER TABLE discount_code_page ADD CONSTRAINT discount_code_page_page "
        "FOREIGN KEY (page_id) REFERENCES page (id) ON DELETE CASCADE"
    )
    await _allow(AFTER)
    await Raw.raw(CODES)


async def _backwards() -> None:
    await Raw.raw(f"DELETE FROM page_change WHERE kind NOT IN ({BEFORE})")
    await _allow(BEFORE)
    await Raw.raw("ALTER TABLE discount_code_page DROP CONSTRAINT discount_code_page_page")
    await Raw.raw("DROP INDEX page_code")


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="pages", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

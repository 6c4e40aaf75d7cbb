"""Visits: each, partitioned by month; added up by quarters of an hour, partitioned too; and who was seen today."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

from app.core.partitions import create_partitioned_sql

ID = "analytics_2026_11_21_81"
VERSION = "1.38.0"
DESCRIPTION = "Visits"

VISIT = """
  id UUID NOT NULL,
  at TIMESTAMPTZ NOT NULL,
  page_id UUID NOT NULL,
  visitor UUID NOT NULL,
  kind VARCHAR(10) NOT NULL,
  source VARCHAR(60) NOT NULL DEFAULT '',
  views INTEGER NOT NULL DEFAULT 1 CHECK (views > 0),
  PRIMARY KEY (id, at)
"""
COUNT = """
  page_id UUID NOT NULL,
  at TIMESTAMPTZ NOT NULL,
  kind VARCHAR(10) NOT NULL,
  source VARCHAR(60) NOT NULL DEFAULT '',
  views BIGINT NOT NULL DEFAULT 0,
  visitors BIGINT NOT NULL DEFAULT 0,
  arrivals BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (page_id, at, kind, source)
"""

FORWARDS = (
    create_partitioned_sql("visit", VISIT, "at"),
    "CREATE INDEX visit_by_page ON visit (page_id, at)",
    create_partitioned_sql("visit_count", COUNT, "at"),
    "CREATE TABLE visit_seen (id UUID PRIMARY KEY, seen_at TIMESTAMPTZ NOT NULL)",
    "CREATE INDEX visit_seen_at ON visit_seen (seen_at)",
)
BACKWARDS = ("DROP TABLE visit_seen", "DROP TABLE visit_count", "DROP TABLE visit")


class Raw(Table):
    """Any table will do to run plain SQL."""


async def _forwards() -> None:
    for statement in FORWARDS:
        await Raw.raw(statement)


async def _backwards() -> None:
    for statement in BACKWARDS:
        await Raw.raw(statement)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="analytics", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

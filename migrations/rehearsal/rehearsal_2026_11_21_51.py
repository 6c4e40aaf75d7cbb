"""Rehearsals: one of a page at a time, and what came of each."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.db import execute

ID = "rehearsal_2026_11_21_51"
VERSION = "1.38.0"
DESCRIPTION = "Rehearsals of pages"

FORWARDS = """
CREATE TABLE rehearsal (
  id uuid PRIMARY KEY,
  page_id uuid NOT NULL REFERENCES page (id) ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES "user" (id) ON DELETE RESTRICT,
  people integer NOT NULL DEFAULT 1 CONSTRAINT rehearsal_people CHECK (people > 0),
  at_once smallint NOT NULL DEFAULT 1 CONSTRAINT rehearsal_at_once CHECK (at_once > 0),
  pieces smallint NOT NULL DEFAULT 1 CONSTRAINT rehearsal_pieces CHECK (pieces > 0),
  fickle smallint NOT NULL DEFAULT 0 CONSTRAINT rehearsal_fickle CHECK (fickle BETWEEN 0 AND 100),
  state varchar(10) NOT NULL DEFAULT 'queued'
    CONSTRAINT rehearsal_state CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
  phase varchar(12) NOT NULL DEFAULT '',
  progress integer NOT NULL DEFAULT 0 CONSTRAINT rehearsal_progress CHECK (progress BETWEEN 0 AND people),
  attempts smallint NOT NULL DEFAULT 0,
  report jsonb NOT NULL DEFAULT '{}',
  reason text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  started_at timestamptz NULL,
  finished_at timestamptz NULL,
  CONSTRAINT rehearsal_finished CHECK ((state IN ('queued', 'running')) = (finished_at IS NULL))
);
CREATE INDEX rehearsal_user_id ON rehearsal (user_id);
CREATE INDEX rehearsal_by_page ON rehearsal (page_id, created_at DESC, id);
CREATE UNIQUE INDEX rehearsal_open ON rehearsal (page_id) WHERE state IN ('queued', 'running');
"""
BACKWARDS = "DROP TABLE rehearsal"


async def _forwards() -> None:
    await execute(FORWARDS)


async def _backwards() -> None:
    await execute(BACKWARDS)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="rehearsal", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager

"""Rehearsals for tests: asked for as the console does, and played at once as the worker would."""

from datetime import datetime
from typing import Any
from uuid import UUID

from app.auth.viewer import Viewer
from app.core import db
from app.core.ids import new_id
from app.pages.loading import PageRecord
from app.rehearsal.asking import ask
from app.rehearsal.counting import Report
from app.rehearsal.running import run

_TABLES = """
SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
"""


async def ask_for(page: PageRecord, viewer: Viewer, now: datetime, **wanted: Any) -> UUID:
    """Ask for a rehearsal; ten people, four at a time, one piece each, none fickle, unless `wanted` says otherwise."""
    rehearsal_id: UUID = wanted.pop("id", None) or new_id()
    how = {"people": 10, "at_once": 4, "pieces": 1, "fickle": 0, **wanted}
    await ask(rehearsal_id, page, viewer, now, **how)
    return rehearsal_id


async def rehearse(page: PageRecord, viewer: Viewer, now: datetime, **wanted: Any) -> Report:
    """Play a rehearsal to its end and return its report."""
    rehearsal_id = await ask_for(page, viewer, now, **wanted)
    await run(rehearsal_id, now)
    row = await row_of(rehearsal_id)
    assert row["state"] == "done", row["reason"]
    return Report.model_validate_json(row["report"])


async def row_of(rehearsal_id: UUID) -> db.Record:
    row = await db.fetch_one("SELECT * FROM rehearsal WHERE id = $1", rehearsal_id)
    assert row is not None
    return row


async def everything() -> dict[str, list[str]]:
    """Return every row of every table but the rehearsals' own, and the jobs that play them."""
    found: dict[str, list[str]] = {}
    for table in [row["name"] for row in await db.fetch(_TABLES)]:
        if table != "rehearsal" and not table.startswith("pgqueuer_log"):
            rows = await db.fetch(f'SELECT t::text AS row FROM "{table}" t ORDER BY 1')
            found[table] = [row["row"] for row in rows if "rehearsal.play" not in row["row"]]
    return found

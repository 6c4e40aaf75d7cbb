"""Rehearsals as the console shows them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from app.core import db
from app.core.errors import NotFound
from app.rehearsal.counting import Report
from app.rehearsal.tables import QUEUED, RUNNING

HISTORY = 20


@dataclass(frozen=True)
class RehearsalView:
    """One rehearsal; `report` is there once it is done, `ahead` is how many are played before it, `by` is the name of who asked for it."""

    id: UUID
    people: int
    at_once: int
    pieces: int
    fickle: int
    state: str
    phase: str
    progress: int
    reason: str
    created_at: datetime
    finished_at: datetime | None
    by: str
    ahead: int
    report: Report | None

    @property
    def open(self) -> bool:
        return self.state in (QUEUED, RUNNING)


_PLAIN = tuple(field.name for field in fields(RehearsalView) if field.name != "report")
_SELECT = """SELECT r.*, u.name AS by, (SELECT count(*) FROM rehearsal o WHERE o.state IN ('queued', 'running')
  AND r.state = 'queued' AND (o.created_at, o.id) < (r.created_at, r.id)) AS ahead
FROM rehearsal r JOIN "user" u ON u.id = r.user_id"""


def _view(row: db.Record) -> RehearsalView:
    plain = {name: row[name] for name in _PLAIN}
    done = row["state"] == "done"
    return RehearsalView(
        **plain, report=Report.model_validate_json(row["report"]) if done else None
    )


async def rehearsals_of(page_id: UUID) -> Sequence[RehearsalView]:
    """Return the newest rehearsals of a page, newest first. The caller has checked the page's group."""
    rows = await db.fetch(
        f"{_SELECT} WHERE r.page_id = $1 ORDER BY r.created_at DESC, r.id DESC LIMIT $2",
        *(page_id, HISTORY),
    )
    return [_view(row) for row in rows]


async def rehearsal_of(page_id: UUID, rehearsal_id: UUID) -> RehearsalView:
    """Return one rehearsal of a page whose group the caller has checked. Raises NotFound."""
    row = await db.fetch_one(
        f"{_SELECT} WHERE r.page_id = $1 AND r.id = $2", *(page_id, rehearsal_id)
    )
    if row is None:
        raise NotFound
    return _view(row)

"""The log of the staff: who did what, on what, when and from where. What they look at is noted too."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.auth.viewer import Viewer
from app.core import db
from app.core.head_requests import is_head
from app.core.ids import new_id
from app.core.searching import pattern_of

PAGE_SIZE = 50


@dataclass(frozen=True)
class Actor:
    """Who of the staff acts, when and from where."""

    viewer: Viewer
    now: datetime
    ip: str | None

    async def did(self, kind: str, subject: object = "", **details: str | int) -> None:
        """Note, in the current transaction, that this was done to `subject` (an id). HEAD shows nothing, so it is no look."""
        if is_head():
            return
        await db.execute(
            """INSERT INTO staff_action (id, at, user_id, email, kind, subject, ip, details)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb)""",
            *(new_id(), self.now, self.viewer.user_id, self.viewer.email, kind, str(subject)),
            *(self.ip, json.dumps(details)),
        )


@dataclass(frozen=True)
class Action:
    """A line of the log."""

    at: datetime
    email: str
    kind: str
    subject: str
    ip: str | None
    details: Mapping[str, str | int]


@dataclass(frozen=True)
class Log:
    """One page of the log."""

    actions: Sequence[Action]
    page: int
    pages: int


async def read_log(search: str, page: int) -> Log:
    """Return one page of the log, the newest first, of lines that hold `search`; past the end, the last one."""
    condition = """($1 = '%%' OR email ILIKE $1 OR kind ILIKE $1 OR subject ILIKE $1 OR ip ILIKE $1
      OR details::text ILIKE $1)"""
    total: int = await db.fetch_value(
        f"SELECT count(*) FROM staff_action WHERE {condition}",  # noqa: S608 - own text
        pattern_of(search),
    )
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(1, page), pages)
    rows = await db.fetch(
        f"""SELECT at, email, kind, subject, ip, details FROM staff_action WHERE {condition}
            ORDER BY at DESC, id DESC LIMIT $2 OFFSET $3""",  # noqa: S608 - own text
        *(pattern_of(search), PAGE_SIZE, (page - 1) * PAGE_SIZE),
    )
    return Log([_action(row) for row in rows], page, pages)


async def actions_on(subject: UUID, limit: int = 20) -> Sequence[Action]:
    """Return the newest lines about one thing."""
    rows = await db.fetch(
        """SELECT at, email, kind, subject, ip, details FROM staff_action WHERE subject = $1
           ORDER BY at DESC, id DESC LIMIT $2""",
        *(str(subject), limit),
    )
    return [_action(row) for row in rows]


def _action(row: db.Record) -> Action:
    return Action(**{**dict(row), "details": json.loads(row["details"])})

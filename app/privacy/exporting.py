"""Exports of somebody's data: asked for, built by a job with progress, there for a week, and gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from app.auth.members import member
from app.auth.security_log import note
from app.auth.viewer import Viewer
from app.core import db, jobs
from app.core.errors import Gone, NotFound
from app.core.head_requests import is_head, told_in_head
from app.core.i18n import gettext as _
from app.core.ids import new_id
from app.core.settings import get_settings
from app.privacy import emails
from app.privacy.building import CONTENT_TYPE, build
from app.privacy.kinds import runs_organization
from app.privacy.tables import DONE, FAILED, GONE, QUEUED, RUNNING
from app.storage.objects import get_store
from app.storage.sizes import size_text
from app.storage.verifying import remove_object

BUILD_JOB = "privacy.build_export"
ATTEMPTS = 3
SHOWN = 5
LINK_LIFE = timedelta(minutes=5)

log = structlog.get_logger()


@dataclass(frozen=True)
class Export:
    """An export as its owner sees it; `size` in bytes."""

    id: UUID
    state: str
    done: int
    steps: int
    size: int
    asked_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None

    @property
    def under_way(self) -> bool:
        return self.state in (QUEUED, RUNNING)

    @property
    def size_text(self) -> str:
        return size_text(self.size)

    def ready(self, now: datetime) -> bool:
        return self.state == DONE and self.expires_at is not None and now < self.expires_at


async def ask(viewer: Viewer, now: datetime, ip: str | None = None) -> bool:
    """Have the viewer's data put together. False when that is under way already."""
    async with db.transaction():
        export_id = new_id()
        made = await db.execute(
            """INSERT INTO data_export (id, user_id, state, asked_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (user_id) WHERE state IN ('queued', 'running') DO NOTHING""",
            *(export_id, viewer.user_id, QUEUED, now),
        )
        if made:
            await note("export-asked", now, user_id=viewer.user_id, ip=ip)
            await jobs.enqueue(BUILD_JOB, {"export_id": export_id})
    return bool(made)


async def exports_of(user_id: UUID) -> Sequence[Export]:
    """Return somebody's newest exports, newest first."""
    rows = await db.fetch(
        """SELECT id, state, done, steps, size, asked_at, finished_at, expires_at FROM data_export
           WHERE user_id = $1 ORDER BY asked_at DESC, id DESC LIMIT $2""",
        *(user_id, SHOWN),
    )
    return [Export(**dict(row)) for row in rows]


async def address_of(viewer: Viewer, export_id: UUID, now: datetime, ip: str | None = None) -> str:
    """Return the presigned address of the viewer's own export. Raises NotFound, Gone once its time is over, or once the
    viewer may not have all that is in it any more."""
    row = await db.fetch_one(
        """SELECT object_key, state, expires_at, organization_id, whole FROM data_export
           WHERE id = $1 AND user_id = $2""",
        *(export_id, viewer.user_id),
    )
    if row is None or row["state"] not in (DONE, GONE):
        raise NotFound
    if row["state"] == GONE or row["expires_at"] <= now:
        raise Gone(_("This file is gone by now. Ask for a fresh one."))
    if row["organization_id"] != viewer.organization_id or (
        row["whole"] and not runs_organization(viewer)
    ):
        raise Gone(_("What you may see has changed since this file was made. Ask for a fresh one."))
    name = f"mayfly-{row['object_key'][-12:-4]}.zip"
    url = get_store().presign_get(row["object_key"], name, LINK_LIFE, CONTENT_TYPE)
    if is_head():
        return told_in_head(url)
    await note("export-downloaded", now, user_id=viewer.user_id, ip=ip)
    return url


async def build_export(export_id: UUID, now: datetime) -> None:
    """Build an export that waits, or that a worker which died had begun; what fails again and again is given up."""
    row = await db.fetch_one(
        """UPDATE data_export SET state = $2, attempts = attempts + 1, done = 0
           WHERE id = $1 AND state IN ('queued', 'running') RETURNING user_id, attempts""",
        *(export_id, RUNNING),
    )
    who = await member(row["user_id"]) if row else None
    if row is None or who is None:
        return

    async def progress(done: int, steps: int) -> None:
        await db.execute(
            "UPDATE data_export SET done = $2, steps = $3 WHERE id = $1", *(export_id, done, steps)
        )

    try:
        built = await build(export_id, who, now, progress)
    except Exception:
        if row["attempts"] < ATTEMPTS:
            raise
        log.exception("export.given_up", export_id=str(export_id))
        await db.execute(
            "UPDATE data_export SET state = $2, finished_at = $3 WHERE id = $1 AND state = $4",
            *(export_id, FAILED, now, RUNNING),
        )
        return
    expires_at = now + timedelta(days=get_settings().retention_export_days)
    async with db.transaction():
        kept = await db.execute(
            """UPDATE data_export SET state = $2, object_key = $3, size = $4, finished_at = $5, expires_at = $6,
                 organization_id = $8, whole = $9 WHERE id = $1 AND state = $7""",
            *(export_id, DONE, built.object_key, built.size, now, expires_at, RUNNING),
            *(who.organization_id, runs_organization(who)),
        )
        if kept:
            await emails.export_ready(who, export_id, expires_at)
        else:  # the account was erased meanwhile
            await remove_object(built.object_key)


class Expired:
    """Exports whose time is over: the file is removed, the row says that it was there. A `core.retaining.Sweep`."""

    async def count(self, before: datetime) -> int:
        return await db.fetch_value(
            "SELECT count(*) FROM data_export WHERE state = $1 AND expires_at <= $2", DONE, before
        )

    async def run(self, before: datetime) -> int:
        async with db.transaction():
            rows = await db.fetch(
                """WITH due AS (
                     SELECT id, object_key FROM data_export WHERE state = $1 AND expires_at <= $2 FOR UPDATE)
                   UPDATE data_export e SET state = $3, object_key = NULL FROM due
                   WHERE e.id = due.id RETURNING due.object_key""",
                *(DONE, before, GONE),
            )
            for row in rows:
                await remove_object(row["object_key"])
        return len(rows)

"""Verifying what arrived: the server reads the whole object and compares size and SHA-256 with what was announced."""

from datetime import datetime, timedelta
from uuid import UUID

from app.core.db import execute, fetch, transaction
from app.core.i18n import gettext as _
from app.core.jobs import enqueue
from app.storage.contract import Digest, ObjectMissing
from app.storage.objects import get_store
from app.storage.queries import Upload, as_upload
from app.storage.uploading import abort

# An unfinished upload that nobody touched for so long is given up.
STALE_AFTER = timedelta(hours=24)
# Rows of finished uploads are kept for so long, so that a repeated request still finds its answer.
FORGET_AFTER = timedelta(days=7)
PURGE_BATCH = 500


def failure_text(reason: str | None) -> str:
    """Return the words for an upload's `reason`."""
    return {
        "size": _("It arrived with another size than announced. Please upload it again."),
        "checksum": _("It was damaged on the way. Please upload it again."),
        "lost": _("The storage lost it. Please upload it again."),
        "picture": _("This picture can't be read. Please use another JPEG, PNG or WebP file."),
        "pixels": _("This picture is too large: at most 40 megapixels, please."),
        "full": _("This product has as many files as it can hold."),
        "plan": _("Your plan has no room for it. Remove other files, or choose a larger plan."),
        "gone": _("It was no longer wanted."),
    }.get(reason or "", _("It could not be used. Please upload it again."))


async def verify(upload: Upload, now: datetime) -> Digest | None:
    """Read the object of an upload that is being checked; None when it is not what was announced, which is recorded.

    Raises StoreUnavailable: try again later.
    """
    try:
        digest = await get_store().digest(upload.object_key)
    except ObjectMissing:
        await fail(upload, "lost", now)
        return None
    if digest.size != upload.size:
        await fail(upload, "size", now)
        return None
    if upload.sha256 is not None and digest.sha256 != upload.sha256:
        await fail(upload, "checksum", now)
        return None
    return digest


async def accept(upload: Upload, now: datetime) -> bool:
    """Note, in the caller's transaction, that the upload became what it was for. False when it was settled before."""
    return bool(
        await execute(
            "UPDATE upload SET state = 'done', updated_at = $2 WHERE id = $1 AND state = 'checking'",
            *(upload.id, now),
        )
    )


async def fail(upload: Upload, reason: str, now: datetime) -> bool:
    """Record why the upload can't be used, and have its object removed. False when it was settled before."""
    async with transaction():
        failed = await execute(
            """UPDATE upload SET state = 'failed', reason = $2, updated_at = $3
               WHERE id = $1 AND state = 'checking'""",
            *(upload.id, reason, now),
        )
        if failed:
            await remove_object(upload.object_key)
    return bool(failed)


async def forget(upload: Upload) -> bool:
    """Drop the note of a failed upload. False when it is in another state."""
    return bool(await execute("DELETE FROM upload WHERE id = $1 AND state = 'failed'", upload.id))


async def forget_failed(subject_id: UUID, kind: str, name: str | None = None) -> None:
    """Drop the notes of failed uploads of one kind (of one name): a new try stands in their place."""
    await execute(
        """DELETE FROM upload WHERE subject_id = $1 AND kind = $2 AND state = 'failed'
           AND ($3::text IS NULL OR name = $3)""",
        *(subject_id, kind, name),
    )


async def remove_object(key: str, at: datetime | None = None) -> None:
    """Have an object removed once the current transaction commits, or at a later moment."""
    await enqueue("storage.remove_object", {"key": key}, run_at=at)


async def purge_stale(now: datetime) -> int:
    """Give up uploads that nobody finished, and forget those settled long ago. Return how many were given up."""
    rows = await fetch(
        """SELECT * FROM upload WHERE updated_at < $1 AND state IN ('open', 'checking')
            ORDER BY updated_at LIMIT $2""",
        *(now - STALE_AFTER, PURGE_BATCH),
    )
    given_up = 0
    for upload in map(as_upload, rows):
        settle = abort(upload, now) if upload.state == "open" else fail(upload, "lost", now)
        given_up += await settle
    await execute(
        "DELETE FROM upload WHERE updated_at < $1 AND state IN ('done', 'failed', 'aborted')",
        now - FORGET_AFTER,
    )
    return given_up

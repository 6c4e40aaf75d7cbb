"""Uploads: the browser PUTs parts straight into the store by presigned URLs; the server joins what arrived.

Every upload goes in parts, even of one: once joined its URLs are dead, so a verified object can't be overwritten.
What arrived is asked of the store itself, never taken from the browser. The JSON protocol stands at the head of
`static/js/upload.js`.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.billing.limits import LimitReached
from app.core.db import execute, fetch_one, fetch_value, transaction
from app.core.errors import Conflict, Invalid
from app.core.i18n import gettext as _
from app.core.ids import new_id
from app.core.jobs import enqueue
from app.storage.contract import ObjectMissing, PartsRefused, StoredPart
from app.storage.limits import Announced, part_size_for, part_sizes
from app.storage.objects import get_store
from app.storage.queries import Owner, Upload, as_upload, find_upload
from app.storage.room import make_room

# Long enough for a slow line; the browser signs again when one grows old.
PART_URL_LIFE = timedelta(hours=12)
MAXIMUM_UNFINISHED = 50
# The worker looks this much later, in case the process that verifies at once dies over it.
CHECK_LATER = timedelta(minutes=1)


async def begin(
    owner: Owner, announced: Announced, key_of: Callable[[UUID], str], now: datetime
) -> tuple[Upload, list[StoredPart]]:
    """Begin an upload, or take up the unfinished one of the same file; return it and the parts already there.

    `key_of` gives the object key for the new upload's id. Raises Conflict when too many are unfinished, LimitReached
    when the organization's storage is full, StoreUnavailable.
    """
    if found := await _resume(owner, announced, now):
        return found
    unfinished = await fetch_value(
        "SELECT count(*) FROM upload WHERE subject_id = $1 AND state = 'open'", owner.subject_id
    )
    if unfinished >= MAXIMUM_UNFINISHED:
        raise Conflict(_("Too many uploads are unfinished. Finish or cancel some first."))
    upload_id = new_id()
    key = key_of(upload_id)
    multipart_id = await get_store().create_multipart(key, announced.content_type)
    try:
        async with transaction():
            await make_room(owner.organization_id, announced.size, now)
            row = await fetch_one(
                """INSERT INTO upload (id, subject_id, kind, user_id, group_id, object_key, name, content_type, size,
                      sha256, multipart_id, part_size, state, organization_id, created_at, updated_at)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'open', $13, $14, $14) RETURNING *""",
                *(upload_id, owner.subject_id, owner.kind, owner.user_id, owner.group_id, key),
                *(announced.name, announced.content_type, announced.size, announced.sha256),
                *(multipart_id, part_size_for(announced.size), owner.organization_id, now),
            )
    except LimitReached:
        await enqueue("storage.drop_parts", {"key": key, "id": multipart_id})
        raise
    assert row is not None
    return as_upload(row), []


async def _resume(
    owner: Owner, announced: Announced, now: datetime
) -> tuple[Upload, list[StoredPart]] | None:
    row = await fetch_one(
        """UPDATE upload SET updated_at = $6 WHERE id = (
              SELECT id FROM upload WHERE subject_id = $1 AND kind = $2 AND user_id = $3 AND name = $4 AND size = $5
              AND sha256 IS NOT DISTINCT FROM $7 AND state = 'open' ORDER BY id DESC LIMIT 1)
            AND state = 'open' RETURNING *""",
        *(owner.subject_id, owner.kind, owner.user_id, announced.name, announced.size),
        *(now, announced.sha256),
    )
    if row is None:
        return None
    upload = as_upload(row)
    try:
        parts = await get_store().list_parts(upload.object_key, upload.multipart_id)
    except ObjectMissing:
        # The store forgot it (its own clean-up, or a restart): begin anew.
        await abort(upload, now)
        return None
    sizes = part_sizes(upload.size, upload.part_size)
    return upload, [p for p in parts if p.number <= len(sizes) and p.size == sizes[p.number - 1]]


def plan(
    upload: Upload, done: list[StoredPart], complete_url: str, abort_url: str
) -> dict[str, Any]:
    """Return the JSON that tells the browser where each part goes."""
    store, there = get_store(), {part.number: part.etag for part in done}
    parts: list[dict[str, Any]] = []
    for number in range(1, len(part_sizes(upload.size, upload.part_size)) + 1):
        if number in there:
            parts.append({"number": number, "url": "", "done": True, "etag": there[number]})
        else:
            url = store.presign_part(upload.object_key, upload.multipart_id, number, PART_URL_LIFE)
            parts.append({"number": number, "url": url, "done": False})
    return {
        "upload_id": str(upload.id),
        "part_size": upload.part_size,
        "parts": parts,
        "complete_url": complete_url,
        "abort_url": abort_url,
    }


async def finish(upload: Upload, now: datetime, *, check: str, soon: bool) -> Upload:
    """Join the parts and queue the job `check` ({"upload_id"}) that verifies and takes the object.

    `soon` delays that job a little, for callers who verify at once themselves. Finishing twice is harmless.
    Raises Invalid while parts are missing, Conflict after it was cancelled, StoreUnavailable.
    """
    if upload.state in ("checking", "done", "failed"):
        return upload
    if upload.state != "open":
        raise Conflict(_("This upload was cancelled."))
    await _join(upload)
    async with transaction():
        row = await fetch_one(
            "UPDATE upload SET state = 'checking', updated_at = $2 WHERE id = $1 AND state = 'open' "
            "RETURNING *",
            *(upload.id, now),
        )
        if row is not None:
            await enqueue(
                check, {"upload_id": upload.id}, run_at=now + CHECK_LATER if soon else None
            )
    return as_upload(row) if row else await find_upload(upload.id, upload.subject_id)


async def _join(upload: Upload) -> None:
    store = get_store()
    try:
        parts = await store.list_parts(upload.object_key, upload.multipart_id)
        expected = list(enumerate(part_sizes(upload.size, upload.part_size), start=1))
        if [(part.number, part.size) for part in parts] != expected:
            raise Invalid(_("Parts of this file did not arrive whole. Please choose it again."))
        await store.complete_multipart(upload.object_key, upload.multipart_id, parts)
    except PartsRefused as error:
        raise Invalid(
            _("Parts of this file did not arrive whole. Please choose it again.")
        ) from error
    except ObjectMissing:
        # Joined before by a request that died before it was noted? Then the object is there.
        if await _is_there(upload):
            return
        raise Conflict(_("The storage lost this upload. Please choose the file again.")) from None


async def _is_there(upload: Upload) -> bool:
    try:
        return await get_store().stat(upload.object_key) == upload.size
    except ObjectMissing:
        return False


async def abort(upload: Upload, now: datetime) -> bool:
    """Cancel an unfinished upload and have its parts dropped. False when it is no longer unfinished."""
    async with transaction():
        aborted = await execute(
            "UPDATE upload SET state = 'aborted', updated_at = $2 WHERE id = $1 AND state = 'open'",
            *(upload.id, now),
        )
        if aborted:
            await enqueue(
                "storage.drop_parts", {"key": upload.object_key, "id": upload.multipart_id}
            )
    return bool(aborted)

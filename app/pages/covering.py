"""A page's cover picture: uploaded by the browser, verified, made web-sized; the old one goes."""

from datetime import datetime
from uuid import UUID

from app.auth.viewer import Viewer
from app.billing.limits import LimitReached
from app.core import db
from app.pages.imaging import picture_key
from app.pages.loading import PageRecord
from app.pages.recording import touch
from app.storage import uploading, verifying
from app.storage.contract import ObjectMissing, StoredPart
from app.storage.limits import MEBIBYTE, PICTURE_TYPES, Announced, Rule
from app.storage.media import MEDIA_TYPE
from app.storage.objects import get_store
from app.storage.pictures import WIDTHS, BadPicture, make_pictures
from app.storage.queries import Owner, Upload, find_upload, load_upload
from app.storage.room import ensure_fits

KIND = "page-cover"
TAKE_JOB = "pages.take_cover"
RULE = Rule(20 * MEBIBYTE, PICTURE_TYPES)


async def begin_cover(
    page: PageRecord, viewer: Viewer, announced: Announced, now: datetime
) -> tuple[Upload, list[StoredPart]]:
    """Begin or resume the upload of a cover. Raises Conflict, LimitReached, StoreUnavailable."""
    owner = Owner(page.id, KIND, viewer.user_id, viewer.group_id, viewer.organization_id)
    folder = f"users/{page.user_id}/pages/{page.id}/assets"
    await verifying.forget_failed(page.id, KIND)
    return await uploading.begin(owner, announced, lambda upload_id: f"{folder}/{upload_id}", now)


async def finish_cover(upload: Upload, now: datetime) -> Upload:
    """Join what arrived, verify it and show it, within the request. Repeatable."""
    upload = await uploading.finish(upload, now, check=TAKE_JOB, soon=True)
    if upload.state == "checking":
        await take_cover(upload.id, now)
    return await find_upload(upload.id, upload.subject_id)


async def take_cover(upload_id: UUID, now: datetime) -> None:
    """Verify an upload and make it its page's cover; what is wrong with it is recorded there. Repeatable.

    Raises StoreUnavailable: try again later.
    """
    upload = await load_upload(upload_id)
    if upload is None or upload.state != "checking" or not await verifying.verify(upload, now):
        return
    try:
        pictures = await make_pictures(
            await get_store().read(upload.object_key, RULE.maximum_bytes)
        )
    except BadPicture as error:
        await verifying.fail(upload, error.reason, now)
        return
    except ObjectMissing:
        await verifying.fail(upload, "lost", now)
        return
    for picture in pictures:
        key = picture_key(upload.object_key, picture.limit)
        await get_store().put(key, picture.data, MEDIA_TYPE)
    try:
        async with db.transaction():
            if await verifying.accept(upload, now):
                await _replace(upload.subject_id, upload.object_key, upload.size)
                if upload.organization_id is not None:
                    await ensure_fits(upload.organization_id, now)
    except LimitReached:
        await verifying.fail(upload, "plan", now)


async def remove_cover(page: PageRecord) -> None:
    """Take the cover off the page."""
    async with db.transaction():
        await _replace(page.id, None, 0)


async def _replace(page_id: UUID, key: str | None, size: int) -> None:
    row = await db.fetch_one(
        """UPDATE page p SET cover_key = $2, cover_size = $3 FROM page old WHERE p.id = $1 AND old.id = p.id
           RETURNING old.cover_key, (SELECT count(*) FROM page o WHERE o.cover_key = old.cover_key) AS shown""",
        page_id,
        key,
        size,
    )
    # A page that was run again shares its predecessor's cover.
    if row is not None and row["cover_key"] and row["shown"] <= 1 and row["cover_key"] != key:
        for old in (row["cover_key"], *(picture_key(row["cover_key"], w) for w in WIDTHS)):
            await verifying.remove_object(old)
    await touch(page_id)

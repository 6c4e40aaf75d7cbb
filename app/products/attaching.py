"""An upload becomes a file of its product: verified, a picture with its web-sized copies, all or nothing."""

from datetime import datetime
from uuid import UUID

import structlog

from app.billing.limits import LimitReached
from app.core.db import fetch_one, transaction
from app.core.errors import Conflict
from app.core.i18n import gettext as _
from app.products.filing import NewFile, add_file, count_files, is_shown, show_cover
from app.products.keys import original_key, preview_key
from app.products.kinds import COVER_BYTES, MAXIMUM_FILES, FileKind
from app.storage import uploading, verifying
from app.storage.contract import Digest, ObjectMissing, StoredPart
from app.storage.limits import Announced
from app.storage.objects import get_store
from app.storage.pictures import BadPicture, Picture
from app.storage.queries import Owner, Upload, find_upload, load_upload
from app.storage.room import ensure_fits

log = structlog.get_logger()

CHECK_JOB = "products.take_upload"
# Up to this size the request verifies at once; above it the worker does, and the row asks until it is done.
AT_ONCE_BYTES = 16 * 1024 * 1024


async def begin_upload(
    owner: Owner, announced: Announced, now: datetime
) -> tuple[Upload, list[StoredPart]]:
    """Begin or resume the upload of a product's file. Raises Conflict when the product holds as many as it may."""
    kind = FileKind(owner.kind)
    if (
        kind is not FileKind.COVER
        and await count_files(owner.subject_id, kind) >= MAXIMUM_FILES[kind]
    ):
        raise Conflict(
            _("A product holds at most %(number)s files of this kind.", number=MAXIMUM_FILES[kind])
        )
    single = kind is FileKind.COVER
    await verifying.forget_failed(owner.subject_id, kind, None if single else announced.name)
    make_key = preview_key if kind is FileKind.PREVIEW else original_key
    return await uploading.begin(
        owner,
        announced,
        lambda upload_id: make_key(owner.user_id, owner.subject_id, upload_id),
        now,
    )


async def finish_upload(upload: Upload, now: datetime) -> Upload:
    """Join what arrived and have it verified: small files at once, large ones and pictures by the worker."""
    picture = is_shown(FileKind(upload.kind), upload.content_type, upload.size)
    at_once = not picture and upload.size <= AT_ONCE_BYTES
    upload = await uploading.finish(upload, now, check=CHECK_JOB, soon=at_once)
    if at_once and upload.state == "checking":
        await take_upload(upload.id, now)
        return await find_upload(upload.id, upload.subject_id)
    return upload


async def take_upload(upload_id: UUID, now: datetime) -> None:
    """Verify an upload and make it a file of its product; what is wrong with it is recorded there. Repeatable.

    Raises StoreUnavailable: try again later.
    """
    upload = await load_upload(upload_id)
    if upload is None or upload.state != "checking":
        return
    digest = await verifying.verify(upload, now)
    if digest is None:
        return
    picture: Picture | None = None
    if is_shown(FileKind(upload.kind), upload.content_type, digest.size):
        try:
            data = await get_store().read(upload.object_key, COVER_BYTES)
            picture = await show_cover(upload.object_key, data)
        except BadPicture as error:
            await verifying.fail(upload, error.reason, now)
            return
        except ObjectMissing:
            await verifying.fail(upload, "lost", now)
            return
    try:
        await _attach(upload, digest, picture, now)
    except LimitReached:
        await verifying.fail(upload, "plan", now)


async def _attach(upload: Upload, digest: Digest, cover: Picture | None, now: datetime) -> None:
    kind = FileKind(upload.kind)
    async with transaction():
        # One at a time per product, so that the limit and the order hold.
        product = await fetch_one(
            "SELECT organization_id FROM product WHERE id = $1 FOR UPDATE", upload.subject_id
        )
        # A new cover takes the place of the old one.
        full = kind is not FileKind.COVER and (
            await count_files(upload.subject_id, kind) >= MAXIMUM_FILES[kind]
        )
        if product is None or full:
            await verifying.fail(upload, "full" if product else "gone", now)
            return
        if not await verifying.accept(upload, now):
            return
        await add_file(
            NewFile(
                upload.id,
                upload.subject_id,
                kind,
                upload.object_key,
                upload.name,
                upload.content_type,
                digest,
                cover,
            ),
            now,
        )
        await ensure_fits(product["organization_id"], now)
    log.info("file.attached", product=str(upload.subject_id), kind=kind, size=digest.size)

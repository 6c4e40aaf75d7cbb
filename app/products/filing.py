"""A product's files as rows: adding one at the end, a cover in the place of the old one, letting go of objects."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.core.db import execute, fetch, fetch_value
from app.products.announcing import announce_change
from app.products.keys import picture_key
from app.products.kinds import COVER_BYTES, FileKind
from app.storage.contract import Digest
from app.storage.limits import PICTURE_TYPES
from app.storage.media import MEDIA_TYPE
from app.storage.objects import get_store
from app.storage.pictures import WIDTHS, Picture, make_pictures
from app.storage.verifying import remove_object

# Pages follow a new cover within seconds, but open browsers and caches may still show the old one.
OLD_PICTURES_STAY = timedelta(days=1)


@dataclass(frozen=True)
class NewFile:
    """A verified object that becomes a product's file; `cover` is its larger web-sized picture, if it is shown as one."""

    id: UUID
    product_id: UUID
    kind: FileKind
    object_key: str
    name: str
    content_type: str
    digest: Digest
    cover: Picture | None = None


async def add_file(file: NewFile, now: datetime) -> None:
    """Add a file behind the others of its kind, in the caller's transaction, which holds the product's row."""
    if file.kind is FileKind.COVER:
        await _replace_cover(file.product_id, now)
    if file.kind is not FileKind.ORIGINAL:
        await announce_change(file.product_id)
    cover = file.cover
    await execute(
        """INSERT INTO file (id, product_id, kind, object_key, name, size, content_type, sha256, position,
             width, height, created_at)
           SELECT $1, $2, $3::varchar, $4, $5, $6, $7, $8, coalesce(max(position) + 1, 0), $9, $10, $11
           FROM file WHERE product_id = $2 AND kind = $3""",
        *(file.id, file.product_id, file.kind, file.object_key, file.name, file.digest.size),
        *(
            file.content_type,
            file.digest.sha256,
            cover and cover.width,
            cover and cover.height,
            now,
        ),
    )


def is_shown(kind: FileKind, content_type: str, size: int) -> bool:
    """Return whether visitors see the file as a picture. Only a small enough preview is: decoding takes memory."""
    picture = content_type in PICTURE_TYPES and size <= COVER_BYTES
    return kind is FileKind.COVER or (kind is FileKind.PREVIEW and picture)


async def show_cover(key: str, data: bytes) -> Picture:
    """Store the web-sized pictures of the cover or preview `data` under `key`; return the larger one.

    Raises BadPicture, StoreUnavailable.
    """
    pictures = await make_pictures(data)
    for picture in pictures:
        await get_store().put(picture_key(key, picture.limit), picture.data, MEDIA_TYPE)
    return pictures[0]


async def count_files(product_id: UUID, kind: FileKind) -> int:
    """Return how many verified files of `kind` the product has."""
    sql = "SELECT count(*) FROM file WHERE product_id = $1 AND kind = $2"
    return int(await fetch_value(sql, product_id, kind))


async def let_go(key: str, kind: FileKind) -> None:
    """Have a file's objects removed once the current transaction commits."""
    await remove_object(key)
    if kind is not FileKind.ORIGINAL:
        for width in WIDTHS:
            await remove_object(picture_key(key, width))


async def _replace_cover(product_id: UUID, now: datetime) -> None:
    for row in await fetch(
        "DELETE FROM file WHERE product_id = $1 AND kind = 'cover' RETURNING object_key", product_id
    ):
        await remove_object(row["object_key"])
        for width in WIDTHS:
            await remove_object(picture_key(row["object_key"], width), now + OLD_PICTURES_STAY)

"""Files that the server itself brings, as demo data and imports do: stored and filed in one go, without a browser."""

import hashlib
from datetime import datetime
from uuid import UUID

from app.core.db import fetch_one, transaction
from app.core.errors import NotFound
from app.core.ids import new_id
from app.products.filing import NewFile, add_file, is_shown, show_cover
from app.products.keys import original_key, preview_key
from app.products.kinds import FileKind
from app.storage.contract import Digest
from app.storage.filenames import UNKNOWN_TYPE, clean_content_type, clean_filename
from app.storage.objects import get_store


async def import_file(
    product_id: UUID,
    name: str,
    data: bytes,
    now: datetime,
    *,
    kind: FileKind = FileKind.ORIGINAL,
    content_type: str = UNKNOWN_TYPE,
) -> UUID:
    """Store `data` as a file of the product and return its id. Raises NotFound, BadPicture, StoreUnavailable."""
    product = await fetch_one("SELECT user_id FROM product WHERE id = $1", product_id)
    if product is None:
        raise NotFound
    file_id = new_id()
    key_of = preview_key if kind is FileKind.PREVIEW else original_key
    key = key_of(product["user_id"], product_id, file_id)
    # Decoded first: what is no picture leaves nothing behind.
    cover = await show_cover(key, data) if is_shown(kind, content_type, len(data)) else None
    await get_store().put(key, data, content_type)
    digest = Digest(len(data), hashlib.sha256(data).hexdigest())
    kept_type = clean_content_type(content_type) or UNKNOWN_TYPE
    file = NewFile(file_id, product_id, kind, key, clean_filename(name), kept_type, digest, cover)
    async with transaction():
        await fetch_one("SELECT id FROM product WHERE id = $1 FOR UPDATE", product_id)
        await add_file(file, now)
    return file_id

"""Products with real files for tests."""

import hashlib
import io
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from PIL import Image

from app.auth.viewer import Viewer
from app.core.db import execute
from app.core.ids import new_id
from app.products.editing import create_product
from app.products.forms import Details
from app.products.keys import original_key
from app.storage.objects import get_store

FILES = (("guide.pdf", b"%PDF-1.7 a small guide"),)


async def make_product(
    viewer: Viewer,
    *,
    now: datetime,
    name: str = "Field guide",
    amount: int = 1900,
    currency: str = "EUR",
    description: str = "Everything about mayflies.",
    files: Iterable[tuple[str, bytes]] = FILES,
    content_type: str = "application/pdf",
    expires_at: datetime | None = None,
) -> UUID:
    """Make a product with `files` (name, bytes) that lie in the object store; return its id."""
    product_id = new_id()
    details = Details(name, description, amount, currency, "UTC", expires_at)
    await create_product(viewer, product_id, details, now)
    for position, (file_name, data) in enumerate(files):
        file_id = new_id()
        key = original_key(viewer.user_id, product_id, file_id)
        await get_store().put(key, data, content_type)
        await execute(
            """INSERT INTO file (id, product_id, kind, object_key, name, size, content_type, sha256, position, created_at)
               VALUES ($1, $2, 'original', $3, $4, $5, $6, $7, $8, $9)""",
            *(file_id, product_id, key, file_name, len(data), content_type),
            *(hashlib.sha256(data).hexdigest(), position, now),
        )
    return product_id


def picture(
    width: int = 800, height: int = 600, form: str = "JPEG", colour: str = "#3a7d5c"
) -> bytes:
    """Return an encoded picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, form)
    return out.getvalue()

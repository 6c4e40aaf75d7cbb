"""Products with real files for tests."""

import io
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from PIL import Image

from app.auth.viewer import Viewer
from app.core.ids import new_id
from app.products.editing import create_product
from app.products.forms import Details
from app.products.importing import import_file

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
    for file_name, data in files:
        await import_file(product_id, file_name, data, now, content_type=content_type)
    return product_id


def picture(
    width: int = 800, height: int = 600, form: str = "JPEG", colour: str = "#3a7d5c"
) -> bytes:
    """Return an encoded picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, form)
    return out.getvalue()

"""What is sold while something is measured: a creator and a running flash sale, made as the console makes them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.auth.viewer import Viewer
from app.core import db
from app.core.clock import utc_now
from app.core.ids import new_short_id
from app.main import register_handlers
from app.pages import selling
from app.pages.loading import PageRecord
from tests.factories.auth import make_owner
from tests.factories.pages import make_page
from tests.factories.products import make_product


@asynccontextmanager
async def database() -> AsyncGenerator[None]:
    """Give this process the application's own pool."""
    register_handlers()
    await db.open_pool()
    try:
        yield
    finally:
        await db.close_pool()


async def creator() -> Viewer:
    return await make_owner(
        email=f"{new_short_id()}@example.com",
        password="measured-at-night",
        name="Ines",
        now=utc_now(),
    )


async def sale(
    viewer: Viewer,
    *,
    amount: int = 1900,
    product: UUID | None = None,
    expires_at: datetime | None = None,
    **options: Any,
) -> PageRecord:
    """Make a running sale of `product`, or of a new one."""
    now = utc_now()
    product = product or await make_product(viewer, now=now, amount=amount)
    return await make_page(
        viewer,
        now=now,
        products=[product],
        expires_at=expires_at or now + timedelta(hours=2),
        **options,
    )


async def change(page: PageRecord) -> None:
    """Change the page as any of its creator's edits does."""
    async with db.transaction():
        await selling.changed(page.id)

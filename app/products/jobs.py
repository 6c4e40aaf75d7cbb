"""Products' jobs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from app.core.jobs import job
from app.products.attaching import CHECK_JOB, take_upload


@job(CHECK_JOB)
async def take_checked_upload(payload: dict[str, Any], now: datetime) -> None:
    """Verify the upload `upload_id` and make it a file of its product."""
    await take_upload(UUID(payload["upload_id"]), now)

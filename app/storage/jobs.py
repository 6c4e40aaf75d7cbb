"""Storage's jobs: removing objects after the commit that let go of them, and cleaning up."""

from datetime import datetime
from typing import Any

from app.core.jobs import job, periodic
from app.storage.forgetting import FOLDER_JOB
from app.storage.objects import get_store
from app.storage.verifying import purge_stale


@job("storage.remove_object")
async def remove_object(payload: dict[str, Any], now: datetime) -> None:
    """Remove the object `key`; it may be gone already."""
    await get_store().remove(payload["key"])


@job(FOLDER_JOB)
async def remove_folder(payload: dict[str, Any], now: datetime) -> None:
    """Remove everything in a folder; what is gone already is no matter."""
    for key in await get_store().keys_under(payload["folder"]):
        await get_store().remove(key)


@job("storage.drop_parts")
async def drop_parts(payload: dict[str, Any], now: datetime) -> None:
    """Drop the parts of the cancelled upload `id` of `key`."""
    await get_store().abort_multipart(payload["key"], payload["id"])


@periodic("storage.purge", "17 * * * *")
async def purge(payload: dict[str, Any], now: datetime) -> None:
    """Give up stale uploads, every hour."""
    await purge_stale(now)

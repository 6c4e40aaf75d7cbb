"""Everything under a folder of the bucket, removed once the transaction that lets go of it has committed; and what was
known of uploads."""

from uuid import UUID

from app.core import db
from app.core.jobs import enqueue

FOLDER_JOB = "storage.remove_folder"


async def remove_folder(folder: str) -> None:
    """Have every object whose key begins with `folder` ("users/…/") removed."""
    await enqueue(FOLDER_JOB, {"folder": folder})


async def forget_uploads(organization_id: UUID) -> None:
    """Forget the uploads of an organization, with the names of their files; parts that lie about are dropped."""
    rows = await db.fetch(
        "DELETE FROM upload WHERE organization_id = $1 RETURNING object_key, multipart_id, state",
        organization_id,
    )
    for row in rows:
        if row["state"] == "open":
            parts = {"key": row["object_key"], "id": row["multipart_id"]}
            await enqueue("storage.drop_parts", parts)

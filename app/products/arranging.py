"""Removing a product's files and putting them in order."""

from datetime import datetime
from uuid import UUID

from app.core.db import execute, fetch, fetch_one, transaction
from app.core.errors import Conflict, NotFound
from app.products.announcing import announce_change
from app.products.filing import let_go
from app.products.kinds import FileKind
from app.products.promising import nothing_left_words, something_to_get


async def remove_file(product_id: UUID, file_id: UUID, now: datetime) -> FileKind:
    """Remove a file, and its objects by a job after the commit; return what it was for.

    Raises NotFound, Conflict for the last file of what a published page sells.
    """
    async with transaction():
        await fetch_one("SELECT id FROM product WHERE id = $1 FOR UPDATE", product_id)
        row = await fetch_one(
            "DELETE FROM file WHERE id = $1 AND product_id = $2 RETURNING object_key, kind",
            *(file_id, product_id),
        )
        if row is None:
            raise NotFound
        if not await something_to_get(product_id, now):
            raise Conflict(nothing_left_words())
        await let_go(row["object_key"], FileKind(row["kind"]))
        if row["kind"] != FileKind.ORIGINAL:
            await announce_change(product_id)
    return FileKind(row["kind"])


async def move_file(product_id: UUID, file_id: UUID, step: int) -> FileKind:
    """Move a file by `step` places (up is negative) among those of its kind, not beyond the ends. Raises NotFound."""
    async with transaction():
        await fetch_one("SELECT id FROM product WHERE id = $1 FOR UPDATE", product_id)
        rows = await fetch(
            """SELECT id, kind FROM file WHERE product_id = $1
               AND kind = (SELECT kind FROM file WHERE id = $2 AND product_id = $1) ORDER BY position, id""",
            *(product_id, file_id),
        )
        if not rows:
            raise NotFound
        order: list[UUID] = [row["id"] for row in rows]
        place = order.index(file_id)
        order.remove(file_id)
        order.insert(max(0, place + step), file_id)
        await execute(
            """UPDATE file SET position = o.place - 1 FROM unnest($1::uuid[]) WITH ORDINALITY AS o (id, place)
               WHERE file.id = o.id""",
            order,
        )
        if rows[0]["kind"] != FileKind.ORIGINAL:
            await announce_change(product_id)
    return FileKind(rows[0]["kind"])

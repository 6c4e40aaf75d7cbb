"""Setting flags: each change is heard by every process when it commits."""

from datetime import datetime
from uuid import UUID

from app.core import db
from app.core.errors import Conflict, NotFound
from app.core.i18n import gettext as _
from app.core.ids import new_id
from app.core.live import publish
from app.flags.asking import TOPIC, memory
from app.flags.declaring import declared


async def create_flag(name: str, percentage: int, now: datetime) -> UUID:
    """Take a declared flag into one's hand: on for `percentage` of the organizations.

    Raises NotFound for one that the code does not ask for, Conflict when it is set already.
    """
    if name not in declared:
        raise NotFound
    async with db.transaction():
        row = await db.fetch_one(
            """INSERT INTO flag (id, name, percentage, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)
               ON CONFLICT (name) DO NOTHING RETURNING id""",
            *(new_id(), name, percentage, now),
        )
        if row is None:
            raise Conflict(_("Somebody has set this flag already. Please look again."))
        await _changed()
    return row["id"]


async def set_percentage(flag_id: UUID, percentage: int, now: datetime) -> str:
    """Switch the flag on for so many per cent of the organizations; return its name. Raises NotFound."""
    async with db.transaction():
        name = await db.fetch_value(
            "UPDATE flag SET percentage = $2, updated_at = $3 WHERE id = $1 RETURNING name",
            *(flag_id, percentage, now),
        )
        return await _named(name)


async def set_for(flag_id: UUID, organization_id: UUID, on: bool, now: datetime) -> str:
    """Switch the flag on or off for one organization, whatever its share is; return the flag's name. Raises NotFound."""
    async with db.transaction():
        name = await db.fetch_value(
            "UPDATE flag SET updated_at = $2 WHERE id = $1 RETURNING name", flag_id, now
        )
        if name is not None:
            await db.execute(
                """INSERT INTO flag_override (id, flag_id, organization_id, enabled, created_at)
                   VALUES ($1, $2, $3, $4, $5)
                   ON CONFLICT (flag_id, organization_id) DO UPDATE SET enabled = $4, created_at = $5""",
                *(new_id(), flag_id, organization_id, on, now),
            )
        return await _named(name)


async def unset_for(flag_id: UUID, organization_id: UUID) -> str:
    """Let the organization have what its share says again; return the flag's name. Raises NotFound."""
    async with db.transaction():
        name = await db.fetch_value(
            """DELETE FROM flag_override o USING flag f
               WHERE f.id = o.flag_id AND o.flag_id = $1 AND o.organization_id = $2 RETURNING f.name""",
            *(flag_id, organization_id),
        )
        return await _named(name)


async def delete_flag(flag_id: UUID) -> str:
    """Forget what was set: the code's default holds again. Return the flag's name. Raises NotFound."""
    async with db.transaction():
        name = await db.fetch_value("DELETE FROM flag WHERE id = $1 RETURNING name", flag_id)
        return await _named(name)


async def _named(name: str | None) -> str:
    if name is None:
        raise NotFound
    await _changed()
    return name


async def _changed() -> None:
    await publish(TOPIC)
    await db.after_commit(memory.forget_now)

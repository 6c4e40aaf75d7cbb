"""The end of an account. Its row stays, for what was made and done by it refers to it; nothing in it tells whose it was."""

from datetime import datetime
from uuid import UUID

from app.auth.groups import make_group
from app.auth.members import place
from app.auth.names import GROUP_NAME, organization_name
from app.auth.organizations import make_organization
from app.auth.passwords import NO_PASSWORD
from app.auth.sessions import standing_topic
from app.core import db
from app.core.ids import new_id
from app.core.live import publish

# What stands where a name was, or an address in somebody else's log.
GONE = "\u2013"
# Everything of a person that is in rows of their own.
_OWN = ("session", "two_factor", "recovery_code", "email_change", "security_log", "user_role")


async def shut(user_id: UUID, now: datetime) -> None:
    """Let nobody log in to an account any more, nor go on with a session, in the caller's transaction."""
    await db.execute(
        'UPDATE "user" SET password_hash = $3, updated_at = $2 WHERE id = $1',
        *(user_id, now, NO_PASSWORD),
    )
    await db.execute("DELETE FROM session WHERE user_id = $1", user_id)
    await publish(standing_topic(user_id))


async def leave(user_id: UUID, now: datetime) -> None:
    """Take what is left of an account out of its organization, in the caller's transaction: nobody sees it there."""
    # Whatever it came to own meanwhile belongs to the first admin now (`organizations.py`).
    await db.execute("UPDATE organization SET owner_id = NULL WHERE owner_id = $1", user_id)
    organization_id, group_id = await make_organization(user_id, now), new_id()
    await make_group(group_id, organization_id, GROUP_NAME, now)
    await place(user_id, organization_id, group_id, frozenset(), now)
    await orphan(organization_id)


async def orphan(organization_id: UUID) -> None:
    """Leave an organization behind whose last member goes: without an owner, and with a name that nobody gave it."""
    await db.execute(
        "UPDATE organization SET owner_id = NULL, name = $2 WHERE id = $1",
        *(organization_id, organization_name()),
    )
    await db.execute(
        'UPDATE "group" SET name = $2 WHERE organization_id = $1', *(organization_id, GROUP_NAME)
    )


async def erase_person(user_id: UUID, now: datetime) -> None:
    """Erase who somebody was, and the rows that are theirs alone, in the caller's transaction."""
    for table in _OWN:
        await db.execute(f"DELETE FROM {table} WHERE user_id = $1", user_id)  # noqa: S608 - own text
    await db.execute(
        """UPDATE "user" SET email = $2, name = $3, password_hash = $5, zone = '', verified_at = NULL, updated_at = $4
           WHERE id = $1""",
        *(user_id, f"{user_id}@erased.invalid", GONE, now, NO_PASSWORD),
    )


async def forget_in_logs(address: str) -> None:
    """Take a confirmed address out of the security logs of others, in the caller's transaction. A longer address that it is
    part of stays."""
    await db.execute(
        """UPDATE security_log SET details = (
             SELECT jsonb_object_agg(key, CASE WHEN lower(value #>> '{}') = lower($1)
               THEN to_jsonb($2::text) ELSE value END) FROM jsonb_each(details))
           WHERE EXISTS (SELECT 1 FROM jsonb_each_text(details) AS d WHERE lower(d.value) = lower($1))""",
        *(address, GONE),
    )

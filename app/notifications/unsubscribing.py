"""Leaving a list with one click (RFC 8058): the link in a message knows who, and from what."""

from datetime import datetime
from uuid import UUID

from app.core import db
from app.core.addresses import canonical_address
from app.core.errors import BadSignature
from app.core.ids import new_id, parse_id
from app.core.settings import get_settings
from app.core.signing import read_id, read_token, sign_id

PURPOSE = "unsubscribe"


def unsubscribe_url(message_id: UUID, created_at: datetime) -> str:
    """Return the address that unsubscribes the recipient of a message; always the same for one message, and short enough
    for a text message."""
    token = sign_id(PURPOSE, message_id, created_at)
    return f"{get_settings().base_url.rstrip('/')}/unsubscribe/{token}"


def read_unsubscribe_token(token: str, now: datetime) -> UUID:
    """Return the message's id. Raises BadSignature (403)."""
    if "." not in token:
        return read_id(PURPOSE, token)
    # As messages from before carry it.
    found = parse_id(read_token(PURPOSE, token, now).get("message", ""))
    if found is None:
        raise BadSignature
    return found


def canonical(recipient: str) -> str:
    """Return an address as it is compared."""
    return canonical_address(recipient).lower()


async def unsubscribe(message_id: UUID, now: datetime) -> bool:
    """Let the recipient of a message get no more of its list, and nothing of it that still waits to be sent.

    Twice is once. False when the message is gone, or of no list.
    """
    async with db.transaction():
        row = await _list_of(message_id)
        if row is None:
            return False
        await db.execute(
            """INSERT INTO unsubscription (id, recipient, list_id, created_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT DO NOTHING""",
            *(new_id(), canonical(row["recipient"]), row["list_id"], now),
        )
    return True


async def resubscribe(message_id: UUID) -> bool:
    """Take an unsubscription back. False when the message is gone, or of no list."""
    row = await _list_of(message_id)
    if row is None:
        return False
    await db.execute(
        "DELETE FROM unsubscription WHERE recipient = $1 AND list_id = $2",
        *(canonical(row["recipient"]), row["list_id"]),
    )
    return True


async def subscribe_again(recipient: str, list_id: UUID) -> None:
    """Take an unsubscription back for somebody who is logged in and has chosen so."""
    await db.execute(
        "DELETE FROM unsubscription WHERE recipient = $1 AND list_id = $2",
        *(canonical(recipient), list_id),
    )


async def is_unsubscribed(recipient: str, list_id: UUID) -> bool:
    """Whether somebody wants no more messages of a list."""
    return bool(
        await db.fetch_value(
            "SELECT EXISTS (SELECT 1 FROM unsubscription WHERE recipient = $1 AND list_id = $2)",
            *(canonical(recipient), list_id),
        )
    )


async def unsubscribed_from(list_id: UUID) -> list[str]:
    """Return the addresses, in lower case, that want no more messages of a list."""
    rows = await db.fetch("SELECT recipient FROM unsubscription WHERE list_id = $1", list_id)
    return [row["recipient"] for row in rows]


async def _list_of(message_id: UUID) -> db.Record | None:
    return await db.fetch_one(
        "SELECT recipient, list_id FROM message WHERE id = $1 AND list_id IS NOT NULL", message_id
    )

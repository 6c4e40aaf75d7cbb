"""The link that was mailed to the old address: it stops a change, or takes it back, and locks out who made it."""

from datetime import datetime

import asyncpg

from app.auth.addresses.changes import COLUMNS, UNDO, AddressChange, cancel_open, change_of
from app.auth.resetting import reset_token
from app.auth.security_log import note
from app.auth.sessions import end_sessions
from app.auth.two_factor import remove as remove_two_factor
from app.auth.two_factor import was_turned_on_since
from app.core.db import execute, fetch_one, fetch_value, transaction
from app.core.errors import Conflict, ExpiredLink
from app.core.i18n import gettext as _
from app.core.ids import parse_id
from app.core.signing import read_token


async def check_undo(token: str, now: datetime) -> AddressChange:
    """Return the change that a link takes back. Raises BadSignature, ExpiredLink."""
    payload = read_token(UNDO, token, now)
    row = await fetch_one(
        f"""SELECT {COLUMNS} WHERE c.id = $1 AND c.undone_at IS NULL AND c.cancelled_at IS NULL
            AND coalesce(c.undo_until, c.expires_at) > $2""",
        *(parse_id(payload["change"]), now),
    )
    if row is None:
        raise ExpiredLink
    return change_of(row)


async def undo_change(token: str, now: datetime, ip: str | None = None) -> str:
    """Give the account back to its old address and end all sessions; return a token for a new password.

    Whoever asked for the change knew the password. Later changes are taken back too, and a second step that was set
    up since. Raises as `check_undo`, and
    Conflict when somebody else has the old address.
    """
    change = await check_undo(token, now)
    try:
        async with transaction():
            if not await _stop(change, now):
                await _take_back(change, now)
            await cancel_open(change.user_id, now)
            if await was_turned_on_since(change.user_id, change.created_at):
                await remove_two_factor(change.user_id)
            await end_sessions(change.user_id, now, cause="address", ip=ip)
            await note("address-change-undone", now, user_id=change.user_id, ip=ip)
    except asyncpg.UniqueViolationError as error:
        raise Conflict(_("This address belongs to another account by now.")) from error
    stored = await fetch_value('SELECT password_hash FROM "user" WHERE id = $1', change.user_id)
    return reset_token(change.user_id, stored, now)


async def _stop(change: AddressChange, now: datetime) -> bool:
    """Cancel the change unless it holds already."""
    return bool(
        await execute(
            "UPDATE email_change SET cancelled_at = $2 "
            "WHERE id = $1 AND confirmed_at IS NULL AND cancelled_at IS NULL",
            *(change.id, now),
        )
    )


async def _take_back(change: AddressChange, now: datetime) -> None:
    undone = await execute(
        """UPDATE email_change c SET undone_at = $2 FROM email_change this
           WHERE this.id = $1 AND this.undone_at IS NULL AND this.undo_until > $2
             AND c.user_id = this.user_id AND c.confirmed_at >= this.confirmed_at AND c.undone_at IS NULL""",
        *(change.id, now),
    )
    if not undone:
        raise ExpiredLink
    await execute(
        'UPDATE "user" SET email = $2, verified_at = coalesce(verified_at, $3), updated_at = $3 WHERE id = $1',
        *(change.user_id, change.old_email, now),
    )

"""The link that was mailed to the new address: with it the change holds."""

from datetime import datetime
from uuid import UUID

import asyncpg

from app.auth import address_emails
from app.auth.addresses.changes import (
    COLUMNS,
    CONFIRM,
    UNDO,
    AddressChange,
    change_of,
    change_token,
    is_taken,
    undo_age,
)
from app.auth.passwords import NO_PASSWORD
from app.auth.security_log import note
from app.auth.sessions import end_sessions
from app.core.db import execute, fetch_one, transaction
from app.core.errors import Conflict, ExpiredLink
from app.core.i18n import gettext as _
from app.core.ids import parse_id
from app.core.signing import read_token


async def check_confirmation(token: str, now: datetime) -> AddressChange:
    """Return the change that a link confirms; the confirmed one too, while its address is the account's.

    Raises BadSignature, or ExpiredLink when it is too old, was cancelled, undone, or followed by another change.
    """
    payload = read_token(CONFIRM, token, now)
    row = await fetch_one(
        f"""SELECT {COLUMNS} WHERE c.id = $1 AND c.cancelled_at IS NULL AND c.undone_at IS NULL
            AND u.email = CASE WHEN c.confirmed_at IS NULL THEN c.old_email ELSE c.new_email END""",
        parse_id(payload["change"]),
    )
    if row is None:
        raise ExpiredLink
    return change_of(row)


async def confirm_change(token: str, now: datetime, ip: str | None = None) -> AddressChange:
    """Let the new address hold, confirmed; again changes nothing. The old one is told, with a way back.

    Raises as `check_confirmation`, and Conflict when the address is somebody else's by now.
    """
    change = await check_confirmation(token, now)
    if change.confirmed:
        return change
    try:
        async with transaction():
            if await is_taken(change.new_email, now, by_other_than=change.user_id):
                raise Conflict(_taken())
            await _free(change.new_email, change.user_id, now)
            if not await _take_effect(change, now):
                raise Conflict
            await note("address-changed", now, user_id=change.user_id, ip=ip)
            # An address that nobody confirmed has no say, and is not kept: it may be a stranger's.
            if change.verified:
                undo = change_token(UNDO, change.id, now, undo_age())
                await address_emails.address_changed(change, undo, now + undo_age())
    except asyncpg.UniqueViolationError as error:
        raise Conflict(_taken()) from error
    return change


def _taken() -> str:
    return _("This address belongs to another account by now. Nothing was changed.")


async def _free(email: str, user_id: UUID, now: datetime) -> None:
    """Take a proven address from an account that never confirmed it, and close that one: it was never its own."""
    row = await fetch_one(
        """UPDATE "user" SET email = id || '@unconfirmed.invalid', password_hash = $4, updated_at = $3
           WHERE lower(email) = lower($1) AND id <> $2 AND verified_at IS NULL RETURNING id""",
        *(email, user_id, now, NO_PASSWORD),
    )
    if row is not None:
        await end_sessions(row["id"], now, cause="address")


async def _take_effect(change: AddressChange, now: datetime) -> bool:
    confirmed = await execute(
        "UPDATE email_change SET confirmed_at = $2, undo_until = $3 "
        "WHERE id = $1 AND confirmed_at IS NULL AND cancelled_at IS NULL",
        *(change.id, now, now + undo_age() if change.verified else now),
    )
    return bool(confirmed) and bool(
        await execute(
            'UPDATE "user" SET email = $3, verified_at = $4, updated_at = $4 WHERE id = $1 AND email = $2',
            *(change.user_id, change.old_email, change.new_email, now),
        )
    )

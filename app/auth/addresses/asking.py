"""Asking for another address, and giving that up."""

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from app.auth import address_emails
from app.auth.addresses.changes import (
    CONFIRM,
    UNDO,
    AddressChange,
    cancel_open,
    change_token,
    is_taken,
    undo_age,
)
from app.auth.security_log import note
from app.auth.two_factor import prove
from app.auth.verifying import ensure_may_mail
from app.auth.viewer import Viewer
from app.core.db import execute, transaction
from app.core.errors import Conflict
from app.core.forms import FieldError
from app.core.i18n import gettext as _
from app.core.ids import new_id
from app.core.settings import get_settings


async def ask_for_change(
    viewer: Viewer,
    new_email: str,
    password: str,
    now: datetime,
    ip: str | None = None,
    code: str = "",
) -> None:
    """Mail the new address a link that confirms it, and the old one that somebody asked; replaces an open change.

    Raises FieldError at `current`, `code` (where two-factor is on) or `email`, TooManyRequests, Conflict when another change was asked for at the same moment.
    """
    await prove(viewer, password, code, now, ip, field="current")
    if new_email.casefold() == viewer.email.casefold():
        raise FieldError("email", _("That is your address already."))
    await ensure_may_mail(viewer.user_id, now)
    until = now + timedelta(hours=get_settings().address_change_hours)
    named = (viewer.user_id, viewer.name, viewer.email, new_email)
    change = AddressChange(
        new_id(),
        *named,
        created_at=now,
        expires_at=until,
        confirmed=False,
        verified=viewer.verified,
    )
    try:
        async with transaction():
            await cancel_open(viewer.user_id, now)
            await _store(change)
            await note("address-change-asked", now, user_id=viewer.user_id, ip=ip)
            await _mail(change, now)
    except asyncpg.UniqueViolationError as error:
        raise Conflict from error


async def _store(change: AddressChange) -> None:
    await execute(
        """INSERT INTO email_change (id, user_id, old_email, new_email, created_at, expires_at)
           VALUES ($1, $2, $3, $4, $5, $6)""",
        *(change.id, change.user_id, change.old_email, change.new_email),
        *(change.created_at, change.expires_at),
    )


async def _mail(change: AddressChange, now: datetime) -> None:
    age = change.expires_at - now
    if await is_taken(change.new_email, now, by_other_than=change.user_id):
        await address_emails.address_taken(change)
    else:
        token = change_token(CONFIRM, change.id, now, age)
        await address_emails.confirm_address(change, token)
    # Nobody has shown that an unconfirmed address is theirs: whoever reads there has no say.
    if change.verified:
        token = change_token(UNDO, change.id, now, age + undo_age())
        await address_emails.change_asked(change, token)


async def cancel_change(user_id: UUID, now: datetime, ip: str | None = None) -> bool:
    """Let the owner give up the change that waits. False when none does."""
    async with transaction():
        cancelled = await cancel_open(user_id, now)
        if cancelled:
            await note("address-change-cancelled", now, user_id=user_id, ip=ip)
    return bool(cancelled)

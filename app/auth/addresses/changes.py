"""Changes of address as they stand: open, confirmed, cancelled, undone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.core.db import Record, execute, fetch_one, fetch_value
from app.core.settings import get_settings
from app.core.signing import sign_token

CONFIRM, UNDO = "address-confirm", "address-undo"


@dataclass(frozen=True)
class AddressChange:
    """A change of address; `confirmed` says that it holds, `verified` that the account's present address is confirmed."""

    id: UUID
    user_id: UUID
    name: str
    old_email: str
    new_email: str
    created_at: datetime
    expires_at: datetime
    confirmed: bool
    verified: bool


COLUMNS = """c.id, c.user_id, u.name, c.old_email, c.new_email, c.created_at, c.expires_at,
  c.confirmed_at IS NOT NULL AS confirmed, u.verified_at IS NOT NULL AS verified FROM email_change c JOIN "user" u ON u.id = c.user_id"""


def change_of(row: Record) -> AddressChange:
    return AddressChange(**dict(row))


def undo_age() -> timedelta:
    """How long a change that holds can be taken back."""
    return timedelta(days=get_settings().address_undo_days)


def change_token(purpose: str, change_id: UUID, now: datetime, age: timedelta) -> str:
    """Return the token of a link that confirms or undoes a change."""
    return sign_token(purpose, {"change": str(change_id)}, now, age)


async def open_change(user_id: UUID, now: datetime) -> AddressChange | None:
    """Return the change that waits to be confirmed, if there is one."""
    row = await fetch_one(
        f"""SELECT {COLUMNS} WHERE c.user_id = $1 AND c.confirmed_at IS NULL
            AND c.cancelled_at IS NULL AND c.expires_at > $2""",
        *(user_id, now),
    )
    return change_of(row) if row else None


async def cancel_open(user_id: UUID, now: datetime) -> int:
    """Give up the change that waits, in the current transaction; return how many that were."""
    return await execute(
        "UPDATE email_change SET cancelled_at = $2 "
        "WHERE user_id = $1 AND confirmed_at IS NULL AND cancelled_at IS NULL",
        *(user_id, now),
    )


async def kept_until(email: str, now: datetime) -> datetime | None:
    """Return until when an address is kept for the account that left it; None when it isn't."""
    return await fetch_value(
        """SELECT max(undo_until) FROM email_change
           WHERE lower(old_email) = lower($1) AND undo_until > $2 AND undone_at IS NULL""",
        *(email, now),
    )


async def is_taken(email: str, now: datetime, *, by_other_than: UUID) -> bool:
    """Whether an address is somebody else's, or kept for them. One that nobody confirmed is nobody's."""
    return await fetch_value(
        """SELECT EXISTS (SELECT 1 FROM "user" WHERE lower(email) = lower($1) AND id <> $3 AND verified_at IS NOT NULL)
           OR EXISTS (SELECT 1 FROM email_change WHERE lower(old_email) = lower($1) AND undo_until > $2
             AND undone_at IS NULL AND user_id <> $3)""",
        *(email, now, by_other_than),
    )

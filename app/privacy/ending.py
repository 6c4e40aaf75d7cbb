"""The end of an account: asked for with everything that proves who asks, with days to change one's mind."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.auth.members import Member, member
from app.auth.organizations import lock_organizations
from app.auth.security_log import note
from app.auth.two_factor import prove
from app.auth.viewer import Viewer
from app.core import db, jobs
from app.core.addresses import canonical_address
from app.core.errors import Conflict, ExpiredLink, NotFound
from app.core.forms import FieldError
from app.core.i18n import current_language
from app.core.i18n import gettext as _
from app.core.ids import new_id, parse_id
from app.core.settings import get_settings
from app.core.signing import read_token, sign_token
from app.privacy import emails
from app.privacy.consequences import consequences_of
from app.privacy.tables import ASKED, CANCELLED, CLOSING

CLOSE_JOB = "privacy.close_account"
PURPOSE = "account-erasure"


@dataclass(frozen=True)
class Erasure:
    """An end that was asked for; `state` is asked, closing, cancelled or erased."""

    id: UUID
    user_id: UUID
    state: str
    language: str
    asked_at: datetime
    due_at: datetime


_SELECT = "SELECT id, user_id, state, language, asked_at, due_at FROM account_erasure"


async def open_erasure(user_id: UUID) -> Erasure | None:
    """Return the end of somebody's account that is to come, if they asked for it."""
    row = await db.fetch_one(
        f"{_SELECT} WHERE user_id = $1 AND state IN ('asked', 'closing')", user_id
    )
    return Erasure(**dict(row)) if row else None


async def erasure_of(erasure_id: UUID) -> Erasure | None:
    row = await db.fetch_one(f"{_SELECT} WHERE id = $1", erasure_id)
    return Erasure(**dict(row)) if row else None


async def ask(
    viewer: Viewer, password: str, code: str, typed: str, now: datetime, ip: str | None = None
) -> Erasure:
    """Let the viewer's account end after the days of grace; asking again changes nothing.

    Raises FieldError when a proof is wrong or `typed` is not the account's address, Conflict when the organization must
    be handed over first.
    """
    if canonical_address(typed).lower() != viewer.email.lower():
        raise FieldError("confirmation", _("Please type the address of this account."))
    await prove(viewer, password, code, now, ip)
    due_at = now + timedelta(days=get_settings().erasure_grace_days)
    async with db.transaction():
        await lock_organizations([viewer.organization_id])
        who = await _person(viewer.user_id)
        if (await consequences_of(who, now)).blocked:
            raise Conflict(hand_over_first())
        erasure_id = new_id()
        made = await db.execute(
            """INSERT INTO account_erasure (id, user_id, state, language, asked_at, due_at)
               VALUES ($1, $2, $3, $4, $5, $6)
               ON CONFLICT (user_id) WHERE state IN ('asked', 'closing') DO NOTHING""",
            *(erasure_id, viewer.user_id, ASKED, current_language.get(), now, due_at),
        )
        found = await open_erasure(viewer.user_id)
        assert found is not None  # written here or before
        if made:
            await note("erasure-asked", now, user_id=viewer.user_id, ip=ip)
            await jobs.enqueue(CLOSE_JOB, {"erasure_id": erasure_id}, run_at=due_at)
            if due_at > now:
                await emails.erasure_asked(who, found, keep_path(found, now))
    return found


def hand_over_first() -> str:
    return _(
        "You own this organization, and others are in it. Please hand it over first, or remove them."
    )


def keep_path(erasure: Erasure, now: datetime) -> str:
    """Return the address at which the account is kept after all, good until it ends."""
    said = {"erasure": str(erasure.id)}
    return f"/account/erasure/{sign_token(PURPOSE, said, now, erasure.due_at - now)}"


async def read_keep_token(token: str, now: datetime) -> Erasure:
    """Return the end that a link takes back. Raises BadSignature, ExpiredLink when there is nothing to take back."""
    erasure_id = parse_id(read_token(PURPOSE, token, now).get("erasure", ""))
    found = await erasure_of(erasure_id) if erasure_id else None
    if found is None or found.state != ASKED:
        raise ExpiredLink
    return found


async def keep(erasure: Erasure, now: datetime, ip: str | None = None, reason: str = "") -> bool:
    """Keep the account after all; `reason` says why if not by hand. False when it was kept, or is ending, already."""
    async with db.transaction():
        kept = await db.execute(
            "UPDATE account_erasure SET state = $2, reason = $3, ended_at = $4 WHERE id = $1 AND state = $5",
            *(erasure.id, CANCELLED, reason, now, ASKED),
        )
        if kept:
            await note("erasure-cancelled", now, user_id=erasure.user_id, ip=ip)
            who = await _person(erasure.user_id)
            await emails.erasure_cancelled(who, erasure, blocked=bool(reason))
    return bool(kept)


async def _person(user_id: UUID) -> Member:
    found = await member(user_id)
    if found is None:
        raise NotFound
    return found


async def overdue(now: datetime) -> list[UUID]:
    """Return the ends whose job was lost, for the daily look."""
    rows = await db.fetch(
        "SELECT id FROM account_erasure WHERE state = ANY($1::text[]) AND due_at <= $2 ORDER BY due_at",
        *([ASKED, CLOSING], now - timedelta(hours=1)),
    )
    return [row["id"] for row in rows]

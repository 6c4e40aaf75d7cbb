"""Sessions: one a device, each a family of refresh tokens in which only the newest is good."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.auth import tokens
from app.auth.devices import describe_device
from app.auth.security_log import note
from app.auth.tables import Session
from app.auth.tokens import Tokens
from app.core.db import Record, execute, fetch, fetch_one, transaction
from app.core.ids import new_id
from app.core.live import publish
from app.core.settings import get_settings

# Two requests of one page may both carry the token that one of them has just replaced.
GRACE = timedelta(seconds=30)
LONGEST_USER_AGENT = 300


def standing_topic(user_id: UUID) -> str:
    """Return what is published when somebody's sessions or roles change: their open streams ask again whether they may."""
    return f"standing:{user_id}"


@dataclass(frozen=True)
class SessionRow:
    """A live session as its owner sees it."""

    id: UUID
    ip: str | None
    user_agent: str
    created_at: datetime
    rotated_at: datetime


async def start_session(
    user_id: UUID, now: datetime, ip: str | None = None, user_agent: str = ""
) -> Tokens:
    """Begin a session, always with a new id, and return its first tokens."""
    settings = get_settings()
    days = min(settings.refresh_token_days, settings.session_days)
    session_id, expires_at = new_id(), now + timedelta(days=days)
    async with transaction():
        await execute(
            "INSERT INTO session (id, user_id, generation, ip, user_agent, created_at, rotated_at, expires_at) "
            "VALUES ($1, $2, 1, $3, $4, $5, $5, $6)",
            session_id, user_id, ip, _printable(user_agent), now, expires_at,
        )  # fmt: skip
        device = describe_device(_printable(user_agent))
        await note(
            "session-started", now, user_id=user_id, ip=ip, session=str(session_id), device=device
        )
    return tokens.issue(user_id, session_id, 1, now, expires_at)


def _printable(user_agent: str) -> str:
    return "".join(c for c in user_agent if c.isprintable())[:LONGEST_USER_AGENT]


async def rotate(refresh: str, now: datetime, ip: str | None = None) -> Tokens | None:
    """Exchange a refresh token for the next pair; None when the session has ended.

    A token that was exchanged before ends the whole family: someone has a copy. Within a short grace the same next
    pair is handed out again, because a browser sends requests in parallel.
    """
    claims = tokens.read("refresh", refresh, now)
    if claims is None or claims.expired:
        return None
    settings = get_settings()
    unused, at_most = (
        timedelta(days=n) for n in (settings.refresh_token_days, settings.session_days)
    )
    row = await fetch_one(
        "UPDATE session SET generation = generation + 1, rotated_at = $3, ip = coalesce($5, ip), "
        "expires_at = least($4, created_at + $6::interval) "
        "WHERE id = $1 AND generation = $2 AND ended_at IS NULL AND expires_at > $3 "
        "AND created_at + $6::interval > $3 RETURNING user_id, generation, expires_at",
        claims.session_id, claims.generation, now, now + unused, ip, at_most,
    )  # fmt: skip
    if row is None:
        row = await _in_grace(claims, now)
    if row is None:
        await _end_when_reused(claims, now, ip)
        return None
    return tokens.issue(
        row["user_id"], claims.session_id, row["generation"], now, row["expires_at"]
    )


async def is_newest(claims: tokens.Claims, now: datetime) -> bool:
    """Whether a refresh token could be exchanged, without exchanging it."""
    return bool(
        await Session.exists().where(
            (Session.id == claims.session_id)
            & (Session.generation == claims.generation)
            & Session.ended_at.is_null()
            & (Session.expires_at > now)
        )
    )


async def _in_grace(claims: tokens.Claims, now: datetime) -> Record | None:
    return await fetch_one(
        "SELECT user_id, generation, expires_at FROM session "
        "WHERE id = $1 AND generation = $2 + 1 AND ended_at IS NULL AND rotated_at >= $3",
        claims.session_id, claims.generation, now - GRACE,
    )  # fmt: skip


async def _end_when_reused(claims: tokens.Claims, now: datetime, ip: str | None) -> None:
    async with transaction():
        reused = await execute(
            "UPDATE session SET ended_at = $3, ended_cause = 'reuse' "
            "WHERE id = $1 AND generation > $2 AND ended_at IS NULL",
            claims.session_id, claims.generation, now,
        )  # fmt: skip
        if reused:
            await publish(standing_topic(claims.user_id))
            await note(
                "refresh-reused",
                now,
                user_id=claims.user_id,
                ip=ip,
                session=str(claims.session_id),
                generation=claims.generation,
            )


async def end_session(
    session_id: UUID, user_id: UUID, now: datetime, cause: str = "logout", ip: str | None = None
) -> bool:
    """End one of the user's sessions, at once. False when it isn't theirs or has ended already."""
    async with transaction():
        ended = await execute(
            "UPDATE session SET ended_at = $3, ended_cause = $4 "
            "WHERE id = $1 AND user_id = $2 AND ended_at IS NULL",
            session_id, user_id, now, cause,
        )  # fmt: skip
        if ended:
            await publish(standing_topic(user_id))
            said = {"session": str(session_id), "cause": cause}
            await note("session-ended", now, user_id=user_id, ip=ip, **said)
    return bool(ended)


async def end_sessions(
    user_id: UUID,
    now: datetime,
    *,
    keep: UUID | None = None,
    cause: str = "ended",
    ip: str | None = None,
) -> int:
    """End all of the user's sessions but `keep`; return how many."""
    async with transaction():
        ended = await execute(
            "UPDATE session SET ended_at = $2, ended_cause = $4 "
            "WHERE user_id = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $3",
            user_id, now, keep, cause,
        )  # fmt: skip
        if ended:
            await publish(standing_topic(user_id))
            await note("sessions-ended", now, user_id=user_id, ip=ip, count=ended, cause=cause)
    return ended


async def live_sessions(user_id: UUID, now: datetime) -> Sequence[SessionRow]:
    """Return the user's sessions that have not ended, the latest used first."""
    rows = await fetch(
        "SELECT id, ip, user_agent, created_at, rotated_at FROM session "
        "WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $2 ORDER BY rotated_at DESC",
        user_id, now,
    )  # fmt: skip
    return [SessionRow(**dict(row)) for row in rows]

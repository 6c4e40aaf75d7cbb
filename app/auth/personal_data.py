"""What is known of somebody's account, for them to take along: who they are, where they logged in, what happened."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from app.auth.security_words import words_of
from app.core import db
from app.core.slicing import slices

Row = dict[str, Any]


async def profile_of(user_id: UUID) -> Row:
    """Return the account as it is kept, but for what is secret: passwords and keys are digests or sealed."""
    row = await db.fetch_one(
        """SELECT u.id, u.email, u.name, u.zone AS time_zone, u.created_at, u.updated_at, u.verified_at,
             o.name AS organization, o.owner_id = u.id AS owns_organization, g.name AS "group",
             ARRAY(SELECT r.name FROM user_role held JOIN role r ON r.id = held.role_id
                   WHERE held.user_id = u.id ORDER BY r.name) AS roles,
             (SELECT confirmed_at FROM two_factor WHERE user_id = u.id) AS two_factor_since,
             (SELECT count(*) FROM recovery_code WHERE user_id = u.id AND used_at IS NULL) AS recovery_codes_left
           FROM "user" u JOIN organization o ON o.id = u.organization_id JOIN "group" g ON g.id = u.group_id
           WHERE u.id = $1""",
        user_id,
    )
    return dict(row) if row else {}


async def addresses_of(user_id: UUID) -> AsyncIterator[Row]:
    """Yield the changes of address that were asked for."""
    async for row in slices(
        """SELECT id, old_email, new_email, created_at, confirmed_at, cancelled_at, undone_at FROM email_change
           WHERE id > $1 AND user_id = $3 ORDER BY id LIMIT $2""",
        user_id,
    ):
        yield dict(row)


async def sessions_of(user_id: UUID) -> AsyncIterator[Row]:
    async for row in slices(
        """SELECT id, ip AS address, user_agent AS browser, created_at, rotated_at AS used_at, expires_at, ended_at,
             ended_cause FROM session WHERE id > $1 AND user_id = $3 ORDER BY id LIMIT $2""",
        user_id,
    ):
        yield dict(row)


async def log_of(user_id: UUID) -> AsyncIterator[Row]:
    """Yield the security log, in words too."""
    async for row in slices(
        """SELECT id, created_at, kind, ip AS address, details FROM security_log
           WHERE id > $1 AND user_id = $3 ORDER BY id LIMIT $2""",
        user_id,
    ):
        details = json.loads(row["details"])
        words = words_of(row["kind"], details)
        yield {**dict(row), "details": details, "words": f"{words.text} {words.note}".strip()}
